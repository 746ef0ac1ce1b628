"""Calendar files of events and tickets.

Public files always carry the area only. A ticket's own file carries what its holder may know when
it is made: the area before T, the venue from T on, under the same UID with a higher SEQUENCE, so
that a calendar replaces the entry (docs/reveal.md §5).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from events.models import Commitment, Event, Ticket
from events.reveal import Opened, Viewer, reveal_for
from events.venue import witnesses
from nsca.lib.media.ics import CANCEL, PUBLISH, Entry, calendar
from nsca.lib.timing import exactly


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname


def _public_description(event: Event, seals: Sequence[Commitment]) -> str:
    parts = [event.summary]
    if event.is_canceled:
        parts.append(event.canceled_note or "This event is canceled.")
    elif event.moved_from:
        parts.append(f"Moved from {exactly(event.moved_from)}.")
    if event.is_secret and not event.is_canceled:
        parts.append(f"Ticket holders learn the location on {exactly(event.opens_at)}.")
    return "\n\n".join([*parts, *witnesses.lines(seals)])


def _entry(event: Event, seals: Sequence[Commitment], **own) -> Entry:
    """`seals`: those the reader of the file may see; each reader is a witness to them."""
    published = [seal.published_at for seal in seals if seal.published_at]
    return Entry(
        **{
            "uid": f"event-{event.pk}@{_host()}",
            "sequence": event.sequence + event.is_canceled,
            # Of the public record; the venue has a row of its own.
            "stamp": max([event.updated_at, *published]),
            "starts_at": event.starts_at,
            "ends_at": event.ends_at,
            "summary": event.title,
            "location": event.area,
            "description": _public_description(event, seals),
            "url": f"{settings.SITE_URL}{event.get_absolute_url()}",
            "is_canceled": event.is_canceled,
            "is_whole_day": not event.hour_is_known,
        }
        | own
    )


def event_ics(event: Event) -> bytes:
    """One event for everybody: the area, never the venue."""
    return calendar([_entry(event, witnesses.seals_for(event))])


def subscription_ics(events: Iterable[Event], *, name: str) -> bytes:
    """A calendar to subscribe to: areas only."""
    events = list(events)
    seals = witnesses.of_many(events)
    return calendar([_entry(event, seals.get(event.pk, ())) for event in events], name=name)


def ticket_ics(ticket: Ticket, *, at: datetime, viewer: Viewer | None = None) -> bytes:
    """The calendar file of one ticket for its holder, as it is at an instant (UTC).

    With VISITOR as `viewer` it says only what everyone may know, for files that may be read later;
    the holder's own file replaces it with a higher SEQUENCE. METHOD:CANCEL where the event or the
    ticket is canceled. Needs event and line__order.
    """
    event = ticket.event
    is_off = event.is_canceled or not ticket.is_valid
    who = viewer or Viewer(tokens=frozenset({ticket.token}))
    reveal = None if is_off else reveal_for(event, who, at=at)
    is_revealed = viewer is None or isinstance(reveal, Opened)
    own = {
        "uid": _uid(ticket),
        "sequence": event.sequence + ticket.sequence + is_revealed * _step(event, at) + is_off,
        "stamp": at,
        "is_canceled": is_off,
    }
    seals = () if is_off else witnesses.seals_for(event, reveal)
    if isinstance(reveal, Opened):
        venue = reveal.venue
        own["location"] = venue.join_url if venue.is_online else venue.one_line
        parts = [event.summary, venue.directions, venue.parking, venue.plan_b]
        parts += witnesses.lines(seals)
        own["description"] = "\n".join(part for part in parts if part)
        if venue.has_point:
            own["point"] = (venue.latitude, venue.longitude)
    return calendar([_entry(event, seals, **own)], method=CANCEL if is_off else PUBLISH)


def handed_on_ics(ticket: Ticket, *, at: datetime) -> bytes:
    """A file that removes a transferred ticket from its former holder's calendar.

    Made before the transfer. The new holder's entry has another UID, so that this file does not
    remove theirs from a shared calendar (RFC 5545 §3.8.4.7, RFC 5546 §3.2.5).
    """
    event = ticket.event
    own = {
        "uid": _uid(ticket),
        "sequence": event.sequence + ticket.sequence + _step(event, at) + 1,
        "stamp": at,
        "is_canceled": True,
    }
    return calendar([_entry(event, (), **own)], method=CANCEL)


def _uid(ticket: Ticket) -> str:
    """The UID of one ticket of one holder; stable for as long as they have it."""
    transfer_count = f"-{ticket.transfer_count}" if ticket.transfer_count else ""
    return f"ticket-{ticket.pk}{transfer_count}@{_host()}"


def steps_back(before: Event, after: Event, *, at: datetime) -> int:
    """By how much a change of the event lowers its reveal count: a reveal that was on hold at T,
    and whose T moves into the future. The event's own SEQUENCE grows by it, so that no file's
    SEQUENCE ever falls.
    """
    return max(0, _step(before, at) - _step(after, at))


def _step(event: Event, at: datetime) -> int:
    """How often the venue was revealed by an instant: 0 before T, then R, but at least 1."""
    if not event.is_secret:
        return 0
    return max(event.reveal_version, 1 if at >= event.opens_at else 0)
