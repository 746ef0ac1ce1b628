"""Retention of members' data: codes, children, birthdays, sessions, the security log."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from membership.models import (
    Address,
    BrowserSession,
    FavoriteCity,
    Person,
    SecurityEvent,
    SignInCode,
    Term,
)
from nsca.lib.retention import FORGOTTEN, Rule
from nsca.lib.timing import day_of


def _codes(before: datetime):
    return SignInCode.objects.filter(asked_at__lte=before)


def _children(before: datetime):
    """People who were children when their households' last membership ended."""
    on = day_of(before)
    held = Term.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    held = held.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    children = Person.objects.minors(on).filter(erased_at__isnull=True)
    return (
        children.filter(
            household_members__isnull=False,
        )
        .exclude(
            Q(household_members__household__in=held.values("household"))
            | Q(household_members__household__created_at__gt=before)
        )
        .distinct()
    )


def _forget_children(before: datetime, at: datetime) -> int:
    """Erase who they were, in the history too, but keep the rows so that numbers add up."""
    with transaction.atomic():
        pks = list(_children(before).values_list("pk", flat=True))
        Address.objects.filter(person__in=pks).delete()
        FavoriteCity.objects.filter(person__in=pks).delete()
        Person.history.filter(id__in=pks).delete()
        Person.objects.filter(pk__in=pks).update(
            name=FORGOTTEN, email="", phone="", born_on=None, guardian=None, user=None,
            erased_at=at,
        )  # fmt: skip
    return len(pks)


def _birthdays(before: datetime):
    """People who were grown by then: only a child's birthday is needed."""
    minors = Person.objects.minors(day_of(before)).values("pk")
    return Person.objects.filter(born_on__isnull=False).exclude(pk__in=minors)


def _forget_birthdays(before: datetime, _at: datetime) -> int:
    with transaction.atomic():
        pks = list(_birthdays(before).values_list("pk", flat=True))
        Person.history.filter(id__in=pks).update(born_on=None, guardian=None)
        Person.objects.filter(pk__in=pks).update(born_on=None, guardian=None)
    return len(pks)


def _sessions(before: datetime):
    """Sessions not used since; all of them have expired by now."""
    return BrowserSession.objects.filter(seen_at__lte=before)


def _events(before: datetime):
    return SecurityEvent.objects.filter(at__lte=before)


RULES = [
    Rule(
        name="sessions",
        what="Where people were signed in: device, hours, half a network address",
        since="it was last used",
        days=90,
        least=60,
        due=lambda before: _sessions(before).count(),
        forget=lambda before, at: _sessions(before).delete()[0],
    ),
    Rule(
        name="security-log",
        what="The security log: who signed in, was refused, or did what",
        since="it happened",
        days=365,
        least=90,
        due=lambda before: _events(before).count(),
        forget=lambda before, at: _events(before).delete()[0],
    ),
    Rule(
        name="sign-in-codes",
        what="Addresses that asked for a sign-in code",
        since="they asked",
        days=1,
        least=1,
        due=lambda before: _codes(before).count(),
        forget=lambda before, at: _codes(before).delete()[0],
    ),
    Rule(
        name="children",
        what="Children of families who are no longer members: name and birthday",
        since="the family’s membership ended",
        days=365,
        least=30,
        due=lambda before: _children(before).count(),
        forget=_forget_children,
    ),
    Rule(
        name="birthdays",
        what="Birthday and parent of people who are now grown",
        since="they turned 18",
        days=30,
        due=lambda before: _birthdays(before).count(),
        forget=_forget_birthdays,
    ),
]
