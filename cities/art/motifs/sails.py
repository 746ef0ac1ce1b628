"""Toulon: three pointus, the double-ended boats of the Var, under Mont Faron."""

# A path is drawn in one breath.
# ruff: noqa: E501

from dataclasses import replace

from ..ink import mix
from ..pen import H, W, circle, path, poly, rect, sky, waves


def sails(g):
    p, hz = g.p, g.hz + 6
    o = [sky(replace(g, hz=hz), p.sky, mix(p.sky, p.ground, 0.9))]
    o.append(circle(g.sx + 300, g.sy + 24, g.sr - 26, p.sun))
    lime, shade = mix(p.ground, p.sky, 0.10), mix(mix(p.sky, p.sun, 0.30), p.ground, 0.30)
    m = [
        (0, hz - 118),
        (54, hz - 150),
        (96, hz - 196),
        (150, hz - 214),
        (214, hz - 246),
        (318, hz - 252),
        (366, hz - 222),
        (436, hz - 190),
        (476, hz - 140),
        (540, hz - 112),
        (600, hz - 66),
    ]
    o.append(poly(m + [(600, hz), (0, hz)], lime))
    for a in (
        [
            (96, hz - 196),
            (150, hz - 214),
            (128, hz - 150),
            (160, hz - 90),
            (110, hz - 40),
            (70, hz - 60),
            (84, hz - 130),
        ],
        [
            (214, hz - 246),
            (318, hz - 252),
            (290, hz - 196),
            (316, hz - 150),
            (262, hz - 84),
            (270, hz - 30),
            (212, hz - 30),
            (226, hz - 110),
            (192, hz - 160),
        ],
        [
            (366, hz - 222),
            (436, hz - 190),
            (412, hz - 140),
            (440, hz - 96),
            (398, hz - 40),
            (350, hz - 30),
            (372, hz - 110),
            (344, hz - 150),
        ],
        [(476, hz - 140), (540, hz - 112), (600, hz - 66), (600, hz), (500, hz), (522, hz - 60)],
    ):
        o.append(poly(a, shade))
    x = 0
    while x < 600:  # the old town, roof by roof
        w, h = g.r(16, 34), g.r(20, 46)
        o.append(
            rect(x, hz - h, w + 0.6, h, p.ground if int(x) % 3 else mix(p.ground, p.sky, 0.5))
        )
        o.append(
            poly([(x - 1, hz - h), (x + w / 2, hz - h - g.r(6, 12)), (x + w + 1, hz - h)], p.sun)
        )
        for k in range(int(w // 9)):
            o.append(rect(x + 4 + k * 9, hz - h + 9, 3.4, 7, p.sea))
        x += w
    o.append(rect(0, hz, W, H - hz, p.sea) + rect(0, hz, W, 7, mix(p.sea, "#000000", 0.35)))
    o.append(waves(g, hz + 4, mix(p.sea, p.ground, 0.26), gap=19, wl=86, amp=3.4))

    def boat(x, y, s, a, b, hull):
        d = path("M-74 0H78C62 30 40 36 4 36S-56 30 -74 0Z", hull) + path(
            "M-70 7H73", stroke=b, w=5
        )
        d += path("M-2 2L6 -176", stroke=p.sea if s < 0.7 else mix(p.sea, "#000000", 0.4), w=5)
        d += path("M-70 -34L66 -258C60 -176 76 -96 104 -30C46 -14 -14 -18 -70 -34Z", a)
        d += path(
            "M-70 -34L66 -258C63 -226 64 -196 69 -166L-26 -44C-42 -39 -56 -36 -70 -34Z",
            b,
            extra=' opacity=".9"',
        )
        d += path(
            "M-76 -24L72 -268",
            stroke=mix(p.sea, "#000000", 0.4),
            w=5,
            extra=' stroke-linecap="round"',
        )
        for k in range(7):
            ww = 74 - k * 8
            d += f'<rect x="{-ww + (k % 2) * 14}" y="{44 + k * 11}" width="{2 * ww}" height="{6 - k * 0.5}" rx="3" fill="{a if k % 2 else b}" opacity="{0.95 - k * 0.1:.2f}"/>'
        return f'<g transform="translate({x} {y}) scale({s})">{d}</g>'

    o.append(boat(474, hz + 30, 0.40, p.ground, p.sun, p.ground))
    o.append(boat(120, hz + 62, 0.56, p.ground, p.sky, p.sun))
    o.append(boat(322, hz + 170, 1.22, "#FFFFFF", p.sun, p.ground))
    return o
