"""Mail we owe somebody, written to the outbox in the same transaction as the reason for it.

Every mail is a pair: templates/mail/<name>.txt, whose first line is the subject, and
templates/mail/<name>.html.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from post_office import mail as outbox

from nsca.lib.letterhead import letterhead


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Letter:
    """One mail, rendered: subject, plain text, HTML."""

    subject: str
    text: str
    html: str


def render_letter(name: str, context: dict) -> Letter:
    """Render a pair of templates. The subject is the first line of the plain text."""
    full = {"site_url": settings.SITE_URL, "letterhead": letterhead(), **context}
    subject, _, text = render_to_string(f"mail/{name}.txt", full).strip().partition("\n")
    return Letter(
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
        html=render_to_string(f"mail/{name}.html", full),
    )


def post(
    name: str,
    *,
    to: str,
    context: dict,
    to_name: str = "",
    attachments: Sequence[Attachment] = (),
    headers: dict[str, str] | None = None,
    urgent: bool = False,
) -> None:
    """Put a mail into the outbox; the ticker sends it. `urgent` goes before the rest of the
    queue.
    """
    letter = render_letter(name, context)
    outbox.send(
        recipients=[formataddr((to_name.replace("\n", " "), to)) if to_name else to],
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=letter.subject,
        message=letter.text,
        html_message=letter.html,
        headers=headers or None,
        priority="high" if urgent else "medium",
        attachments={
            a.name: {"file": ContentFile(a.content), "mimetype": a.mimetype} for a in attachments
        }
        or None,
    )
