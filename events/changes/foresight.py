"""What will happen if staff save: sentences with numbers of people, before anything is saved.

Compares an event as it is with the event as it would be. What was read is what is done: each
outlook has a key made from its facts, and saving needs that key. If somebody bought or saved in
the meantime, the key differs and the page comes again.
"""

from collections.abc import Sequence
from datetime import datetime

from events.changes import windows
from events.models import Event
from events.reveal import consequences
from events.reveal.consequences import Limit, is_everyones
from events.reveal.outlook import Outlook, _facts, key_of
from events.reveal.people import People, people_of
from nsca.lib.text.counting import counted

# Fields whose change concerns people who already know the event.
WATCHED = (
    "starts_at", "ends_at", "lead", "audience", "volunteers_at", "state", "publish_at", "area",
    "capacity", *windows.OF_THE_EVENT,
)  # fmt: skip
# Fields that decide whether the venue is revealed at an instant.
ABOUT_THE_REVEAL = ("starts_at", "ends_at", "lead", "audience", "state")


def foresee(
    before: Event,
    after: Event,
    *,
    at: datetime,
    limits: Sequence[Limit] = (),
    kinds: Sequence[str] = (),
    extra: Sequence[str] = (),
) -> Outlook:
    """What saving `after` over `before` would do at an instant. Empty where it concerns nobody.

    `limits`: those of ticket types and suppers that the form changes; `kinds`: sentences about
    when ticket types are sold (windows.py). `extra`: sentences that an act adds (refunds,
    deadlines); with them there is always something to ask.
    """
    changed = [name for name in WATCHED if getattr(before, name) != getattr(after, name)]
    who = people_of(before)
    at_once = reveals_now(before, after, at=at)
    sentences: list[str] = []
    if _concerns(before, after, who, at) or at_once:
        sentences += consequences.of_time(before, after, changed)
        sentences += consequences.of_the_secret(
            before, after, changed, who, at=at, at_once=at_once
        )
        sentences += consequences.of_the_state(before, after, who, at=at)
        sentences += consequences.of_the_area(after) if "area" in changed else []
        sentences += consequences.of_the_room(before, after, who) if "capacity" in changed else []
        sentences += windows.sentences(before, after, guests=who.guests, at=at)
        sentences += [*kinds, *consequences.of_limits(limits)]
    mailed = 0
    if is_announced(before, after, at=at):
        hearing = people_of(before, with_disputed=True)
        mailed = hearing.total
    if mailed:
        sentences += consequences.of_mails(hearing)
    elif sentences and not (at_once and consequences.writes_the_venue(before, after)):
        sentences += consequences.of_silence(who)
    sentences += extra
    facts = [tuple(limits), tuple(kinds), tuple(extra), mailed]
    return Outlook(
        sentences=tuple(sentences),
        mailed=mailed,
        reveals_now=at_once,
        to_everyone=is_everyones(after, at),
        guests=who.guests,
        key=_key(before, after, who, at_once, facts),
        facts=_facts(before, who) if before.pk else {},
    )


def foresee_canceling(event: Event, *, at: datetime) -> list[str]:
    """What canceling would do, apart from refunds: sentences, the last of which is grave."""
    who = people_of(event, with_disputed=True)
    sentences = ["Its page says that it is canceled, and sales stop."]
    if who.guests:
        sentences.append(
            f"{counted(who.guests, 'guest')} {'gets' if who.guests == 1 else 'get'} an e-mail "
            f"({counted(who.mails, 'e-mail')}, one per address) with a calendar file that "
            "removes the entry."
        )
    if who.parties:
        parties = counted(who.parties, "party,parties")
        verb = "gets" if who.parties == 1 else "get"
        sentences.append(f"{parties} on the waitlist {verb} an e-mail, and the waitlist closes.")
    if who.unreachable:
        sentences.append(consequences.of_the_unreachable(who))
    if not who.total:
        sentences.append("Nobody has a ticket or is on the waitlist, so no e-mail goes out.")
    return [*sentences, *consequences.of_the_wiping(event, who, at=at)]


def as_changed(event: Event, fields: dict) -> Event:
    """A copy of an event with some fields changed; it is not saved."""
    values = {f.attname: getattr(event, f.attname) for f in event._meta.concrete_fields}
    return Event(**values | fields)


def is_announced(before: Event, after: Event, *, at: datetime) -> bool:
    """Whether everybody gets an e-mail: the start of a published event that is not
    over changes.
    """
    return (
        before.starts_at != after.starts_at
        and before.state == after.state == Event.State.PUBLISHED
        and before.publish_at <= at
        and not (before.is_past(at) and after.is_past(at))
    )


def _concerns(before, after, who: People, at) -> bool:
    """Whether the change concerns anybody: not for past events or drafts without tickets."""
    is_known = before.state == Event.State.PUBLISHED or who.guests > 0
    return is_known and not (before.is_past(at) and after.is_past(at))


def _is_open(event: Event, at) -> bool:
    """Whether holders, or everyone, may know the venue at an instant."""
    if event.state != Event.State.PUBLISHED:
        return False
    return event.lead is None or (event.reveal_held_at is None and event.opens_at <= at)


def reveals_now(before: Event, after: Event, *, at: datetime) -> bool:
    """Whether saving reveals the venue at once to people who may not know it yet."""
    if not _is_open(after, at):
        return False
    if before.lead is None and before.state == Event.State.PUBLISHED:
        return False  # it was not secret
    if after.lead is None and before.lead is None:
        return False  # a draft without a secret is published
    if not _is_open(before, at):
        return not before.reveal_version or is_everyones(after, at)
    return is_everyones(after, at) and not is_everyones(before, at)


def _key(before, after, who, at_once, beside) -> str:
    """A key of the facts, never of words that change by the minute ("in 3 minutes")."""
    facts = [
        who,
        at_once,
        beside,
        before.updated_at,
        before.reveal_version,
        before.reveal_held_at,
        *((getattr(before, name), getattr(after, name)) for name in WATCHED),
    ]
    return key_of(facts)
