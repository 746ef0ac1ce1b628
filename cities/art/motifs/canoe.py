"""Tema: a painted sea canoe on the Greenwich meridian."""

# A path is drawn in one breath.
# ruff: noqa: E501

import math
from dataclasses import replace

from ..ink import mix
from ..pen import H, W, circle, path, poly, rect, rnd, sky, waves


def canoe(g):
    p, hz = g.p, g.hz - 4
    k = p.accent
    o = [sky(replace(g, hz=hz), p.sky, mix(p.sky, p.sun, 0.38))]
    cx, cy, R = 300, hz - 190, 176
    o.append(circle(cx, cy, R, p.sun))
    st = [
        (
            cx + (92 if i % 2 == 0 else 35.2) * math.sin(i * math.pi / 5),
            cy - (92 if i % 2 == 0 else 35.2) * math.cos(i * math.pi / 5),
        )
        for i in range(10)
    ]
    o.append(path(f"M{cx} 0V{hz}", stroke=k, w=3))
    o.append(poly(st, k))
    o.append(rect(0, hz, W, H - hz, p.sea))
    o.append(waves(g, hz + 2, mix(p.sea, p.sky, 0.30), gap=18, wl=72, amp=4))
    o.append(path(f"M{cx} {hz}V{H}", stroke=k, w=3, extra=' stroke-dasharray="10 9"'))
    y = hz + 92
    hull = f"M-6 {y - 78}C70 {y + 2} 170 {y + 26} 300 {y + 26}S520 {y - 2} 596 {y - 112}C606 {y - 40} 520 {y + 86} 300 {y + 86}S-2 {y + 30} -6 {y - 78}Z"
    # paddlers
    for i, x in enumerate((118, 190, 262, 334, 406, 478)):
        yy = y + 22 - ((x - 300) / 180) ** 2 * 26
        col = [p.ground, p.sun, p.sky][i % 3]
        o.append(
            path(
                f"M{x - 18} {yy + 24}C{x - 20} {yy - 22} {x - 2} {yy - 58} {x + 14} {yy - 60}S{x + 30} {yy - 30} {x + 22} {yy + 24}Z",
                col,
            )
        )
        o.append(circle(x + 22, yy - 76, 14, k))
        o.append(
            path(
                f"M{x + 14} {yy - 46}L{x + 50} {yy - 14}",
                stroke=k,
                w=10,
                extra=' stroke-linecap="round"',
            )
        )
        o.append(path(f"M{x + 30} {yy - 62}L{x + 70} {yy + 86}", stroke=k, w=5))
        o.append(path(f"M{x + 62} {yy + 66}q20 14 16 50q-22 -10 -24 -48z", k))
    o.append(path(hull, k))
    o.append(
        f'<clipPath id="cn-{g.uid}"><path d="{hull}"/></clipPath><g clip-path="url(#cn-{g.uid})">'
    )
    for i in range(-1, 26):  # painted strakes
        x = i * 26
        d = ((x - 300) / 300) ** 2
        yy = y + 46 - d * 96
        c1 = [p.sky, p.sun, p.ground][i % 3]
        o.append(poly([(x, yy + 24), (x + 13, yy), (x + 26, yy + 24)], c1))
        o.append(poly([(x + 13, yy - 2), (x + 26, yy + 22), (x + 39, yy - 2)], k))
    o.append(
        path(
            f"M-10 {y - 50}C90 {y + 22} 180 {y + 40} 300 {y + 40}S520 {y + 14} 604 {y - 84}",
            stroke=p.ground,
            w=4,
        )
        + "</g>"
    )
    for x, c1 in ((24, p.sea), (566, p.sun)):
        yy = y - 60 - (30 if x > 300 else 0)
        o.append(
            path(f"M{x} {yy + 40}V{yy - 86}", stroke=k, w=4)
            + poly(
                [(x, yy - 86), (x + (44 if x < 300 else -50), yy - 70), (x, yy - 52)],
                c1 if x > 300 else p.sun,
            )
        )
    o.append(
        waves(replace(g, r=rnd(7)), y + 62, mix(p.sea, p.sky, 0.42), gap=22, wl=72, amp=4.4, w=2.6)
    )
    return o
