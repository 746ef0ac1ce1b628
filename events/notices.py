"""Mails we owe to holders: one row for each ticket and version of the place. The row is the queue.

Written when a reveal is published, sent by sender.py, read by staff when mail has failed.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value

from events.models import Event, RevealNotice, Ticket
from orders.models import Task

State = RevealNotice.State
# Outlives sender.BUDGET (20 s) and one more letter of which every step runs into EMAIL_TIMEOUT
# (10 s for each of connect, greeting, TLS, sign-in, sender, recipient, data, the final yes).
LEASE = timedelta(minutes=2)
LETTERS = 10  # a claim; small, so that a hold stops the mail within one of them
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=5)
PATIENCE = 4  # refused tries after which a person should telephone; we go on trying


def owe(event: Event, *, at: datetime) -> int:
    """Rows of the event's present version for each valid ticket without one; how many are new.

    What is unsent of an older version is superseded. A ticket that became valid again (a dispute
    was won) gets its row back.
    """
    RevealNotice.objects.filter(
        event=event, version__lt=event.reveal_version, state=State.QUEUED
    ).update(state=State.SUPERSEDED, leased_until=None)
    present = RevealNotice.objects.filter(event=event, version=event.reveal_version)
    valid = Ticket.objects.valid().filter(event_id=event.pk)
    again = present.filter(
        state=State.SUPERSEDED, ticket__in=valid, hand=F("ticket__hand")
    ).update(state=State.QUEUED)
    told = present.filter(ticket=OuterRef("pk"), hand=OuterRef("hand"))
    missing = valid.exclude(Exists(told)).with_holder()
    host = settings.POST_OFFICE["MESSAGE_ID_FQDN"]
    rows = RevealNotice.objects.bulk_create(
        [
            RevealNotice(
                event=event,
                version=event.reveal_version,
                ticket=ticket,
                hand=ticket.hand,
                state=State.QUEUED if ticket.holder else State.NO_ADDRESS,
                message_id=f"<reveal.{secrets.token_hex(12)}@{host}>",
                created_at=at,
            )
            for ticket in missing
        ],
        ignore_conflicts=True,  # another ticker was quicker
    )
    if any(row.state == State.NO_ADDRESS for row in rows):
        call_for_help(event, at=at)
    return again + len(rows)


def owe_late_holders(*, at: datetime) -> int:
    """Rows for those who became holders after the publication."""
    told = Event.every.filter(
        state=Event.State.PUBLISHED, reveal_version__gt=0, lead__isnull=False, ends_at__gt=at
    )
    return sum(owe(event, at=at) for event in told)


def forget_former_holders(ticket: Ticket) -> None:
    """The ticket has changed hands: nobody who had it before is owed a letter, or a call."""
    former = RevealNotice.objects.filter(ticket=ticket, hand__lt=ticket.hand)
    former.exclude(state=State.SENT).update(state=State.SUPERSEDED, leased_until=None)


def _with_address(rows):
    """Each with the `address` that its ticket's holder has now."""
    holder = Ticket.objects.with_holder().filter(pk=OuterRef("ticket_id")).values("holder")
    return rows.annotate(address=Subquery(holder[:1]))


def claim(*, at: datetime) -> list[list[RevealNotice]]:
    """Lease the next letters until at + LEASE: lists of rows of one event, version and address.

    A letter is claimed by its first row (SKIP LOCKED where the database can; SQLite lets one
    writer in at a time), so two senders at once never split one holder's tickets into two mails.
    """
    queued = _with_address(RevealNotice.objects.filter(state=State.QUEUED))
    earlier = queued.filter(
        event=OuterRef("event"),
        version=OuterRef("version"),
        address=OuterRef("address"),
        pk__lt=OuterRef("pk"),
    )
    is_free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    with transaction.atomic():
        heads = list(
            queued.filter(is_free)
            .filter(~Exists(earlier))
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:LETTERS]
        )
        letters = []
        for head in heads:
            rows = list(
                queued.filter(
                    event=head.event_id, version=head.version, address=head.address
                ).order_by("pk")
            )
            RevealNotice.objects.filter(pk__in=[row.pk for row in rows]).update(
                leased_until=at + LEASE, attempts=F("attempts") + 1
            )
            letters.append(rows)
    return letters


