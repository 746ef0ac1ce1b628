"""Mixing inks and checking that they can be read. Inks are hexadecimal strings, "#RRGGBB"."""

import re

INK = "#12151A"
WHITE = "#FFFFFF"
READABLE = 4.5  # WCAG 2.2 AA, contrast of text

_HEX = re.compile(r"#[0-9A-Fa-f]{6}\Z")


def is_ink(value):
    """Whether a value is exactly "#RRGGBB", since inks go into style sheets and drawings."""
    return isinstance(value, str) and _HEX.match(value) is not None


def channels(ink):
    return [int(ink[i : i + 2], 16) for i in (1, 3, 5)]


def mix(a, b, share):
    """`a` with a share (0 to 1) of `b` in it."""
    pairs = zip(channels(a), channels(b), strict=True)
    return "#" + "".join(f"{round(u + (v - u) * share):02X}" for u, v in pairs)


def multiply(a, b):
    """The color of one ink printed over another."""
    pairs = zip(channels(a), channels(b), strict=True)
    return "#" + "".join(f"{round(u * v / 255):02X}" for u, v in pairs)


def luminance(ink):
    """Relative luminance by WCAG 2, from 0 (black) to 1 (white)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in channels(ink))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    """The WCAG 2 contrast of two inks, from 1 to 21."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(ground):
    """Ink or white, whichever reads better on this ground."""
    return INK if contrast(ground, INK) > contrast(ground, WHITE) else WHITE


def lettering(sea, ground):
    """The poster's lettering: the sea's ink if it is readable, else black or white."""
    return sea if contrast(sea, ground) >= READABLE else readable_on(ground)
