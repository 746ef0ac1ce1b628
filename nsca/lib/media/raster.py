"""Drawings to pictures: SVG to PNG, with text as outlines so that installed fonts don't matter."""

import hashlib
from functools import lru_cache
from pathlib import Path

import resvg_py
from fontTools.misc.transform import Transform
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[3] / "static" / "fonts"
SANS = "public-sans.woff2"
ITALIC = "newsreader-display-italic.woff2"
DRAWN = 1  # raise it when a drawing changes for reasons that no record shows


def digest_of(*values) -> str:
    """Names one version of a picture by what it is drawn from (dataclasses, strings, numbers)."""
    return hashlib.blake2b(repr((DRAWN, values)).encode(), digest_size=8).hexdigest()


def png(svg: str, width: int, *, styles: str = "") -> bytes:
    """A drawing as PNG, `width` pixels wide. Raises ValueError if it is not SVG."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, width=width, style_sheet=styles or None, skip_system_fonts=True
        )
    )


@lru_cache(maxsize=8)
def _face(font: str, weight: int):
    face = TTFont(FONTS / font)
    location = {"wght": weight} if "fvar" in face else None
    return face.getGlyphSet(location=location), face.getBestCmap(), face["head"].unitsPerEm


def measure(
    text: str, size: float, *, font: str = SANS, weight: int = 800, tight: float = 0.0
) -> float:
    """A line's width in the drawing's units. `tight` is taken off between characters, in em."""
    glyphs, names, units = _face(font, weight)
    advance = sum(glyphs[_glyph(names, letter)].width for letter in text)
    return (advance / units - tight * len(text)) * size


def line(
    text: str,
    x: float,
    y: float,
    size: float,
    fill: str,
    *,
    font: str = SANS,
    weight: int = 800,
    tight: float = 0.0,
) -> str:
    """A line of text as an SVG path, with its baseline at y."""
    glyphs, names, units = _face(font, weight)
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.1f}".rstrip("0").rstrip("."))
    scale = size / units
    for letter in text:
        glyph = glyphs[_glyph(names, letter)]
        glyph.draw(TransformPen(pen, Transform(scale, 0, 0, -scale, x, y)))
        x += glyph.width * scale - tight * size
    return f'<path d="{pen.getCommands()}" fill="{fill}"/>'


def fitted(
    text: str, width: float, largest: float, smallest: float, **face
) -> tuple[list[str], float]:
    """The text in one line or two, as large as fits `width`; if two are too few, ellipsized."""
    whole = measure(text, 1, **face) or 1
    if width / whole >= smallest * 1.3 or " " not in text:
        return [text], max(min(largest, width / whole), 1)
    words = text.split()
    halves = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    halves.sort(key=lambda pair: max(measure(half, 1, **face) for half in pair))
    size = min(largest, width / max(measure(half, 1, **face) for half in halves[0]))
    return list(halves[0]), max(size, 1)


def _glyph(names: dict[int, str], letter: str) -> str:
    return names.get(ord(letter)) or names.get(ord("·")) or ".notdef"
