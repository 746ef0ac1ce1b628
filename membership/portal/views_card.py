"""The card: large for the door, on paper, as a picture; and the page its code opens."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from membership.portal import card as member_card
from membership.portal.context import Mine, mine
from nsca.lib.timing import day_of
from nsca.lib.web.throttle import address_of, spend


@login_required
@require_safe
def cards(request):
    """The cards of everybody in the household, each with its code."""
    me = mine(request)
    found = [card for home in me.homes for card in member_card.cards_of(home)]
    # One's own first; people in two households have the card that is valid longer.
    best = {}
    for card in found:
        known = best.get(card.person.pk)
        if known is None or (
            card.ends_on is None or (known.ends_on and card.ends_on > known.ends_on)
        ):
            best[card.person.pk] = card
    own = me.person.pk if me.person else 0
    ordered = sorted(best.values(), key=lambda card: (card.person.pk != own, card.person.pk))
    return render(request, "membership/portal/cards.html", {"me": me, "cards": ordered})


@login_required
@require_safe
def card_picture(request, person: int):
    card = _card_of(mine(request), person)
    answer = HttpResponse(_picture(request, card), content_type="image/png")
    answer["Content-Disposition"] = 'attachment; filename="membership-card.png"'
    return answer


@login_required
@require_safe
def card_pdf(request, person: int):
    card = _card_of(mine(request), person)
    sheet = member_card.paper([(card, _picture(request, card))], at=request.now)
    answer = HttpResponse(sheet, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="membership-card.pdf"'
    return answer


@require_safe
def check_card(request, token):
    """Public: valid or not, until when, and initials. No name, number or address."""
    spend("card", address_of(request), limit=120, seconds=600, at=request.now)
    reading = member_card.read(token, on=day_of(request.now))
    answer = render(
        request,
        "membership/portal/card_read.html",
        {"reading": reading, "on": day_of(request.now)},
        status=200 if reading else 404,
    )
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _card_of(me: Mine, pk: int) -> member_card.Card:
    """The card of somebody in one's household, valid today. Raises Http404."""
    person = me.person_of(pk)
    found = [
        card
        for home in me.homes
        for card in member_card.cards_of(home)
        if card.person.pk == person.pk
    ]
    if not found:
        raise Http404("no card today")
    return max(found, key=lambda card: (card.ends_on is None, card.ends_on or me.on))


def _picture(request, card: member_card.Card) -> bytes:
    # The drawings are another app's: its tags make them in a template.
    rosette = render_to_string("membership/portal/_rosette.svg", {"number": card.number}, request)
    mark = render_to_string("membership/portal/_mark.svg", {}, request)
    return member_card.picture(card, rosette=rosette.strip(), mark=mark.strip())
