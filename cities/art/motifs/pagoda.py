"""Ningbo–Beilun: the pagoda and the port's gantries."""

# A path is drawn in one breath.
# ruff: noqa: E501

import math
from dataclasses import replace

from ..ink import mix, multiply
from ..pen import H, W, circle, f, path, poly, rect, sky, waves


def pagoda(g):
    p, hz = g.p, g.hz - 6
    ink, red = mix(p.sea, "#1A0503", 0.45), p.sun
    o = [sky(replace(g, hz=hz), p.sky, mix(p.sky, p.ground, 0.85), 4)]
    o.append(circle(424, hz - 286, 104, red))
    for x, s in ((70, 1), (156, 0.82), (520, 0.9), (590, 1.05)):  # the port's gantries
        c1 = multiply(mix(p.sea, p.sky, 0.42), p.sky)
        o.append(
            f'<g transform="translate({x} {hz}) scale({s})" fill="none" stroke="{c1}" stroke-width="6"><path d="M-24 0V-118M24 0V-118M-26 -70H26M-66 -118H110M-24 -118L0 -166L24 -118M0 -166L104 -119M0 -166L-62 -119M-24 0L24 -66"/></g>'
        )
    o.append(
        path(
            f"M0 {hz}V{hz - 44}C60 {hz - 70} 100 {hz - 40} 150 {hz - 54}S250 {hz - 34} 330 {hz - 44} 470 {hz - 76} 600 {hz - 46}V{hz}Z",
            p.accent,
        )
    )
    o.append(rect(0, hz, W, H - hz, p.sea))
    x0, base = 232, hz + 54
    # stone terrace
    o.append(
        poly([(60, base + 34), (92, base - 4), (372, base - 4), (404, base + 34)], p.ground)
        + rect(60, base + 34, 344, 16, mix(p.ground, p.sea, 0.35))
    )
    y, w, n = base - 4, 98, 7
    for i in range(n):
        hgt = 50 - i * 3.1
        ww = w * (1 - i * 0.095)
        o.append(
            rect(x0 - ww * 0.62, y - hgt, ww * 1.24, hgt, p.ground)
            + rect(x0 + ww * 0.12, y - hgt, ww * 0.5, hgt, mix(p.ground, p.sky, 0.55))
        )
        o.append(
            path(f"M{f(x0 - 9)} {f(y)}v{f(-hgt * 0.5)}a9 9 0 0 1 18 0v{f(hgt * 0.5)}z", ink)
            + rect(x0 - ww * 0.62, y - 8, ww * 1.24, 8, red)
        )
        yy = y - hgt
        e = ww * 1.02
        o.append(
            path(
                f"M{f(x0 - e - 16)} {f(yy - 10)}Q{f(x0 - e * 0.7)} {f(yy + 2)} {f(x0 - ww * 0.5)} {f(yy - 20)}H{f(x0 + ww * 0.5)}Q{f(x0 + e * 0.7)} {f(yy + 2)} {f(x0 + e + 16)} {f(yy - 10)}Q{f(x0 + e * 0.74)} {f(yy + 16)} {f(x0)} {f(yy + 14)}Q{f(x0 - e * 0.74)} {f(yy + 16)} {f(x0 - e - 16)} {f(yy - 10)}Z",
                ink,
            )
        )
        y = yy - 14
    o.append(
        poly([(x0 - 38, y + 2), (x0, y - 34), (x0 + 38, y + 2)], ink)
        + rect(x0 - 3, y - 96, 6, 70, ink)
        + "".join(
            f'<ellipse cx="{x0}" cy="{f(y - 44 - k * 13)}" rx="{13 - k * 2.4:.1f}" ry="5" fill="{red}"/>'
            for k in range(4)
        )
    )
    o.append(waves(g, hz + 96, mix(p.sea, p.sky, 0.6), gap=18, wl=76, amp=6, w=2.6))
    o.append(
        path(
            f"M330 {H}C380 {H - 60} 450 {H - 74} 470 {H - 120}S560 {H - 150} 606 {H - 206}V{H}Z",
            p.accent,
        )
    )
    for k, (a, b, s) in enumerate(
        (
            (440, H - 96, 1),
            (520, H - 146, 0.8),
            (372, H - 48, 0.8),
            (486, H - 40, 1.1),
            (566, H - 84, 1),
        )
    ):
        for j in range(5):
            t = math.radians(j * 72 + k * 20)
            o.append(circle(a + 12 * s * math.cos(t), b + 12 * s * math.sin(t), 10 * s, p.ground))
        o.append(circle(a, b, 5 * s, red))
    return o
