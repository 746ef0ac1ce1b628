"""The outbox stores what e-mails say encrypted, because their links open orders and tickets.

A copy of the database must open none of them. Recipients, subjects and states are readable; the
text, attachments and headers (the link to unsubscribe) need SECRET_KEY. The table belongs to a
library, so `seal_it` changes its fields when the site starts. The columns stay the same.
"""

import json
from collections.abc import Iterable
from io import BytesIO

from django.core.exceptions import FieldError
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.db import models

from nsca.lib.secrets import at_rest

PURPOSE = "outbox"
_ASKED_FOR = ("exact", "isnull")
_FERNET = b"gAAAAA"  # its version, and an instant that reveals nothing


LOST = (
    "It is encrypted under a SECRET_KEY that is missing: put that key into SECRET_KEY_FALLBACKS."
)


class Unreadable(str):
    """Stands in for text that cannot be decrypted; it is saved back unchanged."""

    sealed: str


class _Sealed:
    """What both kinds of sealed field share. They refuse to be searched."""

    def get_lookup(self, lookup_name):
        if lookup_name not in _ASKED_FOR:
            raise FieldError("The text of e-mails is encrypted: see nsca.lib.mail.outbox.saying.")
        return super().get_lookup(lookup_name)


class SealedTextField(_Sealed, models.TextField):
    def deconstruct(self):
        """The library's own field, so its table needs no migration."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def from_db_value(self, value, expression, connection):
        return opened(value)

    def get_db_prep_save(self, value, connection):
        return super().get_db_prep_save(sealed(value), connection)


class SealedJSONField(_Sealed, models.JSONField):
    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(self, value, expression, connection):
        value = opened(super().from_db_value(value, expression, connection))
        if isinstance(value, str) and not isinstance(value, Unreadable):
            return json.loads(value)
        return value

    def get_db_prep_save(self, value, connection):
        if value is not None and not isinstance(value, Unreadable):
            value = json.dumps(value)
        return super().get_db_prep_save(sealed(value), connection)


class SealedFiles(FileSystemStorage):
    """Attachments: the PDF of a ticket shows its link."""

    def _save(self, name, content):
        whole = b"".join(content.chunks())
        return super()._save(name, ContentFile(at_rest.seal_bytes(whole, purpose=PURPOSE)))

    def _open(self, name, mode="rb"):
        with super()._open(name, "rb") as file:
            content = file.read()
        if content.startswith(_FERNET):  # written before 2026-12: stored unencrypted
            content = at_rest.unseal_bytes(content, purpose=PURPOSE)
        return File(BytesIO(content), name)


def seal_it() -> None:
    """Seal the outbox's fields. Called once, when the apps are loaded."""
    from post_office.models import Email

    for name in ("message", "html_message"):
        Email._meta.get_field(name).__class__ = SealedTextField
    Email._meta.get_field("headers").__class__ = SealedJSONField


def sealed(text: str | None) -> str | None:
    """The text as the database stores it. Empty stays empty, so that one can see it."""
    if isinstance(text, Unreadable):
        return text.sealed
    return at_rest.seal(text, purpose=PURPOSE) if text else text


def opened(value):
    """The text itself; Unreadable if the key is lost. Text never sealed is unchanged."""
    if not at_rest.is_sealed(value):
        return value
    try:
        return at_rest.unseal(value, purpose=PURPOSE)
    except at_rest.KeyLost:
        lost = Unreadable("")
        lost.sealed = value
        return lost


def is_unreadable(mail) -> bool:
    """Whether an e-mail cannot be sent because its text cannot be decrypted."""
    said = (mail.message, mail.html_message, mail.headers)
    return any(isinstance(each, Unreadable) for each in said)


def saying(words: Iterable[str]) -> list[int]:
    """The primary keys of the e-mails that contain one of these words, whatever the case.

    Each e-mail is decrypted and searched, about ten thousand a second.
    """
    from post_office.models import Email

    small = [word.casefold() for word in words if word]
    if not small:
        return []
    rows = Email.objects.values_list("pk", "message", "html_message", "headers").iterator()
    return [
        pk
        for pk, *said in rows
        if any(word in " ".join(map(str, said)).casefold() for word in small)
    ]
