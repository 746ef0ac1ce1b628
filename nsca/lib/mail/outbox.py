"""The outbox keeps what mails say sealed: their links open orders and tickets, and a copy of the
database must open none. To whom, about what and whether it left can be read; what it says, what it
has attached and its headers (the link to unsubscribe) only with SECRET_KEY.

The outbox is a library's own table, so its fields learn it here, when the site starts (`seal_it`).
The columns stay as they are.
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
_FERNET = b"gAAAAA"  # its version, and an instant that says nothing


LOST = (
    "It is encrypted under a SECRET_KEY that is not here: put that key into SECRET_KEY_FALLBACKS."
)


class Unreadable(str):
    """Stands where a text cannot be opened; it is written back as it was."""

    sealed: str


class _Sealed:
    """What both kinds of field share. Whoever would search in one is told that it cannot be."""

    def get_lookup(self, lookup_name):
        if lookup_name not in _ASKED_FOR:
            raise FieldError("The text of e-mails is encrypted: see nsca.lib.mail.outbox.saying.")
        return super().get_lookup(lookup_name)


class SealedTextField(_Sealed, models.TextField):
    def deconstruct(self):
        """As the library knows it: no migration of its table is needed."""
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
    """What mails have attached: a ticket's PDF has its link on it."""

    def _save(self, name, content):
        whole = b"".join(content.chunks())
        return super()._save(name, ContentFile(at_rest.seal_bytes(whole, purpose=PURPOSE)))

    def _open(self, name, mode="rb"):
        with super()._open(name, "rb") as file:
            content = file.read()
        if content.startswith(_FERNET):  # what was written before 2026-12 is as it was
            content = at_rest.unseal_bytes(content, purpose=PURPOSE)
        return File(BytesIO(content), name)


def seal_it() -> None:
    """Called once, when the apps are loaded."""
    from post_office.models import Email

    for name in ("message", "html_message"):
        Email._meta.get_field(name).__class__ = SealedTextField
    Email._meta.get_field("headers").__class__ = SealedJSONField


def sealed(text: str | None) -> str | None:
    """As the database has it: nothing stays nothing, so that one can see that there is none."""
    if isinstance(text, Unreadable):
        return text.sealed
    return at_rest.seal(text, purpose=PURPOSE) if text else text


def opened(value):
    """As the site has it; an Unreadable where the key is lost. What never was sealed stays."""
    if not at_rest.is_sealed(value):
        return value
    try:
        return at_rest.unseal(value, purpose=PURPOSE)
    except at_rest.KeyLost:
        lost = Unreadable("")
        lost.sealed = value
        return lost


def is_unreadable(mail) -> bool:
    """Whether a mail cannot be sent, since nobody can read what it says."""
    said = (mail.message, mail.html_message, mail.headers)
    return any(isinstance(each, Unreadable) for each in said)


def saying(words: Iterable[str]) -> list[int]:
    """The primary keys of the mails that hold one of these words, in any spelling of its letters.

    Each is opened and read, some ten thousand a second.
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
