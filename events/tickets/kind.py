"""The registered kind "ticket": what orders call when tickets are bought.

A ticket row is written with the hold and never deleted. Its order and its own canceled_at decide
whether it takes a seat (capacity.occupying), so a hold that expires frees its seats without a job.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse

from events.models import Choice, Event, PromoCode, SeatRequest, Ticket, TicketType
from events.returns import returning
from events.sales import slots
from events.sales.availability import Asking, check_window
from events.sales.capacity_check import (
    Demand,
    check_person,
    check_room,
    check_table,
    covered_by_dues,
    lock,
    member_of,
    nobody_came_since,
)
from events.sales.refusals import NotAMember, SalesClosed, TooManyForOne
from events.tables import tables
from events.tickets import kits, recovery
from events.tickets import mail as ticket_mail
from events.waitlist import entries as waitlist
from membership.terms.dues import is_member
from nsca.lib.timing import day_of, long_day
from orders.books import ledger
from orders.lines.kinds import Item, Kind, Returnable, Shown, Unit
from orders.models import LedgerEntry, Line, Order

GIVEN_STAYS = timedelta(days=30)  # how long after an event a new holder still sees the ticket


class TicketKind(Kind):
    """Tickets. Nothing has to be released: seats are free the second the hold expires."""

    name = Line.Kind.TICKET
    related = "tickets"

    def lock(self, items: Sequence[Item | Line]) -> None:
        lock(items)

    def held(self, line: Line, item: Item, *, at: datetime) -> None:
        """Write the tickets of a line, or raise a SeatRefusal, ChoiceUnavailable, CodeUsedUp,
        TableFull, TooManyForOne or Busy.
        """
        request, order = item.request, line.order
        kind = TicketType.objects.select_related("event").get(pk=item.subject_id)
        event = kind.event
        wanted = Counter(guest.choice_id for guest in request.guests if guest.choice_id)
        choices = {c.pk: c for c in Choice.objects.filter(pk__in=wanted)} if wanted else {}
        code = PromoCode.objects.get(pk=request.code_id) if request.code_id else None
        seats = len(request.guests)
        is_known = request.is_member and order.user_id and not request.joins
        if is_known and not is_member(order.user, day_of(event.starts_at)):
            raise NotAMember(ticket_type_id=kind.pk)  # it ended after the page was made
        if order.channel == Order.Channel.ONLINE and request.waitlist_entry_id is None:
            # Staff may sell or give after sales close; an offer has its own deadline.
            asking = Asking(is_member=request.is_member, code=code)
            check_window(kind, event, at=at, asking=asking)
        _check_person(event, seats, request, order, at=at)
        table = check_table(request.table_id, seats, at=at) if request.table_id else None
        demand = Demand(
            seats={kind: seats},
            suppers={choices[pk]: count for pk, count in wanted.items()},
            codes=[code] if code else [],
            at_member_price={kind: seats} if request.is_member_price else None,
            joins=request.joins,
            table_id=request.table_id,
            is_before_the_list=request.waitlist_entry_id is not None,
        )
        room = check_room(event, demand, order=order, at=at, again=False)
        known = recovery.known_by(line, seats)
        tickets = Ticket.objects.bulk_create(
            Ticket(
                event=event,
                ticket_type=kind,
                line=line,
                number=number,
                token=token,
                code=spoken,
                guest_name=guest.name,
                guest_email=guest.email,
                choice=(supper := choices.get(guest.choice_id)),
                supper_cents=supper.price_cents if supper else 0,
                needs=guest.needs,
                access=guest.access,
                postal_address=request.postal_address if kits.carries_parcel(kind, number) else "",
                promo_code=code,
                at_member_price=request.is_member_price,
                table=table,
            )
            for number, (guest, (token, spoken)) in enumerate(
                zip(request.guests, known, strict=True), start=1
            )
        )
        member = member_of(order, event, demand) if request.is_member_price else None
        limits = slots.Limits(room, of_person=not request.sees_past_limits, member=member)
        slots.take(event, tickets, order=order, at=at, limits=limits)

    def may_be_paid(self, line: Line, *, at: datetime) -> None:
        """Refuse the money if the event was canceled during the hold."""
        event = returning.event_of(line)
        line.event_at_hand = event  # the page after payment needs it next
        if event.is_canceled:
            raise SalesClosed(f"{event.title} was canceled.")

    def tellable(self, line: Line, *, at: datetime) -> dict:
        return {key: line.details[key] for key in recovery.TELLABLE if key in line.details}

    def recovered(self, line: Line, *, at: datetime) -> None:
        recovery.recover(line, at=at)

    def paid(self, line: Line, *, at: datetime) -> None:
        """Make the tables that were bought."""
        tables.lay_bought(line, at=at)

    def confirmed(self, order: Order, *, at: datetime) -> None:
        """E-mail the tickets: all of them to the buyer, and each guest's own to the guest."""
        ticket_mail.send_tickets(order, at=at)

    def retake(self, line: Line, *, at: datetime) -> None:
        """Count again for the whole order; the sale window no longer matters."""
        tickets = list(
            Ticket.objects.filter(line__order=line.order_id, canceled_at__isnull=True)
            .filter(event__in=line.tickets.values("event"))
            .select_related("event", "ticket_type", "choice", "promo_code")
        )
        if not tickets:
            return
        event = tickets[0].event
        if event.is_canceled or event.is_past(at):
            raise SalesClosed
        if nobody_came_since(event, line.order, at=at) and slots.suppers_are_kept(tickets):
            return
        demand = Demand(
            seats=Counter(t.ticket_type for t in tickets),
            suppers=Counter(t.choice for t in tickets if t.choice),
            codes=list({t.promo_code for t in tickets if t.promo_code}),
            at_member_price=Counter(t.ticket_type for t in tickets if t.at_member_price),
            joins=covered_by_dues(line.order),
            is_before_the_list=True,
        )
        room = check_room(event, demand, order=line.order, at=at, again=True)
        if line.pk == tickets[0].line_id:  # once for the whole order
            # The limit per person was checked when the order was placed.
            member = member_of(line.order, event, demand)
            limits = slots.Limits(room, of_person=False, member=member)
            slots.take(event, tickets, order=line.order, at=at, limits=limits, again=True)

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        """Free the seats, and cancel each calendar entry with its next number."""
        tickets = Ticket.objects.filter(line=line, canceled_at__isnull=True)
        if units is not None:
            tickets = tickets.filter(number__in=returning.seats_of(line, units))
        keys = list(tickets.values_list("pk", flat=True))
        SeatRequest.end_of(keys, at=at)
        tickets.filter(pk__in=keys).update(canceled_at=at, sequence=F("sequence") + 1)

    def ended_words(self, line: Line, answer: str = "") -> str:
        return "The tickets are no longer valid."

    def units(self, line: Line) -> Sequence[Unit]:
        """Each ticket or table, named by its guests."""
        return returning.units_of_tickets(line)

    def returnable(self, line: Line, *, at: datetime) -> Returnable:
        """What the buyer can return until the event's refund deadline."""
        return returning.returnable(line, at=at)

    def turned_away(self, line: Line, *, at: datetime) -> Shown | None:
        """The money came late and the seats were gone: put the buyer first on the waitlist."""
        event = returning.event_of(line)
        if event.is_canceled or event.is_past(at):
            return None
        party = line.quantity * line.details.get("covers", 1)
        entry = waitlist.put_first(event, order=line.order, party=party, at=at)
        if entry is None:
            return None
        url = reverse("events:waitlist_entry", args=[entry.token])
        return Shown(title=f"Your waitlist entry for {event.title}", text="", url=url)

    def suspended(self, line: Line, *, at: datetime) -> None:
        """A disputed ticket admits nobody and learns no venue, but still takes its seat."""
        line.tickets.filter(canceled_at__isnull=True, suspended_at__isnull=True).update(
            suspended_at=at
        )

    def restored(self, line: Line, *, at: datetime) -> None:
        """The dispute was won."""
        line.tickets.filter(suspended_at__isnull=False).update(suspended_at=None, restored_at=at)

    def again(self, line: Line, *, at: datetime) -> str:
        """The page that sells seats of the same event and says what is left."""
        return reverse("events:tickets", args=[returning.event_of(line).slug])

    def given_to(self, addresses: Sequence[str], *, at: datetime) -> Sequence[Shown]:
        """Tickets transferred to these addresses, the next event first; past ones for a month."""
        given = Ticket.objects.valid().with_holder().filter(
            holder__in=addresses,
            given_on_at__isnull=False,
            event__ends_at__gt=at - GIVEN_STAYS,
        )  # fmt: skip
        # Six columns, not the hundred of tickets with their events: most people have none.
        columns = (
            "guest_name",
            "code",
            "token",
            "given_on_at",
            "event__title",
            "event__starts_at",
        )
        rows = given.order_by("event__starts_at", "pk").values_list(*columns)
        return [
            Shown(
                title=name or f"Ticket {code}",
                text=f"{title}, {long_day(starts_at)}: transferred to you {long_day(given_on_at)}",
                url=reverse("tickets:detail", args=[token]),
            )
            for name, code, token, given_on_at, title, starts_at in rows
        ]

    def for_all(self, order: Order, *, at: datetime) -> Shown:
        """The page where the buyer names all guests."""
        return Shown(
            title="Name your guests",
            text="Names, suppers, allergies, and access needs, all on one page.",
            url=reverse("tickets:guests", args=[order.token]),
        )

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        return [_shown(line, ticket) for ticket in line.tickets.all()]


def _shown(line: Line, ticket: Ticket) -> Shown:
    """A ticket as its buyer may see it: a transferred one is its new holder's alone."""
    kind = line.details.get("ticket_type", line.label)
    if ticket.given_on_at is not None:
        words = f"{kind}, transferred on {long_day(ticket.given_on_at)}"
        return Shown(title=f"Ticket {ticket.number}", text=words, url="")
    return Shown(
        title=ticket.guest_name or f"Ticket {ticket.number}",
        text=f"{kind}, {ticket.code}" + (", canceled" if ticket.canceled_at else ""),
        url="" if ticket.canceled_at else ticket.get_absolute_url(),
    )


def _check_person(event: Event, seats: int, request, order: Order, *, at: datetime) -> None:
    """Staff may set the limit per person aside; the ledger records it."""
    try:
        check_person(event, seats, order=order, at=at)
    except TooManyForOne as refusal:
        if not request.sees_past_limits:
            raise
        ledger.note(
            order, LedgerEntry.Entry.OVERRIDDEN, at=at, actor=request.staff or "staff",
            text=f"more than {refusal.limit} tickets for one person",
        )  # fmt: skip
