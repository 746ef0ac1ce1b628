"""An evening at the door: two volunteers with a phone each."""

from datetime import UTC, datetime, timedelta

from events.door import door
from events.models import DoorLink
from tests.factories import make_user

DOORS = datetime(2027, 5, 20, 21, 30, tzinfo=UTC)  # Thursday, 5:30 p.m. in Norfolk
SEVEN = datetime(2027, 5, 20, 23, 2, tzinfo=UTC)  # 7:02 p.m.
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RUTHS, SAMS = "ruths-telephone", "sams-telephone"


def make_door_link(event, *, name="Ruth", gate="west gate", **fields):
    """Good from two hours before the doors until two hours after the end."""
    fields.setdefault("opens_at", DOORS - 2 * HOUR)
    fields.setdefault("ends_at", event.ends_at + 2 * HOUR)
    fields.setdefault("created_at", DOORS - timedelta(days=7))
    fields.setdefault("created_by", a_colleague())
    return DoorLink.objects.create(event=event, name=name, gate=gate, **fields)


def a_colleague():
    from membership.models import User

    email = "dora@nsca.example"
    return User.objects.filter(email=email).first() or make_user(email, is_staff=True)


def read(link, ticket, *, phone=RUTHS, number=1, at=SEVEN, read_at=None):
    """One reading, as the page makes it."""
    return door.read(link, _code(ticket), device=door.Device(phone, number, read_at), at=at)


def undo(link, ticket, *, phone=RUTHS, number=2, at=SEVEN):
    return door.undo(link, _code(ticket), device=door.Device(phone, number), at=at)


def _code(ticket) -> str:
    return ticket if isinstance(ticket, str) else ticket.code
