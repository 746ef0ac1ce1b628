"""Who may know: what one viewer learns about a venue at one instant.

`reveal_for` returns None (nothing is secret), Sealed, or Opened. Before T no query touches the
venue's table, so that the answer to an outsider is the same, to the byte and to the query, whether
or not a venue has been entered.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, TextChoices
from django.views.decorators.debug import sensitive_variables

from events.models import DoorLink, Event, Ticket, VenueAccess
from events.venue import former_venues, store
from events.venue import log as venue_log
from events.venue import pictures as venue_pictures
from events.venue.details import Kind, VenueDetails
from nsca.lib.secrets.sealing import SealingError


class Why(TextChoices):
    NOT_YET = "not_yet", "not revealed yet"
    HELD = "held", "the reveal is on hold"
    NOT_YOURS = "not_yours", "for ticket holders only"
    MISSING = "missing", "the reveal is due and no venue is entered"
    LOST = "lost", "the venue’s key is missing"


@dataclass(frozen=True)
class Sealed:
    """The viewer does not learn the venue at this instant. `opens_at` is T, in UTC."""

    opens_at: datetime
    why: str = Why.NOT_YET
    is_open = False

    @property
    def is_due(self) -> bool:
        """Whether T has passed, and something else keeps the venue from this viewer."""
        return self.why != Why.NOT_YET


@dataclass(frozen=True)
class Opened:
    """The viewer may know the venue. `tickets`: the viewer's own; empty where everyone
    may know.
    """

    venue: VenueDetails
    opens_at: datetime | None
    version: int
    written_at: datetime  # when the present venue was saved (UTC)
    tickets: tuple[Ticket, ...] = field(default=(), compare=False)
    picture: venue_pictures.Picture | None = field(default=None, compare=False)
    former: VenueDetails | None = field(
        default=None, compare=False
    )  # revealed before, to strike through
    is_open = True

    @property
    def is_changed(self) -> bool:
        """Whether another venue was revealed before this one."""
        return self.version > 1

    @property
    def struck(self) -> VenueDetails | None:
        """The venue to strike through; None where only its details have changed."""
        old, new = self.former, self.venue
        is_other = old and (old.one_line, old.join_url) != (new.one_line, new.join_url)
        return old if is_other else None


@dataclass(frozen=True)
class Allowed:
    """The viewer may know the venue at this instant. The venue was not read."""

    is_open = True


@dataclass(frozen=True)
class Viewer:
    """Who is looking: a signed-in user, and the tickets whose links this request opened."""

    user: Any = None
    tokens: frozenset[str] = frozenset()


VISITOR = Viewer()  # everybody: what public pages are made for


def viewer_of(request, *tokens: str) -> Viewer:
    """The viewer of a private page (touches the session). `tokens`: of tickets opened by link."""
    user = request.user if request.user.is_authenticated else None
    return Viewer(user=user, tokens=frozenset(tokens))


def tickets_of(event: Event, viewer: Viewer):
    """The valid tickets of this event that the viewer holds: by the ticket's own link, or by a
    confirmed address of the signed-in user.
    """
    tickets = Ticket.objects.valid().filter(event_id=event.pk)
    mine = Q(token__in=viewer.tokens)
    if viewer.user is not None:
        confirmed = EmailAddress.objects.filter(user_id=viewer.user.pk, verified=True)
        mine |= Q(holder__in=confirmed.values("email"))
        tickets = tickets.with_holder()
    return tickets.filter(mine).select_related("line__order", "choice")


def reveal_for(event: Event, viewer: Viewer, *, at: datetime) -> None | Sealed | Opened:
    """What `viewer` may know about the venue at the instant `at` (UTC); exactly T counts.

    None: nothing is secret, the area is all there is to say (or the event is canceled). Never
    raises for a lost key: that is Sealed with Why.LOST, and the page says whom to call. Source:
    docs/reveal.md §2.
    """
    return _ruled(event, viewer, at, _Envelope)


def would_open(event: Event, viewer: Viewer, *, at: datetime) -> None | Sealed | Allowed:
    """The same rule for any viewer and instant, without reading the venue: Allowed where
    `reveal_for` would return it. For staff in mission control; needs no permission, because it
    says nothing about a venue, not even whether there is one.
    """
    return _ruled(event, viewer, at, _Untouched)


def _ruled(event, viewer, at, opening):
    if event.is_canceled:
        return None
    if event.lead is None:
        return opening.without_lead(event, viewer)
    if at < event.opens_at:
        return Sealed(event.opens_at)
    if event.reveal_held_at is not None or event.state == Event.State.DRAFT:
        return Sealed(event.opens_at, Why.HELD)
    if is_everyones(event, at):
        return opening.for_everyone(event)
    return opening.for_holders(event, viewer) or Sealed(event.opens_at, Why.NOT_YOURS)


def reveal_for_volunteer(event: Event, link: DoorLink, *, at: datetime) -> None | Sealed | Opened:
    """What somebody with a door link may know about the venue at the instant `at` (UTC).

    Volunteers have their own time, set for the event; if it is empty, they learn the venue with
    the ticket holders. A hold applies to them too. They may find their way before the link is
    valid; once it has ended or was revoked, it opens nothing. An access before T is
    logged once. A link to join an online event is for its guests only.
    """
    return _ruled_for_volunteer(event, link, at, _Envelope)


def would_open_for_volunteer(event: Event, link: DoorLink, *, at: datetime):
    """The same rule for a door link, without reading the venue or logging anything."""
    return _ruled_for_volunteer(event, link, at, _Untouched)


def _ruled_for_volunteer(event, link, at, opening):
    if event.is_canceled or link.event_id != event.pk:
        return None
    instant = event.volunteers_at or event.opens_at
    if instant is not None and at < instant:
        return Sealed(instant)
    if link.revoked_at is not None or at >= link.ends_at:
        return Sealed(instant, Why.NOT_YOURS) if instant else None
    if event.is_secret and (event.reveal_held_at or event.state == Event.State.DRAFT):
        return Sealed(instant, Why.HELD)
    return opening.for_volunteer(event, link, instant, at)


class _Envelope:
    """What happens when the rule says yes: the venue is read."""

    @staticmethod
    def without_lead(event, viewer):
        return _open_event(event, viewer)

    @staticmethod
    def for_everyone(event):
        row = store.with_picture(event)
        # A former venue that only holders knew stays theirs when everyone learns the last one.
        if row and event.audience == Event.Audience.EVERYONE_AT_T and event.reveal_version > 1:
            row.former = former_venues.newest(event.pk).values_list("sealed", flat=True).first()
        return _opened(event, row) if row else Sealed(event.opens_at, Why.MISSING)

    @staticmethod
    def for_holders(event, viewer):
        return _holders(event, viewer)

    @staticmethod
    def for_volunteer(event, link, instant, at):
        row = store.row_of(event)
        if row is None:
            return Sealed(instant, Why.MISSING) if event.is_secret else None
        if row.kind == Kind.ONLINE:
            return None
        if event.is_secret and at < event.opens_at:
            venue_log.note_access_once(event=event, act=VenueAccess.Act.LOOKED, at=at, link=link)
        return _opened(event, row)


class _Untouched:
    """What happens when only the rule is asked: nothing."""

    @staticmethod
    def without_lead(event, viewer):
        return Allowed()

    @staticmethod
    def for_everyone(event):
        return Allowed()

    @staticmethod
    def for_holders(event, viewer):
        return Allowed() if tickets_of(event, viewer).exists() else None

    @staticmethod
    def for_volunteer(event, link, instant, at):
        return Allowed()


def is_everyones(event: Event, at: datetime) -> bool:
    """Whether the event's audience is everybody at an instant (UTC)."""
    return event.audience == Event.Audience.EVERYONE_AT_T or (
        event.audience == Event.Audience.EVERYONE_AFTER and event.is_past(at)
    )


