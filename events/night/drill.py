"""A rehearsal of the reveal: a false place, false guests, real letters to the committee alone.

It runs the real steps (publication, sender, door, pages) on an event of its own. What keeps it
from everybody else: `Event.objects` and `Order.objects` leave rehearsals out, so that no page,
list, search, feed, report or audit can meet one unless it asks for `every`; the sender gives its
letters to those who were chosen and are staff still; nothing of it costs anything. When it ends,
all of it goes but one row that says how it went.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from post_office.models import Email

from events import reveal
from events.models import (
    AddOn,
    Call,
    CatererLink,
    Choice,
    DoorLink,
    Event,
    HintLetter,
    Move,
    MoveNotice,
    OptIn,
    PromoCode,
    Rehearsal,
    RevealNotice,
    SeatRequest,
    Slot,
    Table,
    Ticket,
    TicketType,
    Transfer,
    WaitlistEntry,
)
from events.places import Place
from nsca.lib import mail, outbox
from orders.kinds import Refusal
from orders.models import Line, Order

LONGEST = timedelta(hours=4)  # after which the ticker ends it
SOONEST, LATEST = 1, 60  # minutes until its T
EVENING = timedelta(hours=3)
WORD = "REHEARSAL"

FALSE_PLACE = Place(
    name="REHEARSAL: the Paper Pavilion",
    lines=("1 Nowhere Lane", "Norfolk, Virginia"),
    postcode="00000",
    parking="REHEARSAL: there is none, for there is no such place.",
    directions="This is a rehearsal. Please go nowhere.",
    plan_b="REHEARSAL: an umbrella.",
)
OTHER_FALSE_PLACE = Place(
    name="REHEARSAL: the Cardboard Castle",
    lines=("2 Nowhere Lane", "Norfolk, Virginia"),
    postcode="00000",
    directions="This is still a rehearsal. Please go nowhere.",
)


class CannotRehearse(Refusal):
    """Nobody was chosen, or who was chosen is not staff."""


def committee():
    """Who may be sent the letters of a rehearsal: staff who can sign in."""
    return get_user_model().objects.filter(is_staff=True, is_active=True).order_by("name", "email")


def begin(event: Event, people, *, minutes: int, by, at: datetime) -> Rehearsal:
    """Make a rehearsal of `event` whose T is in so many minutes, with a ticket for each of
    `people`, and write to them. Raises NotPermitted, CannotRehearse.
    """
    if not (by.has_perm("events.see_venue") and by.has_perm("events.hold_reveal")):
        raise reveal.NotPermitted("A rehearsal is begun by those who may reveal a place.")
    chosen = list(committee().filter(pk__in=[person.pk for person in people]))
    if not chosen or event.is_rehearsal:
        raise CannotRehearse("Choose at least one colleague who can sign in.")
    if not SOONEST <= minutes <= LATEST:
        raise CannotRehearse(f"The reveal of a rehearsal is {SOONEST} to {LATEST} minutes ahead.")
    with transaction.atomic():
        drill = _event(event, opens_at=at + timedelta(minutes=minutes), at=at)
        row = Rehearsal.objects.create(
            event=drill, title=event.title, began_at=at, began_by=by, until=at + LONGEST,
            guests=len(chosen),
        )  # fmt: skip
        row.people.set(chosen)
        reveal.write_place(drill, FALSE_PLACE, by=by, at=at)
        kind = TicketType.objects.create(
            event=drill, name=f"{WORD}: a chair", price_cents=0, is_offered=False
        )
        for person in chosen:
            ticket = _ticket(drill, kind, person, at=at)
            _invite(row, drill, ticket, person)
    return row


def _event(event: Event, *, opens_at: datetime, at: datetime) -> Event:
    starts_at = opens_at + EVENING
    drill = Event(
        title=f"{WORD}: {event.title}"[:120],
        slug=f"rehearsal-{secrets.token_hex(16)}",
        kind=event.kind,
        summary=f"{WORD}. Nobody is invited.",
        area=f"{WORD}: nowhere",
        starts_at=starts_at,
        ends_at=starts_at + EVENING,
        state=Event.State.PUBLISHED,
        publish_at=at,
        lead=EVENING,
        audience=Event.Audience.HOLDERS,
        sales_close_at=at,
        is_rehearsal=True,
    )
    drill.skip_history_when_saving = True
    drill.save()
    return drill


def _ticket(drill: Event, kind: TicketType, person, *, at: datetime) -> Ticket:
    """A ticket without money: its order has one line of nothing and no payment."""
    order = Order.every.create(
        state=Order.State.PAID, channel=Order.Channel.COMPLIMENTARY, placed_at=at, paid_at=at,
        held_until=at, buyer_name=person.get_full_name() or person.email,
        buyer_email=person.email, note=f"{WORD}.", is_rehearsal=True,
    )  # fmt: skip
    line = Line.objects.create(
        order=order, kind=Line.Kind.TICKET, label=kind.name, unit_cents=0, subject_id=kind.pk
    )
    return Ticket.objects.create(
        event=drill, ticket_type=kind, line=line, number=1,
        guest_name=f"{WORD}: {order.buyer_name}"[:150], guest_email=person.email,
    )  # fmt: skip


def _invite(row: Rehearsal, drill: Event, ticket: Ticket, person) -> None:
    mail.post(
        "rehearsal",
        to=person.email,
        to_name=person.get_full_name(),
        context={
            "event": drill,
            "rehearsal": row,
            "name": person.get_full_name(),
            "address": f"{settings.SITE_URL}{reverse('tickets:detail', args=[ticket.token])}",
        },
        urgent=True,
    )


def change_place(rehearsal: Rehearsal, *, by, at: datetime) -> None:
    """Put the other false place into the envelope: before T in silence, after it as CHANGED.
    Raises NotPermitted.
    """
    if not reveal.write_place(rehearsal.event, OTHER_FALSE_PLACE, by=by, at=at):
        reveal.write_place(rehearsal.event, FALSE_PLACE, by=by, at=at)


@dataclass(frozen=True)
class Score:
    """How a rehearsal has gone so far, in tickets and seconds."""

    told: int  # to whom a letter went out
    opened: int  # whose page was opened after T
    took_seconds: int | None  # from T to the last letter; None where nobody was told


def score(rehearsal: Rehearsal) -> Score:
    """Counted as long as it runs; of one that has ended what was counted then."""
    drill = rehearsal.event
    if drill is None:
        return Score(rehearsal.told, rehearsal.opened, rehearsal.took_seconds)
    sent = RevealNotice.objects.filter(event=drill, version=1, state=RevealNotice.State.SENT)
    last = sent.aggregate(at=Max("sent_at"))["at"]
    opening = reveal.first_opening(drill)
    since = opening.opened_at if opening else None
    return Score(
        told=sent.values("ticket").distinct().count(),
        opened=drill.tickets.filter(seen_open_at__isnull=False).count(),
        took_seconds=max(0, int((last - since).total_seconds())) if last and since else None,
    )


def end(rehearsal: Rehearsal, *, at: datetime) -> bool:
    """Take everything of a rehearsal away but its own row; False where that is done already.

    Only rows of its own event are named, and that event must be marked as a rehearsal: nothing of
    a real evening can be meant. There is no money on any of it.
    """
    with transaction.atomic():
        rehearsal = Rehearsal.objects.select_for_update().get(pk=rehearsal.pk)
        if rehearsal.ended_at is not None:
            return False
        if rehearsal.event_id is not None:
            how = score(rehearsal)
            rehearsal.told, rehearsal.opened = how.told, how.opened
            rehearsal.took_seconds = how.took_seconds
            _clear(Event.every.select_for_update().get(pk=rehearsal.event_id, is_rehearsal=True))
            rehearsal.event = None
        rehearsal.ended_at = at
        rehearsal.save()
    return True


# Rows that may hang on a ticket or an event, in the order in which they can go. What a rehearsal
# never has (a scan at the door, a payment, a line of the ledger) is refused where it would come to
# be; tests/events/test_drill.py holds that the two together are everything there is.
OF_A_TICKET = (Call, HintLetter, MoveNotice, OptIn, RevealNotice, SeatRequest, Slot, Transfer)
OF_AN_EVENT = (
    AddOn, CatererLink, Choice, DoorLink, Move, PromoCode, Table, Ticket, TicketType,
    WaitlistEntry,
)  # fmt: skip


def _clear(drill: Event) -> None:
    tickets = drill.tickets.select_related("line")
    lines = [ticket.line_id for ticket in tickets]
    orders = [ticket.line.order_id for ticket in tickets]
    # Letters of the outbox that lead to its tickets, whoever has asked for them.
    leading = outbox.saying(ticket.token for ticket in tickets)
    Email.objects.filter(pk__in=leading).delete()
    for model in OF_A_TICKET:
        model.objects.filter(ticket__event=drill).delete()
    Ticket.objects.filter(event=drill).delete()
    Line.objects.filter(pk__in=lines).delete()
    Order.every.filter(pk__in=orders, is_rehearsal=True).delete()
    for model in OF_AN_EVENT:
        model.objects.filter(event=drill).delete()
    pk = drill.pk
    drill.delete()
    # After the rows themselves: to go leaves a line of history, too.
    Event.history.filter(id=pk).delete()
    TicketType.history.filter(event_id=pk).delete()


def end_due(at: datetime) -> int:
    """What the ticker does: end what nobody has ended in time; how many."""
    due = Rehearsal.objects.filter(ended_at__isnull=True, until__lte=at)
    return sum(end(rehearsal, at=at) for rehearsal in due)
