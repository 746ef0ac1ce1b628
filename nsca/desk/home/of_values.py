"""Cards about missing fair values: without one, nothing may call part of a payment a gift."""

from events.models import Event, TicketType
from membership.models import Benefit
from nsca.desk.home.cards import SHOWN, Card, Line, list_of, page_of
from nsca.lib.text.counting import counted

SAYS_NOTHING = (
    "Until you enter it (0 if it's worth nothing), receipts can't say what part of a payment is "
    "tax-deductible."
)


def benefits_without_value(user, at):
    """Benefits of offered levels without a fair value."""
    benefits = Benefit.objects.filter(fair_value_cents=None, tiers__is_offered=True).distinct()
    count = benefits.count()
    return Card(
        "benefit-values",
        "Benefits without a value",
        count,
        list_of(Benefit, fair_value_cents__isempty=1),
        words=SAYS_NOTHING,
        lines=tuple(Line(str(benefit), page_of(benefit)) for benefit in benefits[:SHOWN]),
        todo=f"Enter what {counted(count, 'membership benefit')} {_are(count)} worth.",
        minutes=1,
    )


def tickets_without_value(user, at):
    """Ticket types of upcoming events with a price but no fair value."""
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
        todo=f"Enter what {counted(count, 'ticket type')} {_are(count)} worth.",
        minutes=1,
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
