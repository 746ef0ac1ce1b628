"""Smaller copies of a picture in modern formats: made when it is saved, found by name."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from imagekit import ImageSpec
from imagekit.cachefiles import ImageCacheFile
from imagekit.processors import ResizeToFit

from nsca.lib.media.images import size_of

WIDTHS = (480, 960, 1600)  # pixels: a phone, a column, a large screen
KINDS = {"AVIF": {"quality": 60, "speed": 8}, "WEBP": {"quality": 80, "method": 4}}


class Rendition(ImageSpec):
    """One width in one format, named after the picture, so that no page has to ask the storage."""

    autoconvert = False  # the pictures are RGB or RGBA, which both formats take as is

    def __init__(self, source, width: int, kind: str):
        self.width, self.format, self.options = width, kind, KINDS[kind]
        self.processors = [ResizeToFit(width=width, upscale=False)]
        super().__init__(source)

    @property
    def cachefile_name(self):
        stem = PurePosixPath(self.source.name).stem
        return f"renditions/{stem}-{self.width}.{self.format.lower()}"


@dataclass(frozen=True)
class Source:
    """What a <source> needs: a MIME type and a srcset."""

    mimetype: str
    srcset: str


def widths_of(picture, widths=WIDTHS) -> list[int]:
    """Widths in pixels of a picture's copies: those below its own, plus its own or the largest."""
    size = size_of(picture.name)
    if size is None:
        return []
    smaller = [width for width in widths if width < size[0]]
    return smaller or [widths[0]]


def make_renditions(picture) -> None:
    """Make every copy of a stored picture, in all widths and both formats."""
    for width in widths_of(picture):
        for kind in KINDS:
            ImageCacheFile(Rendition(picture, width, kind)).generate(force=True)


def remove_renditions(picture) -> None:
    """Delete every copy of a picture, before or after the picture itself."""
    for width in WIDTHS:
        for kind in KINDS:
            copy = ImageCacheFile(Rendition(picture, width, kind))
            copy.storage.delete(copy.name)


def sources_of(picture, widths=WIDTHS) -> list[Source]:
    """A picture's <source> elements, smallest format first. Empty if we didn't save it."""
    return [
        Source(
            f"image/{kind.lower()}",
            ", ".join(
                f"{ImageCacheFile(Rendition(picture, width, kind)).url} {width}w"
                for width in widths_of(picture, widths)
            ),
        )
        for kind in KINDS
        if widths_of(picture, widths)
    ]
