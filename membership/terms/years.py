"""How long a payment of dues holds: the rules of membership, as pure functions of dates.

A year is a year from the day somebody joins, or the same year for everybody (Rules.year). Who
renews early, or late within grace, runs on from the old end; later, from the day of payment. No
day is ever paid twice, and none that was paid is lost.
"""

from calendar import isleap
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max

from membership.models import Household, Rules

DAY = timedelta(days=1)
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # any other is a slip of the pen


def refuse_slips(on: date) -> None:
    """For forms: a year of which no year of membership could be reckoned. Raises
    ValidationError.
    """
    if not EARLIEST <= on <= LATEST:
        raise ValidationError("Look at the year once more: write it like 2027.")


def next_stretch(household: Household, on: date, *, rules: Rules) -> tuple[date, date]:
    """The first and last day of a year of dues that are paid on `on`."""
    starts_on = next_start(household, on, grace=rules.grace)
    return starts_on, last_day(starts_on, rules=rules)


def next_start(household: Household, on: date, *, grace: timedelta) -> date:
    """The first day of a term paid on `on`: after the old end when early or within grace, else
    `on`, or after what already holds then.
    """
    last_end = household.terms.whole().aggregate(last=Max("ends_on"))["last"]
    if last_end is not None and last_end >= on - grace:
        return last_end + DAY
    # A term that was ended from a later day on holds until then.
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
    """The last day of a year that begins on `start`: 2027-03-01 ends 2028-02-29, 2028-02-29 ends
    2029-02-27.
    """
    if start.month == 2 and start.day == 29:
        return date(start.year + 1, 2, 28 if not isleap(start.year + 1) else 29) - DAY
    return start.replace(year=start.year + 1) - DAY
