"""Links that are keys: an order's, a ticket's, a door's. A copy of the database opens none.

A link's token is two halves. The first names the row: 96 random bits, which the row keeps. The
second is the keyed digest (HMAC-SHA256) of what the link is for and of the first half. It is kept
nowhere and made again from SECRET_KEY whenever a page or a mail needs the link. So whoever has a
stolen copy of the database, but not the key, has names without digests.

A token under any of SECRET_KEY_FALLBACKS still opens, so mailed links survive a change of the key.
New mails carry links under the new key at once.
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
    """A token that nobody can guess, for a link of this purpose ("ticket")."""
    return of_name(purpose, link_token()[:NAME])


def following(purpose: str, *parts: object) -> str:
    """The token that follows from these parts: the same after a restore. Its name follows from the
    parts alone, so that a former key still reads what was mailed under it.
    """
    text = "\x1f".join([purpose, *map(str, parts)])
    return of_name(purpose, _readable(hashlib.sha256(text.encode()).digest()[: NAME * 3 // 4]))


def of_name(purpose: str, name: str) -> str:
    """The whole token of the row with this name."""
    return name + _readable(_digest(settings.SECRET_KEY, purpose, name)[: DIGEST * 3 // 4])


def name_in(purpose: str, token: str) -> str | None:
    """The name in a token of this purpose; None where no key of ours has made it.

    The one place where a link is judged: every look-up by a token passes here.
    """
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    name, theirs = token[:NAME], token[NAME:]
    made = (_readable(raw[: DIGEST * 3 // 4]) for raw in _digests(purpose, name))
    return name if _is_one_of(theirs, made) else None


def _digests(purpose: str, name: str):
    """Under each key that is good, the newest first."""
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        yield _digest(key, purpose, name)


def _digest(key: str, purpose: str, text: str) -> bytes:
    made = salted_hmac(
        f"nsca.lib.secrets.link_tokens.{purpose}", text, secret=key, algorithm="sha256"
    )
    return made.digest()


def _is_one_of(theirs: str, made) -> bool:
    """In a time that does not say how much of it was right."""
    return any(constant_time_compare(theirs, each) for each in made)


def _readable(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


class LinkTokenField(models.CharField):
    """A link's token in Python, and in the database its name alone.

    Each row gets one of its own. It can be asked for only whole (`token=…`, `token__in=…`), and a
    token that no key of ours has made finds nothing. To write such a one is a ValueError.
    `purpose` keeps a ticket's token from opening an order.
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
        """What a look-up asks for."""
        return value if value is None else self.name_in(value) or _NOBODY

    def get_db_prep_save(self, value, connection):
        if value is not None and self.name_in(value) is None:
            raise ValueError(f"No key of ours has made this for “{self.purpose}”.")
        return super().get_db_prep_save(value, connection)

    def value_to_string(self, obj):
        """For a dump of Django's own: no more than the database holds."""
        return self.get_prep_value(self.value_from_object(obj))

    def to_python(self, value):
        """Also from such a dump."""
        is_whole = not isinstance(value, str) or self.name_in(value)
        return value if is_whole else self.whole(value)

    def get_lookup(self, lookup_name):
        if lookup_name not in _ASKED_FOR:
            raise FieldError(f"A key is asked for whole, and not by “{lookup_name}”.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name):
        raise FieldError(f"A key is asked for whole, and not by “{lookup_name}”.")


class SpokenKeyField(LinkTokenField):
    """The same for a code on paper that opens something, as "CDF4-GHJ6KMNP". Its first five
    letters name the row, seven are the digest: 2.5 billion, and tries at it are counted.
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
    """The key of a form, which finds the order that the form made, so that a second click makes no
    second one. Whoever has it is led to the order: so the database keeps its digest.

    The digest has no key. What a form sends is random (192 bits), and a charge that Stripe tells
    twice must be found after SECRET_KEY was changed, too.
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
    """What the database keeps of a form's key: written back as it is."""

    __slots__ = ()


def digest_of_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
