"""The association's mark: a disc with Norfolk in the middle and the cities around it."""

# A path is drawn in one breath.
# ruff: noqa: E501

from .chart import RADIUS, RIM_MILES, RINGS_MILES, number, spot

# Of the map's 1,000 units. The farthest point stays within the disc and does not notch it.
REACH = 11


def mark(records):
    """The mark as SVG. Its two colors come from its context (atlas.css, .mark)."""
    points = [(at.x / REACH, at.y / REACH) for at in map(spot, records)]
    far = [(x, y) for x, y in points if abs(x) + abs(y) > 20]
    near = [(x, y) for x, y in points if abs(x) + abs(y) <= 20]  # under the red point when small
    rings = "".join(f'<circle r="{number(m / RIM_MILES * RADIUS / 10)}"/>' for m in RINGS_MILES)
    spokes = "".join(f"M0 0L{number(x)} {number(y)}" for x, y in points)
    dots = "".join(f'<circle cx="{number(x)}" cy="{number(y)}" r="6.6"/>' for x, y in far)
    fine = "".join(f'<circle cx="{number(x)}" cy="{number(y)}" r="3"/>' for x, y in near)
    return (
        '<svg class="mark" viewBox="-100 -100 200 200" fill="none" aria-hidden="true" focusable="false">'
        f'<circle class="disc" r="100"/><g class="fine">{rings}</g>'
        f'<path class="spokes" d="{spokes or "M0 0"}"/><g class="points">{dots}</g>'
        f'<g class="fine points">{fine}</g><circle class="hub" r="15"/></svg>'
    )
