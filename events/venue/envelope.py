"""The seal: published early, it proves that the venue has not changed since.

The seal is the SHA-256 of a text: the venue in a fixed form and a random salt of 128 bits. Anyone
could try fifty likely venues; without the salt none of them matches. After T, those who may know
the venue get text and salt as a file whose digest anybody can compute:

    curl -O https://…/tickets/<link>/envelope.txt
    sha256sum envelope.txt

It contains everything a guest would go by: new directions alone could send guests to another
park. So a better sentence about parking breaks the seal, too, and the ticket says what changed,
and when.

The form of the text (TEXT_FORM 2), UTF-8 in Unicode's form C, each line ended by one line feed:

    Norfolk Sister City Association: what the envelope holds
    Form: 2
    Event: <the event's number>
    Place: <what it is called>
    Address: <street, town; one such line for each line of the address>
    ZIP: <five digits>
    Coordinates: <latitude>, <longitude, in degrees with six digits>
    Link: <of a class online>
    Directions: <how one finds the way in>
    Parking: <where cars go>
    If it rains: <where we go instead>
    Phone: <on the spot>
    Picture: <SHA-256 of its file, in hexadecimal>
    Picture in words: <what it shows>
    Salt: <32 hexadecimal digits>

Lines without a value are left out. Form 1, of older seals, ends with the link. Nothing here
decrypts a venue; reveal/ passes one in.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.views.decorators.debug import sensitive_variables

from events.models import Commitment, Event
from events.venue.details import Kind, Picture, VenueDetails
from nsca.lib.secrets.sealing import SealingError, resealed, seal, unseal

TEXT_FORM, FIRST_FORM = 2, 1
SALT_BYTES = 16  # 128 bits: too many to try
HEADING = "Norfolk Sister City Association: what the envelope holds"
EXAMPLE = VenueDetails(
    name="An Example Hall",
    lines=("1 Example Street", "Norfolk, Virginia"),
    postcode="23510",
    directions="Through the gate, then left.",
)
PICTURE = "picture"
# What a seal covers, by the fields of a Place, and what a ticket calls it if it changed.
WORDS = {
    "kind": "whether it is a location or a link",
    "name": "the name",
    "lines": "the address",
    "postcode": "the ZIP code",
    "latitude": "the coordinates",
    "longitude": "the coordinates",
    "join_url": "the link",
    "directions": "the directions",
    "parking": "the parking",
    "plan_b": "the plan for rain",
    "phone": "the phone number",
    PICTURE: "the picture",
}
EXAMPLE_SALT = "00112233445566778899aabbccddeeff"


class AlreadySealed(Exception):
    """The seal of exactly this venue is already published."""


@dataclass(frozen=True)
class Seal:
    """What is published: digests, oldest first, that say nothing about the venue."""

    published: tuple[Commitment, ...]

    @property
    def first(self) -> Commitment:
        return self.published[0]

    @property
    def is_renewed(self) -> bool:
        return len(self.published) > 1


@dataclass(frozen=True)
class Renewal:
    """One time the venue was sealed again."""

    at: datetime
    digest: str
    words: str  # what changed: "the address and the directions"; empty where unknown


@dataclass(frozen=True, repr=False)
class Proof:
    """For those who may know the venue: the text whose digest was published, and its history."""

    text: str
    digest: str
    first: Commitment  # the first that was published
    renewed: tuple[Renewal, ...]  # since then, oldest first
    is_public: bool  # this digest was published; after a silent change it was not
    is_full: bool  # it covers all a guest would go by; form 1 did not

    @property
    def is_unchanged(self) -> bool:
        """Whether the venue is the one whose seal was published first."""
        return not self.renewed


def text_of(
    event_id: int,
    venue: VenueDetails,
    salt: str,
    picture: Picture | None = None,
    *,
    form: int = TEXT_FORM,
) -> str:
    """The text that is hashed, in the form described in this module's docstring."""
    kind = "Link" if venue.kind == Kind.ONLINE else ""
    point = f"{venue.latitude:.6f}, {venue.longitude:.6f}" if venue.has_point else ""
    rows = [
        ("Form", str(form)),
        ("Event", str(event_id)),
        ("Place", venue.name),
        *(("Address", line) for line in venue.lines),
        ("ZIP", venue.postcode),
        ("Coordinates", point),
        ("Link", venue.join_url if kind else ""),
    ]
    if form != FIRST_FORM:
        rows += [
            ("Directions", venue.directions),
            ("Parking", venue.parking),
            ("If it rains", venue.plan_b),
            ("Telephone", venue.phone),
            ("Picture", picture.sha256 if picture else ""),
            ("Picture in words", picture.alt if picture else ""),
        ]
    rows.append(("Salt", salt))
    lines = (f"{label}: {_plain(value)}" for label, value in rows if value)
    return "\n".join([HEADING, *lines]) + "\n"


