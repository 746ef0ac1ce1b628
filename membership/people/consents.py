"""Which e-mails somebody gets: one decision per topic, stored with the words they agreed to.

Another app keeps the newsletter's list, which also has readers who are not members and asks each
mailbox first. nsca/hooks.py registers how to look up an address and follow a decision.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from membership.models import Consent, Person, User

# The words beside each checkbox, stored with the decision.
WORDS = {
    Consent.Topic.NEWSLETTER: (
        "The newsletter",
        "Four times a year: what the committees did and what’s next.",
    ),
    Consent.Topic.NEWS_FLASH: (
        "The News Flash",
        "A short e-mail when something can’t wait for the next newsletter.",
    ),
    Consent.Topic.EVENTS: (
        "Invitations to events",
        "When tickets go on sale, and when there are seats left.",
    ),
}
ALWAYS = (
    "Receipts, tickets, sign-in codes and renewal reminders: they belong to what you bought or "
    "asked for."
)


class Reading:
    """A list that another app keeps by address."""

    def says(self, email: str) -> bool | None:
        """Whether this address is on the list or was asked; None if it never was."""
        raise NotImplementedError

    def follow(self, email: str, *, is_given: bool, at: datetime, is_proven: bool = False) -> None:
        """Apply a decision to the list; it may ask the mailbox first unless `is_proven`."""
        raise NotImplementedError


_lists: dict[str, Reading] = {}


def register(topic: str, reading: Reading) -> None:
    """Called by nsca/hooks.py with the list of a topic that another app keeps."""
    _lists[topic] = reading


@dataclass(frozen=True)
class Choice:
    """One topic for the page."""

    topic: str
    title: str
    text: str
    is_given: bool
    last: Consent | None


def words_of(topic: str) -> str:
    """The words stored with a decision."""
    title, text = WORDS[Consent.Topic(topic)]
    return f"{title}. {text}"


def choices_of(person: Person) -> list[Choice]:
    """Every topic with the current choice; a list kept elsewhere takes precedence."""
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
    """Record what changed, a row per topic, and update the lists.

    `is_proven`: they signed in with the address the lists use, so no confirmation is needed.
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
    """Ask the mailbox of an unproven address to confirm a topic, if it has a list."""
    reading = _lists.get(topic)
    if reading and email:
        reading.follow(email, is_given=True, at=at)


def left_by_link(topic: str, email: str, *, at: datetime) -> None:
    """Record that a list was left by an e-mail's link, for everybody with the address."""
    for person in Person.objects.with_address(email).living():
        last = Consent.objects.last_of(person).get(topic)
        if last is not None and last.is_given:
            Consent.objects.create(
                person=person,
                topic=topic,
                is_given=False,
                at=at,
                words="Unsubscribed by the link in an e-mail.",
                how=Consent.How.LINK,
            )
