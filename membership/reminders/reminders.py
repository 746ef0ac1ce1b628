"""Reminders that a membership ends: what is due and not yet sent, never a fixed day.

A step is due from its day on. Of several that are due at once, after a silent week say, only the
last is sent and the others are written off; each step of a term has one row, so nobody is written
to twice. What a letter says is chosen when it is sent, by how the household stands then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from membership.models import Household, Person, Reminder, Rules, Term
from membership.people import suppressed as marks
from membership.reminders.mail import post
from nsca.lib.timing import NORFOLK, day_of
from orders.models import StandingOrder

Step, Way = Reminder.Step, Reminder.Way
DAY = timedelta(days=1)
BETWEEN = 5 * DAY  # two letters about one term are at least so far apart
JUST_JOINED = 14 * DAY  # who paid so recently need not hear that it ends
TOO_LATE = 30 * DAY  # after the last step was due: then nobody is written to any more
HOURS = range(9, 20)  # of Norfolk's day: nobody is reminded at night
A_ROUND = 40  # letters a round of the ticker


@dataclass(frozen=True)
class Plan:
    """What is to be done about one term today."""

    step: str
    overtaken: tuple[str, ...]  # due before it and never sent


def days_of(term: Term, rules: Rules) -> list[tuple[str, date]]:
    """Each step with the day from which it is due, in their order."""
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
    """What of a term's steps is due on a day; None where nothing is. `written` are the steps that
    have a row.
    """
    steps = days_of(term, rules)
    if on > steps[-1][1] + TOO_LATE:
        return None
    due = [step for step, day in steps if day <= on]
    open_steps = [step for step in due if step not in written]
    if not open_steps or open_steps[-1] != due[-1]:
        return None  # a later one was sent already
    return Plan(open_steps[-1], tuple(open_steps[:-1]))


def ending(on: date, *, rules: Rules):
    """The terms about whose end somebody may have to hear on a day: the last of their household,
    with no life, and nothing that was ended, after it.
    """
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
    """Dues that are charged by agreement have letters of their own: before each charge, while the
    card fails, and when it ends; after that one we wait some days.
    """
    days_ago = datetime.combine(on - BETWEEN, datetime.min.time(), NORFOLK)
    return StandingOrder.objects.filter(
        Q(state__in=(StandingOrder.State.ACTIVE, StandingOrder.State.FAILING))
        | Q(ended_at__gte=days_ago),
        kind="dues",
        household=household,
    )


def tick(at: datetime) -> int:
    """Send what is due, by day; how many letters were written."""
    if at.astimezone(NORFOLK).hour not in HOURS:
        return 0
    rules, on, sent = Rules.load(), day_of(at), 0
    terms = ending(on, rules=rules).order_by("ends_on", "pk").prefetch_related("reminders")
    for term in terms.select_related("household", "tier"):
        wanted = plan(term, on, rules=rules, written={row.step for row in term.reminders.all()})
        if wanted is not None:
            sent += remind(term, wanted, rules=rules, at=at)
        if sent == A_ROUND:
            break
    return sent


def remind(term: Term, wanted: Plan, *, rules: Rules, at: datetime) -> bool:
    """Write the rows and, in the same transaction, the letter. Of many at once one does."""
    try:
        with transaction.atomic():
            for step in wanted.overtaken:
                _write(term, step, Way.NONE, at=at, why_not="A later one was due as well.")
            return _send(term, wanted.step, rules=rules, at=at)
    except IntegrityError:
        return False  # another ticker was quicker


def _send(term: Term, step: str, *, rules: Rules, at: datetime) -> bool:
    on = day_of(at)
    person, way, why_not = whom(term.household, on=on)
    why_not = _not_now(term, step, person, on=on, rules=rules) or why_not
    if why_not:
        _write(term, step, Way.NONE, at=at, person=person, why_not=why_not)
        return False
    row = _write(term, step, way, at=at, person=person)
    if way == Way.MAIL:
        post(row, rules=rules, at=at)
    return True


def _write(term: Term, step: str, way: str, *, at: datetime, **fields) -> Reminder:
    return Reminder.objects.create(term=term, step=step, way=way, at=at, **fields)


def _not_now(term: Term, step: str, person: Person | None, *, on: date, rules: Rules) -> str:
    """Why a step that is due is left out, in words; "" where it is sent."""
    due_on = dict(days_of(term, rules))[step]
    if due_on < term.starts_on + JUST_JOINED and step in (Step.FIRST, Step.SECOND, Step.THIRD):
        return "The membership has only just begun."
    sent = term.reminders.exclude(way=Way.NONE).order_by("-at").first()
    if sent and step != Step.NOTE and on - day_of(sent.at) < BETWEEN:
        return "The letter before it is only days old."
    if person and _member_elsewhere(person, term):
        return "A member through another household."
    return ""


def _member_elsewhere(person: Person, term: Term) -> bool:
    others = Term.objects.current(term.ends_on + DAY).filter(household__people=person)
    return others.exclude(household=term.household_id).exists()


def whom(household: Household, *, on: date) -> tuple[Person | None, str, str]:
    """Who is written to, how, and why nobody is: the first of the household who is grown and has
    an address to which mail goes; else a letter on paper to the first.
    """
    grown = [
        person for person in household.people.living().order_by("pk") if not person.is_minor(on)
    ]
    if not grown:
        return None, Way.NONE, "Nobody of the household is left to write to."
    dead_ends = marks.marked(person.email for person in grown if person.email)
    for person in grown:
        if person.email and person.email not in dead_ends:
            return person, Way.MAIL, ""
    if household.postal_address.strip():
        return grown[0], Way.LETTER, ""
    return grown[0], Way.NONE, "We have no address that works."


def unreached(on: date, *, rules: Rules):
    """The last rows that reached nobody for want of an address, for staff to telephone."""
    return Reminder.objects.filter(
        way=Way.NONE,
        why_not="We have no address that works.",
        term__in=ending(on, rules=rules),
    ).order_by(F("at").desc())
