"""What writing another venue would do, in sentences, before it is written."""

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

STALE = "Meanwhile something changed. Please read again: this is how it stands now."


@dataclass(frozen=True)
class Outlook:
    """What will happen. `told`: how many people get a letter. `reveals_now`: saving tells the
    place at once, and needs a yes of its own.
    """

    sentences: tuple[str, ...] = ()
    told: int = 0
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
        """What the page was written from, to say later what has changed since."""
        return reveal.key_of(self.facts) if self.facts else ""

    def changes_since(self, shown: str, event: Event, *, at: datetime) -> list[str]:
        """What is not as an earlier page (its `shown`) said, in sentences."""
        return reveal.what_changed(reveal.shown_in(shown), event, self.facts, at=at)

    @property
    def button(self) -> str:
        return f"Yes, save and tell {people(self.told)}" if self.told else "Yes, save"

    @property
    def yes_words(self) -> str:
        """The label of the box that lets the place out."""
        return f"Yes, reveal the place now, to {audience(self.to_everyone, self.guests)}"

    def is_confirmed(self, posted) -> bool:
        """Whether a form that came back says yes to exactly this."""
        has_yes = not self.reveals_now or bool(posted.get("yes_reveal"))
        return posted.get("confirmed") == self.key and has_yes


def foresee_place(event: Event, *, at: datetime) -> Outlook:
    """What writing another place would do. Empty before T: then it is silent, and nobody is told.

    It says nothing of the place, nor whether there is one.
    """
    if not event.is_secret or not _is_due(event, at):
        return Outlook()
    who = people_of(event)
    told = reveal.is_told(event, at=at)
    everyone = is_everyones(event, at)
    is_held = event.reveal_held_at is not None
    sentences = []
    if is_held:
        sentences.append(
            f"The reveal is {reveal.held_words(event, at=at)}: nobody reads the venue, and no "
            "letter leaves, until it is released."
        )
    if told:
        sentences += [
            f"The place has been told. {counted(who.guests, 'guest')} must be told that it is "
            f"another one, by {counted(who.letters, 'letter')}; CHANGED stands first in the "
            "subject.",
            f"Their pages show the new one {'then' if is_held else 'at once'}, and the old one "
            "struck through.",
            "Letters about the old one that have not left yet are not sent any more.",
        ]
    elif not is_held:
        whom = audience(everyone, who.guests)
        sentences.append(f"The instant has come: the place is told at once to {whom}.")
    if everyone and told:
        sentences.append("Everyone reads it on the public page.")
    if who.unreachable:
        sentences.append(consequences.of_the_unreachable(who))
    sentences += [] if is_held else [IRREVOCABLE]
    facts = _facts(event, who)
    return Outlook(
        sentences=tuple(sentences),
        told=0 if is_held else who.guests,
        guests=who.guests,
        key=key_of([who, told, facts]),
        facts=facts,
    )


def _facts(event: Event, who: People) -> dict[str, Any]:
    return reveal.facts_of(event, act="outlook", guests=who.guests)


def _is_due(event, at) -> bool:
    is_on = event.state == Event.State.PUBLISHED and not event.is_past(at)
    return is_on and (event.opens_at <= at or event.reveal_version > 0)


def key_of(facts) -> str:
    """A short word for facts that were shown, to see later whether they are the same."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def lead_words(event: Event) -> str:
    """ "Ticket holders learn the place on Wednesday, May 19, 2027 at 6:00 p.m. EDT, 24 hours
    before the start.".
    """
    if event.lead is None:
        return "The place is no secret: it is on the event's page as soon as it is entered."
    everyone = event.audience == Event.Audience.EVERYONE_AT_T
    who = "Everyone learns" if everyone else "Ticket holders learn"
    before = in_words(event.lead)
    return f"{who} the place on {exactly(event.opens_at)}, {before} before the start."
