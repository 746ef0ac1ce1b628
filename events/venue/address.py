"""What belongs to an address, and is asked for again when the address changes.

A changed address once kept the old coordinates and directions, and sent guests to the old spot.
"""

from django.views.decorators.debug import sensitive_variables

from events.venue.details import VenueDetails

# What belongs to an address, by its key in the form, with the fields that go together.
BELONGS: dict[str, tuple[str, ...]] = {
    "point": ("latitude", "longitude"),
    "directions": ("directions",),
    "parking": ("parking",),
    "plan_b": ("plan_b",),
    "phone": ("phone",),
}


@sensitive_variables()
def is_elsewhere(old: VenueDetails, new: VenueDetails) -> bool:
    """Whether two venues have different addresses; without any, whether their names differ."""
    if old.kind != new.kind:
        return True
    if not (old.lines or old.postcode or new.lines or new.postcode):
        return _plain(old.name) != _plain(new.name)
    return _plain(*old.lines, old.postcode) != _plain(*new.lines, new.postcode)


def _plain(*parts: str) -> str:
    """Normalize different spellings of the same address."""
    return " ".join(" ".join(parts).replace(",", " ").casefold().split())


@sensitive_variables()
def left_over(old: VenueDetails | None, new: VenueDetails) -> list[str]:
    """The keys of BELONGS that a new address carried over unchanged from the old one."""
    if old is None or not is_elsewhere(old, new):
        return []
    return [
        key
        for key, names in BELONGS.items()
        if all(getattr(old, name) == getattr(new, name) for name in names)
        and any(getattr(new, name) not in (None, "") for name in names)
    ]
