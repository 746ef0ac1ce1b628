"""What the tests of tables share: an evening with open tables, and captains who keep one."""

from datetime import timedelta

from events.models import Table
from events.tables import tables
from tests.factories import NOON, make_event, make_ticket_type

UNTIL = NOON + timedelta(days=20)  # until when open tables are kept
MICROSECOND = timedelta(microseconds=1)


def make_evening(*, capacity=30, **fields):
    """An event at which tables may be opened; one kind of seat at $95."""
    fields.setdefault("tables_until", UNTIL)
    event = make_event(capacity=capacity, **fields)
    return event, make_ticket_type(event)


def ask_for(event, seat, *, at=NOON, **fields):
    """A captain's request for a table of eight, not confirmed."""
    fields.setdefault("captain_name", "Cy Captain")
    fields.setdefault("captain_email", "cy@captain.example")
    fields.setdefault("name", "The Granby Street Eight")
    fields.setdefault("seats", 8)
    fields.setdefault("is_open_to_strangers", False)
    return tables.open_table(event=event, ticket_type=seat, at=at, **fields)


def keep(event, seat, *, at=NOON, **fields) -> Table:
    """A table whose seats are kept."""
    table = ask_for(event, seat, at=at, **fields)
    tables.confirm(table, at=at)
    table.refresh_from_db()
    return table
