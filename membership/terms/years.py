"""How long a payment of dues lasts, as pure functions of dates.

A year begins on the day somebody joins, or is the same for everybody (Rules.year). A renewal that
is early, or late within grace, continues from the old end; a later one starts on the day of
payment. No day is paid twice, and no paid day is lost.
"""

from calendar import isleap
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max

from membership.models import Household, Rules

DAY = timedelta(days=1)
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # any other is a typo


def refuse_slips(on: date) -> None:
    """For forms: refuse years that must be typos. Raises ValidationError."""
    if not EARLIEST <= on <= LATEST:
        raise ValidationError("Check the year, and write it like 2027.")


def next_stretch(household: Household, on: date, *, rules: Rules) -> tuple[date, date]:
    """The first and last day of a year of dues paid on `on`."""
    starts_on = next_start(household, on, grace=rules.grace)
    return starts_on, last_day(starts_on, rules=rules)


def next_start(household: Household, on: date, *, grace: timedelta) -> date:
    """The first day of a term paid on `on`.

    It is the day after the old end if early or within grace, else `on` or after a valid term.
    """
    last_end = household.terms.whole().aggregate(last=Max("ends_on"))["last"]
    if last_end is not None and last_end >= on - grace:
        return last_end + DAY
    # A term that ends early on a later day is valid until then.
    ended = household.terms.filter(ended_on__gt=on).aggregate(last=Max("ended_on"))["last"]
    return ended or on


def last_day(starts_on: date, *, rules: Rules) -> date:
    """The last day of one year that begins on `starts_on`."""
    if rules.year == Rules.Year.ANNIVERSARY:
        return year_from(starts_on)
    turn = rules.year_begins(starts_on.year)
    if turn <= starts_on:
        turn = rules.year_begins(starts_on.year + 1)
    if turn - starts_on <= timedelta(days=rules.rolls_over_days) and starts_on < turn:
        turn = rules.year_begins(turn.year + 1)
    return turn - DAY


def year_from(start: date) -> date:
    """The last day of a year that begins on `start`.

    2027-03-01 ends 2028-02-29, 2028-02-29 ends 2029-02-27.
    """
    if start.month == 2 and start.day == 29:
        return date(start.year + 1, 2, 28 if not isleap(start.year + 1) else 29) - DAY
    return start.replace(year=start.year + 1) - DAY
