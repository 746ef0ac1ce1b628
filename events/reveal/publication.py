"""Publication: R, the version of the revealed venue, and one row for each holder owed a notice.

Called by the ticker at T, and by keeping.py when a revealed venue changes.
"""

from datetime import datetime

from django.db import transaction

from events.models import Event
from events.reveal import mails_owed, openings
from events.venue import store
from nsca.lib.web.caching import content_changed
from orders.models import Task


def is_due(event, at) -> bool:
    """The same rule as Event.objects.due_to_reveal, for any version."""
    return (
        event.state == Event.State.PUBLISHED
        and event.lead is not None
        and event.reveal_held_at is None
        and event.opens_at <= at < event.ends_at
    )


def is_revealed(event: Event, *, at: datetime) -> bool:
    """Whether holders know the venue by now: it was published, or their pages already show it.

    A revealed venue stays revealed even if the start moves; a reveal that is on hold, or that came
    without a venue, revealed nothing. Before T this does not query the venue's table.
    """
    return event.reveal_version > 0 or (is_due(event, at) and store.is_there(event.pk))


def publish_due(*, at: datetime) -> int:
    """Publish every reveal that is due; how many notices it owes. Hours late is fine."""
    return sum(
        publish(pk, at=at) for pk in Event.objects.due_to_reveal(at).values_list("pk", flat=True)
    )


def is_any_due(*, at: datetime) -> bool:
    """Whether `publish_due` would publish anything: a reveal is due and there is a venue."""
    due = Event.objects.due_to_reveal(at).values_list("pk", flat=True)
    return any(store.is_there(pk) for pk in due)


def publish(event_id: int, *, at: datetime) -> int:
    """R: 0 → 1 under the event's lock, with a row for each valid ticket; 0 where nothing
    is due.
    """
    with transaction.atomic():
        event = Event.objects.select_for_update().get(pk=event_id)
        if not is_due(event, at) or event.reveal_version:
            return 0
        if not store.is_there(event_id):
            Task.objects.get_or_create(
                key=f"reveal-without-a-venue:{event_id}",
                defaults={
                    "text": f"{event}: the reveal is due, but no venue is entered. "
                    "Enter it, and every ticket holder gets it at once.",
                    "created_at": at,
                },
            )
            return 0
        openings.record(event, at=at)
        owed = next_version(event, at)
        _close(f"reveal-without-a-venue:{event_id}", at)
        transaction.on_commit(content_changed)
        return owed


def _close(key: str, at: datetime) -> None:
    """Mark the task as done."""
    Task.objects.filter(key=key, done_at=None).update(done_at=at)


def next_version(event, at) -> int:
    """Publish the next version; call under the event's lock."""
    event.reveal_version += 1
    event.revealed_at = event.revealed_at or at
    # Not save(): the ticker is not an editor, and the public record has not changed.
    Event.objects.filter(pk=event.pk).update(
        reveal_version=event.reveal_version, revealed_at=event.revealed_at
    )
    return mails_owed.owe(event, at=at)
