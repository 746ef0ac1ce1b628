"""Contact messages: saved first, e-mailed second, never lost."""

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
    """Save a message and queue e-mails to staff and to the sender in one transaction.

    The same text from the same form (`key`) is one message, however often it is sent. If the
    e-mails cannot be made, the message stays, and staff find it in the admin.
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
    """A key per form and text: other text from the same form is another message."""
    return hashlib.blake2b("\x1f".join((key, *words)).encode(), digest_size=24).hexdigest()


def _post_both(message: Message) -> None:
    for post in (_post_to_staff, _post_to_sender):
        try:
            with transaction.atomic():
                post(message)
        except Exception:
            # Whatever is wrong with an e-mail, keep the message itself.
            log.exception("no mail could be written about message %s", message.pk)


def staff_address() -> str:
    """The address for messages to the office: staff, else public, else the sender of our mail."""
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
    # It contains none of the sender's text, so that nobody can use the form to write to another
    # person in our name.
    mail.post(
        "contact_received",
        to=message.email,
        context={"message": message},
        headers={"Auto-Submitted": "auto-replied"},  # RFC 3834: keeps machines from answering
    )
