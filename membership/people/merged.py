"""Households whose records were merged into others."""

from membership.models import Merge


def household_now(pk: int | None) -> int | None:
    """The household that a merged one became, or itself."""
    for _step in range(20 if pk else 0):
        found = (
            Merge.objects.filter(emptied=pk, undone_at__isnull=True)
            .values_list("kept__belongings__household", flat=True)
            .order_by("-kept__belongings__is_home", "kept__belongings")
            .first()
        )
        if found is None:
            return pk
        pk = found
    return pk
