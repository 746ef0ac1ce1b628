"""Changing a seat's guest until the caterer's deadline: name, supper, needs.

The limit of a supper is checked under the lock, in the same order as sales: the order's row, then
suppers by primary key.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from events.models import Choice, Event, Ticket
from events.sales import slots
from events.sales.capacity import occupying
from events.sales.refusals import ChoiceCostsMore, ChoiceUnavailable
from events.tickets import mail as ticket_mail
from nsca.lib.mail.addresses import is_same_address
from orders.lines.kinds import Refusal
from orders.lines.locks import brief
from orders.models import Order


class GuestsClosed(Refusal):
    """The caterer has the list, or the ticket was transferred or canceled."""

    def __init__(self):
        super().__init__("This can no longer be changed here. Please call us.")


@dataclass(frozen=True)
class Said:
    """What was filled in about one guest. `access` and `email` may be None: unchanged."""

    name: str
    needs: str
    choice_id: int | None
    access: str | None = None
    email: str | None = None


def closes_at(event: Event) -> datetime:
    """The caterer's deadline (UTC): E - 1 µs is in, E is out. Without one, the start."""
    return event.choices_close_at or event.starts_at


def is_open(event: Event, at: datetime) -> bool:
    """Whether names and suppers of this event can still be changed."""
    return not event.is_canceled and at < closes_at(event)


def change_guest(
    ticket: Ticket,
    *,
    name: str,
    needs: str,
    choice_id: int | None,
    at: datetime,
    access: str | None = None,
) -> None:
    """Save what a holder fills in on the ticket's page.

    Raises ChoiceUnavailable, GuestsClosed and Busy.
    """
    said = Said(name=name, needs=needs, choice_id=choice_id, access=access)
    # By its token, under the lock: a ticket transferred meanwhile is not theirs to change.
    theirs = Ticket.objects.filter(token=ticket.token)
    _write(ticket.line.order_id, {ticket.pk: said}, theirs, at)
    ticket.refresh_from_db(fields=["guest_name", "needs", "access", "choice"])


def name_guests(order: Order, said: Mapping[int, Said], *, at: datetime) -> list[Ticket]:
    """Save what a buyer fills in about an order's guests, by ticket (primary keys), all or none.

    Returns the tickets e-mailed to a new address. Raises ChoiceUnavailable; GuestsClosed if one of
    them was transferred or closed meanwhile; Busy.
    """
    return _write(order.pk, said, Ticket.objects.filter(given_on_at__isnull=True), at)


def _write(order_id: int, said: Mapping[int, Said], theirs, at: datetime) -> list[Ticket]:
    with brief():
        Order.objects.select_for_update().get(pk=order_id)
        wanted = {words.choice_id for words in said.values()} - {None}
        suppers = Choice.objects.filter(pk__in=wanted).order_by("pk")
        choices = {c.pk: c for c in suppers.select_for_update(no_key=True)}
        tickets = list(
            theirs.valid()
            .filter(pk__in=said, line__order=order_id)
            .select_related("event", "line__order", "ticket_type")
        )
        if len(tickets) < len(said) or not all(is_open(t.event, at) for t in tickets):
            raise GuestsClosed
        _check_suppers(tickets, said, choices, at)
        moved = [t for t in tickets if t.choice_id != said[t.pk].choice_id]
        mailed = [t for t in tickets if _say(t, said[t.pk], choices, at)]
        slots.change_suppers(moved, at=at)
        return mailed


def _check_suppers(tickets, said, choices, at: datetime) -> None:
    """Nobody new gets a supper past its limit; guests keep theirs, even past a lowered limit."""
    wanted = Counter(said[t.pk].choice_id for t in tickets)
    for ticket in tickets:
        choice = choices.get(said[ticket.pk].choice_id)
        if choice is None or choice.pk == ticket.choice_id:
            continue
        if not ticket.may_have(choice):
            raise ChoiceCostsMore(choice.label, choice_id=choice.pk)
        if choice.capacity is None:
            continue
        others = Ticket.objects.filter(occupying(at), choice=choice).exclude(pk__in=said)
        if others.count() + wanted[choice.pk] > choice.capacity:
            raise ChoiceUnavailable(choice.label, choice_id=choice.pk)


def _say(ticket: Ticket, words: Said, choices, at: datetime) -> bool:
    """Save it; returns whether the guest was e-mailed at a new address."""
    ticket.guest_name, ticket.needs = words.name, words.needs
    ticket.choice = choices.get(words.choice_id)
    if words.access is not None:
        ticket.access = words.access
    is_new = bool(words.email) and not is_same_address(words.email, ticket.guest_email)
    if words.email is not None:
        ticket.guest_email = words.email
    ticket.save(update_fields=["guest_name", "needs", "access", "choice", "guest_email"])
    if is_new and not is_same_address(words.email, ticket.line.order.buyer_email):
        ticket_mail.send_to_guest(ticket, at=at)
        return True
    return False
