"""What the member area draws.

{% card_code card %}    the code of a card (membership.portal.card.Card), black on white
"""

from django import template

from nsca.lib.media import qr

register = template.Library()


@register.simple_tag
def card_code(card):
    return qr.svg(card.url, label=f"Code of {card.person.name}’s card")
