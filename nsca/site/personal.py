"""A person's data on the site's pages, and the newsletter's list.

For membership/privacy/personal_data.py and membership/people/consents.py. Here, because pages and
membership know nothing of each other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from membership.models import Consent
from membership.people import consents
from membership.privacy.personal_data import PersonalData, Subject, exported
from pages.models import Message, Subscriber
from pages.newsletter import subscribing


class PagesPersonalData(PersonalData):
    """Messages and the newsletter."""

    title = "Your messages and the newsletter"

    def export(self, subject: Subject, *, at: datetime) -> Sequence[dict[str, Any]]:
        rows = [
            {"what": "Message to us", **exported(message)}
            for message in Message.objects.filter(subject.theirs("email", "name"))
        ]
        return rows + [
            {"what": "Newsletter", **exported(one)}
            for one in Subscriber.objects.filter(email__in=subject.addresses)
        ]

    def erase(self, subject: Subject, *, at: datetime) -> None:
        Message.objects.filter(subject.theirs("email", "name")).delete()
        Subscriber.objects.filter(email__in=subject.own).delete()


class NewsletterList(consents.Reading):
    """The newsletter as a member's decision reaches it.

    A new address must be confirmed by e-mail, unless its owner signed in with it and checked the
    box for it.
    """

    def says(self, email: str) -> bool | None:
        one = Subscriber.objects.filter(email=email).first()
        return None if one is None else one.left_at is None

    def follow(self, email: str, *, is_given: bool, at: datetime, is_proven: bool = False) -> None:
        if is_given and is_proven:
            subscribing.subscribe(email=email, at=at)
            return
        if is_given:
            subscribing.ask(email=email, at=at)
            return
        one = Subscriber.objects.filter(email=email, left_at__isnull=True).first()
        if one is not None:
            subscribing.leave(token=one.token, at=at)


def left_the_newsletter(email: str, *, at: datetime) -> None:
    """Anyone who unsubscribes by the link in an e-mail has decided as a member, too."""
    consents.left_by_link(Consent.Topic.NEWSLETTER, email, at=at)
