"""What a change to an event means for people, in sentences: the words of foresight.py.

Each function takes the event as it is and as it would be, and returns the sentences for one
subject. None of them says anything about a venue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from events import reveal
from events.models import DoorLink, Event
from events.reveal.people import People, people
from nsca.lib.text.counting import counted
from nsca.lib.timing import exactly, in_words

IRREVOCABLE = "This can’t be undone."


@dataclass(frozen=True)
class Limit:
    """A limit as it would be, and how many seats are sold or being paid for under it."""

    what: str
    limit: int
    taken: int


def is_everyones(event: Event, at: datetime) -> bool:
    """Whether everybody, not only ticket holders, may know the venue after the reveal."""
    is_over = event.audience == Event.Audience.EVERYONE_AFTER and event.is_past(at)
    return event.lead is None or event.audience == Event.Audience.EVERYONE_AT_T or is_over


def audience(is_everyones: bool, guests: int) -> str:
    """ "214 people"; "everyone, including 214 guests"."""
    if not is_everyones:
        return people(guests)
    return f"everyone, including {counted(guests, 'guest')}"


def of_time(before: Event, after: Event, changed: Sequence[str]) -> list[str]:
    """Start and end, and what moves with them."""
    words = []
    if "starts_at" in changed:
        words.append(
            f"It starts on {exactly(after.starts_at)} instead of {exactly(before.starts_at)}."
        )
        links = DoorLink.objects.filter(event_id=after.pk, revoked_at__isnull=True).count()
        if links:
            verb = "moves" if links == 1 else "move"
            words.append(f"{counted(links, 'door link')} {verb} to the new hours.")
    if "ends_at" in changed:
        words.append(f"It ends on {exactly(after.ends_at)}.")
    if words:
        words.append(
            "Calendars that subscribe to ours update automatically; others update when the guest "
            "opens the ticket’s calendar file again."
        )
    return words


def of_the_secret(
    before: Event,
    after: Event,
    changed: Sequence[str],
    who: People,
    *,
    at: datetime,
    at_once: bool,
) -> list[str]:
    """When the venue is revealed, and to whom. `at_once`: saving reveals it."""
    words = []
    whom = audience(is_everyones(after, at), who.guests)
    if "lead" in changed and after.lead is None:
        words.append("The venue is no longer secret: it appears on the event’s public page.")
    if at_once:
        passed = f"The reveal time, {exactly(after.opens_at)}, has passed: " if after.lead else ""
        begins = "saving" if passed else "Saving"
        words.append(f"{passed}{begins} reveals the venue at once, to {whom}. {IRREVOCABLE}")
        if writes_the_venue(before, after):
            words.append(f"{counted(who.mails, 'e-mail')} with the venue will go out in minutes.")
            words += [of_the_unreachable(who)] if who.unreachable else []
    elif after.is_secret and not after.is_past(at):
        words += _later(before, after, changed, whom, at)
    if before.reveal_held_at and {"starts_at", "lead", "audience", "state"} & {*changed}:
        held = reveal.held_words(before, at=at)
        words.append(f"The reveal has been {held}: nobody learns the venue until it is released.")
    if "audience" in changed and not at_once:
        words.append(f"Who learns the venue: {after.get_audience_display()}.")
    if "volunteers_at" in changed:
        words.append(_volunteers(after, at))
    return words


def writes_the_venue(before: Event, after: Event) -> bool:
    """Whether a reveal at once is R = 1, which every holder gets an e-mail about."""
    return after.lead is not None and before.reveal_version == 0


def _later(before, after, changed, whom: str, at) -> list[str]:
    if reveal.is_revealed(before, at=at):
        return (
            ["The venue stays revealed; nobody gets a second e-mail."]
            if {"starts_at", "lead"} & {*changed}
            else []
        )
    if before.opens_at == after.opens_at or after.opens_at <= at:
        return []
    span = in_words(max(after.opens_at - at, timedelta(minutes=1)))
    held = " once the hold is released" if after.reveal_held_at else ""
    return [f"This reveals the venue in {span}, on {exactly(after.opens_at)}, to {whom}{held}."]


def _volunteers(after, at) -> str:
    links = DoorLink.objects.filter(event_id=after.pk, revoked_at__isnull=True).count()
    instant = after.volunteers_at or after.opens_at
    if instant is None:
        return "Door volunteers learn the venue with everyone."
    when = "at once" if instant <= at else f"on {exactly(instant)}"
    verb = "learns" if links == 1 else "learn"
    return f"{counted(links, 'door volunteer')} {verb} the venue {when}."


def of_the_state(before: Event, after: Event, who: People, *, at: datetime) -> list[str]:
    """Published, or back to a draft; and from when it is visible."""
    was, will = before.is_published(at), after.is_published(at)
    if was and not will:
        until = "" if after.state == Event.State.DRAFT else f" until {exactly(after.publish_at)}"
        words = [f"Its page disappears{until}, and nobody can buy. {_holding(who.guests)}."]
        if after.state == Event.State.DRAFT:
            words.append("The venue isn’t revealed while the event is a draft.")
        return words
    if will and not was:
        return [f"Its page appears at once. {_holding(who.guests)} already."]
    if after.state != Event.State.DRAFT and before.publish_at != after.publish_at and not will:
        return [f"Its page appears on {exactly(after.publish_at)}."]
    return []


def _holding(guests: int) -> str:
    return f"{counted(guests, 'guest')} {'has a ticket' if guests == 1 else 'have tickets'}"


def of_the_area(after: Event) -> list[str]:
    return [f"The public area changes to “{after.area}” on its page and in every calendar file."]


def of_the_room(before: Event, after: Event, who: People) -> list[str]:
    """More seats, or no limit. `of_limits` handles a lower limit."""
    if after.capacity is not None and before.capacity is not None:
        if after.capacity < before.capacity:
            return []
        words = f"There are {after.capacity} seats instead of {before.capacity}."
    elif after.capacity is None:
        words = "The event no longer has a limit of its own; ticket types keep theirs."
    else:
        return []
    if who.parties:
        parties = counted(who.parties, "party,parties")
        verb, whose = ("is", "its") if who.parties == 1 else ("are", "their")
        words += f" {parties} on the waitlist {verb} offered the new seats, in {whose} turn."
    return [words]


def of_limits(limits: Sequence[Limit]) -> list[str]:
    """Limits that shrink, with how much of each is taken."""
    return [
        f"{low.what} would be limited to {low.limit}, but {low.taken} are sold or being paid for. "
        "Nobody loses theirs; no more are sold until enough are returned."
        if low.taken > low.limit
        else f"{low.what} would be limited to {low.limit}; {low.taken} are sold or being paid for."
        for low in limits
    ]


def of_mails(who: People) -> list[str]:
    """Who gets an e-mail about a new start."""
    words = []
    if who.guests:
        verb = "gets" if who.guests == 1 else "get"
        words.append(
            f"{counted(who.guests, 'guest')} {verb} an e-mail ({counted(who.mails, 'e-mail')}, "
            "one per address) with a calendar file that updates the entry."
        )
    if who.parties:
        verb = "gets" if who.parties == 1 else "get"
        parties = counted(who.parties, "party,parties")
        words.append(f"{parties} on the waitlist {verb} an e-mail.")
    if who.unreachable:
        words.append(of_the_unreachable(who))
    return words or ["Nobody has a ticket or is on the waitlist, so no e-mail goes out."]


def of_the_unreachable(who: People) -> str:
    verb = "has" if who.unreachable == 1 else "have"
    return f"{counted(who.unreachable, 'ticket')} {verb} no e-mail address: a task asks to call."


def of_the_wiping(event: Event, who: People, *, at: datetime) -> list[str]:
    """What happens to the venue of a canceled event."""
    days = counted(settings.CANCELLED_PLACE_DAYS, "day")
    if event.is_secret and reveal.is_revealed(event, at=at):
        whom = audience(is_everyones(event, at), who.guests)
        words = [
            f"The venue has been revealed to {whom}. Their pages close, but what was read can’t "
            f"be taken back. It is wiped after {days}."
        ]
    elif event.is_secret:
        words = [f"The venue is never revealed, and is wiped after {days}."]
    else:
        words = [f"Its venue is wiped after {days}."]
    return [*words, IRREVOCABLE]


def of_silence(who: People) -> list[str]:
    if not who.total:
        return ["Nobody has a ticket or is on the waitlist, so no e-mail is needed."]
    verb = "has a ticket or is" if who.total == 1 else "have tickets or are"
    return [f"No e-mail goes out, although {people(who.total)} {verb} on the waitlist."]
