"""What needs a person about values: what is sold while nobody said what it is worth, so that no
page, receipt or letter may call a part of the payment a gift.
"""

from events.models import Event, TicketType
from membership.models import Benefit
from nsca.desk.home.cards import SHOWN, Card, Line, list_of, page_of
from nsca.lib.text.counting import counted

SAYS_NOTHING = (
    "Until it's typed (0 where it's worth nothing), nobody is told what part of a payment is "
    "tax-deductible."
)


def benefits_without_value(user, at):
    """Benefits of levels on offer whose fair value is empty."""
    benefits = Benefit.objects.filter(fair_value_cents=None, tiers__is_offered=True).distinct()
    count = benefits.count()
    return Card(
        "benefit-values",
        "Benefits without a value",
        count,
        list_of(Benefit, fair_value_cents__isempty=1),
        words=SAYS_NOTHING,
        lines=tuple(Line(str(benefit), page_of(benefit)) for benefit in benefits[:SHOWN]),
        todo=f"Enter what {counted(count, 'benefit')} of membership {_are(count)} worth.",
        minutes=1,
    )


def tickets_without_value(user, at):
    """Kinds of ticket of events to come that cost something, and whose fair value is empty."""
    coming = Event.objects.filter(ends_at__gt=at, state=Event.State.PUBLISHED)
    kinds = TicketType.objects.filter(
        event__in=coming, fair_value_cents=None, price_cents__gt=0
    ).select_related("event")
    count = kinds.count()
    return Card(
        "ticket-values",
        "Tickets without a value",
        count,
        "",
        words=SAYS_NOTHING,
        lines=tuple(
            Line(f"{kind.event.title}: {kind.name}", page_of(kind.event)) for kind in kinds[:SHOWN]
        ),
        todo=f"Enter what {counted(count, 'kind')} of ticket {_are(count)} worth.",
        minutes=1,
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
