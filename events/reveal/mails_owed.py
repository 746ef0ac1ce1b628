"""E-mails we owe to holders: one row for each ticket and version of the venue.

The rows are the outbox: written when a reveal is published, sent by sender.py, read by staff when
an e-mail has failed.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from events.models import Call, Event, RevealMail, Ticket
from nsca.lib.db import planning
from nsca.lib.mail.queue import is_free
from orders.models import Task

State = RevealMail.State


def owe(event: Event, *, at: datetime) -> int:
    """Add rows of the event's present version for valid tickets without one; how many are new.

    Unsent rows of an older version are superseded. A ticket that became valid again (a dispute was
    won) gets its row back.
    """
    RevealMail.objects.filter(
        event=event, version__lt=event.reveal_version, state=State.QUEUED
    ).update(state=State.SUPERSEDED, leased_until=None)
    present = RevealMail.objects.filter(event=event, version=event.reveal_version)
    valid = Ticket.objects.valid().filter(event_id=event.pk)
    again = present.filter(
        state=State.SUPERSEDED, ticket__in=valid, transfer_count=F("ticket__transfer_count")
    ).update(state=State.QUEUED)
    mailed = present.filter(ticket=OuterRef("pk"), transfer_count=OuterRef("transfer_count"))
    missing = valid.exclude(Exists(mailed)).with_holder()
    host = settings.POST_OFFICE["MESSAGE_ID_FQDN"]
    rows = RevealMail.objects.bulk_create(
        [
            RevealMail(
                event=event,
                version=event.reveal_version,
                ticket=ticket,
                transfer_count=ticket.transfer_count,
                address=ticket.holder,
                state=State.QUEUED if ticket.holder else State.NO_ADDRESS,
                message_id=f"<reveal.{secrets.token_hex(12)}@{host}>",
                created_at=at,
            )
            for ticket in missing
        ],
        ignore_conflicts=True,  # another ticker was faster
    )
    planning.analyze(RevealMail, again + len(rows))
    if any(row.state == State.NO_ADDRESS for row in rows):
        call_for_help(event, at=at)
    return again + len(rows)


def owe_late_holders(*, at: datetime) -> int:
    """Add rows for those who became holders after the publication."""
    mailed = Event.objects.filter(
        state=Event.State.PUBLISHED, reveal_version__gt=0, lead__isnull=False, ends_at__gt=at
    )
    return sum(owe(event, at=at) for event in mailed)


def forget_former_holders(ticket: Ticket) -> None:
    """The ticket was transferred: former holders are no longer owed an e-mail or a call."""
    former = RevealMail.objects.filter(ticket=ticket, transfer_count__lt=ticket.transfer_count)
    former.exclude(state=State.SENT).update(state=State.SUPERSEDED, leased_until=None)


def readdress(rows) -> None:
    """Copy changed ticket addresses onto these rows. A row without one goes on the call list."""
    found = Ticket.objects.with_holder().filter(pk__in=[row.ticket_id for row in rows])
    holders = dict(found.values_list("pk", "holder"))
    for row in rows:
        row.address = holders[row.ticket_id]
        changes = {"address": row.address}
        if not row.address:
            changes |= {"state": State.NO_ADDRESS, "leased_until": None}
        RevealMail.objects.filter(pk=row.pk, state=State.QUEUED).update(**changes)


def was_revealed_before(tickets, version: int) -> bool:
    """Whether an older version of the venue reached the present holder of any of these tickets: by
    an e-mail that did not bounce, on the ticket page, or by phone.
    """
    hands = Q(pk__in=[])
    for ticket in tickets:
        if 0 < ticket.seen_version < version:
            return True
        hands |= Q(ticket=ticket, transfer_count=ticket.transfer_count)
    older = Q(version__lt=version) & hands
    mailed = RevealMail.objects.filter(older, state=State.SENT)
    return mailed.exists() or Call.objects.filter(older, outcome=Call.Outcome.REACHED).exists()


def bounced(message_id: str, *, at: datetime) -> int:
    """An accepted e-mail bounced: everything it revealed counts as not revealed; how many rows. 0
    where no e-mail of ours has that number, or the bounce is already known.
    """
    row = RevealMail.objects.filter(message_id=message_id).first()
    if row is None:
        return 0
    mail = RevealMail.objects.filter(
        event=row.event_id, version=row.version, address=row.address, state=State.SENT,
        sent_at=row.sent_at,
    )  # fmt: skip
    # Once its address is erased, a row is on its own.
    pks = list(mail.values_list("pk", flat=True)) if row.address else []
    if row.state == State.SENT and row.pk not in pks:
        pks.append(row.pk)
    count = RevealMail.objects.filter(pk__in=pks, state=State.SENT).update(state=State.BOUNCED)
    if count:
        call_for_help(row.event, at=at)
    return count


@transaction.atomic
def send_again(rows) -> int:
    """Queue rows again after staff corrected an address; how many."""
    pks = [row.pk for row in rows]
    failed = RevealMail.objects.filter(
        pk__in=pks, state__in=(State.FAILED, State.BOUNCED, State.NO_ADDRESS)
    )
    queued = list(failed.select_for_update().order_by("pk"))
    count = failed.update(state=State.QUEUED, attempts=0, leased_until=None, sent_at=None)
    readdress(queued)
    return count


def count_owed() -> int:
    """How many e-mails wait, for all events: holders who share an address share one."""
    return _owed().order_by().values("event", "version", "address").distinct().count()


def are_owed() -> bool:
    """Whether any e-mail waits: asked between any two e-mails, so nothing is counted."""
    return _owed().exists()


def may_be_claimed(*, at: datetime) -> bool:
    """Whether an unclaimed e-mail waits: what `claim` would find, in one query."""
    return RevealMail.objects.filter(is_free(at), state=State.QUEUED).exists()


def _owed():
    return RevealMail.objects.filter(state=State.QUEUED)


def unmailed(event: Event):
    """Rows of present holders whom no e-mail has reached: the call list."""
    return (
        RevealMail.objects.filter(event=event, version=event.reveal_version)
        .filter(transfer_count=F("ticket__transfer_count"), ticket__in=Ticket.objects.valid())
        .exclude(state__in=(State.SENT, State.SUPERSEDED))
        .select_related("ticket__line__order")
    )


def call_for_key(event: Event, *, at: datetime) -> None:
    """Add a task, one per event: the venue is due to be revealed and can't be decrypted."""
    Task.objects.get_or_create(
        key=f"reveal-without-its-key:{event.pk}",
        defaults={
            "text": f"{event}: the reveal is due, but the venue can’t be decrypted because its "
            "key is missing. Put the key back into VENUE_KEYS or enter the venue again. Until "
            "then, ticket pages say that the location is late.",
            "created_at": at,
        },
    )


