"""Wilhelmshaven: the Kaiser-Wilhelm swing bridge."""

# A path is drawn in one breath.
# ruff: noqa: E501

from dataclasses import replace
from itertools import pairwise

from ..ink import mix, multiply
from ..pen import H, W, circle, f, glints, path, poly, rect, rnd, sky


def swingbridge(g):
    p, hz = g.p, g.hz + 14
    k = p.sea
    low = mix(p.sky, p.ground, 0.72)
    o = [sky(replace(g, hz=hz), p.sky, low, 6)]
    o.append(circle(300, hz - 176, 150, p.sun))
    o.append(
        path(
            f"M0 {hz}V{hz - 30}L36 {hz - 30}V{hz - 52}H58V{hz - 34}L120 {hz - 30} 130 {hz - 44} 140 {hz - 30} 250 {hz - 22} 400 {hz - 22} 470 {hz - 28}V{hz - 78}L476 {hz - 84} 482 {hz - 78}V{hz - 30}L540 {hz - 34} 560 {hz - 50} 580 {hz - 34} 600 {hz - 30}V{hz}Z",
            multiply(mix(k, p.accent, 0.55), low),
        )
    )
    o.append(rect(0, hz, W, H - hz, k))
    o.append(glints(g, hz + 6, 300, p.sun, 128, 14))
    o.append(glints(replace(g, r=rnd(99)), hz + 14, 300, p.sky, 60, 10))
    dk = hz - 66
    top = hz - 330

    def chord(u):  # u: 0 at the pylon, 1 at the tip
        return dk - 22 + (top - dk + 22) * (1 - u) ** 1.9

    L = []
    for tx in (152, 448):
        for s in (-1, 1):
            n = 9
            span = 148 if s * (300 - tx) > 0 else 170
            pts = [(tx + s * (16 + (span - 16) * i / n), chord(i / n)) for i in range(n + 1)]
            L.append(path("M" + "L".join(f"{f(x)} {f(y)}" for x, y in pts), stroke=k, w=7))
            L.append(path("".join(f"M{f(x)} {f(y)}V{dk}" for x, y in pts), stroke=k, w=3.4))
            L.append(
                path(
                    "".join(f"M{f(a[0])} {f(a[1])}L{f(b[0])} {dk}" for a, b in pairwise(pts)),
                    stroke=k,
                    w=2.6,
                )
            )
        for a in (-18, 10):
            L.append(rect(tx + a, top - 6, 8, hz - top - 10, k))
        for yy in range(int(top) + 14, int(dk) - 20, 44):
            L.append(
                path(
                    f"M{tx - 14} {yy}L{tx + 14} {yy + 36}M{tx + 14} {yy}L{tx - 14} {yy + 36}",
                    stroke=k,
                    w=3,
                )
                + rect(tx - 18, yy - 5, 36, 6, k)
            )
        L.append(
            poly([(tx - 22, top - 4), (tx, top - 44), (tx + 22, top - 4)], k)
            + rect(tx - 2, top - 66, 4, 26, k)
            + circle(tx, top - 68, 5, p.sun)
        )
        L.append(
            poly(
                [(tx - 46, hz + 24), (tx - 34, dk + 10), (tx + 34, dk + 10), (tx + 46, hz + 24)], k
            )
            + rect(tx - 60, hz + 4, 120, 26, mix(k, p.accent, 0.5))
        )
    L.append(rect(-10, dk - 4, 620, 16, k) + rect(-10, dk + 1, 620, 3, p.sky))
    L.append(
        path(
            "".join(f"M{x} {dk - 4}v-17" for x in range(0, 600, 12)) + f"M0 {dk - 20}H600",
            stroke=k,
            w=2,
        )
    )
    o += L
    o.append(
        f'<g transform="translate(300 {hz + 128})">'
        + path("M-150 -14H128L158 -40C152 0 134 26 118 30H-132C-142 22 -150 4 -150 -14Z", p.ground)
        + path("M-148 8H140", stroke=p.sun, w=6)
        + path("M-104 -14V-46H-20V-14ZM-90 -46V-70H-36V-46Z", p.ground)
        + path("M-84 -62h42M-96 -34h70", stroke=k, w=5, extra=' stroke-dasharray="9 6"')
        + path("M6 -14V-112M6 -104L-36 -48M6 -104L112 -22", stroke=p.ground, w=3)
        + poly([(-64, -70), (-62, -96), (-42, -96), (-40, -70)], p.sun)
        + "</g>"
    )
    return o
