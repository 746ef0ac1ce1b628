"""When things happen in the sample season: relative to today, at reasonable hours."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from nsca.lib.timing import day_of, to_instant

HERE = Path(__file__).parent

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WARM = range(5, 10)  # months in which Norfolk dines outdoors
SOON = timedelta(hours=5)  # so that visitors see the rehearsal before it is over
MEALS = (time(12, 30), time(19))
_WORDS = re.compile(
    r"(?P<base>start|month)?(?P<count>[+-]\d+)(?P<unit>d)?"
    r"(?: (?P<weekday>[a-z]+day))? (?P<clock>\d\d:\d\d)"
)


def table(name: str) -> dict:
    """One of the season's files, parsed."""
    with (HERE / name).open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class Days:
    """The season as seen at the instant `at` (UTC). All results are UTC."""

    at: datetime

    @property
    def today(self) -> date:
        return day_of(self.at)

    def instant(self, words: str, *, start: datetime | None = None) -> datetime:
        """The instant that the data files mean by these words, in Norfolk's time:

        "now"; "-20d 19:40" and "+9d saturday 10:30" (the first on or after) from today; "start-14d
        12:00" from the day of the event's `start`; "month+1 10:00" on the first of the next month;
        "the rehearsal" and "the soiree". Raises ValueError for anything else.
        """
        if words in self._named:
            return self._named[words](self)
        found = _WORDS.fullmatch(words)
        if found is None or (found["base"] == "start" and start is None):
            raise ValueError(f"“{words}” isn't an instant of the season.")
        count, clock = int(found["count"]), time.fromisoformat(found["clock"])
        if found["base"] == "month":
            day = self._first_of_month(count)
        else:
            day = (day_of(start) if found["base"] else self.today) + timedelta(days=count)
        if found["weekday"]:
            day = _next(day, WEEKDAYS.index(found["weekday"]))
        return to_instant(datetime.combine(day, clock))

    def _now(self) -> datetime:
        return self.at

    def _rehearsal(self) -> datetime:
        """The next meal that leaves time to look around.

        It is within a day, so the reveal 24 hours before it is past.
        """
        meals = (
            to_instant(datetime.combine(self.today + timedelta(days=ahead), meal))
            for ahead in (0, 1)
            for meal in MEALS
        )
        return next(meal for meal in meals if meal >= self.at + SOON)

    def _soiree(self) -> datetime:
        """A Thursday at six, at least three months ahead, warm enough without a coat."""
        day = _next(self.today + timedelta(days=90), WEEKDAYS.index("thursday"))
        while day.month not in WARM:
            day += timedelta(days=7)
        return to_instant(datetime.combine(day, time(18)))

    def _first_of_month(self, count: int) -> date:
        """0: the latest first of a month before today; 1: the one after it."""
        last = self.today - timedelta(days=1)
        months = last.year * 12 + last.month - 1 + count
        return date(months // 12, months % 12 + 1, 1)

    _named = {"now": _now, "the rehearsal": _rehearsal, "the soiree": _soiree}


def _next(day: date, weekday: int) -> date:
    """The first such day of the week on or after `day`; Monday is 0."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
