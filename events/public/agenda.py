"""The agenda: what is on and what is available, month by month, and a month as a calendar.

It shows public fields of events alone. The venue has one door (events.reveal), and this is not it.
"""

from calendar import SUNDAY, Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from urllib.parse import urlencode

from django.db.models import QuerySet

from cities.models import City
from events.models import Event
from events.sales.availability import Availability, availabilities
from nsca.lib.timing import day_of

FEW = 12  # so many seats left, or fewer, are worth a warning


@dataclass(frozen=True)
class Listed:
    """A row of the agenda at one instant."""

    event: Event
    offer: Availability
    city: City | None  # only a published one

    @property
    def day(self) -> date:
        """The day it begins, in Norfolk."""
        return day_of(self.event.starts_at)

    @property
    def has_few_left(self) -> bool:
        return self.offer.is_on_sale and self.offer.left is not None and self.offer.left <= FEW

    @property
    def href(self) -> str:
        """Where its button leads: to the tickets, the waitlist or the event's page."""
        page = self.event.get_absolute_url()
        if self.event.is_canceled:
            return page
        if self.offer.is_on_sale:
            return f"{page}tickets/"
        return f"{page}waitlist/" if self.offer.is_sold_out else page

    @property
    def changes(self) -> tuple[datetime | None, ...]:
        """The instants (UTC) at which the row may change."""
        return (self.event.opens_at, self.event.ends_at, self.offer.next_change_at)


def agenda(events: Iterable[Event], *, at: datetime) -> list[Listed]:
    """The rows of events at an instant (UTC), in their order. Two queries more than the events."""
    events = list(events)
    offers = availabilities(events, at=at)
    cities = {city.pk: city for city in City.objects.published().defer("story")}
    return [Listed(event, offers[event.pk], cities.get(event.city_id)) for event in events]


def by_month(rows: Iterable[Listed]) -> list[tuple[date, list[Listed]]]:
    """The rows under the first day of their month."""
    months = groupby(rows, key=lambda row: row.day.replace(day=1))
    return [(month, list(those)) for month, those in months]


def weeks(month: date, rows: Iterable[Listed]) -> list[list[tuple[date, list[Listed]]]]:
    """The weeks of a month from Sunday, filled up with days of its neighbors; each day's rows."""
    on = {day: list(those) for day, those in groupby(rows, key=lambda row: row.day)}
    whole = Calendar(SUNDAY).monthdatescalendar(month.year, month.month)
    return [[(day, on.get(day, [])) for day in week] for week in whole]


@dataclass(frozen=True)
class Filter:
    """What a visitor filters by. What no event has is not filtered by."""

    kind: str = ""
    city: str = ""  # its slug
    is_free: bool = False
    kinds: tuple[tuple[str, str], ...] = ()  # what can be chosen: values and labels
    cities: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, query, events: QuerySet[Event]) -> "Filter":
        """Read ?kind= ?city= ?free=1, and offer what these events have. Two queries."""
        labels = dict(Event.Kind.choices)
        found = events.order_by().values_list("kind", flat=True).distinct()
        kinds = {kind: labels[kind] for kind in found}
        honored = City.objects.published().filter(pk__in=events.order_by().values("city"))
        cities = dict(honored.values_list("slug", "name"))
        return cls(
            kind=query.get("kind") if query.get("kind") in kinds else "",
            city=query.get("city") if query.get("city") in cities else "",
            is_free=query.get("free") == "1",
            kinds=tuple(sorted(kinds.items(), key=lambda pair: pair[1])),
            cities=tuple(sorted(cities.items(), key=lambda pair: pair[1])),
        )

    def __bool__(self) -> bool:
        return bool(self.kind or self.city or self.is_free)

    @property
    def query(self) -> str:
        """The filter as it stands in an address: "?kind=dinner", or ""."""
        chosen = {"kind": self.kind, "city": self.city, "free": "1" if self.is_free else ""}
        chosen = {name: value for name, value in chosen.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def applied(self, rows: Iterable[Listed]) -> list[Listed]:
        return [
            row
            for row in rows
            if (not self.kind or row.event.kind == self.kind)
            and (not self.city or (row.city and row.city.slug == self.city))
            and (not self.is_free or row.offer.is_free)
        ]


def next_soiree(rows: Iterable[Listed]) -> Listed | None:
    """The first Soirée among upcoming rows that takes place."""
    soirees = (row for row in rows if row.event.kind == Event.Kind.SOIREE)
    return next((row for row in soirees if not row.event.is_canceled), None)
