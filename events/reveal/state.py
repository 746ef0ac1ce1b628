"""The state of a reveal when somebody read a page about it, and what has changed once they act.

Every page that acts on a reveal carries a key: the facts it was made from, signed. The act
compares them with the present facts, under the event's lock, so that nobody says yes to something
they have not read (docs/reveal.md §7). Nothing of the venue is in a key; whether it changed in the
meantime is, for those who may see it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from events.models import Event, VenueAccess
from events.reveal.people import people
from events.venue import store
from nsca.lib.timing import day_of, exactly, hour, short_day

SALT = "events.reveal.state"
SEE = "events.see_venue"


class NotNow(Exception):
    """The act does not fit the reveal's present state; the text says why, and what comes first."""


class Overtaken(Exception):
    """What was read before the act has changed."""


# --- Who holds it ------------------------------------------------------------------------------


def held_words(event: Event, *, at: datetime | None = None) -> str:
    """Who holds the reveal and since when: "held by Ann since 5:12 p.m."; empty if it is not on
    hold. `at` (UTC) is when it is read: another day is named. Without it, the day is always named
    in full.
    """
    if event.reveal_held_at is None:
        return ""
    return f"held{_by(event, VenueAccess.Act.HELD)} since {_since(event.reveal_held_at, at)}"


def held_sentence(event: Event, *, at: datetime | None = None) -> str:
    """ "The reveal has been held by Ann since 5:12 p.m."; empty if it is not on hold."""
    words = held_words(event, at=at)
    # "p.m." already ends the sentence.
    return words and f"The reveal has been {words}{'' if words.endswith('.') else '.'}"


def _by(event, act) -> str:
    """ " by Ann": who did this to the event last; empty where no row says so."""
    look = event.venue_accesses.filter(act=act, user__isnull=False).select_related("user").first()
    return f" by {look.who}" if look else ""


def _since(instant: datetime, at: datetime | None) -> str:
    if at is None:
        return exactly(instant)
    day = "" if day_of(instant) == day_of(at) else f"{short_day(instant)} at "
    return day + hour(instant)


def early_words(event: Event, *, at: datetime) -> str:
    """How early a reveal at an instant (UTC) would be: "18 days early"; empty from T on."""
    span = event.opens_at - at
    if span <= timedelta(0):
        return ""
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        count = int(span.total_seconds()) // size
        if count:
            return f"{count} {name}{'' if count == 1 else 's'} early"
    return "less than a minute early"


# --- What an act may be done to ----------------------------------------------------------------


def check_hold(event: Event, *, at: datetime) -> None:
    """Raises NotNow: a second hold would hide when the first began, and who began it."""
    if event.reveal_held_at is not None:
        raise NotNow(f"It is already on hold. {held_sentence(event, at=at)}")


def check_release(event: Event) -> None:
    """Raises NotNow."""
    if event.reveal_held_at is None:
        raise NotNow("The reveal is not on hold, so there is nothing to release.")


def check_reveal_now(event: Event, *, at: datetime) -> None:
    """Raises NotNow. A colleague's hold must first be released by somebody who has read
    about it.
    """
    if event.reveal_held_at is not None:
        raise NotNow(f"{held_sentence(event, at=at)} Release the hold first.")
    if event.state == Event.State.DRAFT:
        raise NotNow("This event is a draft, and drafts are not revealed. Publish it first.")
    if event.is_past(at):
        raise NotNow("This event is over.")
    if event.lead is None or event.opens_at <= at:
        raise NotNow("The reveal time has passed, so there is nothing to reveal early.")


def can_reveal_now(event: Event, *, at: datetime) -> bool:
    """Whether to offer it: the same rule as check_reveal_now."""
    try:
        check_reveal_now(event, at=at)
    except NotNow:
        return False
    return event.reveal_version == 0


# --- What was read -----------------------------------------------------------------------------


def facts_of(event: Event, *, act: str, by=None, guests: int | None = None) -> dict[str, Any]:
    """What a page about `act` is made from. `guests`: how many it says it concerns, where that
    matters. Queries the venue's row only on behalf of somebody (`by`) who may see it.
    """
    facts = {
        "act": act,
        "event": event.pk,
        "version": event.reveal_version,
        "held_at": _text(event.reveal_held_at),
        "opens_at": _text(event.opens_at),
        "starts_at": _text(event.starts_at),
        "state": event.state,
        "audience": event.audience,
    }
    if guests is not None:
        facts["guests"] = guests
    if by is not None and by.has_perm(SEE):
        row = store.row_of(event)
        facts["written_at"] = _text(row and row.sealed_at)
    return facts


def _text(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def key_of(facts: dict[str, Any]) -> str:
    """The facts as one word for a form."""
    return signing.Signer(salt=SALT).sign_object(facts, compress=True)


def shown_in(key: str | None) -> dict[str, Any] | None:
    """The facts in a form's key; None where it is not a key of ours."""
    try:
        return signing.Signer(salt=SALT).unsign_object(key or "")
    except (signing.BadSignature, ValueError, TypeError):
        return None


def what_changed(
    shown: dict[str, Any] | None, event: Event, facts: dict[str, Any], *, at: datetime
) -> list[str]:
    """What has changed since it was read, in sentences; none if nothing has, or if we don't know
    what was read.
    """
    if not shown or shown.get("event") != event.pk or shown.get("act") != facts["act"]:
        return []
    changed = {name for name in facts if name in shown and facts[name] != shown[name]}
    words = []
    if "held_at" in changed:
        words.append(_of_the_hold(event, at))
    if "version" in changed:
        words.append(
            "The venue was revealed."
            if not shown["version"]
            else "The venue changed, and everyone gets another e-mail."
        )
    if "written_at" in changed:
        who = _by(event, VenueAccess.Act.CHANGED)
        words.append(f"The venue was changed{who}.")
    if "starts_at" in changed:
        words.append(f"The event now starts on {exactly(event.starts_at)}.")
    if "opens_at" in changed:
        words.append(
            f"The reveal is now on {exactly(event.opens_at)}."
            if event.opens_at
            else "The venue is no longer secret."
        )
    if "state" in changed:
        words.append(f"The event is now {event.get_state_display()}.")
    if "audience" in changed:
        words.append(f"Who learns the venue: {event.get_audience_display()}.")
    if "guests" in changed:
        now, before = people(facts["guests"]), shown["guests"]
        verb = "has a ticket" if facts["guests"] == 1 else "have a ticket"
        words.append(f"{now} {verb} now, instead of {before:,}.")
    return words


def _of_the_hold(event: Event, at: datetime) -> str:
    if event.reveal_held_at is None:
        return f"The hold was released{_by(event, VenueAccess.Act.RELEASED)}."
    return held_sentence(event, at=at)
