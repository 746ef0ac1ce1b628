"""The sealed venue: one row per event, and nothing about who may read it.

The only module that uses the model. It checks no permission, so only reveal/ calls it.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.views.decorators.debug import sensitive_variables

from events.models import Event, Ticket, Venue
from events.venue import former_venues
from events.venue import pictures as venue_pictures
from events.venue.details import VenueDetails, unpacked
from nsca.lib.secrets.sealing import KeyLost, SealingError, resealed, unseal


def is_there(event_id: int) -> bool:
    return Venue.objects.filter(event_id=event_id).exists()


def row_of(event: Event) -> Venue | None:
    return Venue.objects.filter(event_id=event.pk).first()


def with_picture(event: Event) -> Venue | None:
    """The event's venue with the sealed description of its picture (`about`), in one query."""
    about = Subquery(venue_pictures.abouts(OuterRef("event_id")))
    return Venue.objects.filter(event_id=event.pk).annotate(about=about).first()


def rows_of(events: QuerySet) -> QuerySet:
    return Venue.objects.filter(event__in=events).select_related("event").order_by("pk")


def beside(tickets: QuerySet) -> QuerySet:
    """Tickets with their event's sealed venue, in one query; `taken_off` separates them."""
    venue = Venue.objects.filter(event_id=OuterRef("event_id"))
    return tickets.annotate(
        venue_sealed=Subquery(venue.values("sealed")[:1]),
        venue_sealed_at=Subquery(venue.values("sealed_at")[:1]),
        picture_about=Subquery(venue_pictures.abouts(OuterRef("event_id"))),
        former_sealed=Subquery(former_venues.newest(OuterRef("event_id"))),
    )


def taken_off(tickets: list[Ticket], event: Event) -> Venue | None:
    """The venue from `beside` one or more tickets of an event; None where there is none."""
    first = tickets[0]
    venue = Venue(event=event, sealed=first.venue_sealed, sealed_at=first.venue_sealed_at)
    venue.about, venue.former = first.picture_about, first.former_sealed
    for ticket in tickets:
        del ticket.venue_sealed, ticket.picture_about, ticket.former_sealed
    return venue if venue.sealed is not None else None


@sensitive_variables()
def unsealed(event: Event, venue: Venue) -> VenueDetails:
    """Decrypt the venue. Raises KeyLost, WrongEnvelope."""
    return unpacked(unseal(venue.sealed, bound_to=f"event {event.pk}"))


def put(event: Event, kind: str, sealed: bytes, *, at: datetime) -> None:
    """Save the event's sealed venue, replacing the one before."""
    Venue.objects.update_or_create(
        event=event, defaults={"kind": kind, "sealed": sealed, "sealed_at": at}
    )


def filled(events: QuerySet) -> QuerySet:
    """Events that have a venue, or a picture without one yet."""
    venue = Exists(Venue.objects.filter(event_id=OuterRef("pk")))
    return events.filter(venue | Exists(venue_pictures.abouts(OuterRef("pk"))))


def drop(event_id: int) -> bool:
    """Delete the event's venue; whether there was one."""
    return bool(Venue.objects.filter(event_id=event_id).delete()[0])


def reseal_all() -> int:
    """Encrypt every venue with the newest key, without looking inside; how many. Raises KeyLost,
    which names the events whose venue no key opens.
    """
    count, lost = 0, []
    for venue in Venue.objects.select_for_update(of=("self",)).select_related("event"):
        try:
            venue.sealed = resealed(venue.sealed)
        except SealingError:
            lost.append(f"“{venue.event}”")
        else:
            venue.save(update_fields=["sealed"])
            count += 1
    if lost:
        raise KeyLost(
            f"The key for the venue of {' and of '.join(lost)} is missing. Put it back into "
            "VENUE_KEYS (or SECRET_KEY_FALLBACKS), or enter the venue again."
        )
    return count
