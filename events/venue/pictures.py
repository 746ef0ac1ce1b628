"""A picture of the venue, kept like the venue: encrypted, in a row of its own.

Only reveal/ calls this; it checks no permission. The picture is never a file, so it has no URL
below /media/ that could be guessed or shared. EXIF, location, time and file name are dropped.
"""

import hashlib
import io
import json
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables
from PIL import Image

from events.models import VenuePicture
from events.venue.details import Picture
from nsca.lib.media.images import cleaned
from nsca.lib.secrets.sealing import SealingError, resealed, seal, seal_bytes, unseal, unseal_bytes

LONGEST_SIDE = 1600  # pixels: enough for a screen and for half a sheet of paper
ALT_LIMIT = 240  # characters
MIMETYPE = "image/jpeg"


@sensitive_variables()
def put(event_id: int, file, alt: str, *, at: datetime) -> None:
    """Save a picture and its description, replacing the one before. Raises PictureRefused,
    ValidationError, TooLong.
    """
    alt = " ".join(alt.split())
    if not alt or len(alt) > ALT_LIMIT:
        raise ValidationError({"alt": f"Describe the picture in at most {ALT_LIMIT} characters."})
    content, size = _small(file)
    about = json.dumps(
        {
            "alt": alt,
            "width": size[0],
            "height": size[1],
            "sha256": hashlib.sha256(content).hexdigest(),
        },
        ensure_ascii=False,
    )
    purpose = _purpose(event_id)
    VenuePicture.objects.update_or_create(
        event_id=event_id,
        defaults={
            "about": seal(about, bound_to=purpose, at=at),
            "sealed": seal_bytes(content, bound_to=purpose, at=at),
            "sealed_at": at,
        },
    )


def _small(file) -> tuple[bytes, tuple[int, int]]:
    picture = Image.open(io.BytesIO(cleaned(file).content))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue(), paper.size


def abouts(event_id) -> QuerySet:
    """The sealed description of an event's picture, for a subquery."""
    return VenuePicture.objects.filter(event_id=event_id).values("about")[:1]


@sensitive_variables()
def opened(event_id: int, about) -> Picture | None:
    """The description and size; None where there is no picture or its key is lost."""
    if about is None:
        return None
    try:
        return Picture(**json.loads(unseal(about, bound_to=_purpose(event_id))))
    except SealingError:
        return None


def of(event_id: int) -> Picture | None:
    """An event's picture without its content; None where there is none or its key is lost."""
    row = VenuePicture.objects.filter(event_id=event_id).only("about").first()
    return opened(event_id, row.about if row else None)


@sensitive_variables()
def content_of(event_id: int) -> bytes | None:
    """The JPEG; None where there is none. Raises KeyLost, WrongEnvelope."""
    row = VenuePicture.objects.filter(event_id=event_id).only("sealed").first()
    return unseal_bytes(row.sealed, bound_to=_purpose(event_id)) if row else None


def is_there(event_id: int) -> bool:
    return VenuePicture.objects.filter(event_id=event_id).exists()


def drop(event_id: int) -> bool:
    """Delete an event's picture; whether there was one."""
    return bool(VenuePicture.objects.filter(event_id=event_id).delete()[0])


def reseal_all(*, drop_lost: bool = False) -> int:
    """Encrypt every picture with the newest key; how many no key opens (see `drop_lost`)."""
    lost = 0
    for pk in list(VenuePicture.objects.values_list("pk", flat=True)):
        row = VenuePicture.objects.get(pk=pk)  # one at a time: they are large
        # Skips one saved in the meantime: it already has the newest key.
        present = VenuePicture.objects.filter(pk=pk, sealed_at=row.sealed_at)
        try:
            present.update(about=resealed(row.about), sealed=resealed(row.sealed))
        except SealingError:
            lost += 1
            if drop_lost:
                present.delete()
    return lost


def _purpose(event_id: int) -> str:
    return f"picture of event {event_id}"
