"""Paper: PDFs in the site's own typeface, in any script a guest's name is likely to use.

Public Sans comes first. What it lacks (Polish, Vietnamese, Greek, Cyrillic) comes from DejaVu
Sans; Chinese, Japanese and Korean from Droid Sans Fallback. All are subset in nsca/lib/media/fonts
and opened only when a text needs them.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont
from fpdf import FPDF

HERE = Path(__file__).parent / "fonts"
SITE, SITE_BOLD = HERE / "sans.ttf", HERE / "sans-bold.ttf"
FALLBACKS = {"wide": HERE / "wide.ttf", "cjk": HERE / "cjk.ttf"}


@lru_cache(maxsize=4)
def _letters(path: Path) -> frozenset[str]:
    """Every character a font can draw."""
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _fonts_for(texts: Iterable[str]) -> list[str]:
    """The fallbacks that these texts need, in the order in which they are tried."""
    missing = set("".join(texts)) - _letters(SITE) - {"\n"}
    needed = []
    for name, path in FALLBACKS.items():
        if missing & _letters(path):
            needed.append(name)
            missing -= _letters(path)
        if not missing:
            break
    return needed


def drawable(text: str, otherwise: str) -> str:
    """The text, or `otherwise` if none of our fonts can draw all of it."""
    known = _letters(SITE).union(*map(_letters, FALLBACKS.values())) if text else frozenset()
    return text if set(text) <= known else otherwise


class Paper(FPDF):
    """One document on US Letter or `size` (a name, or width and height in millimeters).

    `texts` is everything written on it. The metadata has the title and the date `at`, and nothing
    else: no machine, no author.
    """

    def __init__(self, *, title: str, texts: Iterable[str], at: datetime, size="letter"):
        super().__init__(unit="mm", format=size)
        self.set_title(title)
        self.set_producer(settings.SITE_URL)
        self.set_creation_date(at)
        self.set_lang("en-US")
        self.set_margins(18, 18)
        self.set_auto_page_break(auto=False)
        self.add_font("sans", "", SITE)
        self.add_font("sans", "B", SITE_BOLD)
        needed = _fonts_for([title, *texts])
        for name in needed:
            self.add_font(name, "", FALLBACKS[name])
        if needed:
            self.set_fallback_fonts(needed, exact_match=False)
        self.add_page()

    def type(self, size: float, *, bold: bool = False, grey: bool = False) -> None:
        """How text is written from here on; size in points."""
        self.set_font("sans", "B" if bold else "", size)
        self.set_text_color(86, 91, 99) if grey else self.set_text_color(0, 0, 0)

    def modules(self, rows, *, x: float, y: float, side: float) -> None:
        """A QR symbol as filled squares, `side` millimeters wide."""
        unit = side / len(rows)
        self.set_fill_color(0, 0, 0)
        for line, row in enumerate(rows):
            for column, is_dark in enumerate(row):
                if is_dark:
                    # A hair wider than its square: otherwise printers leave white seams.
                    self.rect(x + column * unit, y + line * unit, unit * 1.02, unit * 1.02, "F")
