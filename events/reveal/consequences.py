"""What a change of an event means to people, in sentences: the words of foresight.py.

Each function takes the event as it is and as it would be, and answers with the sentences of one
matter. None of them says anything of a place.
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

IRREVOCABLE = "What is told cannot be unsaid."


@dataclass(frozen=True)
class Limit:
    """A limit as it would be, and how many chairs are sold or being paid for below it."""

    what: str
    limit: int
    taken: int


def is_everyones(event: Event, at: datetime) -> bool:
    """Whether it is everybody, not only holders, who may know the place once it is told."""
    is_over = event.audience == Event.Audience.EVERYONE_AFTER and event.is_past(at)
    return event.lead is None or event.audience == Event.Audience.EVERYONE_AT_T or is_over


def audience(is_everyones: bool, guests: int) -> str:
    """ "214 people"; "everyone, 214 guests among them"."""
    if not is_everyones:
        return people(guests)
    return f"everyone, {counted(guests, 'guest')} among them"


def of_time(before: Event, after: Event, changed: Sequence[str]) -> list[str]:
    """Start and end, and what follows them wherever they go."""
    words = []
    if "starts_at" in changed:
        words.append(
            f"It starts on {exactly(after.starts_at)}, no longer on {exactly(before.starts_at)}."
        )
        links = DoorLink.objects.filter(event_id=after.pk, revoked_at__isnull=True).count()
        if links:
            verb = "follows" if links == 1 else "follow"
            words.append(f"{counted(links, 'door link')} {verb}: good around the new hours.")
    if "ends_at" in changed:
        words.append(f"It ends on {exactly(after.ends_at)}.")
    if words:
        words.append(
            "Calendars that follow ours change the entry they have; the file on each ticket does "
            "so when it is opened again."
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
    """When the place is told, and to whom. `at_once`: saving tells it."""
    words = []
    whom = audience(is_everyones(after, at), who.guests)
    if "lead" in changed and after.lead is None:
        words.append("The place is no secret any more: it stands on the event's public page.")
    if at_once:
        instant = f"Its instant, {exactly(after.opens_at)}, has passed: " if after.lead else ""
        begins = "saving" if instant else "Saving"
        words.append(f"{instant}{begins} reveals the place at once, to {whom}. {IRREVOCABLE}")
        if writes_the_place(before, after):
            words.append(f"{counted(who.letters, 'letter')} with the place leave within minutes.")
            words += [of_the_unreachable(who)] if who.unreachable else []
    elif after.is_secret and not after.is_past(at):
        words += _later(before, after, changed, whom, at)
    if before.reveal_held_at and {"starts_at", "lead", "audience", "state"} & {*changed}:
        held = reveal.held_words(before, at=at)
        words.append(f"The reveal is {held}: nobody learns the venue until it is released.")
    if "audience" in changed and not at_once:
        words.append(f"Who learns the place: {after.get_audience_display()}.")
    if "volunteers_at" in changed:
        words.append(_volunteers(after, at))
    return words


def writes_the_place(before: Event, after: Event) -> bool:
    """Whether a reveal at once is R = 1, which every holder is written to about."""
    return after.lead is not None and before.reveal_version == 0


def _later(before, after, changed, whom: str, at) -> list[str]:
    if reveal.is_told(before, at=at):
        return (
            ["The place has been told and stays told; nobody is told it a second time."]
            if {"starts_at", "lead"} & {*changed}
            else []
        )
    if before.opens_at == after.opens_at or after.opens_at <= at:
        return []
    span = in_words(max(after.opens_at - at, timedelta(minutes=1)))
    held = " once the hold on it is released" if after.reveal_held_at else ""
    return [f"This reveals the place in {span}, on {exactly(after.opens_at)}, to {whom}{held}."]


def _volunteers(after, at) -> str:
    links = DoorLink.objects.filter(event_id=after.pk, revoked_at__isnull=True).count()
    instant = after.volunteers_at or after.opens_at
    if instant is None:
        return "Door volunteers learn the place with everyone."
    when = "at once" if instant <= at else f"on {exactly(instant)}"
    verb = "learns" if links == 1 else "learn"
    return f"{counted(links, 'door volunteer')} {verb} the place {when}."


def of_the_state(before: Event, after: Event, who: People, *, at: datetime) -> list[str]:
    """Published, or taken back to a draft; and the instant from which it is seen."""
    was, will = before.is_published(at), after.is_published(at)
    if was and not will:
        until = "" if after.state == Event.State.DRAFT else f" until {exactly(after.publish_at)}"
        words = [
            f"Its page disappears{until}, and nobody can buy. {_holding(who.guests)} and "
            f"{'is' if who.guests == 1 else 'are'} not told."
        ]
        if after.state == Event.State.DRAFT:
            words.append("The place is told to nobody while it is a draft.")
        return words
    if will and not was:
        return [f"Its page appears at once. {_holding(who.guests)} already."]
    if after.state != Event.State.DRAFT and before.publish_at != after.publish_at and not will:
        return [f"Its page appears on {exactly(after.publish_at)}."]
    return []


def _holding(guests: int) -> str:
    return f"{counted(guests, 'guest')} {'holds a ticket' if guests == 1 else 'hold tickets'}"


def of_the_area(after: Event) -> list[str]:
    return [f"The public area becomes “{after.area}”, on its page and in every calendar file."]


def of_the_room(before: Event, after: Event, who: People) -> list[str]:
    """More chairs, or no limit. A lower limit is told by `of_limits`."""
    if after.capacity is not None and before.capacity is not None:
        if after.capacity < before.capacity:
            return []
        words = f"The room holds {after.capacity}, no longer {before.capacity}."
    elif after.capacity is None:
        words = "The room has no limit of its own any more; the kinds of ticket keep theirs."
    else:
        return []
    if who.parties:
        parties = counted(who.parties, "party,parties")
        verb, whose = ("is", "its") if who.parties == 1 else ("are", "their")
        words += (
            f" {parties} on the waiting list {verb} offered what becomes free, in {whose} turn."
        )
    return [words]


def of_limits(limits: Sequence[Limit]) -> list[str]:
    """Limits that become smaller, with what is taken of them."""
    return [
        f"{low.what} would be limited to {low.limit}, and {low.taken} are sold or being paid for. "
        "Nobody is cancelled; no more can be had until enough of them are returned."
        if low.taken > low.limit
        else f"{low.what} would be limited to {low.limit}; {low.taken} are sold or being paid for."
        for low in limits
    ]


def of_letters(who: People) -> list[str]:
    """Who is written to about a new start."""
    words = []
    if who.guests:
        verb = "is" if who.guests == 1 else "are"
        words.append(
            f"{counted(who.guests, 'guest')} {verb} told by {counted(who.letters, 'letter')}, one "
            "for each address, with a calendar file that changes the entry."
        )
    if who.parties:
        verb = "is" if who.parties == 1 else "are"
        words.append(f"{counted(who.parties, 'party,parties')} on the waiting list {verb} told.")
    if who.unreachable:
        words.append(of_the_unreachable(who))
    return words or ["Nobody holds a ticket and nobody waits, so nobody is written to."]


def of_the_unreachable(who: People) -> str:
    verb = "has" if who.unreachable == 1 else "have"
    return f"{counted(who.unreachable, 'ticket')} {verb} no address: a task asks to telephone."


def of_the_wiping(event: Event, who: People, *, at: datetime) -> list[str]:
    """What becomes of the place of an event that is cancelled."""
    days = counted(settings.CANCELLED_PLACE_DAYS, "day")
    if event.is_secret and reveal.is_told(event, at=at):
        whom = audience(is_everyones(event, at), who.guests)
        words = [
            f"The place has been told to {whom}. Their pages close; it cannot be unseen. It is "
            f"wiped after {days}."
        ]
    elif event.is_secret:
        words = [f"The place is told to nobody, ever, and wiped after {days}."]
    else:
        words = [f"Its place is wiped after {days}."]
    return [*words, "This cannot be taken back."]


def of_silence(who: People) -> list[str]:
    if not who.told:
        return ["Nobody holds a ticket and nobody waits, so nobody has to be told."]
    verb = "holds a ticket or waits" if who.told == 1 else "hold tickets or wait"
    return [f"Nobody is written to about it; {people(who.told)} {verb}."]
