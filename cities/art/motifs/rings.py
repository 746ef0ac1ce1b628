"""No motif chosen yet: only the water, the disc and the distance."""

# A path is drawn in one breath.
# ruff: noqa: E501

from ..ink import mix
from ..pen import H, W, circle, rect, sky, waves


def rings(g):
    p, hz = g.p, g.hz
    o = [sky(g, p.sky, p.ground)]
    n = max(3, round(g.km / 1609 / 1.4))
    for i in range(n, 0, -1):
        o.append(circle(g.sx, hz, 60 + i * (300 / n), p.sun if i % 2 else p.ground))
    o.append(circle(g.sx, hz, 60, p.accent))
    o.append(rect(0, hz, W, H - hz, p.sea))
    o.append(waves(g, hz, mix(p.sea, p.ground, 0.3)))
    return o
