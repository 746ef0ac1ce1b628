"""Drawings in place of photographs, so that the demonstration shows nobody without consent."""

from pathlib import Path

from django.core.files.base import ContentFile

from nsca.lib.media import raster

HERE = Path(__file__).parent
WIDTH = 1200  # pixels


def picture(name: str) -> ContentFile:
    """One of the drawings beside this file, as an upload. Raises FileNotFoundError."""
    drawing = (HERE / f"{name}.svg").read_text()
    return ContentFile(raster.png(drawing, WIDTH), name=f"{name}.png")
