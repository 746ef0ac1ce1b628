"""What somebody writes to us is saved first and mailed second, and is never lost."""

import hashlib
import logging
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.db import IntegrityError, transaction

from nsca.lib.mail import mail
from pages.content.particulars import particulars
from pages.models import Message

log = logging.getLogger(__name__)


def receive(*, name: str, email: str, about: str, text: str, key: str, at: datetime) -> Message:
    """Save a message and put two mails into the outbox, for staff and for the sender, in one
    transaction.

    The same words from the same form are one message, however often they are sent: `key` names the
    form. Where the mails cannot be written, the message stays, and staff find it in the admin.
    """
    name, about = " ".join(name.split()), " ".join(about.split())
    submission_key = _submission_key(key, name, email, about, text)
    try:
        with transaction.atomic():
            message = Message.objects.create(
                name=name,
                email=email,
                about=about,
                text=text,
                submission_key=submission_key,
                received_at=at,
            )
            _post_both(message)
    except IntegrityError:  # the second of two clicks
        return Message.objects.get(submission_key=submission_key)
    return message


def _submission_key(key: str, *words: str) -> str:
    """Other words from the same form (Back, a second thought, Send) are another message."""
    return hashlib.blake2b("\x1f".join((key, *words)).encode(), digest_size=24).hexdigest()


def _post_both(message: Message) -> None:
    for post in (_post_to_staff, _post_to_sender):
        try:
            with transaction.atomic():
                post(message)
        except Exception:
            # Whatever is wrong with a mail, the message itself is kept.
            log.exception("no mail could be written about message %s", message.pk)


def staff_address() -> str:
    """Where messages for the office go: the staff's own address, the public one, or the sender of
    all our mail.
    """
    site = particulars()
    return site.staff_email or site.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _post_to_staff(message: Message) -> None:
    mail.post(
        "contact_staff",
        to=staff_address(),
        context={"message": message},
        headers={"Reply-To": message.email},
    )


def _post_to_sender(message: Message) -> None:
    # None of the sender's words are in it: whoever types in another person's address must not be
    # able to write to that person in our name.
    mail.post(
        "contact_received",
        to=message.email,
        context={"message": message},
        headers={"Auto-Submitted": "auto-replied"},  # RFC 3834: no machine answers it
    )
