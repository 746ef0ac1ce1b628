"""Pictures that staff upload: no EXIF, no telling name, no decompression bombs.

A PictureField stores nothing of what came in but the picture itself: turned upright, in sRGB,
re-encoded,
under a random name that says only how large it is. It does so for files saved by code as well as
by a form.
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

MAX_PIXELS = 40_000_000  # past it a few kilobytes can unpack to gigabytes
LONGEST_SIDE = 3200  # pixels kept; screens and printed programs ask for less
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF")
_SIZE = re.compile(r"-(\d{1,5})x(\d{1,5})\.\w+\Z")

TOO_LARGE = (
    "This picture has more than 40 million pixels. Please make it smaller and send it again; "
    "3,000 pixels across are plenty."
)
# What Pillow raises where a file is broken; AVIF's reader knows but the last of them.
BROKEN = (OSError, SyntaxError, ValueError, RuntimeError)
UNREADABLE = "This file is not a picture we can read. A JPEG, PNG or WebP will do."


class PictureRefused(ValidationError):
    """The upload is too large or no picture; the text is a sentence for whoever sent it."""


@dataclass(frozen=True)
class CleanPicture:
    """A re-encoded picture: its bytes, its size in pixels, its suffix with the dot."""

    content: bytes
    width: int
    height: int
    suffix: str


def unnamed(instance, filename: str) -> str:
    """Where an upload is kept. Its own name is dropped: "pier-7.jpg" would tell a secret."""
    suffix = PurePath(filename).suffix.lower()
    kept = suffix if suffix in {".jpg", ".jpeg", ".png", ".webp", ".avif"} else ".jpg"
    size = _SIZE.search(filename)
    dimensions = f"-{size[1]}x{size[2]}" if size else ""
    return f"pictures/{secrets.token_hex(12)}{dimensions}{kept}"


def size_of(name: str) -> tuple[int, int] | None:
    """Width and height in pixels as the stored name says them, without opening the file."""
    size = _SIZE.search(name or "")
    return (int(size[1]), int(size[2])) if size else None


def opened(file) -> Image.Image:
    """The picture in a file, its header read and its size approved, nothing decoded yet.

    Raises PictureRefused past MAX_PIXELS, or where it is no picture.
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
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG need not be unpacked in full
        image.load()
        return ImageOps.exif_transpose(image)
    except BROKEN as error:
        raise PictureRefused(UNREADABLE) from error


def cleaned(file) -> CleanPicture:
    """The picture in a file without anything else that was in it. Raises PictureRefused."""
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
    """RGB or RGBA as every screen understands it; a camera's own colour profile is applied, not
    kept.
    """
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    mode = "RGBA" if has_alpha else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA"):
        with suppress(ImageCms.PyCMSError, OSError):  # a broken profile is as good as none
            image = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=image.mode,
            )
    return image.convert(mode)


class PictureFile(ImageFieldFile):
    """A stored picture. Whatever is saved through it is cleaned first."""

    def save(self, name, content, save=True):
        picture = cleaned(content)
        name = f"picture-{picture.width}x{picture.height}{picture.suffix}"
        super().save(name, ContentFile(picture.content), save=save)
        # Local: imagekit reads its settings when it is imported, models are loaded before that.
        from nsca.lib.media.renditions import make_renditions

        make_renditions(self)

    save.alters_data = True

    def _get_image_dimensions(self):
        return size_of(self.name) or super()._get_image_dimensions()


class PictureFormField(forms.ImageField):
    """An upload that is refused with a sentence: too many pixels before anything is decoded, and
    what is broken inside here, where a form can say so, and not while it is saved.
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
        # To migrations it is an image's address; what happens on the way in is no matter of the
        # schema.
        return name, "django.db.models.ImageField", args, kwargs
