"""What staff do with a venue's picture: each act needs its permission, and is logged."""

from datetime import datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from events.models import Event, VenueAccess
from events.reveal.keeping import content_of, must, renew_seal
from events.venue import envelope, store
from events.venue import log as venue_log
from events.venue import pictures as venue_pictures


def has_picture(event: Event, *, by) -> bool:
    """Whether there is one. That alone is a secret. Raises NotPermitted."""
    must(by, "events.see_venue")
    return venue_pictures.is_there(event.pk)


def write_picture(event: Event, file, alt: str, *, by, at: datetime) -> None:
    """Save a venue's picture, or replace it. Raises NotPermitted, PictureRefused, ValidationError,
    TooLong.
    """
    must(by, "events.see_venue")
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        venue_pictures.put(event.pk, file, alt, at=at)
        _renew_for_picture(locked, at)
        venue_log.note_access(event=event, by=by, act=VenueAccess.Act.CHANGED, at=at)


@sensitive_variables()
def _renew_for_picture(event, at) -> None:
    venue = content_of(event, store.row_of(event))
    if venue is not None:
        renew_seal(event, venue, changed=[envelope.PICTURE], at=at)


def remove_picture(event: Event, *, by, at: datetime) -> None:
    """Delete the picture. Raises NotPermitted."""
    must(by, "events.see_venue")
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        venue_pictures.drop(event.pk)
        _renew_for_picture(locked, at)
        venue_log.note_access(event=event, by=by, act=VenueAccess.Act.CHANGED, at=at)


def look_at_picture(event: Event, *, by, at: datetime) -> bytes | None:
    """The picture for those with permission, at any time; logged first. Raises NotPermitted,
    KeyLost, WrongEnvelope.
    """
    must(by, "events.see_venue")
    venue_log.note_access(event=event, by=by, act=VenueAccess.Act.LOOKED, at=at)
    return venue_pictures.content_of(event.pk)
