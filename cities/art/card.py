"""The rosette on a member's card, as on a banknote, drawn from the member number."""

# A path is drawn in one breath.
# ruff: noqa: E501

import math

from .chart import number

_INKS = ("#FF6A47", "#5E9DC0", "#FCD116", "#FFFFFF")


def guilloche(membership_number):
    """The rosette of a number's last six digits; the same number, the same rosette."""
    digits = [int(d) for d in f"{int(membership_number) % 1_000_000:06d}"]
    drawn = []
    for k, ink in enumerate(_INKS):
        lobes, breadth = 5 + digits[-1 - k] + k * 2, 18 + (30 + 4 * digits[k]) / 3
        points = []
        for i in range(0, 721, 2):
            t = math.radians(i / 2)
            wave = math.sin(lobes * t + k) * math.cos((3 + digits[k] % 4) * t)
            r = 190 - k * 34 + breadth * wave
            points.append(f"{number(r * math.sin(t))} {number(-r * math.cos(t))}")
        drawn.append(f'<g stroke="{ink}"><path id="g{k}" d="M{"L".join(points)}Z"/>')
        for turn in range(1, 5):
            angle, scale = number(turn * 72 / lobes), f"{1 - turn * 0.035:.3f}"
            drawn.append(f'<use href="#g{k}" transform="rotate({angle}) scale({scale})"/>')
        drawn.append("</g>")
    return (
        '<svg class="guilloche" viewBox="-260 -260 520 520" fill="none" stroke-width=".8" opacity=".8" '
        f'aria-hidden="true" focusable="false">{"".join(drawn)}</svg>'
    )
