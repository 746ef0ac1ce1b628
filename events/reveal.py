"""The only door to a place.

Where an event is lies encrypted in a table of its own; nothing but this module opens it.
`reveal_for` answers what one viewer may know at one instant: nothing kept back (None), Sealed, or
Opened. Before the instant no query touches the table, so that the answer to an outsider is the
same, to the byte and to the query, whether or not a place has been entered. Staff with a
permission `look`; each look leaves a row.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery, TextChoices
from django.db.models.functions import Lower
from django.views.decorators.debug import sensitive_variables

from events import notices
from events.models import DoorLink, Event, Ticket, Venue, VenueLook
from events.places import Kind, Place, packed, unpacked
from nsca.lib.caching import content_changed
from nsca.lib.sealing import SealingError, resealed, seal, unseal
from orders.models import Task

__all__ = [
    "Kind",
    "Opened",
    "Place",
    "Sealed",
    "VISITOR",
    "Viewer",
    "Why",
    "reveal_for",
    "reveal_for_volunteer",
    "viewer_of",
]


class NotPermitted(PermissionDenied):
    """Somebody without the permission asked to see, change, hold or open a place."""


class NoPlace(Exception):
    """There is nothing in the envelope yet."""


class Why(TextChoices):
    NOT_YET = "not_yet", "the instant has not come"
    HELD = "held", "the committee holds the reveal"
    NOT_YOURS = "not_yours", "open, but for ticket holders"
    MISSING = "missing", "the instant has come and no place is entered"
    LOST = "lost", "the key to the envelope is not here"


@dataclass(frozen=True)
class Sealed:
    """The viewer does not learn the place at this instant. `opens_at` is T, in UTC."""

    opens_at: datetime
    why: str = Why.NOT_YET
    is_open = False

    @property
    def is_due(self) -> bool:
        """The instant has come, and something else keeps the envelope closed to this viewer."""
        return self.why != Why.NOT_YET


@dataclass(frozen=True)
class Opened:
    """The viewer may know. `tickets` are the viewer's own; empty where everyone may know."""

    place: Place
    opens_at: datetime | None
    version: int
    written_at: datetime  # when the present content was put in (UTC)
    tickets: tuple[Ticket, ...] = field(default=(), compare=False)
    is_open = True

    @property
    def is_changed(self) -> bool:
        """Another place was told before this one."""
        return self.version > 1


@dataclass(frozen=True)
class Viewer:
    """Who is looking: a signed-in user, and the tickets whose own links were opened in this
    request.
    """

    user: Any = None
    tokens: frozenset[str] = frozenset()


VISITOR = Viewer()  # everybody: what public pages are made for


def viewer_of(request, *tokens: str) -> Viewer:
    """The viewer of a private page (it touches the session). `tokens`: tickets opened by their own
    links.
    """
    user = request.user if request.user.is_authenticated else None
    return Viewer(user=user, tokens=frozenset(tokens))


def tickets_of(event: Event, viewer: Viewer):
    """The valid tickets of this event whose current holder is the viewer: by the ticket's own
    link, or by a confirmed address of the signed-in user.
    """
    mine = Q(token__in=viewer.tokens)
    if viewer.user is not None:
        confirmed = EmailAddress.objects.filter(user_id=viewer.user.pk, verified=True)
        mine |= Q(holder__in=confirmed.values(address=Lower("email")))
    return (
        Ticket.objects.valid()
        .filter(event_id=event.pk)
        .with_holder()
        .filter(mine)
        .select_related("line__order", "choice")
    )


def reveal_for(event: Event, viewer: Viewer, *, at: datetime) -> None | Sealed | Opened:
    """What `viewer` may know of the place at the instant `at` (UTC); exactly T counts.

    None: nothing is kept back, the area is all there is to say (or the event is off). Never raises
    for a lost key: that is Sealed with Why.LOST, and the page says whom to call. Source: REVEAL.md
    §2.
    """
    if event.is_cancelled:
        return None
    if event.lead is None:
        return _open_event(event, viewer)
    if at < event.opens_at:
        return Sealed(event.opens_at)
    if event.reveal_held_at is not None or event.state == Event.State.DRAFT:
        return Sealed(event.opens_at, Why.HELD)
    if _is_everyones(event, at):
        venue = Venue.objects.filter(event_id=event.pk).first()
        return _opened(event, venue) if venue else Sealed(event.opens_at, Why.MISSING)
    return _holders(event, viewer) or Sealed(event.opens_at, Why.NOT_YOURS)


