"""The sealed envelope: a promise, published early, that the place is decided.

What is published is the SHA-256 of a text: the place in a fixed form and a random salt of 128
bits. Who knows fifty likely places can try them all; without the salt none of them fits. After T
text and salt are shown to those who may know the place, as a file whose digest anybody can
compute:

    curl -O https://…/tickets/<link>/envelope.txt
    sha256sum envelope.txt

The form of the text (TEXT_FORM 1), UTF-8 in Unicode's form C, each line ended by one line feed:

    Norfolk Sister City Association: what the envelope holds
    Form: 1
    Event: <the event's number>
    Place: <what it is called>
    Address: <street, town; one such line for each line of the address>
    ZIP: <five digits>
    Coordinates: <latitude>, <longitude, in degrees with six digits>
    Link: <of a class online>
    Salt: <32 hexadecimal digits>

A line whose value is empty is left out. Telephone, parking, directions and plan B are not in it:
a better sentence about parking does not break the seal. Nothing here opens a place; it is handed
one by the door, reveal/.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.views.decorators.debug import sensitive_variables

from events.models import Commitment, Event
from events.places import Kind, Place
from nsca.lib.sealing import SealingError, resealed, seal, unseal

TEXT_FORM = 1
SALT_BYTES = 16  # 128 bits: more than anybody can try
HEADING = "Norfolk Sister City Association: what the envelope holds"
EXAMPLE = Place(
    name="An Example Hall", lines=("1 Example Street", "Norfolk, Virginia"), postcode="23510"
)
EXAMPLE_SALT = "00112233445566778899aabbccddeeff"


class AlreadySealed(Exception):
    """The seal of exactly this place is published."""


@dataclass(frozen=True)
class Seal:
    """What is published: digests, oldest first, none of them saying anything of the place."""

    published: tuple[Commitment, ...]

    @property
    def first(self) -> Commitment:
        return self.published[0]

    @property
    def is_renewed(self) -> bool:
        return len(self.published) > 1


@dataclass(frozen=True, repr=False)
class Proof:
    """For those who may know the place: the text whose digest was published, and its history."""

    text: str
    digest: str
    first: Commitment  # the first that was published
    renewed: tuple[datetime, ...]  # when it was sealed again since then, oldest first
    is_public: bool  # this very digest was published; a silent change left another one there

    @property
    def is_unchanged(self) -> bool:
        """The place is the one whose seal was published first."""
        return not self.renewed


def text_of(event_id: int, place: Place, salt: str) -> str:
    """The text that is hashed, in the form that this module's docstring tells."""
    kind = "Link" if place.kind == Kind.ONLINE else ""
    point = f"{place.latitude:.6f}, {place.longitude:.6f}" if place.has_point else ""
    rows = [
        ("Form", str(TEXT_FORM)),
        ("Event", str(event_id)),
        ("Place", place.name),
        *(("Address", line) for line in place.lines),
        ("ZIP", place.postcode),
        ("Coordinates", point),
        ("Link", place.join_url if kind else ""),
        ("Salt", salt),
    ]
    lines = (f"{label}: {_plain(value)}" for label, value in rows if value)
    return "\n".join([HEADING, *lines]) + "\n"


def _plain(value: str) -> str:
    """On one line, so that no value can look like two; in one of Unicode's equal forms."""
    kept = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in value)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal, as sha256sum prints it."""
    return hashlib.sha256(text.encode()).hexdigest()


def example() -> tuple[str, str]:
    """A text with a place that does not exist, and its digest: for practice before T."""
    text = text_of(0, EXAMPLE, EXAMPLE_SALT)
    return text, digest_of(text)


# --- Written under the event's lock, by the door alone -------------------------------------------


@sensitive_variables()
def publish(event: Event, place: Place, *, at: datetime) -> Commitment:
    """Publish the seal of this place. Raises AlreadySealed where that is the last one."""
    newest = _newest(event)
    if newest is not None and _fits(newest, event, place):
        if newest.published_at is not None:
            raise AlreadySealed
        newest.published_at = at
        newest.save(update_fields=["published_at"])
        return newest
    return _written(event, place, at, published_at=at)


@sensitive_variables()
def renew(event: Event, place: Place, *, at: datetime) -> None:
    """The place was written: where a seal is published and this is another place, seal that, too.

    Silently: what is public does not change.
    """
    newest = _newest(event)
    if newest is not None and not _fits(newest, event, place):
        _written(event, place, at, published_at=None)


def forget(event: Event) -> None:
    """The place is wiped: its proof goes with it. What was published stays."""
    Commitment.objects.filter(event=event).update(salt=b"")


def reseal_all(*, drop_lost: bool = False) -> int:
    """Every salt under the newest key; how many no key opens. Those go, if you say so: what was
    published stays, and has no proof any more.
    """
    lost = 0
    for row in Commitment.objects.exclude(salt=b"").only("salt"):
        try:
            salt = resealed(row.salt)
        except SealingError:
            lost += 1
            salt = b"" if drop_lost else row.salt
        # One that is wiped meanwhile stays wiped.
        Commitment.objects.filter(pk=row.pk).exclude(salt=b"").update(salt=salt)
    return lost


def _newest(event) -> Commitment | None:
    return Commitment.objects.filter(event=event).last()


@sensitive_variables()
def _written(event, place, at, *, published_at) -> Commitment:
    salt = secrets.token_hex(SALT_BYTES)
    return Commitment.objects.create(
        event=event,
        digest=digest_of(text_of(event.pk, place, salt)),
        salt=seal(salt, bound_to=_purpose(event), at=at),
        sealed_at=at,
        published_at=published_at,
    )


@sensitive_variables()
def _fits(row, event, place) -> bool:
    text = _text(row, event, place)
    return text is not None and digest_of(text) == row.digest


@sensitive_variables()
def _text(row, event, place) -> str | None:
    """The text under a row's salt; None where the salt cannot be had any more."""
    try:
        return text_of(event.pk, place, unseal(row.salt, bound_to=_purpose(event)))
    except SealingError:
        return None


def _purpose(event) -> str:
    return f"salt of event {event.pk}"


# --- Read ----------------------------------------------------------------------------------------


def published(event: Event) -> Seal | None:
    """What everybody may see; None where nothing was published. One query."""
    rows = tuple(event.commitments.filter(published_at__isnull=False).defer("salt"))
    return Seal(rows) if rows else None


@sensitive_variables()
def proof_of(event: Event, reveal) -> Proof | None:
    """For a viewer to whom the door opened the place (`reveal` is Opened): text, salt, history.

    None where no seal was published, or where the salt is lost: then there is no proof, and the
    page says none.
    """
    if not getattr(reveal, "is_open", False):
        return None
    rows = list(event.commitments.all())
    public = [row for row in rows if row.published_at is not None]
    if not public:
        return None
    newest = rows[-1]
    text = _text(newest, event, reveal.place)
    if text is None or digest_of(text) != newest.digest:
        return None
    return Proof(
        text=text,
        digest=newest.digest,
        first=public[0],
        renewed=tuple(row.sealed_at for row in rows if row.pk > public[0].pk),
        is_public=newest.published_at is not None,
    )
