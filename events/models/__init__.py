"""Events, the chairs at them, and, behind its own door, where they are."""

from events.models.door import DoorLink, Scan
from events.models.event import NO_LEAD, Event, EventQuerySet, Hint
from events.models.hold import SeatRequest, Slot, Table, Transfer
from events.models.kitchen import CatererLink
from events.models.place import RevealNotice, Venue, VenueLook
from events.models.seat import Choice, PromoCode, TicketType
from events.models.ticket import Ticket, TicketQuerySet, WaitlistEntry

__all__ = [
    "NO_LEAD",
    "CatererLink",
    "Choice",
    "DoorLink",
    "Event",
    "EventQuerySet",
    "Hint",
    "PromoCode",
    "RevealNotice",
    "Scan",
    "SeatRequest",
    "Slot",
    "Table",
    "Ticket",
    "TicketQuerySet",
    "TicketType",
    "Transfer",
    "Venue",
    "VenueLook",
    "WaitlistEntry",
]
