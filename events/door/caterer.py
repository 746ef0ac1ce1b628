"""The caterer's sheet: how many of what, at which table, and allergies.

No guest's name is on the sheet, not even as a table's name, and no venue. What a guest wrote about
an allergy is passed on word for word, except for the guest's own full name: removing single words
would one day remove the olive for a guest called Olive.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from events.models import CatererLink, Event, Ticket
from events.sales import addons
from events.sales.capacity import occupying
from events.tickets.guests import closes_at
from nsca.lib.secrets import link_tokens
from orders.models import Order

UNDECIDED = "Not chosen yet"


@dataclass(frozen=True)
class Note:
    """One allergy as written, and how many guests at the table wrote it."""

    text: str
    guests: int


@dataclass(frozen=True)
class TableCount:
    """One table, or all guests without one (`number` 0)."""

    words: str  # "Table 4", "Unnumbered table", "No table yet"
    number: int
    seats: int | None
    guests: int
    counts: tuple[int, ...]  # one for each column of the sheet
    notes: tuple[Note, ...]
    extras: tuple[tuple[str, int], ...] = ()  # add-ons of the orders whose first guest sits here

    @property
    def extras_words(self) -> str:
        return addons.words(self.extras)


@dataclass(frozen=True)
class Sheet:
    """The counts of one event at an instant (UTC)."""

    event: Event
    at: datetime
    is_final: bool
    suppers: tuple[str, ...]  # the columns; the last is UNDECIDED where somebody is
    totals: tuple[int, ...]
    tables: tuple[TableCount, ...]

    @property
    def guests(self) -> int:
        return sum(table.guests for table in self.tables)

    @property
    def rows(self) -> list[tuple[str, int]]:
        return list(zip(self.suppers, self.totals, strict=True))

    @property
    def extras(self) -> list[tuple[str, int]]:
        """The add-ons of all tables."""
        together: Counter[str] = Counter()
        for table in self.tables:
            together.update(dict(table.extras))
        return list(together.items())

    @property
    def with_notes(self) -> list[TableCount]:
        return [table for table in self.tables if table.notes]


def sheet_of(event: Event, *, at: datetime) -> Sheet:
    """Count the suppers and add-ons of all guests who have paid, in four queries."""
    choices = list(event.choices.all())
    tables = list(event.tables.all())
    guests = list(
        Ticket.objects.filter(occupying(at), event=event, line__order__state=Order.State.PAID)
        .select_related("line__order")
        .order_by("pk")
    )
    columns = [choice.pk for choice in choices]
    if any(guest.choice_id is None for guest in guests) or not columns:
        columns.append(None)
    labels = {choice.pk: choice.label for choice in choices} | {None: UNDECIDED}
    extras = _at_first_guests(guests, addons.by_order(event))
    seated = [_count(table, [g for g in guests if g.table_id == table.pk], columns, extras)
              for table in tables]  # fmt: skip
    unseated = [guest for guest in guests if guest.table_id is None]
    rows = [row for row in seated if row.guests]
    if unseated:
        rows.append(_count(None, unseated, columns, extras))
    return Sheet(
        event=event,
        at=at,
        is_final=at >= closes_at(event),
        suppers=tuple(labels[column] for column in columns),
        totals=tuple(sum(g.choice_id == column for g in guests) for column in columns),
        tables=tuple(rows),
    )


def _at_first_guests(guests: list[Ticket], bought: dict[int, list]) -> dict[int, list]:
    """Add-ons by the first guest of each order, so that each is listed once."""
    first: dict[int, int] = {}
    for guest in guests:
        first.setdefault(guest.line.order_id, guest.pk)
    return {first[order_id]: what for order_id, what in bought.items() if order_id in first}


def _count(
    table, guests: list[Ticket], columns: list[int | None], bought: dict[int, list]
) -> TableCount:
    if table is None:
        words = "No table yet"
    else:
        words = f"Table {table.number}" if table.number else "Unnumbered table"
    notes = Counter(_nameless(guest) for guest in guests if guest.needs)
    extras: Counter[str] = Counter()
    for guest in guests:
        extras.update(dict(bought.get(guest.pk, ())))
    return TableCount(
        words=words,
        number=(table.number or 0) if table else 0,
        seats=table.seats if table else None,
        guests=len(guests),
        counts=tuple(sum(g.choice_id == column for g in guests) for column in columns),
        notes=tuple(Note(text, count) for text, count in notes.items()),
        extras=tuple(extras.items()),
    )


def _nameless(guest: Ticket) -> str:
    return without(guest.needs, [guest.guest_name, guest.line.order.buyer_name])


def without(text: str, names: Iterable[str]) -> str:
    """The text with each of these full names (two words or more) replaced by "the guest"."""
    for name in names:
        words = name.split()
        if len(words) > 1:
            pattern = r"\s+".join(map(re.escape, words))
            text = re.sub(rf"(?<!\w){pattern}(?!\w)", "the guest", text, flags=re.IGNORECASE)
    return text


# --- The link ----------------------------------------------------------------------------------


def link_of(event: Event) -> CatererLink | None:
    return CatererLink.objects.filter(event=event).first()


@transaction.atomic
def make_link(event: Event, *, by, at: datetime) -> CatererLink:
    """Create a new link to the sheet; the old one stops working."""
    link, _ = CatererLink.objects.update_or_create(
        event=event, defaults={"token": link_tokens.new("caterer"), "made_at": at, "made_by": by}
    )
    return link


def end_link(event: Event) -> None:
    CatererLink.objects.filter(event=event).delete()
