"""Former venues that were revealed: kept sealed, so that the page can strike one through.

Only reveal/ calls this: it says who may know. A venue that was replaced before its reveal leaves
no row: nobody should learn where we nearly went.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from events.models import Event, FormerVenue
from events.venue.details import VenueDetails, unpacked
from nsca.lib.secrets.sealing import SealingError, resealed, unseal


def was_revealed(event: Event, sealed_at: datetime) -> bool:
    """Whether what was sealed at an instant has been revealed since. Call under the event's lock.

    A venue entered during a hold and replaced during the same hold has a version, but nobody has
    seen it.
    """
    is_under_the_same_hold = event.reveal_held_at is not None and event.reveal_held_at <= sealed_at
    return event.reveal_version > 0 and not is_under_the_same_hold


def keep(event: Event, sealed: bytes, *, at: datetime) -> None:
    """Keep the sealed venue that was revealed as the event's present version."""
    FormerVenue.objects.get_or_create(
        event=event,
        version=event.reveal_version,
        defaults={"sealed": sealed, "replaced_at": at},
    )


def newest(event_id) -> QuerySet:
    """The last former venue, sealed, for a subquery."""
    rows = FormerVenue.objects.filter(event_id=event_id).order_by("-version")
    return rows.values("sealed")[:1]


@sensitive_variables()
def opened(event_id: int, sealed: bytes | None) -> VenueDetails | None:
    """The venue to strike through; None where there is none, or its key is lost."""
    if sealed is None:
        return None
    try:
        return unpacked(unseal(sealed, bound_to=f"event {event_id}"))
    except SealingError:
        return None


def forget(event_id: int) -> None:
    FormerVenue.objects.filter(event_id=event_id).delete()


def reseal_all(*, drop_lost: bool = False) -> int:
    """Encrypt every row with the newest key; how many no key opens (deleted with `drop_lost`)."""
    lost = 0
    for row in FormerVenue.objects.select_for_update().order_by("pk"):
        try:
            row.sealed = resealed(row.sealed)
        except SealingError:
            lost += 1
            if drop_lost:
                row.delete()
        else:
            row.save(update_fields=["sealed"])
    return lost
