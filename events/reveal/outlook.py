"""What changing the venue would do, in sentences, before it is saved."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events import reveal
from events.models import Event
from events.reveal import consequences
from events.reveal.consequences import IRREVOCABLE, audience, is_everyones
from events.reveal.people import People, people, people_of
from nsca.lib.text.counting import counted
from nsca.lib.timing import exactly, in_words

STALE = "Something changed while you were reading. Please check again: this is the current state."


@dataclass(frozen=True)
class Outlook:
    """What will happen. `told`: how many people get an e-mail. `reveals_now`: saving reveals the
    venue at once, and needs a yes of its own.
    """

    sentences: tuple[str, ...] = ()
    mailed: int = 0
    reveals_now: bool = False
    to_everyone: bool = False
    guests: int = 0
    key: str = field(default="", compare=False)
    facts: dict[str, Any] = field(default_factory=dict, compare=False)  # of the reveal, as it is

    @property
    def is_worth_asking(self) -> bool:
        return bool(self.sentences)

    @property
    def shown(self) -> str:
        """The facts the page was made from, to say later what has changed."""
        return reveal.key_of(self.facts) if self.facts else ""

    def changes_since(self, shown: str, event: Event, *, at: datetime) -> list[str]:
        """What has changed since an earlier page (its `shown`), in sentences."""
        return reveal.what_changed(reveal.shown_in(shown), event, self.facts, at=at)

    @property
    def button(self) -> str:
        return f"Save and e-mail {people(self.mailed)}" if self.mailed else "Save"

    @property
    def yes_words(self) -> str:
        """The label of the checkbox that reveals the venue."""
        return f"Yes, reveal the venue now, to {audience(self.to_everyone, self.guests)}"

    def is_confirmed(self, posted) -> bool:
        """Whether a submitted form says yes to exactly this."""
        has_yes = not self.reveals_now or bool(posted.get("yes_reveal"))
        return posted.get("confirmed") == self.key and has_yes


def foresee_venue(event: Event, *, at: datetime) -> Outlook:
    """What changing the venue would do. Empty before T: then the change is silent.

    It says nothing about the venue, nor whether there is one.
    """
    if not event.is_secret or not _is_due(event, at):
        return Outlook()
    who = people_of(event)
    mailed = reveal.is_revealed(event, at=at)
    everyone = is_everyones(event, at)
    is_held = event.reveal_held_at is not None
    sentences = []
    if is_held:
        sentences.append(
            f"The reveal has been {reveal.held_words(event, at=at)}: nobody sees the venue, and "
            "no e-mail goes out, until the hold is released."
        )
    if mailed:
        sentences += [
            "The venue has been revealed. "
            f"{counted(who.guests, 'guest')} will get {counted(who.mails, 'e-mail')} about the "
            "change; the subject begins with CHANGED.",
            f"Their pages show the new venue {'then' if is_held else 'at once'}, and the old one "
            "struck through.",
            "Unsent e-mails about the old venue are dropped.",
        ]
    elif not is_held:
        whom = audience(everyone, who.guests)
        sentences.append(f"The reveal time has passed: the venue is revealed at once to {whom}.")
    if everyone and mailed:
        sentences.append("Everyone sees it on the public page.")
    if who.unreachable:
        sentences.append(consequences.of_the_unreachable(who))
    sentences += [] if is_held else [IRREVOCABLE]
    facts = _facts(event, who)
    return Outlook(
        sentences=tuple(sentences),
        mailed=0 if is_held else who.guests,
        guests=who.guests,
        key=key_of([who, mailed, facts]),
        facts=facts,
    )


def _facts(event: Event, who: People) -> dict[str, Any]:
    return reveal.facts_of(event, act="outlook", guests=who.guests)


def _is_due(event, at) -> bool:
    is_on = event.state == Event.State.PUBLISHED and not event.is_past(at)
    return is_on and (event.opens_at <= at or event.reveal_version > 0)


def key_of(facts) -> str:
    """A short digest of the facts shown, to check later whether they are the same."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def lead_words(event: Event) -> str:
    """ "Ticket holders learn the venue on Wednesday, May 19, 2027 at 6:00 p.m. EDT, 24 hours
    before the start.".
    """
    if event.lead is None:
        return "The venue is not secret: it appears on the event’s page once it is entered."
    everyone = event.audience == Event.Audience.EVERYONE_AT_T
    who = "Everyone learns" if everyone else "Ticket holders learn"
    before = in_words(event.lead)
    return f"{who} the venue on {exactly(event.opens_at)}, {before} before the start."
