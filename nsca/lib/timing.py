"""Instants are stored in UTC and shown in Norfolk's time, with the zone's name.

Dates are formatted here, so that the site has one voice: US dates, "6:00 p.m.".
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NORFOLK = ZoneInfo("America/New_York")


class ClockGap(ValueError):
    """The local time does not exist: clocks skip it in March."""


class ClockFold(ValueError):
    """The local time happens twice: clocks go back in November."""


def to_instant(local: datetime, zone: ZoneInfo = NORFOLK, *, fold: int | None = None) -> datetime:
    """The UTC instant of a naive local time.

    Raises ClockGap if the clocks skip it, and ClockFold if it happens twice and `fold` (0 first, 1
    second) does not say which.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise ClockGap(f"{local:%B %-d, %Y, %-I:%M} does not exist: the clocks jump over it.")
    if first != second:
        if fold is None:
            raise ClockFold(f"{local:%B %-d, %Y, %-I:%M} happens twice: the clocks go back.")
        return second if fold else first
    return first


def day_of(at: datetime) -> date:
    """The date in Norfolk at an instant."""
    return at.astimezone(NORFOLK).date()


def hour(at: datetime, zone: ZoneInfo = NORFOLK) -> str:
    """An instant's time of day as "6:00 p.m."."""
    local = at.astimezone(zone)
    return f"{local:%-I:%M} " + ("a.m." if local.hour < 12 else "p.m.")


def long_day(at: datetime, zone: ZoneInfo = NORFOLK) -> str:
    """An instant's day as "Thursday, May 20, 2027"."""
    return f"{at.astimezone(zone):%A, %B %-d, %Y}"


def short_day(at: datetime) -> str:
    """An instant's day in Norfolk as "May 20, 2027"."""
    return f"{at.astimezone(NORFOLK):%B %-d, %Y}"


def zone_word(at: datetime, zone: ZoneInfo = NORFOLK) -> str:
    """ "EDT" or "EST", whichever applies at the instant."""
    return at.astimezone(zone).tzname() or ""


def exactly(at: datetime) -> str:
    """An instant in full: "Wednesday, May 19, 2027 at 6:00 p.m. EDT"."""
    return f"{long_day(at)} at {hour(at)} {zone_word(at)}"


def machine(at: datetime, zone: ZoneInfo = NORFOLK) -> str:
    """An instant for HTML's `datetime`: "2027-05-20T18:00:00-04:00".

    To the second: HTML takes at most three decimals of a second, and ours have six.
    """
    return at.astimezone(zone).isoformat(timespec="seconds")


def in_words(span: timedelta) -> str:
    """A length of time in words: "24 hours", "90 minutes", "534 days and 13 hours"."""
    minutes = round(span.total_seconds() / 60)
    days, rest = divmod(minutes, 1440)
    if days >= 2 and rest >= 60:
        return f"{days} days and {in_words(timedelta(hours=rest // 60))}"
    if days >= 2:
        return f"{days} days"
    # "24 hours" is the association's own phrase, so days start at two.
    for size, name in ((60, "hour"), (1, "minute")):
        if minutes % size == 0 and minutes >= size:
            count = minutes // size
            return f"{count} {name}" + ("" if count == 1 else "s")
    return "no time at all"
