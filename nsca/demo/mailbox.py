"""A demonstration's e-mails: files of Django's file backend, and rows still in the outbox."""

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from post_office.models import STATUS, Email

SHOWN = 200  # the newest; a demonstration is not an archive
_BETWEEN = b"\n" + b"-" * 79 + b"\n"  # django.core.mail.backends.filebased
_FILE = re.compile(r"(?P<file>[0-9]{8}-[0-9]{6}-[0-9]+)\.(?P<part>[0-9]{1,4})\Z")
_ROW = re.compile(r"outbox\.(?P<pk>[0-9]{1,18})\Z")
_CID = re.compile(r"cid:([^\"'\s)>]+)")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


class NoSuchMail(LookupError):
    """No file or row has this key."""


@dataclass(frozen=True)
class Mail:
    """One e-mail, as its reader gets it. `key` names it in addresses."""

    key: str
    message: EmailMessage = field(repr=False)
    at: datetime
    is_queued: bool = False

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(no subject)")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML part, with its pictures inline and links that open a new window."""
        pictures = {
            str(part["Content-ID"]).strip("<>"): part
            for part in self.message.walk()
            if part["Content-ID"]
        }

        def inline(match):
            part = pictures.get(match.group(1))
            if part is None:
                return match.group()
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            return f"data:{part.get_content_type()};base64,{data}"

        html = _CID.sub(inline, self._body("html"))
        return _HEAD.sub(lambda head: head.group() + '<base target="_blank">', html, count=1)

    @property
    def attachments(self) -> list[EmailMessage]:
        return [part for part in self.message.iter_attachments() if not part["Content-ID"]]

    @property
    def attachment_names(self) -> list[str]:
        return [part.get_filename() or "attachment" for part in self.attachments]

    def _body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        if part is None:
            return ""
        payload = part.get_payload(decode=True) or b""
        return payload.decode(part.get_content_charset() or "utf-8", errors="replace")


def newest() -> list[Mail]:
    """E-mails sent and about to be sent, newest first."""
    queued = Email.objects.filter(status__in=(STATUS.queued, STATUS.requeued, STATUS.failed))
    mails = [_from_row(row) for row in queued.order_by("-created")[:SHOWN]]
    for path in sorted(_folder().glob("*.log"), reverse=True)[:SHOWN]:
        mails += _from_file(path)
    return sorted(mails, key=lambda mail: (mail.at, mail.key), reverse=True)[:SHOWN]


def find(key: str) -> Mail:
    """Raises NoSuchMail."""
    if row := _ROW.match(key):
        email = Email.objects.filter(pk=int(row["pk"])).first()
        if email is not None:
            return _from_row(email)
    elif file := _FILE.match(key):
        path = _folder() / f"{file['file']}.log"
        if path.is_file():
            found = [mail for mail in _from_file(path) if mail.key == key]
            if found:
                return found[0]
    raise NoSuchMail(key)


def _folder() -> Path:
    return Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.VAR_DIR / "mail")


def _from_row(row: Email) -> Mail:
    message = message_from_bytes(
        row.prepare_email_message().message().as_bytes(), policy=policy.default
    )
    return Mail(f"outbox.{row.pk}", message, row.created, is_queued=True)


def _from_file(path: Path) -> list[Mail]:
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    mails = []
    for number, raw in enumerate(filter(None, path.read_bytes().split(_BETWEEN))):
        if not raw.strip():
            continue
        message = message_from_bytes(raw.lstrip(), policy=policy.default)
        mails.append(Mail(f"{path.stem}.{number}", message, _date_of(message) or written_at))
    return mails


def _date_of(message: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
