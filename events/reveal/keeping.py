"""What staff do with a venue: each act needs its permission, and is logged."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from events.models import Event, VenueAccess
from events.reveal import openings, publication, state
from events.reveal.door import Why, is_everyones
from events.venue import envelope, findings, former_venues, store
from events.venue import log as venue_log
from events.venue import pictures as venue_pictures
from events.venue.address import is_elsewhere
from events.venue.address import left_over as left_over_of
from events.venue.details import VenueDetails, packed
from nsca.lib.secrets.sealing import KeyLost, SealingError, seal
from nsca.lib.web.caching import content_changed

# Compares something with a venue; its answer holds no word of the venue.
Test = Callable[[Event, VenueDetails], Any]
Still = Callable[[Event], bool] | None  # asked under the lock: is everything as it was read?


class NotPermitted(PermissionDenied):
    """Somebody without permission asked to see, change, hold or reveal a venue."""


class NoVenue(Exception):
    """No venue is entered yet."""


class NotSealed(Exception):
    """A seal can't be published for this event now; the text says why."""


def must(by, permission: str) -> None:
    if not by.has_perm(permission):
        raise NotPermitted("Your groups don’t give you access to venues. Ask a director.")


def has_venue(event: Event, *, by) -> bool:
    """Whether a venue is entered. That alone is a secret. Raises NotPermitted."""
    must(by, "events.see_venue")
    return store.is_there(event.pk)


@sensitive_variables()
def look(event: Event, *, by, at: datetime) -> VenueDetails | None:
    """The venue for those with permission, at any time; the access is logged first.

    None where no venue is entered. Raises NotPermitted, and KeyLost or WrongEnvelope
    (nsca.lib.secrets.sealing).
    """
    must(by, "events.see_venue")
    venue_log.note_access(event=event, by=by, act=VenueAccess.Act.LOOKED, at=at)
    row = store.row_of(event)
    return store.unsealed(event, row) if row else None


@sensitive_variables()
def compare(event: Event, test: Test, *, by, at: datetime) -> Any:
    """What `test` answers about one event's venue, for those with permission; logged as an access.
    Raises NotPermitted, NoVenue, and KeyLost or WrongEnvelope (nsca.lib.secrets.sealing).
    """
    note_word_check(event, by=by, at=at)
    row = store.row_of(event)
    if row is None:
        raise NoVenue("The venue isn’t entered yet. Enter it first.")
    return test(event, store.unsealed(event, row))


def for_dry_run(event: Event, *, by, at: datetime) -> Event:
    """The event as it will be when its venue is revealed: published, and not on hold. Only a copy
    in memory, for e-mails that are made and thrown away; logged as a venue access. Raises
    NotPermitted.
    """
    must(by, "events.see_venue")
    venue_log.note_access(event=event, by=by, act=VenueAccess.Act.DRY_RUN, at=at)
    copy = Event.objects.get(pk=event.pk)
    copy.reveal_held_at, copy.reveal_version = None, max(1, copy.reveal_version)
    return copy


@sensitive_variables()
def compared(test: Test, *, at: datetime, besides: Q | None = None) -> list[tuple[Event, Any]]:
    """What `test` answers about each venue that is still sealed to somebody at an instant (UTC),
    `besides` some events; a venue whose key is lost is skipped.

    For the site itself, which compares texts with venues and shows them to nobody, so it is not
    logged as an access. The answer must not contain a word of the venue, and may be shown only to
    those with permission; showing it to one of them is logged (`note_word_check`).
    """
    kept = Event.objects.exclude(state=Event.State.CANCELED).filter(
        lead__isnull=False, ends_at__gt=at
    )
    if besides is not None:
        kept = kept.exclude(besides)
    answers = []
    for row in store.rows_of(kept):
        if is_everyones(row.event, at) and at >= row.event.opens_at:
            continue
        try:
            venue = store.unsealed(row.event, row)
        except SealingError:
            continue
        answers.append((row.event, test(row.event, venue)))
    return answers


@sensitive_variables()
def inspected(event: Event, test: Callable[[VenueDetails], Any]) -> Any:
    """What `test` answers about a venue that is not revealed yet; Why.MISSING where none is
    entered, Why.LOST where it can't be opened.

    For the site's own e-mail to those with permission (night/preflight.py), so it is not logged as
    an access. The answer must not contain a word of the venue.
    """
    row = store.row_of(event)
    if row is None:
        return Why.MISSING
    try:
        return test(store.unsealed(event, row))
    except SealingError:
        return Why.LOST


