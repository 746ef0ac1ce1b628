"""Secret links to an order, a ticket, a door. A copy of the database opens none.

A link's token has two halves. The first names the row: 96 random bits, stored in the row. The
second is a keyed digest (HMAC-SHA256) of the link's purpose and the first half. It is stored
nowhere, and derived from SECRET_KEY whenever a page or an e-mail needs the link. So a stolen copy
of the database, without the key, has names but no digests.

A token under any of SECRET_KEY_FALLBACKS still works, so links in e-mails survive a change of the
key. New e-mails have links under the new key at once.
"""

import base64
import hashlib
import re

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac

from nsca.lib.secrets.codes import link_token, spoken, spoken_code, spoken_letters

NAME = 16  # characters: 96 bits
DIGEST = 24  # characters: 144 bits
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{NAME + DIGEST}}}", re.ASCII)
_NOBODY = ""  # no row has this name
_ASKED_FOR = ("exact", "in", "isnull")


def new(purpose: str) -> str:
    """An unguessable token for a link of this purpose ("ticket")."""
    return of_name(purpose, link_token()[:NAME])


def following(purpose: str, *parts: object) -> str:
    """The token for these parts: the same after a restore.

    Its name depends on the parts alone, so a former key still reads what was e-mailed under it.
    """
    text = "\x1f".join([purpose, *map(str, parts)])
    return of_name(purpose, _readable(hashlib.sha256(text.encode()).digest()[: NAME * 3 // 4]))


def of_name(purpose: str, name: str) -> str:
    """The whole token of the row with this name."""
    return name + _readable(_digest(settings.SECRET_KEY, purpose, name)[: DIGEST * 3 // 4])


def name_in(purpose: str, token: str) -> str | None:
    """The name in a token of this purpose; None if none of our keys made it.

    Every lookup by a token goes through here, the only place where a link is verified.
    """
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    name, theirs = token[:NAME], token[NAME:]
    made = (_readable(raw[: DIGEST * 3 // 4]) for raw in _digests(purpose, name))
    return name if _is_one_of(theirs, made) else None


def _digests(purpose: str, name: str):
    """Under each valid key, newest first."""
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        yield _digest(key, purpose, name)


def _digest(key: str, purpose: str, text: str) -> bytes:
    made = salted_hmac(
        f"nsca.lib.secrets.link_tokens.{purpose}", text, secret=key, algorithm="sha256"
    )
    return made.digest()


def _is_one_of(theirs: str, made) -> bool:
    """In constant time, so it doesn't show how much was right."""
    return any(constant_time_compare(theirs, each) for each in made)


def _readable(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


class LinkTokenField(models.CharField):
    """A link's whole token in Python, only its name in the database.

    Each row gets a token of its own. Lookups take whole tokens only (`token=…`, `token__in=…`);
    one that our keys did not make finds nothing, and writing it is a ValueError. `purpose` keeps a
    ticket's token from opening an order.
    """

    def __init__(self, purpose: str, **kwargs):
        self.purpose = purpose
        super().__init__(**{"max_length": 64, "unique": True, "editable": False, **kwargs})

    def made(self) -> str:
        return new(self.purpose)

    def whole(self, name: str) -> str:
        return of_name(self.purpose, name)

    def name_in(self, text: str) -> str | None:
        return name_in(self.purpose, text)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        always = {"purpose": self.purpose, "unique": self._unique, "editable": self.editable}
        return name, path, args, always | kwargs

    def get_default(self):
        return None if self.null else self.made()

    def from_db_value(self, value, expression, connection):
        return value if value is None else self.whole(value)

    def get_prep_value(self, value):
        """What a lookup asks for."""
        return value if value is None else self.name_in(value) or _NOBODY

    def get_db_prep_save(self, value, connection):
        if value is not None and self.name_in(value) is None:
            raise ValueError(f"No key of ours has made this for “{self.purpose}”.")
        return super().get_db_prep_save(value, connection)

    def value_to_string(self, obj):
        """For Django's dumpdata: no more than the database stores."""
        return self.get_prep_value(self.value_from_object(obj))

    def to_python(self, value):
        """Reads such a dump as well."""
        is_whole = not isinstance(value, str) or self.name_in(value)
        return value if is_whole else self.whole(value)

    def get_lookup(self, lookup_name):
        if lookup_name not in _ASKED_FOR:
            raise FieldError(f"Look up a key whole, not by “{lookup_name}”.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name):
        raise FieldError(f"Look up a key whole, not by “{lookup_name}”.")


class SpokenKeyField(LinkTokenField):
    """The same for a code on paper that opens something, like "CDF4-GHJ6KMNP".

    The first five characters name the row; seven are the digest: 2.5 billion values, and
    tries are limited.
    """

    NAME, DIGEST = 5, 7

    def __init__(self, purpose: str, **kwargs):
        super().__init__(purpose, **{"max_length": 20, **kwargs})

    def made(self) -> str:
        return self.whole(spoken_code(self.NAME).replace("-", ""))

    def whole(self, name: str) -> str:
        made = _digest(settings.SECRET_KEY, self.purpose, name)
        return spoken(name + spoken_letters(made, self.DIGEST))

    def name_in(self, text: str) -> str | None:
        letters = text.replace("-", "")
        name, theirs = letters[: self.NAME], letters[self.NAME :]
        made = (spoken_letters(raw, self.DIGEST) for raw in _digests(self.purpose, name))
        return name if _is_one_of(theirs, made) else None


class SubmissionKeyField(models.CharField):
    """The key of a form finds the order it made, so that a second click makes no second order.

    The key leads to the order, so the database stores its digest. The digest is not keyed: what a
    form sends is random (192 bits), and a charge that Stripe reports twice must still be found
    after SECRET_KEY changes.
    """

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 64, "unique": True, "editable": False, **kwargs})

    def get_default(self):
        return link_token()

    def from_db_value(self, value, expression, connection):
        return DigestOfAKey(value)

    def get_prep_value(self, value):
        if value is None or isinstance(value, DigestOfAKey):
            return value
        return digest_of_key(str(value))

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj))


class DigestOfAKey(str):
    """What the database stores of a form's key: written back as it is."""

    __slots__ = ()


def digest_of_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
