"""Membership status on a date, computed from terms and never stored.

Only two places define it: `status` for loaded rows, and `MembershipStatusQuerySet` in the database.
tests/membership/terms/test_status.py proves them equal for any sequence of terms and dates.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import models
from django.db.models import Case, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce


class MembershipStatus(models.TextChoices):
    """Membership status, as staff and members read it."""

    PROSPECT = "prospect", "prospect"  # no term has begun
    CURRENT = "current", "active"
    GRACE = "grace", "in grace"  # expired, but a renewal continues from the old end
    EXPIRED = "expired", "expired"
    ENDED = "ended", "ended"  # by a decision, a refund or a death
    LIFE = "life", "for life"


MEMBERS = (MembershipStatus.CURRENT, MembershipStatus.LIFE)  # they pay the member price


def membership_status(
    terms: Iterable, on: date, *, grace: timedelta, died_on: date | None = None
) -> str:
    """The status on a date, from the terms of a household or of all of a person's households."""
    if died_on is not None and died_on <= on:
        return MembershipStatus.ENDED
    real = [term for term in terms if term.is_real]
    holding = [term for term in real if term.is_current(on)]
    if any(term.ends_on is None for term in holding):
        return MembershipStatus.LIFE
    if holding:
        return MembershipStatus.CURRENT
    begun = [term for term in real if term.starts_on <= on]
    if not begun:
        return MembershipStatus.PROSPECT
    last = max(begun, key=lambda term: (term.held_until, term.ended_on is None, term.pk))
    if last.ended_on is not None:
        return MembershipStatus.ENDED
    return MembershipStatus.GRACE if last.ends_on >= on - grace else MembershipStatus.EXPIRED


class MembershipStatusQuerySet(models.QuerySet):
    """For households or people; `terms_of` is the lookup from a term to them."""

    terms_of: str

    def with_status(self, on: date, *, grace: timedelta):
        """Annotate each row with `status`, equal to the function above."""
        from membership.models.terms import Term

        theirs = Term.objects.real().filter(**{self.terms_of: OuterRef("pk")})
        holding = theirs.current(on)
        last = (
            theirs.filter(starts_on__lte=on)
            .annotate(
                held_until_in_sql=Coalesce("ended_on", "ends_on"),
                is_whole=Case(When(ended_on=None, then=Value(1)), default=Value(0)),
            )
            .order_by("-held_until_in_sql", "-is_whole", "-pk")
        )
        whens = [
            When(Exists(holding.filter(ends_on=None)), then=Value(MembershipStatus.LIFE)),
            When(Exists(holding), then=Value(MembershipStatus.CURRENT)),
            When(last_pk__isnull=True, then=Value(MembershipStatus.PROSPECT)),
            When(last_ended_on__isnull=False, then=Value(MembershipStatus.ENDED)),
            When(last_ends_on__gte=on - grace, then=Value(MembershipStatus.GRACE)),
        ]
        if any(field.name == "died_on" for field in self.model._meta.fields):
            whens.insert(0, When(died_on__lte=on, then=Value(MembershipStatus.ENDED)))
        return self.annotate(
            last_pk=Subquery(last.values("pk")[:1]),
            last_ends_on=Subquery(last.values("ends_on")[:1]),
            last_ended_on=Subquery(last.values("ended_on")[:1]),
            status=Case(
                *whens, default=Value(MembershipStatus.EXPIRED), output_field=models.CharField()
            ),
        )

    def members(self, on: date):
        """Those with a valid term on the date: the same as a status in MEMBERS."""
        from membership.models.terms import Term

        holding = Term.objects.current(on).filter(**{self.terms_of: OuterRef("pk")})
        found = self.filter(Exists(holding))
        if any(field.name == "died_on" for field in self.model._meta.fields):
            found = found.exclude(died_on__lte=on)
        return found