def reveal_for_volunteer(event: Event, link: DoorLink, *, at: datetime) -> None | Sealed | Opened:
    """What somebody with a door link may know of the place at the instant `at` (UTC).

    Volunteers have their own instant, set for the event; where it is empty they learn the place
    with the ticket holders. A hold keeps it from them, too. The link need not be good yet, so
    that they find the way; once it has ended or was revoked it opens nothing. Who learns the
    place before T is noted, once. A link to join an online event is for its guests alone.
    """
    if event.is_cancelled or link.event_id != event.pk:
        return None
    instant = event.volunteers_at or event.opens_at
    if instant is not None and at < instant:
        return Sealed(instant)
    if link.revoked_at is not None or at >= link.ends_at:
        return Sealed(instant, Why.NOT_YOURS) if instant else None
    if event.is_secret and (event.reveal_held_at or event.state == Event.State.DRAFT):
        return Sealed(instant, Why.HELD)
    venue = Venue.objects.filter(event_id=event.pk).first()
    if venue is None:
        return Sealed(instant, Why.MISSING) if event.is_secret else None
    if venue.kind == Kind.ONLINE:
        return None
    if event.is_secret and at < event.opens_at:
        VenueLook.objects.get_or_create(
            link=link, defaults={"event": event, "act": VenueLook.Act.LOOKED, "at": at}
        )
    return _opened(event, venue)


def _is_everyones(event, at) -> bool:
    return event.audience == Event.Audience.EVERYONE_AT_T or (
        event.audience == Event.Audience.EVERYONE_AFTER and event.is_past(at)
    )


def _open_event(event, viewer):
    """No lead: the place is no secret. A link to join is never everybody's: it lets people in."""
    venue = Venue.objects.filter(event_id=event.pk).first()
    if venue is None:
        return None
    return _holders(event, viewer) if venue.kind == Kind.ONLINE else _opened(event, venue)


def _holders(event, viewer):
    """Opened or Sealed for a holder, None for everyone else; one query, and none for a mere
    visitor.
    """
    if viewer.user is None and not viewer.tokens:
        return None
    venue = Venue.objects.filter(event_id=OuterRef("event_id"))
    tickets = list(
        tickets_of(event, viewer).annotate(
            venue_sealed=Subquery(venue.values("sealed")[:1]),
            venue_sealed_at=Subquery(venue.values("sealed_at")[:1]),
        )
    )
    if not tickets:
        return None
    if tickets[0].venue_sealed is None:
        return Sealed(event.opens_at, Why.MISSING) if event.opens_at else None
    venue = Venue(
        event=event, sealed=tickets[0].venue_sealed, sealed_at=tickets[0].venue_sealed_at
    )
    for ticket in tickets:
        del ticket.venue_sealed
    return _opened(event, venue, tickets)


@sensitive_variables()
def _opened(event, venue, tickets=()):
    try:
        place = _unsealed(event, venue)
    except SealingError:
        return Sealed(event.opens_at, Why.LOST) if event.opens_at else None
    return Opened(
        place=place,
        opens_at=event.opens_at,
        version=max(1, event.reveal_version),
        written_at=venue.sealed_at,
        tickets=tuple(tickets),
    )


@sensitive_variables()
def _unsealed(event, venue) -> Place:
    return unpacked(unseal(venue.sealed, bound_to=f"event {event.pk}"))


# --- Staff: each act needs its permission and leaves a row ---------------------------------------


def _must(by, permission: str) -> None:
    if not by.has_perm(permission):
        raise NotPermitted("Your groups do not include the place of an event.")


def has_place(event: Event, *, by) -> bool:
    """Whether the envelope is filled. That alone is a secret. Raises NotPermitted."""
    _must(by, "events.see_venue")
    return Venue.objects.filter(event_id=event.pk).exists()


@sensitive_variables()
def look(event: Event, *, by, at: datetime) -> Place | None:
    """The place for those with the permission, at any instant; the look is logged first.

    None where nothing is entered. Raises NotPermitted, and KeyLost or WrongEnvelope
    (nsca.lib.sealing).
    """
    _must(by, "events.see_venue")
    VenueLook.objects.create(event=event, user=by, act=VenueLook.Act.LOOKED, at=at)
    venue = Venue.objects.filter(event_id=event.pk).first()
    return _unsealed(event, venue) if venue else None


