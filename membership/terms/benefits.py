"""Limited benefits: recorded one by one, never more than the level gives in a term."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from membership.models import Benefit, BenefitUse, Household, Term

TRIES = 3


class NothingLeft(Exception):
    """It is used up or the level does not give it; the text is for staff."""


@dataclass(frozen=True)
class Left:
    """What is left of one limited benefit in a term."""

    benefit: Benefit
    term: Term
    used: tuple[BenefitUse, ...]

    @property
    def count(self) -> int:
        return self.benefit.count - len(self.used)


def left(household: Household, *, on: date) -> list[Left]:
    """What a household has left of each limited benefit; used-up ones have a count of 0."""
    terms = household.terms.current(on).select_related("tier")
    term = terms.prefetch_related("tier__benefits", "benefit_uses").order_by("-starts_on").first()
    if term is None:
        return []
    uses = [use for use in term.benefit_uses.all() if use.undone_at is None]
    return [
        Left(benefit, term, tuple(use for use in uses if use.benefit_id == benefit.pk))
        for benefit in term.tier.benefits.all()
        if benefit.count is not None
    ]


def use(term: Term, benefit: Benefit, *, by, at: datetime, note: str = "") -> BenefitUse:
    """Record one use. Raises NothingLeft.

    Each has a unique number, so that two people cannot give the last one twice.
    """
    if benefit.count is None or not term.tier.benefits.filter(pk=benefit.pk).exists():
        raise NothingLeft(f"{term.tier.name} doesn’t include “{benefit}” as a limited benefit.")
    for _ in range(TRIES):
        living = BenefitUse.objects.filter(term=term, benefit=benefit, undone_at=None)
        taken = set(living.values_list("number", flat=True))
        free = [number for number in range(1, benefit.count + 1) if number not in taken]
        if not free:
            raise NothingLeft(f"“{benefit}” is used up for this year.")
        try:
            with transaction.atomic():
                return BenefitUse.objects.create(
                    term=term, benefit=benefit, number=free[0], used_at=at, used_by=by, note=note
                )
        except IntegrityError:
            continue  # somebody else took that number at the same moment
    raise NothingLeft("Somebody else is recording this right now. Please reload and check.")


def take_back(row: BenefitUse, *, at: datetime) -> None:
    """Undo a use. A second time changes nothing."""
    BenefitUse.objects.filter(pk=row.pk, undone_at=None).update(undone_at=at)
