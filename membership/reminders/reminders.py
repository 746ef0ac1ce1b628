"""Renewal reminders: which are due and not yet sent.

A step is due from its day on. If several are due at once, e.g. after an outage, only the last is
sent and the others are skipped. Each step of a term has one row, so nobody gets it twice. What a
reminder says depends on the household's membership status when it is sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from membership.models import Household, Person, Reminder, Rules, Term
from membership.people import suppressed
from membership.reminders.mail import post
from membership.reminders.year_used import YearUsed, years_used
from nsca.lib.timing import NORFOLK, day_of
from orders.models import RecurringPayment

Step, Way = Reminder.Step, Reminder.Way
DAY = timedelta(days=1)
BETWEEN = 5 * DAY  # between two reminders about one term
JUST_JOINED = 14 * DAY  # no reminders to people who paid so recently
TOO_LATE = 30 * DAY  # after the last step was due, nothing is sent any more
HOURS = range(9, 20)  # of Norfolk's day: nobody is reminded at night
A_ROUND = 40  # reminders per round of the ticker


@dataclass(frozen=True)
class Plan:
    """The reminder that is due for one term."""

    step: str
    overtaken: tuple[str, ...]  # due before it and never sent


def days_of(term: Term, rules: Rules) -> list[tuple[str, date]]:
    """The steps in order, each with the day from which it is due."""
    ends = term.ends_on
    return [
        (Step.FIRST, ends - rules.first_reminder_days * DAY),
        (Step.SECOND, ends - rules.second_reminder_days * DAY),
        (Step.THIRD, ends - rules.third_reminder_days * DAY),
        (Step.DAY, ends),
        (Step.GRACE, ends + rules.grace_reminder_days * DAY),
        (Step.NOTE, ends + rules.note_days * DAY),
    ]


def plan(term: Term, on: date, *, rules: Rules, written: Iterable[str]) -> Plan | None:
    """The step that is due on a day, or None; `written` are the steps that have a row."""
    steps = days_of(term, rules)
    if on > steps[-1][1] + TOO_LATE:
        return None
    due = [step for step, day in steps if day <= on]
    open_steps = [step for step in due if step not in written]
    if not open_steps or open_steps[-1] != due[-1]:
        return None  # a later one was sent already
    return Plan(open_steps[-1], tuple(open_steps[:-1]))


def ending(on: date, *, rules: Rules):
    """The terms that may need a reminder on a day: each the last of its household."""
    later = Term.objects.real().filter(household=OuterRef("household")).exclude(pk=OuterRef("pk"))
    goes_on = later.filter(
        Q(ends_on__isnull=True, ended_on__isnull=True)
        | Q(ended_on__gt=OuterRef("ends_on"))
        | Q(ended_on__isnull=True, ends_on__gt=OuterRef("ends_on"))
        | Q(ended_on__isnull=True, ends_on=OuterRef("ends_on"), pk__gt=OuterRef("pk"))
    )
    return (
        Term.objects.whole()
        .filter(
            ends_on__gte=on - rules.note_days * DAY - TOO_LATE,
            ends_on__lte=on + rules.first_reminder_days * DAY,
        )
        .exclude(Exists(goes_on))
        .exclude(Exists(_written_to_by_an_agreement(OuterRef("household"), on)))
    )


def _written_to_by_an_agreement(household, on: date):
    """Whether recurring dues have e-mails of their own, until some days after they end."""
    days_ago = datetime.combine(on - BETWEEN, datetime.min.time(), NORFOLK)
    return RecurringPayment.objects.filter(
        Q(state__in=(RecurringPayment.State.ACTIVE, RecurringPayment.State.FAILING))
        | Q(ended_at__gte=days_ago),
        kind="dues",
        household=household,
    )


def tick(at: datetime) -> int:
    """Send what is due, in the daytime, and return how many were sent."""
    if at.astimezone(NORFOLK).hour not in HOURS:
        return 0
    rules, on, sent = Rules.load(), day_of(at), 0
    terms = ending(on, rules=rules).order_by("ends_on", "pk").prefetch_related("reminders")
    wanted = [
        (term, found)
        for term in terms.select_related("household", "tier")
        if (
            found := plan(
                term, on, rules=rules, written={row.step for row in term.reminders.all()}
            )
        )
    ]
    for start in range(0, len(wanted), A_ROUND):
        batch = wanted[start : start + A_ROUND]
        used = years_used([term for term, _ in batch], on)
        for term, found in batch:
            sent += remind(term, found, rules=rules, at=at, used=used[term.pk])
            if sent == A_ROUND:
                return sent
    return sent


def remind(
    term: Term, wanted: Plan, *, rules: Rules, at: datetime, used: YearUsed | None = None
) -> bool:
    """Write the rows and the e-mail in one transaction; only one ticker succeeds."""
    try:
        with transaction.atomic():
            for step in wanted.overtaken:
                _write(term, step, Way.NONE, at=at, why_not="A later reminder was due, too.")
            return _send(term, wanted.step, rules=rules, at=at, used=used)
    except IntegrityError:
        return False  # another ticker was quicker


def _send(term: Term, step: str, *, rules: Rules, at: datetime, used: YearUsed | None) -> bool:
    on = day_of(at)
    person, way, why_not = whom(term.household, on=on)
    why_not = _not_now(term, step, person, on=on, rules=rules) or why_not
    if why_not:
        _write(term, step, Way.NONE, at=at, person=person, why_not=why_not)
        return False
    row = _write(term, step, way, at=at, person=person)
    if way == Way.MAIL:
        post(row, rules=rules, at=at, used=used)
    return True


def _write(term: Term, step: str, way: str, *, at: datetime, **fields) -> Reminder:
    return Reminder.objects.create(term=term, step=step, way=way, at=at, **fields)


def _not_now(term: Term, step: str, person: Person | None, *, on: date, rules: Rules) -> str:
    """Why a due step is left out, in words; "" if it is sent."""
    due_on = dict(days_of(term, rules))[step]
    if due_on < term.starts_on + JUST_JOINED and step in (Step.FIRST, Step.SECOND, Step.THIRD):
        return "The membership has only just begun."
    sent = term.reminders.exclude(way=Way.NONE).order_by("-at").first()
    if sent and step != Step.NOTE and on - day_of(sent.at) < BETWEEN:
        return "The last reminder was only days ago."
    if person and _member_elsewhere(person, term):
        return "They are a member through another household."
    return ""


def _member_elsewhere(person: Person, term: Term) -> bool:
    others = Term.objects.current(term.ends_on + DAY).filter(household__people=person)
    return others.exclude(household=term.household_id).exists()


def whom(household: Household, *, on: date) -> tuple[Person | None, str, str]:
    """Who gets the reminder, how, or why nobody: the first adult with a working e-mail address.

    If there is none, the first adult gets a letter on paper.
    """
    grown = [
        person for person in household.people.living().order_by("pk") if not person.is_minor(on)
    ]
    if not grown:
        return None, Way.NONE, "The household has no adult to write to."
    dead_ends = suppressed.marked(person.email for person in grown if person.email)
    for person in grown:
        if person.email and person.email not in dead_ends:
            return person, Way.MAIL, ""
    if household.postal_address.strip():
        return grown[0], Way.LETTER, ""
    return grown[0], Way.NONE, "We have no working address."


def unreached(on: date, *, rules: Rules):
    """The last rows that reached nobody for lack of an address, for staff to call."""
    return Reminder.objects.filter(
        way=Way.NONE,
        why_not="We have no working address.",
        term__in=ending(on, rules=rules),
    ).order_by(F("at").desc())
