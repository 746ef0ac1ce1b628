"""Cities as seen from Norfolk: distance, bearing and time difference.

Never the local time: pages are cached, and the reader's browser knows the time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from nsca.lib.geo import NORFOLK_ZONE, Polar, clockwise, polar

NORFOLK = ZoneInfo(NORFOLK_ZONE)
JANUARY, JULY = (1, 15), (7, 15)  # either side of every change of clocks
QUARTER = timedelta(minutes=15)  # clocks are changed on quarters of an hour (tz database)


@dataclass(frozen=True)
class Sighting:
    """One city in the usual order, for the timetable and the posters."""

    number: int
    city: object
    polar: Polar
    ahead: float  # hours by which its clocks are ahead of Norfolk's; below zero they are behind

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
        """ "047°", the way a helmsman reads it."""
        return f"{round(self.polar.bearing) % 360:03d}°"

    @property
    def shift(self):
        """ "+6 h", as in a timetable: shown where no script shows the time there."""
        sign = "+" if self.ahead > 0 else "\u2212" if self.ahead < 0 else "\u00b1"
        return f"{sign}{_figure(self.ahead) or 0} h"

    @property
    def since(self):
        return self.city.since_year


def sightings(cities, *, at):
    """All cities, clockwise from the northwest, at an instant (aware)."""
    return [sighting(city, at=at, number=i) for i, city in enumerate(clockwise(cities), start=1)]


def sighting(city, *, at, number=0):
    seen = polar(city.latitude, city.longitude)
    return Sighting(number, city, seen, hours_ahead(city.time_zone, at))


def hours_ahead(zone, at):
    """How many hours a zone is ahead of Norfolk at an instant (aware); below zero it is behind."""
    there, here = at.astimezone(ZoneInfo(zone)).utcoffset(), at.astimezone(NORFOLK).utcoffset()
    return (there - here).total_seconds() / 3600


def next_shift(zones, *, at, within):
    """The next instant (UTC) when the difference of any zone from Norfolk changes.

    None if that is later than `within` (a timedelta) after `at`.
    """
    hours = {zone: hours_ahead(zone, at) for zone in zones}
    start = datetime.fromtimestamp(at.timestamp() // QUARTER.total_seconds() * 900, tz=UTC)
    for quarter in range(1, within // QUARTER + 2):
        instant = start + quarter * QUARTER
        if any(hours_ahead(zone, instant) != ahead for zone, ahead in hours.items()):
            return instant if instant <= at + within else None
    return None


def gap_words(zone, at):
    """The time difference in words, today and in the other half of the year.

    "14 hours ahead of Norfolk today; 13 in summer." Never stored: America and Europe change their
    clocks on different days, so for a few weeks in spring and fall the difference is another.
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
        return "Same time as Norfolk"
    noun = "hour" if abs(hours) <= 1 else "hours"
    return f"{_figure(hours)} {noun} {'ahead of' if hours > 0 else 'behind'} Norfolk"


_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip


def in_figures(count):
    """A count in words up to twelve, in digits above."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def company(cities):
    """The cities in one line: "Seven sisters and a friend".

    Suspended and former relationships are not counted.
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
