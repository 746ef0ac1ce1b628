"""Bar charts drawn on the server as SVG.

Colors and strokes come from style sheet classes, so that they follow the color scheme and print.
The table beside a chart is its text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 200  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 48, 4, 12, 24  # margins, for the labels of the axes
STEPS = (1, 2, 5)  # times a power of ten, for a readable scale
LINES = 4  # of the grid, roughly


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    series: int
    words: str  # "Renewed, Apr 2027: 12"


@dataclass(frozen=True)
class Tick:
    at: float
    words: str


@dataclass(frozen=True)
class Chart:
    """What the template draws; coordinates in units of `width` and `height`."""

    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    zero: float = HEIGHT - BOTTOM


def scale(most: float) -> tuple[float, float]:
    """The end of an axis that fits `most`, and the step of its grid."""
    if most <= 0:
        return 1, 1
    size = 1
    while True:
        for step in STEPS:
            if most <= step * size * LINES:
                tops = -(-most // (step * size))
                return tops * step * size, step * size
        size *= 10


def bars(
    title: str,
    labels: Sequence[str],
    series: dict[str, Sequence[int]],
    *,
    said=str,
) -> Chart:
    """Draw bars side by side for each label; `said` writes a value (1250 → "$12.50").

    Negative values, as when refunds exceed income, are drawn as zero; the table shows them.
    """
    most = max((max(values, default=0) for values in series.values()), default=0)
    top, step = scale(most)
    tall, wide = HEIGHT - TOP - BOTTOM, WIDTH - LEFT - RIGHT
    group = wide / max(1, len(labels))
    width = group * 0.72 / max(1, len(series))
    zero = HEIGHT - BOTTOM
    drawn = []
    for place, (name, values) in enumerate(series.items()):
        for number, (label, value) in enumerate(zip(labels, values, strict=True)):
            height = max(0, value) / top * tall
            x = LEFT + number * group + group * 0.14 + place * width
            drawn.append(
                Bar(
                    round(x, 1), round(zero - height, 1), round(width - 1, 1), round(height, 1),
                    place, f"{name}, {label}: {said(value)}",
                )
            )  # fmt: skip
    every = max(1, -(-len(labels) // 12))
    return Chart(
        title=title,
        series=tuple(series),
        bars=tuple(drawn),
        across=tuple(
            Tick(round(LEFT + number * group + group / 2, 1), label)
            for number, label in enumerate(labels)
            if number % every == 0
        ),
        up=tuple(
            Tick(round(zero - step * line / top * tall, 1), said(step * line))
            for line in range(int(top / step) + 1)
        ),
    )
