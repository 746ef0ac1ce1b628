"""Events, their seats and, behind a door of its own, their venues."""

from events.models.addon import AddOn, AddOnSold
from events.models.delivery import Call, Departure, MailServer, Preflight
from events.models.door import DoorLink, Scan
from events.models.envelope import Commitment, EventPicture, VenuePicture
from events.models.event import NO_LEAD, Event, EventQuerySet, Hint
from events.models.kitchen import CatererLink
from events.models.moved import FormerVenue, Move, MoveMail
from events.models.night import DryRun, SavedText, WordFindings
from events.models.opt_in import HintMail, OptIn
from events.models.table import SeatRequest, Slot, Table, Transfer
from events.models.ticket import Ticket, TicketQuerySet, WaitlistEntry
from events.models.ticket_type import Choice, PromoCode, TicketType
from events.models.venue import RevealMail, RevealOpening, Venue, VenueAccess
from events.models.venue_log import VenueLogHead, VenueLogRecord

__all__ = [
    "AddOn",
    "Call",
    "CatererLink",
    "Choice",
    "Commitment",
    "Departure",
    "DoorLink",
    "DryRun",
    "Event",
    "EventPicture",
    "EventQuerySet",
    "FormerVenue",
    "Hint",
    "HintMail",
    "MailServer",
    "Move",
    "MoveMail",
    "NO_LEAD",
    "OptIn",
    "VenuePicture",
    "AddOnSold",
    "Preflight",
    "PromoCode",
    "RevealMail",
    "RevealOpening",
    "SavedText",
    "Scan",
    "SeatRequest",
    "Slot",
    "Table",
    "Ticket",
    "TicketQuerySet",
    "TicketType",
    "Transfer",
    "Venue",
    "VenueLogHead",
    "VenueLogRecord",
    "VenueAccess",
    "WaitlistEntry",
    "WordFindings",
]
