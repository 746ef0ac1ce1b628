"""Cagayan de Oro: the river of gold, and a raft on it."""

# A path is drawn in one breath.
# ruff: noqa: E501

from dataclasses import replace

from ..ink import mix
from ..pen import H, W, circle, path, rect, sky


def river(g):
    p, hz = g.p, g.hz - 96
    gold, green = p.sun, p.sea
    o = [sky(replace(g, hz=hz), p.sky, mix(p.sky, p.ground, 0.82), 5)]
    cx, cy, R = 356, hz - 86, 84
    # No rays round it: three of the cities have reasons to mind them over Asia.
    o.append(circle(cx, cy, R, gold))

    def sh(t):  # darker above zero, paler below
        return mix(green, "#001A10", t) if t > 0 else mix(green, p.ground, -t)

    o.append(
        path(
            f"M0 {hz - 92}C70 {hz - 148} 130 {hz - 170} 190 {hz - 116}S290 {hz - 30} 330 {hz - 26} 420 {hz - 106} 490 {hz - 122} 600 {hz - 60} 600 {hz - 60}V{hz + 60}H0Z",
            mix(green, p.sky, 0.55),
        )
    )
    o.append(
        path(
            f"M0 {hz - 30}C80 {hz - 64} 180 {hz - 54} 250 {hz - 12}S380 {hz + 14} 430 {hz - 18} 540 {hz - 62} 600 {hz - 46}V{hz + 90}H0Z",
            sh(-0.34),
        )
    )
    o.append(rect(0, hz + 20, W, H - hz, sh(-0.1)))
    riv = f"M318 {hz + 4}C352 {hz + 34} 430 {hz + 40} 420 {hz + 78}S190 {hz + 116} 176 {hz + 176} 380 {hz + 238} 400 {hz + 300} 250 {hz + 372} 130 {H + 10}H604C590 {hz + 392} 596 {hz + 322} 566 {hz + 270}S330 {hz + 196} 338 {hz + 162} 520 {hz + 112} 500 {hz + 66} 380 {hz + 30} 330 {hz + 2}Z"
    o.append(
        path(
            f"M0 {hz + 36}C90 {hz + 8} 220 {hz + 22} 300 {hz + 52}S210 {hz + 120} 150 {hz + 160} 160 {hz + 250} 0 {hz + 270}Z",
            sh(0.05),
        )
    )
    o.append(
        path(
            f"M600 {hz + 10}C540 {hz + 10} 500 {hz + 40} 512 {hz + 80}S430 {hz + 140} 360 {hz + 160} 560 {hz + 240} 600 {hz + 250}Z",
            sh(0.16),
        )
    )
    o.append(path(riv, gold))
    o.append(
        path(
            f"M392 {hz + 44}C430 {hz + 54} 440 {hz + 76} 400 {hz + 92}S236 {hz + 128} 230 {hz + 168} 420 {hz + 236} 450 {hz + 296} 360 {hz + 372} 300 {H + 10}",
            stroke=mix(gold, p.ground, 0.62),
            w=5,
            extra=' stroke-linecap="round" stroke-dasharray="70 22 26 30"',
        )
    )
    o.append(
        path(
            f"M440 {hz + 60}C470 {hz + 84} 420 {hz + 108} 380 {hz + 120}S288 {hz + 140} 290 {hz + 164} 500 {hz + 250} 520 {hz + 300} 470 {hz + 372} 440 {H + 10}",
            stroke=mix(gold, p.accent, 0.3),
            w=4,
            extra=' stroke-linecap="round" stroke-dasharray="40 34 90 26"',
        )
    )
    o.append(
        path(
            f"M0 {hz + 226}C80 {hz + 200} 190 {hz + 214} 300 {hz + 262}S330 {hz + 330} 250 {hz + 372} 150 {hz + 420} 100 {H}H0Z",
            sh(0.42),
        )
    )
    o.append(
        path(
            f"M600 {hz + 236}C560 {hz + 240} 548 {hz + 286} 570 {hz + 330}S590 {hz + 400} 560 {H}H600Z",
            sh(0.5),
        )
    )

    def palm(x, y, s, col):
        d = path("M0 0C6 -40 2 -80 14 -124", stroke=col, w=8)
        for a in (-80, -48, -14, 22, 58, 92, 128):
            d += f'<path transform="translate(14 -124) rotate({a})" d="M0 0C10 -26 12 -52 2 -84C-12 -56 -12 -26 0 0Z" fill="{col}"/>'
        return f'<g transform="translate({x} {y}) scale({s})">{d}</g>'

    o += [
        palm(66, hz + 300, 1.3, sh(0.62)),
        palm(136, hz + 330, 0.95, sh(0.72)),
        palm(566, hz + 120, 0.62, sh(0.5)),
        palm(30, hz + 120, 0.5, sh(0.4)),
    ]
    o.append(
        f'<g transform="translate(420 {hz + 262}) rotate(10)">'
        + path("M-66 0C-62 26 60 26 66 0C58 -6 50 -4 44 4H-44C-50 -4 -60 -6 -66 0Z", p.accent)
        + "".join(
            circle(x, -22, 9, "#1B1B1B")
            + path(
                f"M{x - 11} 6C{x - 11} -10 {x + 11} -10 {x + 11} 6Z", p.ground if i % 2 else p.sky
            )
            + path(f"M{x + 6} -4L{x + 26} 34", stroke="#1B1B1B", w=3.4)
            for i, x in enumerate((-34, -8, 18))
        )
        + "</g>"
    )
    return o