def _open_event(event, viewer):
    """No lead: the venue is not secret. But a link to join is never for everybody."""
    row = store.with_picture(event)
    if row is None:
        return None
    return _holders(event, viewer) if row.kind == Kind.ONLINE else _opened(event, row)


def _holders(event, viewer):
    """Opened or Sealed for a holder, None for everyone else; one query, none for a visitor."""
    if viewer.user is None and not viewer.tokens:
        return None
    tickets = list(store.beside(tickets_of(event, viewer)))
    if not tickets:
        return None
    row = store.taken_off(tickets, event)
    if row is None:
        return Sealed(event.opens_at, Why.MISSING) if event.opens_at else None
    return _opened(event, row, tickets)


@sensitive_variables()
def _opened(event, row, tickets=()):
    try:
        venue = store.unsealed(event, row)
    except SealingError:
        return Sealed(event.opens_at, Why.LOST) if event.opens_at else None
    return Opened(
        venue=venue,
        opens_at=event.opens_at,
        version=max(1, event.reveal_version),
        written_at=row.sealed_at,
        tickets=tuple(tickets),
        picture=venue_pictures.opened(event.pk, getattr(row, "about", None)),
        former=former_venues.opened(event.pk, getattr(row, "former", None)),
    )


def picture_for(event: Event, viewer: Viewer, *, at: datetime) -> bytes | None:
    """The venue's picture (a JPEG) for those who may see it; None for everybody else, and where
    there is none or its key is lost.
    """
    opened = reveal_for(event, viewer, at=at)
    if not isinstance(opened, Opened) or opened.picture is None:
        return None
    try:
        return venue_pictures.content_of(event.pk)
    except SealingError:
        return None
