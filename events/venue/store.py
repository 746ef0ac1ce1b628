"""The sealed place itself: one row an event, and nothing about who may read it.

The one module that names the model. It asks nobody for a permission, so nobody but this package
calls it.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.views.decorators.debug import sensitive_variables

from events.models import Event, Ticket, Venue
from events.venue import former_places
from events.venue import pictures as place_pictures
from events.venue.places import Place, unpacked
from nsca.lib.secrets.sealing import KeyLost, SealingError, resealed, unseal


def is_there(event_id: int) -> bool:
    return Venue.objects.filter(event_id=event_id).exists()


def row_of(event: Event) -> Venue | None:
    return Venue.objects.filter(event_id=event.pk).first()


def with_picture(event: Event) -> Venue | None:
    """The event's envelope and, in the same query, the sealed words of its picture (`about`)."""
    about = Subquery(place_pictures.abouts(OuterRef("event_id")))
    return Venue.objects.filter(event_id=event.pk).annotate(about=about).first()


def rows_of(events: QuerySet) -> QuerySet:
    return Venue.objects.filter(event__in=events).select_related("event").order_by("pk")


def beside(tickets: QuerySet) -> QuerySet:
    """Tickets with their event's envelope, sealed, in the same query; `taken_off` takes it off."""
    venue = Venue.objects.filter(event_id=OuterRef("event_id"))
    return tickets.annotate(
        venue_sealed=Subquery(venue.values("sealed")[:1]),
        venue_sealed_at=Subquery(venue.values("sealed_at")[:1]),
        picture_about=Subquery(place_pictures.abouts(OuterRef("event_id"))),
        former_sealed=Subquery(former_places.newest(OuterRef("event_id"))),
    )


def taken_off(tickets: list[Ticket], event: Event) -> Venue | None:
    """The envelope that lay `beside` one or more tickets of an event; None where there is none."""
    first = tickets[0]
    venue = Venue(event=event, sealed=first.venue_sealed, sealed_at=first.venue_sealed_at)
    venue.about, venue.former = first.picture_about, first.former_sealed
    for ticket in tickets:
        del ticket.venue_sealed, ticket.picture_about, ticket.former_sealed
    return venue if venue.sealed is not None else None


@sensitive_variables()
def unsealed(event: Event, venue: Venue) -> Place:
    """What is in it. Raises KeyLost, WrongEnvelope."""
    return unpacked(unseal(venue.sealed, bound_to=f"event {event.pk}"))


def put(event: Event, kind: str, sealed: bytes, *, at: datetime) -> None:
    """The event's envelope; what was in it before goes."""
    Venue.objects.update_or_create(
        event=event, defaults={"kind": kind, "sealed": sealed, "sealed_at": at}
    )


def filled(events: QuerySet) -> QuerySet:
    """Those of some events that have an envelope, or a picture that waits for one."""
    venue = Exists(Venue.objects.filter(event_id=OuterRef("pk")))
    return events.filter(venue | Exists(place_pictures.abouts(OuterRef("pk"))))


def drop(event_id: int) -> bool:
    """Whether there was one."""
    return bool(Venue.objects.filter(event_id=event_id).delete()[0])


def reseal_all() -> int:
    """Every envelope under the newest key, without looking inside; how many. Raises KeyLost, which
    names the events whose envelopes no key opens.
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
            f"The key to the place of {' and of '.join(lost)} is not here: put it back into "
            "VENUE_KEYS (or SECRET_KEY_FALLBACKS), or enter that place again."
        )
    return count
