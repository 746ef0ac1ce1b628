"""Cities as they are seen from Norfolk at an instant: where they lie and what time it is there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from nsca.lib.geo import NORFOLK_ZONE, Polar, clockwise, polar

NORFOLK = ZoneInfo(NORFOLK_ZONE)
JANUARY, JULY = (1, 15), (7, 15)  # either side of every change of clocks


@dataclass(frozen=True)
class Sighting:
    """One city in the house order, as the timetable and the posters show it."""

    number: int
    city: object
    polar: Polar
    local: datetime  # the wall clock there

    @cached_property
    def href(self):
        return self.city.get_absolute_url()

    @property
    def miles(self):
        return round(self.polar.miles)

    @property
    def km(self):
        return round(self.polar.km)

    @property
    def bearing(self):
        """ "047°", as a helmsman says it."""
        return f"{round(self.polar.bearing) % 360:03d}°"

    @property
    def clock(self):
        return f"{self.local:%H:%M}"

    @property
    def weekday(self):
        return f"{self.local:%A}"

    @property
    def since(self):
        return self.city.since_year


def sightings(cities, *, at):
    """All cities, clockwise from the north-west, at an instant (aware)."""
    return [sighting(city, at=at, number=i) for i, city in enumerate(clockwise(cities), start=1)]


def sighting(city, *, at, number=0):
    seen = polar(city.latitude, city.longitude)
    return Sighting(number, city, seen, at.astimezone(ZoneInfo(city.time_zone)))


def hours_ahead(zone, at):
    """How many hours a zone is ahead of Norfolk at an instant (aware); below zero it is behind."""
    there, here = at.astimezone(ZoneInfo(zone)).utcoffset(), at.astimezone(NORFOLK).utcoffset()
    return (there - here).total_seconds() / 3600


def gap_words(zone, at):
    """The difference of the clocks in words, today and in the other half of the year.

    "14 hours ahead of Norfolk today; 13 in summer." Never stored: for some weeks in March and in
    autumn America and Europe have changed their clocks on different days.
    """
    today = hours_ahead(zone, at)
    year = at.astimezone(NORFOLK).year
    winter, summer = (
        hours_ahead(zone, datetime(year, *day, 12, tzinfo=UTC)) for day in (JANUARY, JULY)
    )
    words = _gap(today) + " today" if not winter == summer == today else _gap(today)
    others = []
    if winter != today:
        others.append(f"{_figure(winter)} in winter")
    if summer != today:
        others.append(f"{_figure(summer)} in summer")
    return f"{words}; {' and '.join(others)}." if others else f"{words}."


def _figure(hours):
    whole, rest = divmod(abs(hours), 1)
    half = {0.0: "", 0.25: "¼", 0.5: "½", 0.75: "¾"}.get(rest, f"{rest:.2f}".lstrip("0"))
    return f"{int(whole)}{half}" if whole or not half else half


def _gap(hours):
    if hours == 0:
        return "The same hour as in Norfolk"
    noun = "hour" if abs(hours) <= 1 else "hours"
    return f"{_figure(hours)} {noun} {'ahead of' if hours > 0 else 'behind'} Norfolk"


_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip


def in_figures(count):
    """Small numbers in words, as the house writes them."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def company(cities):
    """What the cities are to Norfolk, in one breath: "Seven sisters and a friend".

    Counts what stands: a suspended or a former bond is told on the city's page, not up here.
    """
    sisters = sum(city.bond == "sister" for city in cities)
    friends = sum(city.bond == "friendship" for city in cities)
    parts = []
    if sisters:
        parts.append("a sister" if sisters == 1 else f"{in_figures(sisters)} sisters")
    if friends:
        parts.append("a friend" if friends == 1 else f"{in_figures(friends)} friends")
    words = " and ".join(parts) or "Norfolk, and the world"
    return words[0].upper() + words[1:]
