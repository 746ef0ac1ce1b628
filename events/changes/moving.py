"""Moving an event's start: to another day because of the weather, or to correct the time.

Tickets stay valid. What depends on the start moves with it, T included, unless the venue was
already revealed: then it stays revealed. Every ticket holder and waitlist party is owed an e-mail,
which mail.py sends. The venue plays no part in this.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from events import reveal
from events.models import DoorLink, Event, Hint, Move, MoveMail, Ticket
from events.returns.return_limits import refund_limit
from events.reveal import calendars
from events.reveal.people import waiting
from nsca.lib.db import planning
from nsca.lib.timing import exactly
from nsca.lib.web.caching import content_changed
from orders.lines.kinds import Refusal
from orders.models import Task

State = MoveMail.State


class CannotMove(Refusal):
    """The event can't move there; the text says why."""


@dataclass(frozen=True)
class Wanted:
    """The new times (UTC), the note to guests, and until when they may return tickets."""

    starts_at: datetime
    ends_at: datetime
    note: str = ""
    refunds_until: datetime | None = None
    refunds_after_reveal: bool = False


# --- What follows from a new start -------------------------------------------------------------


def lead_after(event: Event, starts_at: datetime, *, at: datetime) -> timedelta | None:
    """The lead that keeps a revealed venue revealed; otherwise the lead as it is.

    T is the start minus the lead. Where T has passed and holders know the venue, a later start
    with the same lead would put T into the future and close their pages. So the lead grows by
    as much as the start moved, and T stays where it was, with the ends of refunds, transfers
    and sales.
    """
    if event.lead is None or not reveal.is_revealed(event, at=at):
        return event.lead
    return max(starts_at - event.opens_at, timedelta(0))


def moved(event: Event, wanted: Wanted, *, at: datetime) -> Event:
    """The event as it would be: a copy that is not saved. The doors and the volunteers' time move
    with the start; deadlines (suppers, kits, sales, tables) stay.
    """
    after = Event(**{f.attname: getattr(event, f.attname) for f in event._meta.concrete_fields})
    by = wanted.starts_at - event.starts_at
    after.starts_at, after.ends_at = wanted.starts_at, wanted.ends_at
    after.lead = lead_after(event, wanted.starts_at, at=at)
    after.moved_from = first_announced(event, wanted.starts_at)
    after.doors_at = event.doors_at and event.doors_at + by
    if event.volunteers_at and event.volunteers_at > at:
        after.volunteers_at = event.volunteers_at + by
    # RFC 5545: calendars replace the entry they have.
    after.sequence += 1 + calendars.steps_back(event, after, at=at)
    return after


def first_announced(event: Event, starts_at: datetime) -> datetime | None:
    """The start announced first, to show beside the new one; None where they are the same."""
    first = event.moved_from or event.starts_at
    return None if first == starts_at else first


def check(event: Event, wanted: Wanted, *, at: datetime) -> None:
    """Raise CannotMove where the event can't move as wanted."""
    if event.state != Event.State.PUBLISHED:
        raise CannotMove("Only published events are moved. Just edit a draft.")
    if event.is_past(at):
        raise CannotMove("This event is over.")
    if wanted.starts_at <= at:
        raise CannotMove("The new start is in the past. Check the date and time.")
    if wanted.starts_at == event.starts_at:
        raise CannotMove("That is already its start. Enter another date or time.")
    if wanted.ends_at <= wanted.starts_at:
        raise CannotMove("The event ends before it starts. Check the date and time.")
    if wanted.refunds_until is None:
        return
    if wanted.refunds_until <= at:
        raise CannotMove("The refund deadline is in the past. Check the date and time.")
    if wanted.refunds_until > (limit := refund_limit(moved(event, wanted, at=at), wanted)):
        raise CannotMove(
            f"Refunds must end by {exactly(limit)}, or guests could learn the venue and return "
            "their seats. If the board wants that, check the box; refunds then end by the start."
        )


# --- Done --------------------------------------------------------------------------------------


@transaction.atomic
def move(
    event: Event, wanted: Wanted, *, by, at: datetime, still: Callable[[Event], bool] | None = None
) -> Move | None:
    """Move a published event and owe everybody the news. Raises CannotMove.

    Locks the event; those who pay at this moment also get the news (owe). A reveal that is due but
    not published is published first, so that the venue counts as revealed. `still` says, under the
    lock, whether all is as it was when somebody said yes; if not, None is returned.
    """
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if still is not None and not still(locked):
        return None
    reveal.publish(event.pk, at=at)
    locked.refresh_from_db()
    check(locked, wanted, at=at)
    was_open = reveal.record_opening(locked, at=at)
    after = moved(locked, wanted, at=at)
    changed = [
        field.name
        for field in locked._meta.concrete_fields
        if getattr(locked, field.attname) != getattr(after, field.attname)
    ]
    shift_with(locked, wanted.starts_at - locked.starts_at, at=at)
    after._state.adding = False
    after._history_user = by
    after.save(update_fields=[*changed, "updated_at"])
    reveal.note_opened(after, at=at, was_open=was_open)
    row = announce(after, came_from=locked.starts_at, wanted=wanted, by=by, at=at)
    transaction.on_commit(content_changed)
    event.refresh_from_db()
    return row


def shift_with(event: Event, by: timedelta, *, at: datetime) -> None:
    """Move what depends on the start in other rows: future hints and door links."""
    Hint.objects.filter(event=event, opens_at__gt=at).update(opens_at=F("opens_at") + by)
    shift_links(event, by)


