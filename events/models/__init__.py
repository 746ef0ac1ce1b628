"""Events, the chairs at them, and, behind its own door, where they are."""

from events.models.event import NO_LEAD, Event, EventQuerySet, Hint
from events.models.place import RevealNotice, Venue, VenueLook
from events.models.seat import Choice, PromoCode, TicketType
from events.models.ticket import Scan, Ticket, TicketQuerySet, WaitlistEntry

__all__ = [
    "NO_LEAD",
    "Choice",
    "Event",
    "EventQuerySet",
    "Hint",
    "PromoCode",
    "RevealNotice",
    "Scan",
    "Ticket",
    "TicketQuerySet",
    "TicketType",
    "Venue",
    "VenueLook",
    "WaitlistEntry",
]
