"""QR codes as drawings: SVG without styles for a page, and squares for other drawings."""

from functools import lru_cache

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

QUIET = 4  # modules of white around it (ISO/IEC 18004 §6.3.8)


@lru_cache(maxsize=1024)  # each tries eight masks, and guests look at theirs more than once
def squares(text: str) -> tuple[tuple[int, ...], ...]:
    """The symbol as rows of 0 and 1, without the quiet zone. Level Q: a quarter may be damaged."""
    return tuple(tuple(row) for row in segno.make_qr(text, error="q").matrix)


def svg(text: str, *, label: str) -> SafeString:
    """The symbol as inline SVG, black on white in both color schemes; `label` says what it is."""
    rows = squares(text)
    path = "".join(_runs(row, y) for y, row in enumerate(rows))
    size = len(rows) + 2 * QUIET
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{0}v{0}H0z"/>'
        '<path stroke="#000" d="{2}"/></svg>',
        size,
        label,
        mark_safe(path),  # noqa: S308  (digits and letters made here)
    )


def _runs(row, y: int) -> str:
    """One row as horizontal strokes, one for each run of dark modules."""
    strokes, x = [], 0
    while x < len(row):
        if not row[x]:
            x += 1
            continue
        start = x
        while x < len(row) and row[x]:
            x += 1
        strokes.append(f"M{start + QUIET} {y + QUIET}.5h{x - start}")
    return "".join(strokes)
