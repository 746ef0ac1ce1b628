"""The strokes that posters are drawn with, on a sheet 600 units wide and 760 high."""

from .ink import mix

W, H = 600, 760


def rnd(seed):
    """Lehmer's generator: the same seed gives the same waves on every machine."""
    state = [seed & 0x7FFFFFFF or 1]

    def between(low=0.0, high=1.0):
        state[0] = (state[0] * 48271) % 0x7FFFFFFF
        return low + (high - low) * state[0] / 0x7FFFFFFF

    return between


def f(value):
    return f"{value:.1f}".rstrip("0").rstrip(".")


def poly(points, fill, extra=""):
    return f'<path d="M{"L".join(f(x) + " " + f(y) for x, y in points)}Z" fill="{fill}"{extra}/>'


def rect(x, y, width, height, fill, extra=""):
    return f'<path d="M{f(x)} {f(y)}h{f(width)}v{f(height)}h{f(-width)}z" fill="{fill}"{extra}/>'


def path(d, fill="none", stroke=None, w=1, extra=""):
    line = f' stroke="{stroke}" stroke-width="{f(w)}"' if stroke else ""
    return f'<path d="{d}" fill="{fill}"{line}{extra}/>'


def circle(x, y, r, fill, extra=""):
    return f'<circle cx="{f(x)}" cy="{f(y)}" r="{f(r)}" fill="{fill}"{extra}/>'


def sky(scene, top, low, n=None):
    """Bands above the horizon, like ink pulls, one for each decade of friendship."""
    n = n or scene.bands
    bands, step = [rect(0, 0, W, scene.hz, top)], 26
    for i in range(n):
        height = (n - i) * step + (n - i) ** 2 * 3
        bands.append(rect(0, scene.hz - height, W, height, mix(top, low, (i + 1) / n)))
    return "".join(bands)


def waves(scene, y0, ink, gap=17, amp=4, wl=60, w=2.2):
    phase, drawn = scene.r(0, wl), []
    y, i = y0 + 12, 0
    while y < H + 10:
        a = amp * (0.5 + (y - y0) / 260)
        x = -wl * 2 + (phase + i * wl * 0.37) % wl
        crests = f"t{f(wl / 2)} 0" * int((W + 3 * wl) / (wl / 2))
        d = f"M{f(x)} {f(y)}q{f(wl / 4)} {f(-a * 2)} {f(wl / 2)} 0{crests}"
        drawn.append(path(d, stroke=ink, w=w * (0.6 + (y - y0) / 220)))
        y += gap * (0.7 + (y - y0) / 240)
        i += 1
    return "".join(drawn)


def glints(scene, y0, cx, ink, half=90, n=13):
    """The light the disc lays on the water: short strokes that widen toward us."""
    drawn, y = [], y0 + 9
    for i in range(n):
        reach = half * (0.34 + 0.66 * i / n) * scene.r(0.55, 1.1)
        x = cx + scene.r(-16, 16)
        height = 3 + i * 0.55
        drawn.append(
            f'<rect x="{f(x - reach)}" y="{f(y)}" width="{f(2 * reach)}" height="{f(height)}" '
            f'rx="{f(height / 2)}" fill="{ink}"/>'
        )
        y += height + 6 + i * 1.1
    return "".join(drawn)
