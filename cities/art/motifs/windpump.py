"""Norfolk, England: a drainage mill on the Broads, a wherry, the reed."""

# A path is drawn in one breath.
# ruff: noqa: E501

from dataclasses import replace

from ..ink import mix
from ..pen import H, W, circle, f, path, poly, rect, sky


def windpump(g):
    p, hz = g.p, g.hz + 34
    ink = p.sea
    o = [sky(replace(g, hz=hz), mix(p.sky, p.ground, 0.15), mix(p.sky, p.sun, 0.30), 6)]
    o.append(circle(170, hz - 210, 88, p.sun))
    for y, x, w in ((hz - 300, 60, 210), (hz - 262, 210, 150), (hz - 160, -40, 180)):
        o.append(f'<rect x="{x}" y="{y}" width="{w}" height="13" rx="6.5" fill="{p.ground}"/>')
    o.append(
        path(
            f"M0 {hz}V{hz - 26}C60 {hz - 40} 90 {hz - 34} 130 {hz - 38}S260 {hz - 24} 330 {hz - 30} 520 {hz - 46} 600 {hz - 30}V{hz}Z",
            mix(p.accent, ink, 0.42),
        )
    )
    o.append(rect(0, hz, W, H - hz, mix(p.sky, ink, 0.16)))
    for i in range(11):
        y = hz + 12 + i * i * 1.9 + i * 6
        o.append(rect(0, y, W, 3 + i * 0.9, mix(p.sky, ink, 0.40)))
    # wherry
    o.append(
        f'<g transform="translate(150 {hz + 34})">'
        + path("M-78 0C-60 6 50 6 86 -8C78 14 62 22 30 22H-50C-66 20 -74 10 -78 0Z", ink)
        + path("M14 2V-196L-70 -40C-78 -24 -76 -14 -66 -8Z", "#141414")
        + path("M14 2V-214", stroke=ink, w=5)
        + poly([(14, -214), (-16, -207), (14, -200)], p.sun)
        + path(
            "M-58 30H44M-40 42H30M-50 54H10M-30 66H20",
            stroke="#141414",
            w=5,
            extra=' opacity=".75"',
        )
        + "</g>"
    )
    # mill
    mx, top = 408, hz - 262
    brick = mix(p.sun, "#3A0A08", 0.38)
    o.append(
        poly([(mx - 74, hz + 44), (mx - 42, top), (mx + 42, top), (mx + 74, hz + 44)], brick)
        + poly(
            [(mx + 12, hz + 44), (mx + 8, top), (mx + 42, top), (mx + 74, hz + 44)],
            mix(brick, "#000000", 0.34),
        )
    )
    for y in range(int(top) + 26, int(hz) + 30, 22):
        o.append(
            path(
                f"M{mx - 72} {y}H{mx + 72}",
                stroke=mix(brick, "#000000", 0.2),
                w=1.6,
                extra=f' clip-path="url(#ml-{g.uid})"',
            )
        )
    o.append(
        f'<clipPath id="ml-{g.uid}"><path d="M{mx - 74} {hz + 44}L{mx - 42} {top}H{mx + 42}L{mx + 74} {hz + 44}Z"/></clipPath>'
    )
    for y in (top + 60, top + 150):
        o.append(
            rect(mx - 22, y, 18, 28, p.ground)
            + path(f"M{mx - 13} {y}v28M{mx - 22} {y + 14}h18", stroke=brick, w=2.4)
        )
    o.append(path(f"M{mx - 16} {hz + 44}v-46a18 18 0 0 1 36 0v46z", ink))
    o.append(
        path(
            f"M{mx - 54} {top + 2}C{mx - 52} {top - 40} {mx - 22} {top - 66} {mx + 4} {top - 66}S{mx + 54} {top - 36} {mx + 56} {top + 2}Z",
            p.ground,
        )
        + path(f"M{mx - 58} {top}H{mx + 60}", stroke=ink, w=7)
    )
    for i in range(4):
        a = 24 + i * 90
        d = (
            path("M0 0V-226", stroke=ink, w=8)
            + path("M6 -52H44V-222H6Z", p.ground, extra=' opacity=".94"')
            + path(
                "".join(f"M4 {-y}H44" for y in range(52, 226, 19)) + "M24 -52V-222M44 -52V-222",
                stroke=ink,
                w=2.8,
            )
        )
        o.append(f'<g transform="translate({mx - 10} {top - 28}) rotate({a})">{d}</g>')
    o.append(circle(mx - 10, top - 28, 13, p.sun))
    o.append(
        path(
            f"M600 {H}V{hz + 30}C540 {hz + 40} 470 {hz + 38} 400 {hz + 44}S300 {hz + 52} 280 {hz + 60} 380 {hz + 84} 460 {hz + 120} 600 {hz + 150} 600 {hz + 150}Z",
            mix(p.accent, ink, 0.22),
        )
    )
    for i in range(64):  # Norfolk reed
        x = i * 9.6 + g.r(-6, 6)
        h = g.r(70, 190) * (0.55 + 0.6 * abs(x - 300) / 300)
        b = g.r(-22, 22)
        col = [mix(p.accent, ink, 0.62), mix(p.accent, ink, 0.32), p.accent][i % 3]
        o.append(
            path(
                f"M{f(x)} {H + 6}Q{f(x + b * 0.1)} {f(H - h * 0.6)} {f(x + b)} {f(H - h)}",
                stroke=col,
                w=3.6,
            )
        )
        if i % 4 == 0:
            o.append(
                f'<ellipse cx="{f(x + b)}" cy="{f(H - h - 9)}" rx="4.4" ry="17" fill="{brick}" transform="rotate({f(b * 0.9)} {f(x + b)} {f(H - h)})"/>'
            )
    return o
