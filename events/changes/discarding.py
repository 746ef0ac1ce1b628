"""A draft that nobody needs, deleted with what is its own: kinds of ticket, suppers, codes."""

from datetime import datetime

from django.db import transaction

from events.models import DoorLink, Event, Table, VenueLook
from events.venue import log as venue_log
from orders.lines.kinds import Refusal


class MayNotBeDiscarded(Refusal):
    """The event is no mere draft; the text says why."""


# What belongs to an event alone, in the order in which it can be deleted, and its word for staff.
# Hints and pictures go by themselves.
PARTS = {
    "promo_codes": "Codes",
    "door_links": "Door links",
    "tables": "Tables",
    "add_ons": "Add-ons",
    "choices": "Supper choices",
    "ticket_types": "Kinds of ticket",
    "hints": "Hints",
    "pictures": "Pictures",
}


def why_not(event: Event) -> str:
    """Why an event cannot be deleted, as a sentence; empty: it can."""
    if event.state != Event.State.DRAFT:
        return "Only a draft can be deleted. A published event is cancelled instead."
    has_orders = event.tickets.exists() or event.add_ons.filter(portions__isnull=False).exists()
    if has_orders or event.moves.exists():
        return "Somebody has ordered tickets of it, or was told of it, so it is kept."
    if event.waitlist.exists():
        return "Somebody is on its waiting list, so it is kept."
    kept = DoorLink.objects.filter(event=event, scans__isnull=False)
    looks = VenueLook.objects.filter(event=event, link__isnull=False)
    if kept.exists() or looks.exists() or event.tables.exclude(kind=Table.Kind.HOUSE).exists():
        return "Guests or volunteers have used its links, so it is kept."
    return ""


def parts_of(event: Event) -> list[str]:
    """What goes with it, in words: "Kinds of ticket: Chair, Table of eight"."""
    words = []
    for name, word in PARTS.items():
        found = [str(part) for part in getattr(event, name).all()]
        if found:
            words.append(f"{word}: {', '.join(found)}")
    return words


@transaction.atomic
def discard(event: Event, *, at: datetime) -> None:
    """Delete a draft and its parts, at an instant (UTC). Raises MayNotBeDiscarded,
    ProtectedError.
    """
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
