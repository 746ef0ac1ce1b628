"""E-mails, written to the outbox in the same transaction as the reason for them.

Each e-mail is a pair in templates/mail: <name>.txt, whose first line is the subject, and
<name>.html with the same words.
"""

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from post_office import mail as outbox

from nsca.lib.mail.addresses import valid_address
from nsca.lib.mail.letterhead import letterhead

log = logging.getLogger(__name__)

# Marks that change the writing direction of what follows (Unicode UAX #9), address included.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# The outbox stores recipients as one comma-separated text and looks for the address in the first
# pair of angle brackets, even if they are in a name.
_STRANGE_TO_THE_OUTBOX = str.maketrans(dict.fromkeys('<>,;"\\', " "))
_STRANGE_IN_AN_ADDRESS = frozenset('<>,"\\')


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class MailMessage:
    """One rendered e-mail: subject, plain text, HTML."""

    subject: str
    text: str
    html: str


def render_mail(name: str, context: dict) -> MailMessage:
    """Render a pair of templates. The first line of the plain text is the subject."""
    full = {"site_url": settings.SITE_URL, "letterhead": letterhead(), **context}
    subject, _, text = render_to_string(f"mail/{name}.txt", full).strip().partition("\n")
    return MailMessage(
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
        html=render_to_string(f"mail/{name}.html", full),
    )


def message_of(
    mail: MailMessage, *, to: str, headers: dict[str, str] | None = None
) -> EmailMultiAlternatives:
    """An e-mail that bypasses the outbox; `to` as written by `recipient`."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={"Auto-Submitted": "auto-generated"} | (headers or {}),
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def send_now(name: str, *, to: str, context: dict) -> None:
    """Send an e-mail at once, with no copy in the outbox. Never inside a transaction.

    Raises NoSuchAddress, and whatever the mail server raises.
    """
    message = message_of(render_mail(name, context), to=recipient(to))
    message.connection = get_connection(settings.OUTGOING_EMAIL_BACKEND)
    message.send()


class NoSuchAddress(ValueError):
    """It passed a form as an address, but no e-mail can be sent there."""


def recipient(to: str, name: str = "") -> str:
    """One recipient, written so that e-mail headers and the outbox can hold any name.

    The name is put on one line without direction marks; a non-ASCII domain is written in IDNA (RFC
    5891). Raises NoSuchAddress.
    """
    kept = (" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in name)
    kept = (sign for sign in kept if sign not in _TURNING)
    name = " ".join("".join(kept).translate(_STRANGE_TO_THE_OUTBOX).split())
    try:
        address = valid_address(to)
    except ValidationError as error:
        raise NoSuchAddress from error
    if set(address) & _STRANGE_IN_AN_ADDRESS:
        raise NoSuchAddress
    return formataddr((name, address)) if name else address


def post(
    name: str,
    *,
    to: str,
    context: dict,
    to_name: str = "",
    attachments: Sequence[Attachment] = (),
    headers: dict[str, str] | None = None,
    urgent: bool = False,
    patient: bool = False,
) -> None:
    """Put an e-mail into the outbox; the ticker sends it.

    `urgent` e-mails go first; `patient` ones go last: one of thousands, which nobody waits for. If
    the address is unusable, nothing is sent or raised: an e-mail must never block a payment.
    """
    try:
        to = recipient(to, to_name)
    except NoSuchAddress:
        log.warning("mail %s: the address cannot be written to", name)
        return
    mail = render_mail(name, context)
    outbox.send(
        recipients=[to],
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=mail.subject,
        message=mail.text,
        html_message=mail.html,
        headers=headers or None,
        priority="high" if urgent else "low" if patient else "medium",
        attachments={
            a.name: {"file": ContentFile(a.content), "mimetype": a.mimetype} for a in attachments
        }
        or None,
    )
