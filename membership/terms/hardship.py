"""Hardship: lower dues that staff set for one household until a date.

They apply only if the household is certain: by its own renewal link, a member's sign-in, or in the
admin; never on the public page, where anybody may type an address.
"""

from datetime import date, datetime

from membership.models import HardshipPrice, Household, Tier


def dues_of(tier: Tier, household: Household | int | None, *, on: date) -> int | None:
    """What a level costs a household on a day, in cents; None if the board has set no dues."""
    if household is None:
        return tier.dues_cents
    pk = household if isinstance(household, int) else household.pk
    lowered = HardshipPrice.objects.holding(on).filter(household=pk, tier=tier)
    cents = lowered.order_by("dues_cents").values_list("dues_cents", flat=True).first()
    if cents is None or tier.dues_cents is None:
        return tier.dues_cents
    return min(cents, tier.dues_cents)


def grant(
    household: Household,
    *,
    tier: Tier,
    dues_cents: int,
    valid_until: date,
    reason: str,
    by,
    at: datetime,
) -> HardshipPrice:
    """Lower one household's dues for a level, replacing earlier ones; `by` (a User) decided."""
    end_prices(household, tier=tier, by=by, at=at)
    return HardshipPrice.objects.create(
        household=household,
        tier=tier,
        dues_cents=dues_cents,
        valid_until=valid_until,
        reason=reason,
        by=by,
        at=at,
    )


def end_prices(household: Household, *, tier: Tier, by, at: datetime) -> int:
    """End a household's lowered dues and return how many there were."""
    current = HardshipPrice.objects.filter(household=household, tier=tier, undone_at=None)
    return current.update(undone_by=by, undone_at=at)