def _plain(value: str) -> str:
    """The value on one line, so that it can't look like two; in Unicode's form C."""
    kept = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in value)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal, as sha256sum prints it."""
    return hashlib.sha256(text.encode()).hexdigest()


def example() -> tuple[str, str]:
    """A text with a made-up venue, and its digest, for practice before T."""
    text = text_of(0, EXAMPLE, EXAMPLE_SALT)
    return text, digest_of(text)


# --- Written under the event's lock, by the door alone -----------------------------------------


@sensitive_variables()
def publish(
    event: Event, venue: VenueDetails, picture: Picture | None, *, at: datetime
) -> tuple[Commitment, bool]:
    """Publish the seal of this venue; returns it, and whether it is new. Raises AlreadySealed
    where the last one is the same.
    """
    newest = _newest(event)
    if newest is not None and _fits(newest, event, venue, picture):
        if newest.published_at is not None:
            raise AlreadySealed
        newest.published_at = at
        newest.save(update_fields=["published_at"])
        return newest, False
    return _written(event, venue, picture, (), at, published_at=at), True


@sensitive_variables()
def renew(
    event: Event,
    venue: VenueDetails,
    picture: Picture | None,
    *,
    changed: Sequence[str],
    at: datetime,
) -> Commitment | None:
    """Seal a venue again after it, or its picture, changed, where a seal is published. `changed`:
    names from WORDS. None where there was nothing to seal.

    It is silent: nothing public changes.
    """
    newest = _newest(event)
    if newest is None or _fits(newest, event, venue, picture):
        return None
    return _written(event, venue, picture, changed, at, published_at=None)


@sensitive_variables()
def differences(old: VenueDetails | None, new: VenueDetails) -> list[str]:
    """The names of the fields in which two venues differ; none where the old one is unknown."""
    if old is None:
        return []
    names = [field.name for field in fields(VenueDetails)]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def forget(event: Event) -> None:
    """Wipe the salts with the venue, so that the proof is gone. Published digests stay."""
    Commitment.objects.filter(event=event).update(salt=b"")


def reseal_all(*, drop_lost: bool = False) -> int:
    """Encrypt every salt with the newest key; how many no key opens. With `drop_lost` those are
    wiped: the published digests stay, without proof.
    """
    lost = 0
    for row in Commitment.objects.exclude(salt=b"").only("salt"):
        try:
            salt = resealed(row.salt)
        except SealingError:
            lost += 1
            salt = b"" if drop_lost else row.salt
        # A salt wiped in the meantime stays wiped.
        Commitment.objects.filter(pk=row.pk).exclude(salt=b"").update(salt=salt)
    return lost


def _newest(event) -> Commitment | None:
    return Commitment.objects.filter(event=event).last()


@sensitive_variables()
def _written(event, venue, picture, changed, at, *, published_at) -> Commitment:
    salt = secrets.token_hex(SALT_BYTES)
    return Commitment.objects.create(
        event=event,
        digest=digest_of(text_of(event.pk, venue, salt, picture)),
        # What changed is sealed with it: before T nobody may learn even that.
        salt=seal(f"{salt}\n{' '.join(changed)}", bound_to=_purpose(event), at=at),
        form=TEXT_FORM,
        sealed_at=at,
        published_at=published_at,
    )


@sensitive_variables()
def _fits(row, event, venue, picture) -> bool:
    """Whether the seal matches. One of form 1 never does: it left out too much."""
    text = _text(row, event, venue, picture)
    return row.form == TEXT_FORM and text is not None and digest_of(text) == row.digest


@sensitive_variables()
def _text(row, event, venue, picture) -> str | None:
    """The text with a row's salt; None where the salt is gone."""
    inside = _inside(row, event)
    return text_of(event.pk, venue, inside[0], picture, form=row.form) if inside else None


@sensitive_variables()
def _inside(row, event) -> tuple[str, list[str]] | None:
    """The salt, and the names of what changed; None where the key is lost or the venue
    was wiped.
    """
    try:
        salt, _, changed = unseal(row.salt, bound_to=_purpose(event)).partition("\n")
    except SealingError:
        return None
    return salt, changed.split()


def _purpose(event) -> str:
    return f"salt of event {event.pk}"


# --- Read --------------------------------------------------------------------------------------


def published(event: Event) -> Seal | None:
    """The published seals, which everybody may see; None where there are none. One query."""
    rows = tuple(event.commitments.filter(published_at__isnull=False).defer("salt"))
    return Seal(rows) if rows else None


@sensitive_variables()
def proof_of(event: Event, reveal) -> Proof | None:
    """Text, salt and history, for a viewer who may know the venue (`reveal` is Opened).

    None where no seal was published or the salt is lost: then the page shows no proof.
    """
    if not getattr(reveal, "is_open", False):
        return None
    rows = list(event.commitments.all())
    public = [row for row in rows if row.published_at is not None]
    if not public:
        return None
    newest = rows[-1]
    text = _text(newest, event, reveal.venue, reveal.picture)
    if text is None or digest_of(text) != newest.digest:
        return None
    return Proof(
        text=text,
        digest=newest.digest,
        first=public[0],
        renewed=tuple(_renewal(row, event) for row in rows if row.pk > public[0].pk),
        is_public=newest.published_at is not None,
        is_full=newest.form != FIRST_FORM,
    )


def _renewal(row, event) -> Renewal:
    _, changed = _inside(row, event) or ("", [])
    words = list(dict.fromkeys(word for name, word in WORDS.items() if name in changed))
    *some, last = words or [""]
    return Renewal(row.sealed_at, row.digest, f"{', '.join(some)} and {last}" if some else last)