@sensitive_variables()
def write_place(event: Event, place: Place, *, by, at: datetime) -> bool:
    """Put a place into the envelope; False where it is the one already there.

    Before T this is silent: the event's own row is not touched. After T it is R + 1, what is
    unsent of the old place is superseded, and every holder is owed a notice. Raises NotPermitted,
    ValidationError, TooLong.
    """
    _must(by, "events.see_venue")
    place.check()
    sealed = seal(packed(place), bound_to=f"event {event.pk}", at=at)
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        before = Venue.objects.filter(event_id=event.pk).first()
        if before is not None and _holds(locked, before, place):
            return False
        if before is not None and _is_due(locked, at) and locked.reveal_version == 0:
            _publish(locked, at)  # holders have seen the first place on their page by now
        Venue.objects.update_or_create(
            event=locked, defaults={"kind": place.kind, "sealed": sealed, "sealed_at": at}
        )
        VenueLook.objects.create(event=locked, user=by, act=VenueLook.Act.CHANGED, at=at)
        if locked.reveal_version and not locked.is_past(at) and not locked.is_cancelled:
            _publish(locked, at)
        if locked.lead is None or at >= locked.opens_at:
            transaction.on_commit(content_changed)
    event.refresh_from_db(fields=["reveal_version", "revealed_at"])
    return True


@sensitive_variables()
def _holds(event, venue, place) -> bool:
    try:
        return _unsealed(event, venue) == place
    except SealingError:
        return False


def hold(event: Event, *, by, at: datetime) -> None:
    """Stop the reveal: pages within one request, mails within one batch. Raises NotPermitted."""
    _act(event, by=by, at=at, act=VenueLook.Act.HELD, reveal_held_at=at)


def release(event: Event, *, by, at: datetime) -> None:
    """Let the reveal go on; where T has passed it is due at once. Raises NotPermitted."""
    _act(event, by=by, at=at, act=VenueLook.Act.RELEASED, reveal_held_at=None)


def reveal_now(event: Event, *, by, at: datetime) -> None:
    """Make this instant T, and release any hold. Raises NotPermitted, NoPlace."""
    _must(by, "events.hold_reveal")
    if not Venue.objects.filter(event_id=event.pk).exists():
        raise NoPlace("There is no place in the envelope yet: enter it first.")
    lead = event.lead if event.lead is None or event.opens_at <= at else event.starts_at - at
    _act(event, by=by, at=at, act=VenueLook.Act.OPENED, reveal_held_at=None, lead=lead)


def _act(event, *, by, at, act, **changes):
    _must(by, "events.hold_reveal")
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        for name, value in changes.items():
            setattr(locked, name, value)
            setattr(event, name, value)
        # A new T is news of the public record; a hold is not.
        dated = ["updated_at"] if "lead" in changes else []
        locked.save(update_fields=[*changes, *dated])
        VenueLook.objects.create(event=locked, user=by, act=act, at=at)
        transaction.on_commit(content_changed)


# --- Publication: R, and one row for each holder who is owed a notice ----------------------------


def _is_due(event, at) -> bool:
    """The same sentence as Event.objects.due_to_reveal, whatever the version."""
    return (
        event.state == Event.State.PUBLISHED
        and event.lead is not None
        and event.reveal_held_at is None
        and event.opens_at <= at < event.ends_at
    )


def publish_due(*, at: datetime) -> int:
    """Publish every reveal whose instant has come; how many notices are owed by it. Late by hours
    is fine.
    """
    return sum(
        publish(pk, at=at) for pk in Event.objects.due_to_reveal(at).values_list("pk", flat=True)
    )


def publish(event_id: int, *, at: datetime) -> int:
    """R: 0 → 1 under the event's lock, with a row for each valid ticket; 0 where it is not (or no
    longer) due.
    """
    with transaction.atomic():
        event = Event.objects.select_for_update().get(pk=event_id)
        if not _is_due(event, at) or event.reveal_version:
            return 0
        if not Venue.objects.filter(event_id=event_id).exists():
            Task.objects.get_or_create(
                key=f"reveal-without-a-place:{event_id}",
                defaults={
                    "text": f"{event}: the envelope was to open and no place is entered. "
                    "Enter it, and every holder is told at once.",
                    "created_at": at,
                },
            )
            return 0
        owed = _publish(event, at)
        transaction.on_commit(content_changed)
        return owed


def _publish(event, at) -> int:
    """The next version; call under the event's lock."""
    event.reveal_version += 1
    event.revealed_at = event.revealed_at or at
    # Not save(): the ticker is no editor, and the public record has not changed.
    Event.objects.filter(pk=event.pk).update(
        reveal_version=event.reveal_version, revealed_at=event.revealed_at
    )
    return notices.owe(event, at=at)


def reseal_all() -> int:
    """Every envelope under the newest key, without looking inside; how many. Raises KeyLost at the
    first it cannot open.
    """
    count = 0
    with transaction.atomic():
        for venue in Venue.objects.select_for_update().order_by("pk"):
            Venue.objects.filter(pk=venue.pk).update(sealed=resealed(venue.sealed))
            count += 1
    return count