def _mine(rows):
    return RevealNotice.objects.filter(pk__in=[row.pk for row in rows], state=State.QUEUED)


def stamp_sent(rows, *, at: datetime) -> None:
    _mine(rows).update(state=State.SENT, sent_at=at, leased_until=None)


def bounced(message_id: str, *, at: datetime) -> int:
    """What the mail server took came back: all that this letter told counts as not told; how many
    rows. 0 where no letter of ours has that number, or it is known already.
    """
    row = _with_address(RevealNotice.objects.filter(message_id=message_id)).first()
    if row is None:
        return 0
    letter = _with_address(RevealNotice.objects.filter(state=State.SENT)).filter(
        event=row.event_id, version=row.version, sent_at=row.sent_at, address=row.address
    )
    pks = list(letter.values_list("pk", flat=True))
    if row.state == State.SENT and row.pk not in pks:
        pks.append(row.pk)
    count = RevealNotice.objects.filter(pk__in=pks, state=State.SENT).update(state=State.BOUNCED)
    if count:
        call_for_help(row.event, at=at)
    return count


def send_again(rows) -> int:
    """Staff corrected an address: try by mail once more; how many rows are queued by it."""
    pks = [row.pk for row in rows]
    failed = RevealNotice.objects.filter(
        pk__in=pks, state__in=(State.FAILED, State.BOUNCED, State.NO_ADDRESS)
    )
    return failed.update(state=State.QUEUED, attempts=0, leased_until=None, sent_at=None)


def letters_owed() -> int:
    """How many letters wait, of all events: holders who share an address share one. Those of a
    rehearsal hold up nobody's.
    """
    queued = _with_address(
        RevealNotice.objects.filter(state=State.QUEUED, event__is_rehearsal=False)
    )
    return queued.order_by().values("event", "version", "address").distinct().count()


def drop(rows) -> None:
    """Not owed any more: the ticket is no longer valid, or a newer place is being told."""
    _mine(rows).update(state=State.SUPERSEDED, leased_until=None)


def put_back(rows, *, until: datetime) -> None:
    """Nothing was tried (the reveal is held, the key is not here): wait without counting it."""
    _mine(rows).update(leased_until=until, attempts=F("attempts") - Value(1))


def try_later(rows, *, at: datetime) -> None:
    """The mail server failed us: waits double up to LONGEST_WAIT, staff hear after PATIENCE."""
    tries = rows[0].attempts + 1
    _mine(rows).update(leased_until=at + min(FIRST_WAIT * 2 ** min(tries - 1, 8), LONGEST_WAIT))
    if tries >= PATIENCE:
        call_for_help(rows[0].event, at=at)


def give_up(rows, *, at: datetime) -> None:
    """The address is refused for good, or the event is over: a person has to telephone."""
    _mine(rows).update(state=State.FAILED, leased_until=None)
    call_for_help(rows[0].event, at=at)


def untold(event: Event):
    """Rows of present holders whom no mail has reached: the call list."""
    return (
        RevealNotice.objects.filter(event=event, version=event.reveal_version)
        .filter(hand=F("ticket__hand"), ticket__in=Ticket.objects.valid())
        .exclude(state__in=(State.SENT, State.SUPERSEDED))
        .select_related("ticket__line__order")
    )


def call_for_key(event: Event, *, at: datetime) -> None:
    """The envelope cannot be opened when its place is to be told: one task an event."""
    if event.is_rehearsal:
        return
    Task.objects.get_or_create(
        key=f"reveal-without-its-key:{event.pk}",
        defaults={
            "text": f"{event}: the envelope is due and cannot be opened, because the key it was "
            "sealed with is not here. Until the key is put back into VENUE_KEYS, or somebody "
            "enters the place again, nobody is told; their ticket pages say that it is late.",
            "created_at": at,
        },
    )


def call_for_help(event: Event, *, at: datetime) -> None:
    """One task an event and version, however many rows it is about. Says how many, never whom."""
    count = 0 if event.is_rehearsal else untold(event).count()
    if count:
        words = (
            f"{event}: mail has not reached the holders of {count} "
            f"ticket{'' if count == 1 else 's'}. Their ticket links work; please call them."
        )
        Task.objects.update_or_create(
            key=f"reveal-untold:{event.pk}:{event.reveal_version}",
            defaults={"text": words},
            create_defaults={"text": words, "created_at": at},
        )