def note_word_check(event: Event, *, by, at: datetime) -> None:
    """Log that somebody learns whether a text has words of the venue. Raises NotPermitted."""
    must(by, "events.see_venue")
    venue_log.note_access(event=event, by=by, act=VenueAccess.Act.WORDS, at=at)


@sensitive_variables()
def left_over(event: Event, venue: VenueDetails, *, by) -> list[str]:
    """What a new venue carried over from the present one although the address differs: keys of
    address.BELONGS, and "picture". Reveals no word of either; showing both is an access (`look`).
    Raises NotPermitted.
    """
    must(by, "events.see_venue")
    old = content_of(event, store.row_of(event))
    keys = left_over_of(old, venue)
    has_picture = venue_pictures.is_there(event.pk)
    if old is not None and has_picture and is_elsewhere(old, venue):
        keys.append(envelope.PICTURE)
    return keys


@sensitive_variables()
def write_venue(
    event: Event, venue: VenueDetails, *, by, at: datetime, still: Still = None
) -> bool:
    """Save the venue; False where nothing has changed.

    Before T this is silent: the event's own row is not touched. After T it is R + 1, unsent
    e-mails about the old venue are superseded, and every holder is owed a notice. Raises
    NotPermitted, ValidationError, TooLong, Overtaken.
    """
    must(by, "events.see_venue")
    venue.check()
    sealed = seal(packed(venue), bound_to=f"event {event.pk}", at=at)
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        if still is not None and not still(locked):
            raise state.Overtaken
        before = store.row_of(event)
        old = content_of(locked, before)
        if old == venue:
            return False
        was_open = openings.record(locked, at=at)
        if before is not None and publication.is_due(locked, at) and locked.reveal_version == 0:
            publication.next_version(locked, at)  # pages have shown the first venue by now
        is_owed = bool(locked.reveal_version) and not locked.is_past(at)
        is_owed = is_owed and not locked.is_canceled
        if is_owed and before is not None and former_venues.was_revealed(locked, before.sealed_at):
            former_venues.keep(locked, bytes(before.sealed), at=at)
        store.put(locked, venue.kind, sealed, at=at)
        renew_seal(locked, venue, changed=envelope.differences(old, venue), at=at)
        venue_log.note_access(event=locked, by=by, act=VenueAccess.Act.CHANGED, at=at)
        findings.forget(locked, at=at)
        if is_owed:
            publication.next_version(locked, at)
        openings.after(locked, at=at, was_open=was_open)
        if locked.lead is None or at >= locked.opens_at:
            transaction.on_commit(content_changed)
    event.refresh_from_db(fields=["reveal_version", "revealed_at"])
    return True


@sensitive_variables()
def content_of(event, row) -> VenueDetails | None:
    """The venue; None where there is none, or its key is lost."""
    try:
        return store.unsealed(event, row) if row else None
    except SealingError:
        return None


@sensitive_variables()
def renew_seal(event, venue, *, changed, at) -> None:
    """Seal again what has changed, where a seal is published."""
    picture = venue_pictures.of(event.pk)
    seal = envelope.renew(event, venue, picture, changed=changed, at=at)
    if seal is not None:
        venue_log.note_seal(seal)


@sensitive_variables()
def publish_seal(event: Event, *, by, at: datetime) -> None:
    """Show everyone that the venue is decided: publish the digest of the venue as entered.

    Only before T: a seal that comes with the venue proves nothing. Raises NotPermitted, NoVenue,
    NotSealed, KeyLost, WrongEnvelope.
    """
    must(by, "events.see_venue")
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        if locked.lead is None or locked.is_canceled:
            raise NotSealed("There is nothing to seal: the venue is not secret.")
        if at >= locked.opens_at:
            raise NotSealed("The reveal time has passed: a seal made now would prove nothing.")
        row = store.row_of(event)
        if row is None:
            raise NoVenue("The venue isn’t entered yet. Enter it first.")
        picture = venue_pictures.of(event.pk)
        try:
            seal, is_new = envelope.publish(locked, store.unsealed(locked, row), picture, at=at)
        except envelope.AlreadySealed:
            raise NotSealed("This venue’s seal is already published.") from None
        if is_new:
            venue_log.note_seal(seal)
        venue_log.note_publication(seal)
        venue_log.note_access(event=locked, by=by, act=VenueAccess.Act.SEALED, at=at)
        transaction.on_commit(content_changed)


