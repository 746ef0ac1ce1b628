"""Recovers tickets after a restored backup, with the links and codes that were e-mailed before.

A ticket's token and code follow from its order's token, which only the buyer, this site, and
Stripe know. So when only Stripe remembers a sale, its tickets can be written again and old links
keep working, even after SECRET_KEY was changed, as long as the old one is a fallback.
"""

from collections import Counter
from datetime import datetime

from events.models import Event, PromoCode, Ticket, TicketType
from events.sales import slots
from events.sales.capacity_check import Demand, check_room
from nsca.lib.secrets import link_tokens
from nsca.lib.secrets.codes import derived_code
from orders.books import ledger
from orders.lines.kinds import Refusal
from orders.models import Line

TELLABLE = (  # of a line's frozen details: what the event's public page says as well
    "event_id", "event", "starts_at", "when", "ticket_type", "covers", "full_price_cents",
    "is_member_price", "code", "extras_cents",
)  # fmt: skip


class NotKnownHere(Refusal):
    def __init__(self):
        super().__init__("The ticket type is no longer in this database.")


def known_by(line: Line, count: int) -> list[tuple[str, str]]:
    """Token and code of each ticket of a line about to be written, in order."""
    named = line.order.token[: link_tokens.NAME]  # the half that does not depend on the key
    seats = [(named, line.position, number) for number in range(1, count + 1)]
    taken: set[str] = set()
    while True:
        codes = [_free_code(seat, taken) for seat in seats]
        others = set(Ticket.objects.filter(code__in=codes).values_list("code", flat=True))
        if not others - taken and len(set(codes)) == count:
            return [
                (link_tokens.following("ticket", *seat), code)
                for seat, code in zip(seats, codes, strict=True)
            ]
        taken |= others | {code for code, times in Counter(codes).items() if times > 1}


def _free_code(seat: tuple, taken: set[str]) -> str:
    """The first free code of a seat: short codes may collide."""
    turn = 0
    while (code := derived_code("ticket", *seat, turn)) in taken:
        turn += 1
    return code


def recover(line: Line, *, at: datetime) -> None:
    """Write the tickets of a paid line that only Stripe remembered, without names and suppers.

    They were sold, so they are valid, even if that is one too many: then staff get a task. Raises
    NotKnownHere.
    """
    details = line.details
    kinds = TicketType.objects.select_for_update().select_related("event")
    kind = kinds.filter(pk=line.subject_id, event=details.get("event_id")).first()
    if kind is None:
        raise NotKnownHere
    event = Event.objects.select_for_update().get(pk=kind.event_id)
    code = PromoCode.objects.filter(event=event, code=details.get("code") or None).first()
    known = known_by(line, line.quantity * details.get("covers", kind.covers))
    tickets = Ticket.objects.bulk_create(
        Ticket(
            event=event,
            ticket_type=kind,
            line=line,
            number=number,
            token=token,
            code=spoken,
            promo_code=code,
            at_member_price=details.get("is_member_price", False),
            # Whose extra a table's was is lost: staff set its suppers.
            supper_cents=details.get("extras_cents", 0) if details.get("covers") == 1 else 0,
        )
        for number, (token, spoken) in enumerate(known, start=1)
    )
    slots.take(event, tickets, order=line.order, at=at)
    _ask_if_too_many(event, line, at=at)


def _ask_if_too_many(event: Event, line: Line, *, at: datetime) -> None:
    order = line.order
    tickets = Ticket.objects.filter(line__order=order, event=event).select_related("ticket_type")
    demand = Demand(
        seats=Counter(ticket.ticket_type for ticket in tickets),
        suppers={},
        is_before_the_list=True,
    )
    try:
        check_room(event, demand, order=order, at=at, again=True)
    except Refusal:
        text = (
            f"Order {order.number} was recovered from Stripe, and {event.title} now has more "
            "guests than seats. Its tickets are valid: find a seat, or call a guest."
        )
        ledger.ask(f"too-many:{order.number}:{event.pk}", text, at=at, order=order)
