"""Pictures that staff upload: no EXIF, no revealing name, no decompression bombs.

A PictureField stores only the picture itself: turned upright, in sRGB, re-encoded, under a random
name that shows nothing but its size. It does so for files saved by code and by forms.
"""

import io
import re
import secrets
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from PIL import Image, ImageCms, ImageOps

MAX_PIXELS = 40_000_000  # beyond this, a few kilobytes can unpack to gigabytes
LONGEST_SIDE = 3200  # pixels kept; screens and printed programs ask for less
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF")
_SIZE = re.compile(r"-(\d{1,5})x(\d{1,5})\.\w+\Z")

TOO_LARGE = (
    "This picture has more than 40 million pixels. Please make it smaller and send it again; "
    "3,000 pixels across is plenty."
)
# What Pillow raises for a broken file; AVIF's reader knows only the last of them.
BROKEN = (OSError, SyntaxError, ValueError, RuntimeError)
UNREADABLE = "We can’t read this file as a picture. Send a JPEG, PNG or WebP."


class PictureRefused(ValidationError):
    """The upload is too large, or not a picture; the text is for the person who sent it."""


@dataclass(frozen=True)
class CleanPicture:
    """A re-encoded picture: its bytes, its size in pixels, its suffix with the dot."""

    content: bytes
    width: int
    height: int
    suffix: str


def unnamed(instance, filename: str) -> str:
    """Where an upload is stored. Its name is dropped: "pier-7.jpg" would give away a secret."""
    suffix = PurePath(filename).suffix.lower()
    kept = suffix if suffix in {".jpg", ".jpeg", ".png", ".webp", ".avif"} else ".jpg"
    size = _SIZE.search(filename)
    dimensions = f"-{size[1]}x{size[2]}" if size else ""
    return f"pictures/{secrets.token_hex(12)}{dimensions}{kept}"


def size_of(name: str) -> tuple[int, int] | None:
    """Width and height in pixels, read from the stored name without opening the file."""
    size = _SIZE.search(name or "")
    return (int(size[1]), int(size[2])) if size else None


def opened(file) -> Image.Image:
    """The picture in a file: header read, size checked, nothing decoded yet.

    Raises PictureRefused past MAX_PIXELS, or if it's not a picture.
    """
    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow warns at its own, higher limit; ours refuses first.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureRefused(TOO_LARGE) from error
    except BROKEN as error:  # UnidentifiedImageError is an OSError
        raise PictureRefused(UNREADABLE) from error
    if image.width * image.height > MAX_PIXELS:
        raise PictureRefused(TOO_LARGE)
    return image


def _unpacked(file) -> Image.Image:
    """The picture in a file, decoded and upright. Raises PictureRefused."""
    image = opened(file)
    try:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # don't decode all of a large JPEG
        image.load()
        return ImageOps.exif_transpose(image)
    except BROKEN as error:
        raise PictureRefused(UNREADABLE) from error


def cleaned(file) -> CleanPicture:
    """The picture in a file and nothing else that was in it. Raises PictureRefused."""
    picture = _in_srgb(_unpacked(file))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A fresh canvas: comments, profiles, XMP and GPS travel in `info`, and some encoders copy it.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    if bare.mode == "RGBA":
        bare.save(out, "PNG", optimize=True)
        suffix = ".png"
    else:
        bare.save(out, "JPEG", quality=90, optimize=True, progressive=True)
        suffix = ".jpg"
    return CleanPicture(out.getvalue(), bare.width, bare.height, suffix)


def _in_srgb(image: Image.Image) -> Image.Image:
    """RGB or RGBA as every screen shows it; a camera's color profile is applied and dropped."""
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    mode = "RGBA" if has_alpha else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA"):
        with suppress(ImageCms.PyCMSError, OSError):  # a broken profile is treated as none
            image = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=image.mode,
            )
    return image.convert(mode)


class PictureFile(ImageFieldFile):
    """A stored picture. Anything saved through it is cleaned first."""

    def save(self, name, content, save=True):
        picture = cleaned(content)
        name = f"picture-{picture.width}x{picture.height}{picture.suffix}"
        super().save(name, ContentFile(picture.content), save=save)
        # Local: imagekit reads its settings on import, and models are loaded before that.
        from nsca.lib.media.renditions import make_renditions

        make_renditions(self)

    save.alters_data = True

    def _get_image_dimensions(self):
        return size_of(self.name) or super()._get_image_dimensions()


class PictureFormField(forms.ImageField):
    """Refuses an upload with a sentence, in the form rather than while saving.

    Too many pixels are refused before anything is decoded.
    """

    def to_python(self, data):
        if data in self.empty_values:
            return None
        try:
            _unpacked(data)
        finally:
            data.seek(0)
        return super().to_python(data)


class PictureField(models.ImageField):
    """An ImageField for pictures that strangers will look at."""

    attr_class = PictureFile

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("upload_to", unnamed)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PictureFormField, **kwargs})

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        # To migrations it's an image field: cleaning uploads doesn't change the schema.
        return name, "django.db.models.ImageField", args, kwargs
