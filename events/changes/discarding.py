"""Deleting a draft with its parts: ticket types, suppers, promo codes."""

from datetime import datetime

from django.db import transaction

from events.models import DoorLink, Event, Table, VenueAccess
from events.venue import log as venue_log
from orders.lines.kinds import Refusal


class MayNotBeDiscarded(Refusal):
    """The event can't be deleted; the text says why."""


# What belongs only to an event, in the order in which it can be deleted, with its word for staff.
PARTS = {
    "promo_codes": "Promo codes",
    "door_links": "Door links",
    "tables": "Tables",
    "add_ons": "Add-ons",
    "choices": "Suppers",
    "ticket_types": "Ticket types",
    "hints": "Hints",
    "pictures": "Pictures",
}


def why_not(event: Event) -> str:
    """Why an event can't be deleted, as a sentence; empty if it can."""
    if event.state != Event.State.DRAFT:
        return "Only drafts can be deleted. Cancel a published event instead."
    has_orders = (
        event.tickets.exists() or event.add_ons.filter(add_ons_sold__isnull=False).exists()
    )
    if has_orders or event.moves.exists():
        return "It has orders or was announced, so it can’t be deleted."
    if event.waitlist.exists():
        return "Somebody is on its waitlist, so it can’t be deleted."
    kept = DoorLink.objects.filter(event=event, scans__isnull=False)
    looks = VenueAccess.objects.filter(event=event, link__isnull=False)
    if kept.exists() or looks.exists() or event.tables.exclude(kind=Table.Kind.HOUSE).exists():
        return "Guests or volunteers have used its links, so it can’t be deleted."
    return ""


def parts_of(event: Event) -> list[str]:
    """What goes with it, in words: "Ticket types: Seat, Table of eight"."""
    words = []
    for name, word in PARTS.items():
        found = [str(part) for part in getattr(event, name).all()]
        if found:
            words.append(f"{word}: {', '.join(found)}")
    return words


@transaction.atomic
def discard(event: Event, *, at: datetime) -> None:
    """Delete a draft and its parts. Raises MayNotBeDiscarded, ProtectedError."""
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if reason := why_not(locked):
        raise MayNotBeDiscarded(reason)
    for name in PARTS:
        getattr(locked, name).all().delete()
    if hasattr(locked, "caterer_link"):
        locked.caterer_link.delete()
    venue_log.note_removal(locked, at=at)
    locked._history_user = getattr(event, "_history_user", None)
    locked.delete()
