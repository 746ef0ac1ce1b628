"""Which letters somebody gets: a decision a topic, by themselves, in words that are kept.

The newsletter's list is kept by another app (it has readers who are no members, and asks each
mailbox first): nsca/hooks.py registers how to look an address up, and how to follow a decision.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from membership.models import Consent, Person, User

# What stands beside each box, and is kept with the decision.
WORDS = {
    Consent.Topic.NEWSLETTER: (
        "The newsletter",
        "Four times a year: what the committees did, what comes next.",
    ),
    Consent.Topic.NEWS_FLASH: (
        "The News Flash",
        "A short mail when something cannot wait for the next newsletter.",
    ),
    Consent.Topic.EVENTS: (
        "Invitations to events",
        "When tickets open, and when places are left.",
    ),
}
ALWAYS = (
    "Receipts, tickets, sign-in codes, and the reminders that a membership ends come always: they "
    "belong to what you bought or asked for."
)


class Reading:
    """A list that is kept elsewhere, by address."""

    def says(self, email: str) -> bool | None:
        """Whether this address is on the list, or was asked; None where it never was."""
        raise NotImplementedError

    def follow(self, email: str, *, is_given: bool, at: datetime, is_proven: bool = False) -> None:
        """Let the list follow a decision; it may ask the mailbox first. Not where `is_proven`:
        whoever decided reads that mailbox, and signed in with it.
        """
        raise NotImplementedError


_lists: dict[str, Reading] = {}


def register(topic: str, reading: Reading) -> None:
    """Called by nsca/hooks.py with the list of a topic that another app keeps."""
    _lists[topic] = reading


@dataclass(frozen=True)
class Choice:
    """One topic as the page shows it."""

    topic: str
    title: str
    text: str
    is_given: bool
    last: Consent | None


def words_of(topic: str) -> str:
    """The words that are kept with a decision."""
    title, text = WORDS[Consent.Topic(topic)]
    return f"{title}. {text}"


def choices_of(person: Person) -> list[Choice]:
    """Every topic with what holds. A list that is kept elsewhere knows best."""
    last = Consent.objects.last_of(person)
    found = []
    for topic, (title, text) in WORDS.items():
        known, reading = last.get(topic), _lists.get(topic)
        is_given = known is not None and known.is_given
        if reading and person.email:
            says = reading.says(person.email)
            is_given = is_given if says is None else says
        found.append(Choice(topic, title, text, is_given, known))
    return found


def decide(
    person: Person,
    wanted: dict[str, bool],
    *,
    how: str = Consent.How.MEMBER,
    at: datetime,
    by: User | None = None,
    is_proven: bool = False,
) -> list[Consent]:
    """Write down what changed, a row a topic, and let the lists follow. What stays as it is
    leaves no row. `is_proven`: they signed in with the address that the lists write to, so no
    mailbox has to be asked for a second yes.
    """
    written = []
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        for choice in choices_of(person):
            is_given = wanted.get(choice.topic, choice.is_given)
            if is_given == choice.is_given:
                continue
            row = Consent(
                person=person,
                topic=choice.topic,
                is_given=is_given,
                at=at,
                words=words_of(choice.topic),
                how=how,
                by=by,
            )
            row.save()
            written.append(row)
            reading = _lists.get(choice.topic)
            if reading and person.email:
                reading.follow(person.email, is_given=is_given, at=at, is_proven=is_proven)
    return written


def ask_mailbox(topic: str, email: str, *, at: datetime) -> None:
    """Somebody typed an address and ticked a topic, and nobody knows yet whose address it is: a
    list of our own asks the mailbox; without one nothing is sent.
    """
    reading = _lists.get(topic)
    if reading and email:
        reading.follow(email, is_given=True, at=at)


def left_by_link(topic: str, email: str, *, at: datetime) -> None:
    """A list was left by the link in one of its letters: the decision is everybody's who has the
    address.
    """
    for person in Person.objects.with_address(email).living():
        last = Consent.objects.last_of(person).get(topic)
        if last is not None and last.is_given:
            Consent.objects.create(
                person=person,
                topic=topic,
                is_given=False,
                at=at,
                words="Left by the link in a letter.",
                how=Consent.How.LINK,
            )