def hold(event: Event, *, by, at: datetime, still: Still = None) -> None:
    """Stop the reveal: pages within one request, e-mails within one batch. Raises NotPermitted,
    NotNow, Overtaken.
    """

    def change(locked):
        state.check_hold(locked, at=at)
        return {"reveal_held_at": at}

    _act(event, by=by, at=at, act=VenueAccess.Act.HELD, change=change, still=still)


def release(event: Event, *, by, at: datetime, still: Still = None) -> None:
    """Let the reveal go on; where T has passed it is due at once. Raises NotPermitted, NotNow,
    Overtaken.
    """

    def change(locked):
        state.check_release(locked)
        return {"reveal_held_at": None}

    _act(event, by=by, at=at, act=VenueAccess.Act.RELEASED, change=change, still=still)


def reveal_now(event: Event, *, by, at: datetime, still: Still = None) -> None:
    """Make this instant T. It does not release a hold, which is a colleague's decision. Raises
    NotPermitted, NoVenue, NotNow, Overtaken.
    """

    def change(locked):
        state.check_reveal_now(locked, at=at)
        if not store.is_there(locked.pk):
            raise NoVenue("The venue isn’t entered yet. Enter it first.")
        # Uses the row as it is now: it may have moved since it was read.
        return {"lead": locked.starts_at - at}

    _act(event, by=by, at=at, act=VenueAccess.Act.OPENED, change=change, still=still)


def _act(event, *, by, at, act, change, still):
    """Apply `change`, which returns new field values, under the lock, if `still` agrees."""
    must(by, "events.hold_reveal")
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(pk=event.pk)
        if still is not None and not still(locked):
            raise state.Overtaken
        changes = change(locked)
        was_open = openings.record(locked, at=at)
        for name, value in changes.items():
            setattr(locked, name, value)
        # A new T changes the public record; a hold does not.
        dated = ["updated_at"] if "lead" in changes else []
        locked.save(update_fields=[*changes, *dated])
        openings.after(locked, at=at, was_open=was_open)
        venue_log.note_access(event=locked, by=by, act=act, at=at)
        transaction.on_commit(content_changed)
    for name, value in changes.items():
        setattr(event, name, value)


# --- Canceled: nobody needs the venue anymore --------------------------------------------------


def wipe_due(at: datetime) -> int:
    """Wipe the venues of events canceled at least CANCELLED_PLACE_DAYS ago, with their pictures,
    salts and former venues; how many events. The log entry names nobody.
    """
    long_ago = at - timedelta(days=settings.CANCELLED_PLACE_DAYS)
    canceled = Event.objects.filter(state=Event.State.CANCELED, canceled_at__lte=long_ago)
    kept = store.filled(canceled)
    return sum(_wipe(pk, at) for pk in kept.values_list("pk", flat=True))


def _wipe(event_id, at) -> bool:
    with transaction.atomic():
        event = Event.objects.select_for_update().get(pk=event_id)
        if not event.is_canceled:
            return False
        had_venue, had_picture = store.drop(event_id), venue_pictures.drop(event_id)
        if not (had_venue or had_picture):
            return False  # another ticker was faster
        former_venues.forget(event_id)
        envelope.forget(event)
        venue_log.note_access(event=event, act=VenueAccess.Act.WIPED, at=at)
        return True


def reseal_all(*, drop_lost: bool = False) -> int:
    """Encrypt every venue, and what belongs to it, under the newest key, without looking inside;
    how many venues. Raises KeyLost where no key opens something: then nothing was changed.

    `drop_lost`: give up pictures, salts and former venues that no key opens. A venue is never
    given up: somebody has to enter it again. The next word check finds its findings again.
    """
    with transaction.atomic():
        count = store.reseal_all()
        lost = {
            "venue picture": venue_pictures.reseal_all(drop_lost=drop_lost),
            "salt of a seal": envelope.reseal_all(drop_lost=drop_lost),
            "former venue": former_venues.reseal_all(drop_lost=drop_lost),
        }
        if any(lost.values()) and not drop_lost:
            words = [f"{number} × {what}" for what, number in lost.items() if number]
            raise KeyLost(
                f"None of our keys opens these: {', '.join(words)}. Put the key back into "
                "VENUE_KEYS (or SECRET_KEY_FALLBACKS), or give them up with --drop-lost."
            )
        findings.reseal_all()
    return count
