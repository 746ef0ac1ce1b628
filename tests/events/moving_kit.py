"""An evening that moves: its new instants, and how the tests say so. Instants are UTC."""

from datetime import UTC, datetime, timedelta

from events.changes import moving
from events.models import Event, WaitlistEntry
from tests.events.reveal_kit import LONG_BEFORE
from tests.factories import make_user

FRIDAY = datetime(2027, 5, 21, 22, 0, tzinfo=UTC)  # Thursday's rain date, the same hour
FRIDAY_T = datetime(2027, 5, 20, 22, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def mover():
    """The member of staff who moves the event."""
    return make_user("mover@nsca.example", is_staff=True)


def wanted(starts_at=FRIDAY, **fields):
    fields.setdefault("ends_at", starts_at + timedelta(hours=3))
    return moving.Wanted(starts_at=starts_at, **fields)


def move(event, starts_at=FRIDAY, *, at, by=None, **fields):
    """Move it as staff do; the row of the move."""
    return moving.move(event, wanted(starts_at, **fields), by=by or mover(), at=at)


def again(event):
    return Event.objects.get(pk=event.pk)


def wait(event, email="eve@waits.example", **fields):
    fields.setdefault("joined_at", LONG_BEFORE)
    return WaitlistEntry.objects.create(event=event, name="Eve Waits", email=email, **fields)
