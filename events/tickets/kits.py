"""Kits by mail: one for each unit of a ticket type that is mailed, however many seats it covers.

The first ticket of a unit carries the kit: its address, when it was packed, when it was mailed.
Addresses are only for labels; they are erased a month after the event.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, TextChoices
from django.db.models.functions import Coalesce

from events.models import Event, Ticket, TicketType
from events.returns.returning import covers_of
from nsca.lib.mail import mail
from orders.lines.kinds import Refusal
from orders.lines.locks import brief

# After the event. Undeliverable mail comes back within some weeks; then nobody needs to know where
# our guests live.
ADDRESSES_KEPT = timedelta(days=30)


class AlreadyPacked(Refusal):
    def __init__(self):
        super().__init__("This kit is already packed. To change its address, please call us.")


class State(TextChoices):
    """The state of a kit, in the order in which staff must act."""

    NO_ADDRESS = "no-address", "address missing"
    TO_PACK = "to-pack", "to pack"
    PACKED = "packed", "packed"
    SENT = "sent", "mailed"


@dataclass(frozen=True)
class Parcel:
    """One kit. `ticket` carries it: the first of its unit; needs line__order."""

    ticket: Ticket
    is_shared: bool = False  # asked for by another ticket of the same unit

    @property
    def state(self) -> State:
        if self.ticket.posted_at is not None:
            return State.SENT
        if self.ticket.packed_at is not None:
            return State.PACKED
        return State.TO_PACK if self.ticket.postal_address else State.NO_ADDRESS

    @property
    def name(self) -> str:
        """The name on the label."""
        return self.ticket.guest_name or self.ticket.line.order.buyer_name

    @property
    def lines(self) -> list[str]:
        """The label's lines below the name, without the name that people often repeat."""
        lines = self.ticket.postal_address.splitlines()
        repeats = bool(lines) and lines[0].casefold() == self.name.casefold()
        return lines[1:] if repeats else lines

    @property
    def seats(self) -> int:
        return covers_of(self.ticket.line)

    @property
    def may_change(self) -> bool:
        """Whether the ticket holder can still correct the address."""
        return not self.is_shared and self.state in (State.NO_ADDRESS, State.TO_PACK)

    @property
    def went_to_another(self) -> bool:
        """Whether it was mailed before the ticket was transferred to its present holder."""
        sent, given = self.ticket.posted_at, self.ticket.given_on_at
        return sent is not None and given is not None and sent < given


def carries_parcel(kind: TicketType, number: int) -> bool:
    """Whether the ticket of this number, from 1 within its line, carries a kit."""
    return kind.is_posted and (number - 1) % kind.covers == 0


def parcel_of(ticket: Ticket) -> Parcel | None:
    """The kit of a ticket, or the one it shares. Needs line__order and ticket_type."""
    if not ticket.ticket_type.is_posted:
        return None
    first = _first_of_unit(ticket)
    if ticket.number == first:
        return Parcel(ticket)
    carrier = Ticket.objects.select_related("line__order").get(line=ticket.line_id, number=first)
    return Parcel(carrier, is_shared=True)


def parcels(event: Event) -> list[Parcel]:
    """Every kit of an event's valid tickets, those that need work first."""
    tickets = (
        Ticket.objects.valid()
        .filter(event=event, ticket_type__is_posted=True)
        .select_related("line__order", "ticket_type")
    )
    found = [Parcel(ticket) for ticket in tickets if ticket.number == _first_of_unit(ticket)]
    order = list(State)
    return sorted(found, key=lambda parcel: (order.index(parcel.state), parcel.name.casefold()))


def send_to(ticket: Ticket, address: str) -> None:
    """The holder gives the kit's address. Raises AlreadyPacked."""
    unpacked = Ticket.objects.filter(pk=ticket.pk, packed_at=None, token=ticket.token)
    if not unpacked.update(postal_address=address):
        raise AlreadyPacked


# --- Staff: several at once, each once ---------------------------------------------------------


def pack(parcels: Iterable[Parcel], *, at: datetime) -> list[Ticket]:
    """Mark kits as packed, except those packed before or without an address."""
    with brief():
        return _changed(parcels, _to_pack, packed_at=at)


def unpack(parcels: Iterable[Parcel]) -> list[Ticket]:
    """Mark kits as to pack again; what was mailed stays mailed."""
    with brief():
        return _changed(parcels, _packed, packed_at=None)


def post(parcels: Iterable[Parcel], *, at: datetime) -> list[Ticket]:
    """Mark kits as mailed, and so packed; each holder gets one e-mail."""
    with brief():
        packed = Coalesce(F("packed_at"), at)
        sent = _changed(parcels, _to_send, packed_at=packed, posted_at=at)
        for address, tickets in _by_holder(sent).items():
            mail.post(
                "kit_sent",
                to=address,
                to_name=tickets[0].guest_name or tickets[0].line.order.buyer_name,
                context={"event": tickets[0].event, "tickets": tickets},
            )
    return sent


def _to_pack(tickets):
    return tickets.filter(packed_at=None).exclude(postal_address="")


def _packed(tickets):
    return tickets.filter(packed_at__isnull=False, posted_at=None)


def _to_send(tickets):
    return tickets.filter(posted_at=None).exclude(postal_address="")


def _changed(parcels: Iterable[Parcel], which: Callable, **stamps) -> list[Ticket]:
    """Change each by compare-and-set: a colleague may be packing at the same time."""
    pks = sorted(parcel.ticket.pk for parcel in parcels)
    done = [pk for pk in pks if which(Ticket.objects.valid().filter(pk=pk)).update(**stamps)]
    rows = Ticket.objects.filter(pk__in=done).order_by("pk")
    return list(rows.select_related("event", "ticket_type", "line__order"))


def _by_holder(tickets: Iterable[Ticket]) -> dict[str, list[Ticket]]:
    holders: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        if ticket.holder_email:
            holders.setdefault(ticket.holder_email, []).append(ticket)
    return holders


# --- Tidying -----------------------------------------------------------------------------------


def forget_addresses(*, at: datetime) -> int:
    """Erase the postal addresses of events that ended ADDRESSES_KEPT ago; returns how many."""
    over = Ticket.objects.filter(event__ends_at__lte=at - ADDRESSES_KEPT)
    return over.exclude(postal_address="").update(postal_address="")


def _first_of_unit(ticket: Ticket) -> int:
    """By the seats a unit covered when it was sold: a later edit does not split a kit."""
    return ticket.number - (ticket.number - 1) % covers_of(ticket.line)
