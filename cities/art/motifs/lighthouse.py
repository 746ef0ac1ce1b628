"""Halifax: the light on the granite, and a schooner."""

# A path is drawn in one breath.
# ruff: noqa: E501

from dataclasses import replace

from ..ink import mix
from ..pen import H, W, circle, path, poly, rect, sky, waves


def lighthouse(g):
    p, hz = g.p, g.hz + 20
    ink = p.sea
    o = [sky(replace(g, hz=hz), p.sky, p.ground, 5)]
    lx, ly = 214, hz - 356
    o.append(
        poly([(lx, ly), (640, ly - 172), (640, ly - 40)], p.ground, ' opacity=".62"')
        + poly([(lx, ly), (640, ly + 14), (640, ly + 96)], p.ground, ' opacity=".55"')
        + poly([(lx, ly), (-40, ly - 70), (-40, ly + 34)], p.ground, ' opacity=".62"')
    )
    o.append(rect(0, hz, W, H - hz, ink))
    o.append(waves(g, hz + 2, mix(ink, p.sky, 0.42), gap=16, wl=64, amp=3.2))
    # far shore and a schooner
    o.append(
        path(
            f"M380 {hz}C420 {hz - 22} 470 {hz - 26} 520 {hz - 18}S580 {hz - 30} 600 {hz - 26}V{hz}Z",
            mix(ink, p.sky, 0.5),
        )
    )
    o.append(
        f'<g transform="translate(462 {hz + 6})">'
        + path("M-58 0H60C52 14 44 18 30 18H-38C-50 16 -56 8 -58 0Z", p.accent)
        + path(
            "M-24 -4V-104L-56 -12ZM-18 -4V-112C-2 -80 8 -42 10 -10ZM18 -4V-96C34 -66 44 -36 48 -10ZM52 -2L20 -98L70 -4Z",
            p.ground,
        )
        + path("M-21 0V-116M15 0V-104M40 0L84 -12", stroke=ink, w=2.4)
        + "</g>"
    )
    # granite
    rock, r2, r3 = mix(ink, "#000000", 0.42), mix(ink, p.sky, 0.34), mix(ink, p.sky, 0.62)
    o.append(
        path(
            f"M-10 {H}V{hz - 24}C30 {hz - 58} 90 {hz - 64} 150 {hz - 56}S270 {hz - 66} 312 {hz - 30} 360 {hz + 40} 420 {hz + 62} 520 {hz + 130} 560 {H}Z",
            rock,
        )
    )
    o.append(
        path(
            f"M-10 {hz - 2}C40 {hz - 34} 92 {hz - 42} 146 {hz - 34}S236 {hz - 40} 276 {hz - 20}C220 {hz - 10} 176 {hz + 18} 120 {hz + 8}S30 {hz + 24} -10 {hz + 40}Z",
            r3,
        )
    )
    o.append(
        path(
            f"M-10 {hz + 70}C60 {hz + 34} 150 {hz + 54} 210 {hz + 36}S330 {hz + 36} 352 {hz + 66}C280 {hz + 72} 260 {hz + 104} 180 {hz + 98}S40 {hz + 120} -10 {hz + 136}Z",
            r2,
        )
    )
    o.append(
        path(
            f"M40 {H}C90 {hz + 150} 220 {hz + 160} 290 {hz + 136}S420 {hz + 132} 452 {hz + 172}C380 {hz + 180} 330 {hz + 210} 270 {H}Z",
            r2,
        )
    )
    b = hz - 52
    o.append(
        poly([(160, b + 6), (182, ly + 40), (246, ly + 40), (268, b + 6)], "#FFFFFF")
        + poly(
            [(222, b + 6), (218, ly + 40), (246, ly + 40), (268, b + 6)],
            mix(p.sky, "#FFFFFF", 0.35),
        )
    )
    for yy in (b - 60, b - 140, b - 220):
        o.append(rect(206, yy, 14, 24, ink))
    o.append(path(f"M200 {b + 6}v-34a14 14 0 0 1 28 0v34z", p.accent))
    o.append(rect(168, ly + 28, 92, 12, ink) + rect(176, ly + 6, 76, 5, ink))
    o.append(path("".join(f"M{x} {ly + 8}v22" for x in range(178, 254, 12)), stroke=ink, w=3))
    o.append(
        rect(190, ly - 22, 48, 50, p.accent)
        + rect(196, ly - 16, 36, 34, "#FFF4C2")
        + path(f"M208 {ly - 16}v34M220 {ly - 16}v34", stroke=p.accent, w=3)
    )
    o.append(
        poly([(182, ly - 22), (214, ly - 62), (246, ly - 22)], p.accent)
        + circle(214, ly - 66, 6, p.accent)
        + rect(212.5, ly - 92, 3, 24, ink)
    )
    for x, y, s in ((404, ly + 66, 1), (452, ly + 46, 0.7), (120, ly + 96, 0.8)):
        o.append(
            path(
                f"M{x - 24 * s} {y}q{12 * s} {-14 * s} {24 * s} 0q{12 * s} {-14 * s} {24 * s} 0",
                stroke=ink,
                w=3.4 * s,
                extra=' stroke-linecap="round"',
            )
        )
    return o