def shift_links(event: Event, by: timedelta) -> None:
    """Move the event's door links."""
    links = DoorLink.objects.filter(event=event, revoked_at__isnull=True)
    links.update(opens_at=F("opens_at") + by, ends_at=F("ends_at") + by)


def announce(event: Event, *, came_from: datetime, wanted: Wanted, by, at: datetime) -> Move:
    """Record the move, with a row for each holder and waitlist party. Call it in the transaction
    that moved the event; unsent e-mails about an earlier move are superseded.
    """
    earlier = MoveMail.objects.filter(move__event=event, state=State.QUEUED)
    earlier.update(state=State.SUPERSEDED, leased_until=None)
    row = Move.objects.create(
        event=event,
        from_starts_at=came_from,
        to_starts_at=event.starts_at,
        to_ends_at=event.ends_at,
        note=wanted.note,
        refunds_until=wanted.refunds_until,
        refunds_after_reveal=wanted.refunds_after_reveal,
        made_at=at,
        made_by=by,
    )
    owe(row, at=at)
    return row


def owe(move: Move, *, at: datetime) -> int:
    """Add rows of a move for those who have none: tickets ordered before it, disputed or not (the
    guest may come after all), and waitlist parties. Each gets one row, however often it is called;
    how many are new.
    """
    mailed = MoveMail.objects.filter(move=move)
    current = Ticket.objects.valid_or_disputed().filter(event=move.event_id)
    # Tickets that were not valid for a while (a check bounced and was paid after all) are owed
    # again.
    again = mailed.filter(
        state=State.SUPERSEDED, ticket__in=current, transfer_count=F("ticket__transfer_count")
    )
    again.update(state=State.QUEUED)
    tickets = (
        current.filter(line__order__placed_at__lte=move.made_at)
        .exclude(Exists(mailed.filter(ticket=OuterRef("pk"))))
        .with_holder()
    )
    rows = [
        _row(
            move,
            at,
            ticket=ticket,
            transfer_count=ticket.transfer_count,
            address=ticket.holder,
            state=_state(ticket.holder),
        )
        for ticket in tickets
    ]
    parties = waiting(move.event).filter(joined_at__lte=move.made_at)
    parties = parties.exclude(Exists(mailed.filter(entry=OuterRef("pk"))))
    rows += [_row(move, at, entry=party, address=party.email) for party in parties]
    MoveMail.objects.bulk_create(rows, ignore_conflicts=True)  # another ticker was faster
    planning.analyze(MoveMail, len(rows))
    if any(row.state == State.NO_ADDRESS for row in rows):
        call_for_help(move, at=at)
    return len(rows)


def _row(move, at, **fields) -> MoveMail:
    host = settings.POST_OFFICE["MESSAGE_ID_FQDN"]
    message_id = f"<move.{secrets.token_hex(12)}@{host}>"
    return MoveMail(move=move, message_id=message_id, created_at=at, **fields)


def _state(address: str) -> str:
    return State.QUEUED if address else State.NO_ADDRESS


def mailed_so_far(event: Event) -> QuerySet[Move]:
    """The moves of an event, newest first, each with how many rows are `sent`, `queued` and
    `failed` (no e-mail can reach them).
    """

    def rows(*states) -> Count:
        return Count("mails", filter=Q(mails__state__in=states))

    return (
        Move.objects.filter(event=event)
        .select_related("made_by")
        .annotate(
            sent=rows(State.SENT),
            queued=rows(State.QUEUED),
            failed=rows(State.FAILED, State.NO_ADDRESS),
        )
        .order_by("-pk")
    )


def is_latest(move: Move) -> bool:
    """Whether this is the event's latest move: earlier ones are no longer news."""
    return not Move.objects.filter(event=move.event_id, pk__gt=move.pk).exists()


def unmailed(move: Move):
    """Rows of those no e-mail can reach: somebody should call them."""
    rows = MoveMail.objects.filter(move=move, state__in=(State.NO_ADDRESS, State.FAILED))
    comes = Q(
        ticket__in=Ticket.objects.valid_or_disputed(), transfer_count=F("ticket__transfer_count")
    )
    waits = Q(entry__isnull=False, entry__left_at__isnull=True)
    return rows.filter(comes | waits)


UNREACHED = "move-untold:"


def count_again(*, at: datetime) -> int:
    """Update the number in each open task, and close a task with its last guest; how many were
    closed.
    """
    done = 0
    for task in Task.objects.filter(key__startswith=UNREACHED, done_at=None):
        move = Move.objects.filter(pk=task.key.removeprefix(UNREACHED)).first()
        count = unmailed(move).count() if move is not None and is_latest(move) else 0
        if not count:
            done += Task.objects.filter(pk=task.pk, done_at=None).update(done_at=at)
        elif task.text != (words := _help_words(move, count)):
            Task.objects.filter(pk=task.pk).update(text=words)
    return done


def _help_words(move: Move, count: int) -> str:
    return (
        f"{move.event} now begins on {exactly(move.to_starts_at)}, and no e-mail about it reached "
        f"{count} of its guests. Please call them: the guest list has their phone numbers."
    )


def call_for_help(move: Move, *, at: datetime) -> None:
    """Add one task per move. It says how many guests, never who."""
    count = unmailed(move).count()
    if not count:
        return
    words = _help_words(move, count)
    Task.objects.update_or_create(
        key=f"{UNREACHED}{move.pk}",
        defaults={"text": words},
        create_defaults={"text": words, "created_at": at},
    )
