"""Erasing a person at their request: the name goes, the amounts stay.

They have a week to change their mind, longer if they hold a ticket, since the door must know its
guests. They must first end what we cannot end for them: auto-renewal, or a staff sign-in. What
stays and why is in docs/handbook/members.md and on the page that asks.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from post_office.models import STATUS, Email

from membership.models import ErasureRequest, Person, User
from membership.privacy import personal_rows
from membership.privacy.personal_data import Wait, everything, subject_of, waits_of
from nsca.lib.mail import mail
from nsca.lib.timing import day_of

log = logging.getLogger(__name__)

THINK_AGAIN = timedelta(days=7)
ASK_AGAIN = timedelta(days=1)  # after a try that had to wait for something open-ended
AT_ONCE = 20  # requests in one round of the ticker
TRIES_LAST = timedelta(days=3)  # how long the confirmation is tried
DONE = "erasure_done"  # the confirmation, which names nobody
SUBJECT = "Your record is erased"  # finds it in the outbox, where all else is sealed


class NotYet(Exception):
    """Something must end first; its `waits` are for the person."""

    def __init__(self, waits: list[Wait]):
        super().__init__(" ".join(wait.words for wait in waits))
        self.waits = waits


def waits_for(person: Person, *, at: datetime) -> list[Wait]:
    """What must end before this person can be erased."""
    return waits_of(subject_of(person), at=at)


def ask(person: Person, *, at: datetime, by: User | None = None) -> ErasureRequest:
    """Note the request and e-mail its date; asked twice, the first date stays.

    Raises NotYet if they must end something themselves.
    """
    waits = waits_for(person, at=at)
    theirs = [wait for wait in waits if wait.until is None]
    if theirs:
        raise NotYet(theirs)
    due_at = max([at + THINK_AGAIN, *(wait.until for wait in waits)])
    with transaction.atomic():
        asked, is_new = ErasureRequest.objects.get_or_create(
            person=person, defaults={"asked_at": at, "due_at": due_at, "asked_by": by}
        )
        own = person.email or (person.user.email if person.user else "")
        to = own or (by.email if by else "")
        if is_new and to:
            mail.post(
                "erasure_asked",
                to=to,
                context={
                    "record": "your record" if own else f"the record of {person.name}",
                    "due_at": asked.due_at,
                    "url": urljoin(settings.SITE_URL, reverse("membership:data")),
                },
            )
    return asked


def keep(person: Person) -> bool:
    """Withdraw the request; return whether there was one."""
    return bool(ErasureRequest.objects.filter(person=person).delete()[0])


def forget(person: Person, *, at: datetime) -> str:
    """Erase a person now; return what replaces the name. Raises NotYet.

    Doing it twice changes nothing.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        subject = subject_of(person)
        if person.erased_at is not None:
            return subject.pseudonym
        waits = waits_of(subject, at=at)
        if waits:
            raise NotYet(waits)
        to = _address_for(person)
        for each in everything():
            each.erase(subject, at=at)
        if to:
            transaction.on_commit(lambda: _confirm(to))
    return subject.pseudonym


def _confirm(to: str) -> None:
    """Confirm it without keeping a copy: directly, unless the mail server is down."""
    try:
        mail.send_now(DONE, to=to, context={"subject": SUBJECT})
    except mail.NoSuchAddress:
        return
    except Exception as error:  # noqa: BLE001 - the mail server's own; its words repeat addresses
        log.warning("erasure: the confirmation waits: %s", type(error).__name__)
        mail.post(DONE, to=to, context={"subject": SUBJECT})


def _address_for(person: Person) -> str:
    """The address for the confirmation: their own, or that of the person who asked."""
    if person.email or person.user:
        return person.email or person.user.email
    asked = ErasureRequest.objects.filter(person=person).select_related("asked_by").first()
    return asked.asked_by.email if asked and asked.asked_by else ""


def forget_sent(*, at: datetime) -> int:
    """Delete confirmations from the outbox once sent, or after TRIES_LAST; return how many.

    They contain the address that was just erased.
    """
    ours = Email.objects.filter(subject=SUBJECT)
    over = Q(status=STATUS.sent) | Q(created__lte=at - TRIES_LAST)
    return ours.filter(over).delete()[0]


def tick(at: datetime) -> int:
    """Carry out requests that are due, and delete statements nobody may ask for anymore."""
    personal_rows.forget_old_statements(on=day_of(at))
    forget_sent(at=at)
    due = ErasureRequest.objects.filter(due_at__lte=at).select_related("person").order_by("due_at")
    done = 0
    for asked in due[:AT_ONCE]:
        try:
            forget(asked.person, at=at)
            done += 1
        except NotYet as reason:
            ends = [wait.until for wait in reason.waits if wait.until]
            asked.due_at = max([at + ASK_AGAIN, *ends])
            asked.save(update_fields=["due_at"])
    return done
