"""Forgetting somebody at their wish: the name goes, the amounts stay.

Whoever asks has a week to think again, and longer where they hold a ticket: the door must know
its guests. What is not ours to end (a card that is charged again and again, a sign-in of staff) is
theirs to end first. What stays, and why, is in docs/handbook/members.md and on the page that asks.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from post_office.models import STATUS, Email

from membership.models import ErasureWish, Person, User
from membership.privacy import kept_here
from membership.privacy.personal_data import Wait, everything, subject_of, waits_of
from nsca.lib.mail import mail
from nsca.lib.timing import day_of

log = logging.getLogger(__name__)

THINK_AGAIN = timedelta(days=7)
ASK_AGAIN = timedelta(days=1)  # after a try that had to wait for something without an end
AT_ONCE = 20  # wishes in one round of the ticker
TRIES_LAST = timedelta(days=3)  # of the mail that confirms it
DONE = "erasure_done"  # the confirmation, which names nobody
SUBJECT = "Your record is erased"  # by which it is found in the outbox, where all else is sealed


class NotYet(Exception):
    """Something must be over first; its `waits` are for the person."""

    def __init__(self, waits: list[Wait]):
        super().__init__(" ".join(wait.words for wait in waits))
        self.waits = waits


def waits_for(person: Person, *, at: datetime) -> list[Wait]:
    """What must be over before this person is forgotten."""
    return waits_of(subject_of(person), at=at)


def ask(person: Person, *, at: datetime, by: User | None = None) -> ErasureWish:
    """Note the wish, and write to them when it comes true. Asked twice, the first day holds.

    Raises NotYet where they have to end something themselves.
    """
    waits = waits_for(person, at=at)
    theirs = [wait for wait in waits if wait.until is None]
    if theirs:
        raise NotYet(theirs)
    due_at = max([at + THINK_AGAIN, *(wait.until for wait in waits)])
    with transaction.atomic():
        wish, is_new = ErasureWish.objects.get_or_create(
            person=person, defaults={"asked_at": at, "due_at": due_at, "asked_by": by}
        )
        own = person.email or (person.user.email if person.user else "")
        to = own or (by.email if by else "")
        if is_new and to:
            mail.post(
                "erasure_asked",
                to=to,
                context={
                    "whom": "you" if own else person.name,
                    "record": "your record" if own else f"the record of {person.name}",
                    "due_at": wish.due_at,
                    "url": urljoin(settings.SITE_URL, reverse("membership:data")),
                },
            )
    return wish


def keep(person: Person) -> bool:
    """They thought again. Whether there was a wish."""
    return bool(ErasureWish.objects.filter(person=person).delete()[0])


def forget(person: Person, *, at: datetime) -> str:
    """Forget a person now; what is written where the name was. Twice is once.

    Raises NotYet.
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
    """Tell whoever asked, and keep no copy: past the outbox, unless the mail server is away."""
    try:
        mail.send_now(DONE, to=to, context={"subject": SUBJECT})
    except mail.NoSuchAddress:
        return
    except Exception as error:  # noqa: BLE001 - the mail server's own; its words repeat addresses
        log.warning("erasure: the confirmation waits: %s", type(error).__name__)
        mail.post(DONE, to=to, context={"subject": SUBJECT})


def _address_for(person: Person) -> str:
    """Where the confirmation goes: their own address, else that of whoever asked for them."""
    if person.email or person.user:
        return person.email or person.user.email
    wish = ErasureWish.objects.filter(person=person).select_related("asked_by").first()
    return wish.asked_by.email if wish and wish.asked_by else ""


def forget_sent(*, at: datetime) -> int:
    """A confirmation that had to wait in the outbox names the address that was just forgotten: it
    goes once it was sent, and after TRIES_LAST in any case. Returns how many went.
    """
    ours = Email.objects.filter(subject=SUBJECT)
    over = Q(status=STATUS.sent) | Q(created__lte=at - TRIES_LAST)
    return ours.filter(over).delete()[0]


def tick(at: datetime) -> int:
    """Make the wishes true that are due, and let go of letters that nobody asks for any more."""
    kept_here.forget_old_statements(on=day_of(at))
    forget_sent(at=at)
    due = ErasureWish.objects.filter(due_at__lte=at).select_related("person").order_by("due_at")
    done = 0
    for wish in due[:AT_ONCE]:
        try:
            forget(wish.person, at=at)
            done += 1
        except NotYet as reason:
            ends = [wait.until for wait in reason.waits if wait.until]
            wish.due_at = max([at + ASK_AGAIN, *ends])
            wish.save(update_fields=["due_at"])
    return done
