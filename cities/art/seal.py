"""Blind embossing: the map centered on Norfolk, pressed into white paper without ink."""

# A path is drawn in one breath.
# ruff: noqa: E501

from .chart import number, spot


def seal(records, uid, *, land=True, text=True, slope=0.5, size=1.0):
    """The seal as SVG.

    `uid` keeps the ids of two seals on a page apart. With `land` the page must contain #land (a map or
    land_symbol). `slope` is the depth of the shadow, 0 to 1; `size` thickens the relief for small seals.
    """
    lift = f"{1 - slope:.2f}"
    drawn = [
        '<svg class="seal" viewBox="-1240 -1240 2480 2480" aria-hidden="true" focusable="false"><defs>'
        f'<filter id="e{uid}" x="-5%" y="-5%" width="110%" height="110%" color-interpolation-filters="sRGB">'
        f'<feGaussianBlur in="SourceAlpha" stdDeviation="{9 * size:.1f}" result="b"/>'
        f'<feDiffuseLighting in="b" surfaceScale="{13 * size:.0f}" diffuseConstant="1.16" '
        'lighting-color="#fff" result="l"><feDistantLight azimuth="235" elevation="60"/></feDiffuseLighting>'
        f'<feComponentTransfer in="l"><feFuncR type="linear" slope="{slope}" intercept="{lift}"/>'
        f'<feFuncG type="linear" slope="{slope}" intercept="{lift}"/>'
        f'<feFuncB type="linear" slope="{slope}" intercept="{1 - slope - 0.004:.3f}"/></feComponentTransfer>'
        f'</filter><clipPath id="c{uid}"><circle r="1225"/></clipPath></defs>'
        f'<g class="seal__press" clip-path="url(#c{uid})"><g filter="url(#e{uid})" fill="#000" stroke="#000">'
        '<circle r="1600" fill="#000" fill-opacity="0" stroke="none"/>'
        '<g fill="none" stroke-width="20"><circle r="1190"/><circle r="1155" stroke-width="9"/>'
        '<circle r="905" stroke-width="14"/></g>'
    ]
    if land:
        drawn.append(
            f'<g transform="scale(.86)"><clipPath id="l{uid}"><circle r="1000"/></clipPath>'
            f'<use href="#land" clip-path="url(#l{uid})" fill-opacity=".62" stroke="none"/></g>'
        )
    for at in map(spot, records):
        x, y = number(at.x * 0.86), number(at.y * 0.86)
        drawn.append(
            f'<path d="M0 0L{x} {y}" stroke-width="17"/><circle cx="{x}" cy="{y}" r="24" stroke="none"/>'
        )
    drawn.append('<circle r="44" stroke="none"/>')
    if text:
        drawn.append(
            f'<path id="t{uid}" d="M0 970A970 970 0 1 1 .1 970" fill="none" stroke="none"/>'
            '<text stroke="none" font-family="Public Sans" font-weight="800" font-size="134" '
            f'letter-spacing="21"><textPath href="#t{uid}" startOffset="0" textLength="6000">'
            "NORFOLK SISTER CITY ASSOCIATION • VIRGINIA 1976 • </textPath></text>"
        )
    drawn.append("</g></g></svg>")
    return "".join(drawn)
