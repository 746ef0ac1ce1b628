"""The envelope of the Soirée: sealed on the linen; opened, its flap up and a card rising."""

# A path is drawn in one breath.
# ruff: noqa: E501

import math

from .chart import number, spot

_QUIET = 'aria-hidden="true" focusable="false"'


def sealed():
    """The closed envelope; the page places the seal on it (.env__seal)."""
    return (
        f'<svg viewBox="0 0 800 540" {_QUIET}><path class="paper" d="M0 0H800V540H0Z"/>'
        '<path class="paper-shade" d="M0 0L380 290L0 540Z"/><path class="paper-shade" d="M800 0L420 290L800 540Z"/>'
        '<path class="crease" d="M0 540L352 300M800 540L448 300"/>'
        '<path class="paper" d="M0 540L366 270Q400 246 434 270L800 540Z"/>'
        '<path class="crease" d="M0 540L366 270Q400 246 434 270L800 540"/>'
        '<g class="env__flap"><path class="paper-light" d="M0 0L362 318Q400 350 438 318L800 0Z"/></g>'
        '<path class="crease" d="M0 0L362 318Q400 350 438 318L800 0"/></svg>'
    )


def opened_back(records):
    """The open envelope behind the card, lined with the map of the cities."""
    rings = "".join(f'<circle cx="400" cy="320" r="{r}"/>' for r in range(30, 460, 22))
    lines = []
    for at in map(spot, records):
        angle = math.radians(at.bearing)
        x, y = 400 + 560 * math.sin(angle), 320 - 560 * math.cos(angle)
        lines.append(f'<path d="M400 320L{number(x)} {number(y)}"/>')
    return (
        f'<svg viewBox="0 0 800 860" {_QUIET}><path class="lining" d="M0 320L366 22Q400 -6 434 22L800 320Z"/>'
        '<clipPath id="lining"><path d="M26 318L374 38Q400 18 426 38L774 318Z"/></clipPath>'
        '<g clip-path="url(#lining)"><path fill="#DDE6EA" d="M0 0h800v330H0z"/>'
        f'<g fill="none" stroke="#0D4468" stroke-opacity=".5" stroke-width="1.2">{rings}</g>'
        f'<g stroke="#C2301A" stroke-width="2">{"".join(lines)}</g></g>'
        '<path class="lining" d="M0 320H800V860H0Z"/></svg>'
    )


def opened_front():
    """The pocket in front of the card."""
    return (
        f'<svg class="env__front" viewBox="0 0 800 860" {_QUIET}><g transform="translate(0 320)">'
        '<path class="paper-side" d="M0 0L352 284Q340 300 330 306L0 540Z"/>'
        '<path class="paper-side" d="M800 0L448 284Q460 300 470 306L800 540Z"/>'
        '<path class="crease" d="M0 0L352 284M800 0L448 284"/>'
        '<path class="paper-light" d="M0 540L366 252Q400 226 434 252L800 540Z"/>'
        '<path class="crease" d="M0 540L366 252Q400 226 434 252L800 540"/></g></svg>'
    )
