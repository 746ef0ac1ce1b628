"""What orders says to the box office when tickets are bought: the registered kind "ticket".

A ticket row is written with the hold and never deleted. Whether it takes a chair is said by its
order and its own cancelled_at (boxoffice.occupying), so a hold that lapses frees its chairs with
no job run.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.urls import reverse

from events import ticket_mail, waitlist
from events.boxoffice import Demand, check_room, check_window
from events.models import Choice, Event, PromoCode, Ticket, TicketType
from events.refusals import SalesClosed
from orders.kinds import Item, Shown
from orders.models import Line, Order


class TicketKind:
    """Called by orders, always inside its transaction; `shown` alone stands outside."""

    name = Line.Kind.TICKET
    related = "tickets"

    def lock(self, items: Sequence[Item | Line]) -> None:
        """Lock what these chairs make scarcer: events, kinds, suppers, codes; each by pk."""
        events, kinds, choices, codes = set(), set(), {None}, {None}
        for item in items:
            if isinstance(item, Item):
                events.add(item.wish.event_id)
                kinds.add(item.subject_id)
                choices |= {guest.choice_id for guest in item.wish.guests}
                codes.add(item.wish.code_id)
        lines = [item.pk for item in items if isinstance(item, Line)]
        had = Ticket.objects.filter(line__in=lines) if lines else Ticket.objects.none()
        for event, kind, choice, code in had.values_list(
            "event_id", "ticket_type_id", "choice_id", "promo_code_id"
        ):
            events.add(event)
            kinds.add(kind)
            choices.add(choice)
            codes.add(code)
        for rows in (
            Event.objects.filter(pk__in=events, capacity__isnull=False),
            TicketType.objects.filter(pk__in=kinds),
            Choice.objects.filter(pk__in=choices - {None}, capacity__isnull=False),
            PromoCode.objects.filter(pk__in=codes - {None}, max_uses__isnull=False),
        ):
            # NO KEY UPDATE: a ticket being written, whose foreign keys point here, does not wait.
            list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))

    def held(self, line: Line, item: Item, *, at: datetime) -> None:
        """Write the tickets of a line, or raise a SeatRefusal, ChoiceGone or CodeUsedUp."""
        wish = item.wish
        kind = TicketType.objects.select_related("event").get(pk=item.subject_id)
        if line.order.channel == Order.Channel.ONLINE:
            check_window(kind, kind.event, at=at)  # staff may sell, or give, when the shop is shut
        wanted = Counter(guest.choice_id for guest in wish.guests if guest.choice_id)
        choices = {c.pk: c for c in Choice.objects.filter(pk__in=wanted)} if wanted else {}
        code = PromoCode.objects.get(pk=wish.code_id) if wish.code_id else None
        chairs = len(wish.guests)
        demand = Demand(
            chairs={kind: chairs},
            suppers={choices[pk]: count for pk, count in wanted.items()},
            codes=[code] if code else [],
            at_member_price={kind: chairs} if wish.is_member_price else None,
        )
        check_room(kind.event, demand, order=line.order, at=at, again=False)
        Ticket.objects.bulk_create(
            Ticket(
                event=kind.event,
                ticket_type=kind,
                line=line,
                number=number,
                guest_name=guest.name,
                guest_email=guest.email,
                choice=choices.get(guest.choice_id),
                needs=guest.needs,
                postal_address=wish.postal_address,
                promo_code=code,
                at_member_price=wish.is_member_price,
            )
            for number, guest in enumerate(wish.guests, start=1)
        )

    def paid(self, line: Line, *, at: datetime) -> None:
        """The first ticket line speaks for the whole order: one mail to the buyer in all."""
        if line.pk == _first_ticket_line(line.order):
            ticket_mail.send_tickets(line.order, at=at)

    def sent_again(self, order: Order, *, at: datetime) -> None:
        """Staff send the letters of a paid order once more."""
        ticket_mail.send_tickets(order, at=at)

    def released(self, line: Line, *, at: datetime) -> None:
        """Nothing to undo: its chairs fell free the second the hold lapsed."""

    def retake(self, line: Line, *, at: datetime) -> None:
        """Count again what the whole order had; the sale window no longer matters."""
        tickets = list(
            Ticket.objects.filter(line__order=line.order_id, cancelled_at__isnull=True)
            .filter(event__in=line.tickets.values("event"))
            .select_related("event", "ticket_type", "choice", "promo_code")
        )
        if not tickets:
            return
        event = tickets[0].event
        if event.is_cancelled or event.is_past(at):
            raise SalesClosed
        demand = Demand(
            chairs=Counter(t.ticket_type for t in tickets),
            suppers=Counter(t.choice for t in tickets if t.choice),
            codes=list({t.promo_code for t in tickets if t.promo_code}),
            at_member_price=Counter(t.ticket_type for t in tickets if t.at_member_price),
        )
        check_room(event, demand, order=line.order, at=at, again=True)

    def refunded(self, line: Line, *, at: datetime) -> None:
        """The chairs are free; each calendar entry is cancelled with its next number."""
        Ticket.objects.filter(line=line, cancelled_at__isnull=True).update(
            cancelled_at=at, sequence=F("sequence") + 1
        )

    def turned_away(self, line: Line, *, at: datetime) -> None:
        """The money came late and the chairs were gone: to the top of the waiting list."""
        event = _event_of(line)
        if not event.is_cancelled and not event.is_past(at):
            party = line.quantity * line.details.get("covers", 1)
            waitlist.put_first(event, order=line.order, party=party, at=at)

    def suspended(self, line: Line, *, at: datetime) -> None:
        """A disputed chair lets nobody in and learns no place, but stays taken meanwhile."""
        line.tickets.filter(cancelled_at__isnull=True, suspended_at__isnull=True).update(
            suspended_at=at
        )

    def restored(self, line: Line, *, at: datetime) -> None:
        """The dispute was won."""
        line.tickets.filter(suspended_at__isnull=False).update(suspended_at=None)

    def again(self, line: Line, *, at: datetime) -> str:
        """Where chairs of the same event are sold; that page says what is left, if anything."""
        return reverse("events:tickets", args=[_event_of(line).slug])

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        return [
            Shown(
                title=ticket.guest_name or f"Ticket {ticket.number}",
                text=f"{line.details.get('ticket_type', line.label)}, {ticket.code}"
                + (", cancelled" if ticket.cancelled_at else ""),
                url=ticket.get_absolute_url(),
            )
            for ticket in line.tickets.all()
        ]


def _event_of(line: Line) -> Event:
    return Event.objects.get(ticket_types=line.subject_id)


def _first_ticket_line(order: Order) -> int | None:
    lines = order.lines.filter(kind=Line.Kind.TICKET).order_by("position", "pk")
    return lines.values_list("pk", flat=True).first()