def unreached(event: Event):
    """Rows of present holders whom no e-mail, ticket page or call has reached."""
    called = Call.objects.filter(
        ticket=OuterRef("ticket"),
        transfer_count=OuterRef("transfer_count"),
        version=OuterRef("version"),
    )
    rows = unmailed(event).filter(ticket__seen_version__lt=event.reveal_version)
    return rows.exclude(Exists(called.filter(outcome=Call.Outcome.REACHED)))


def call_for_help(event: Event, *, at: datetime) -> None:
    """Add one task per event and version. It says how many guests, never who."""
    count = unreached(event).count()
    if not count:
        return
    words, key = _help_words(event, count), _help_key(event)
    Task.objects.update_or_create(
        key=key, defaults={"text": words}, create_defaults={"text": words, "created_at": at}
    )
    # A task that closed because everyone had been reached opens again.
    Task.objects.filter(key=key, done_by=None).update(done_at=None)


def count_again(*, at: datetime) -> int:
    """Update the number in each open task as guests are reached, and close a task with its last;
    how many were closed.
    """
    done = 0
    for task in Task.objects.filter(key__startswith=UNREACHED, done_at=None):
        event_id, _, version = task.key.removeprefix(UNREACHED).partition(":")
        event = Event.objects.filter(pk=event_id).first()
        if event is not None and event.is_past(at) and not event.is_canceled:
            continue  # the event is over, and a person should see who never heard
        is_present = event is not None and str(event.reveal_version) == version
        count = unreached(event).count() if is_present and not event.is_canceled else 0
        if not count:
            done += Task.objects.filter(pk=task.pk, done_at=None).update(done_at=at)
        elif task.text != (words := _help_words(event, count)):
            Task.objects.filter(pk=task.pk).update(text=words)
    return done


UNREACHED = "reveal-untold:"


def _help_key(event: Event) -> str:
    return f"{UNREACHED}{event.pk}:{event.reveal_version}"


def _help_words(event: Event, count: int) -> str:
    return (
        f"{event}: no e-mail about the venue has reached the holders of {count} "
        f"ticket{'' if count == 1 else 's'}. Their ticket links work; please call them."
    )
