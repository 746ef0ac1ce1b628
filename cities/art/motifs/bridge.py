"""Kitakyushu: the Wakato Bridge over Dokai Bay, its water in the old wave pattern."""

# A path is drawn in one breath.
# ruff: noqa: E501

from ..ink import mix
from ..pen import H, W, circle, f, path, poly, rect, sky


def bridge(g):
    p, hz = g.p, g.hz
    ink = p.sea
    r = 40
    o = []
    o += [
        sky(g, p.ground, mix(p.ground, p.accent, 0.5)),
        circle(g.sx, g.sy + 40, g.sr + 34, p.sky),
    ]
    near = mix(p.sea, p.ground, 0.34)
    o.append(
        path(
            f"M0 {hz - 70}C70 {hz - 104} 120 {hz - 150} 180 {hz - 150}S290 {hz - 96} 350 {hz - 88} 470 {hz - 132} 520 {hz - 126} 600 {hz - 84} 600 {hz - 84}V{hz}H0Z",
            mix(p.sea, p.ground, 0.58),
        )
    )
    o.append(
        path(
            f"M0 {hz - 34}C60 {hz - 60} 110 {hz - 64} 170 {hz - 40}S280 {hz - 18} 340 {hz - 30} 500 {hz - 72} 600 {hz - 38}V{hz}H0Z",
            near,
        )
    )
    t = []
    for i in range(6):
        y = i * r / 2
        for x in [r, -r, 3 * r] if i % 2 == 0 else [0, 2 * r]:
            for k, rr in enumerate((1, 0.78, 0.56, 0.34)):
                t.append(
                    circle(
                        x,
                        y,
                        r * rr - 0.6,
                        [ink, mix(p.ground, ink, 0.12), ink, mix(p.ground, ink, 0.12)][k],
                    )
                )
    o.append(
        f'<pattern id="sg-{g.uid}" width="{2 * r}" height="{r}" patternUnits="userSpaceOnUse" y="{hz}">{"".join(t)}</pattern>'
    )
    o.append(rect(0, hz, W, H - hz, f"url(#sg-{g.uid})"))
    o.append(rect(0, hz - 5, W, 10, ink))
    # the bridge
    dk = hz - 128
    t1, t2, top = 118, 482, hz - 400

    def deck(x):
        return dk + ((x - 300) / 300) ** 2 * 16

    def main(x):
        return (dk - 26) + ((x - 300) / 182) ** 2 * (top + 14 - (dk - 26))

    def side(x, tower):
        return top + 14 + (dk - top) * (abs(x - tower) / 190) ** 0.86

    def line(curve, start, end):
        return "M" + "L".join(f"{x} {f(curve(x))}" for x in range(start, end + 1, 7))

    h = "".join(f"M{x} {f(main(x))}V{f(deck(x))}" for x in range(t1 + 14, t2 - 6, 14))
    h += "".join(f"M{x} {f(side(x, t1))}V{f(deck(x))}" for x in range(6, t1 - 6, 14))
    h += "".join(f"M{x} {f(side(x, t2))}V{f(deck(x))}" for x in range(t2 + 8, 600, 14))
    o.append(path(h, stroke=ink, w=1.6))
    for d in (
        line(main, t1, t2),
        line(lambda x: side(x, t1), -8, t1),
        line(lambda x: side(x, t2), t2, 608),
    ):
        o.append(path(d, stroke=ink, w=6))
    o.append(path(f"M-10 {dk + 18}Q300 {dk - 16} 610 {dk + 18}", stroke=ink, w=15))
    o.append(path(f"M-10 {dk + 17}Q300 {dk - 17} 610 {dk + 17}", stroke=p.ground, w=2))
    for tx in (t1, t2):
        a, b = tx - 19, tx + 19
        o.append(
            poly([(a - 7, hz + 26), (a - 1, top), (a + 9, top), (a + 8, hz + 26)], ink)
            + poly([(b - 8, hz + 26), (b - 9, top), (b + 1, top), (b + 7, hz + 26)], ink)
        )
        for y in range(int(top) + 8, int(dk) - 20, 52):
            o.append(
                path(f"M{a} {y}L{b} {y + 46}M{b} {y}L{a} {y + 46}", stroke=ink, w=4)
                + rect(a - 4, y - 4, 46, 8, ink)
            )
        o.append(rect(a - 9, top - 6, 56, 9, ink) + rect(a - 16, hz + 14, 70, 22, ink))
    return o
