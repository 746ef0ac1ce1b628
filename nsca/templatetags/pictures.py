"""Pictures on pages: the smallest copy that is large enough, with its size, so nothing jumps."""

from django import template
from django.utils.html import format_html, format_html_join

from nsca.lib.media.images import size_of
from nsca.lib.media.renditions import WIDTHS, sources_of

register = template.Library()


@register.simple_tag
def picture(image, alt, *widths, sizes="(min-width: 60rem) 50rem, 100vw", eager=False, css=""):
    """`{% picture event.image event.image_alt 480 960 %}`: a <picture> with AVIF and WebP.

    `widths` are some of 480, 960 and 1600; none means all. `eager` is for a page's first picture.
    Without an image it prints nothing.
    """
    if not image:
        return ""
    sources = sources_of(image, tuple(w for w in WIDTHS if w in widths) or WIDTHS)
    size = size_of(image.name)
    dimensions = format_html(' width="{}" height="{}"', *size) if size else ""
    return format_html(
        '<picture{}>{}<img src="{}" alt="{}"{} loading="{}" decoding="async"></picture>',
        format_html(' class="{}"', css) if css else "",
        format_html_join(
            "",
            '<source type="{}" srcset="{}" sizes="{}">',
            ((source.mimetype, source.srcset, sizes) for source in sources),
        ),
        image.url,
        alt,
        dimensions,
        "eager" if eager else "lazy",
    )
