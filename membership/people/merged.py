"""Households whose records were merged into others."""

from membership.models import Merge


def household_now(pk: int | None) -> int | None:
    """The household that a merged one became, or itself."""
    for _step in range(20 if pk else 0):
        found = (
            Merge.objects.filter(emptied=pk, undone_at__isnull=True)
            .values_list("kept__household_members__household", flat=True)
            .order_by("-kept__household_members__is_home", "kept__household_members")
            .first()
        )
        if found is None:
            return pk
        pk = found
    return pk
