"""Tags and filters for shared components: navigation, pagination, forms, structured data."""

import json
from urllib.parse import urljoin

from django import forms, template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from cities.sightings import in_figures

register = template.Library()

# Titles are sized to their band by the rules [data-len="7"] to [data-len="28"] in utilities.css.
SHORTEST, LONGEST = 7, 28
MENU = ("/cities/", "/events/", "/join/", "/about/", "/news/", "/membership/")


@register.simple_tag(takes_context=True)
def current(context, address):
    """aria-current for a link of the menu: "page" on the page itself, "true" anywhere below it."""
    request = context.get("request")
    path = request.path if request else ""
    if path == address:
        return mark_safe(' aria-current="page"')
    return mark_safe(' aria-current="true"') if path.startswith(address) else ""


@register.simple_tag(takes_context=True)
def bar(context):
    """The menu bar, with the reader's section marked."""
    request = context.get("request")
    path = request.path if request else ""
    here = next((address for address in MENU if path.startswith(address)), "")
    return _kept_part(context, "components/bar.html", here, path == here)


@register.simple_tag(takes_context=True)
def kept(context, template):
    """A part that is the same on every page, such as the footer, made once per content version.

    It may depend only on the settings and on the cities.
    """
    return _kept_part(context, template)


def _kept_part(context, template, *variant):
    """Return the cached part; error pages, which have no cache, make it on the spot."""
    parts = context.get("parts")
    made = context.template.engine.get_template(template)
    if parts is None:
        return made.render(context.new(context.flatten()))
    if (template, variant) not in parts:
        parts[template, variant] = made.render(context.new(context.flatten()))
    return parts[template, variant]


def _framed(context, template, **values):
    made = context.template.engine.get_template(template)
    return made.render(context.new(values))


@register.simple_block_tag(takes_context=True)
def notice(context, content, title="", tone="", role="status", focus=False, spaced=False):
    """`{% notice "Sold out" "warn" %}<p>…</p>{% endnotice %}`: a framed word to the reader.

    `tone` is "", "ok", "warn" or "bad". `focus` brings the reader to it; `spaced` keeps it away
    from a band or a poster above.
    """
    return _framed(
        context,
        "components/notice.html",
        content=content,
        title=title,
        tone=tone,
        role=role,
        focus=focus,
        spaced=spaced,
    )


@register.simple_block_tag(takes_context=True)
def section(context, content, id, title, lead="", css="", body=""):
    """`{% section "way" "How to get there" %}…{% endsection %}`: a section of a page, its heading
    beside it.

    `css` are classes of the whole, `body` of what is beside the heading.
    """
    return _framed(
        context,
        "components/section.html",
        content=content,
        id=id,
        title=title,
        lead=lead,
        css=css,
        body=body,
    )


@register.simple_block_tag(takes_context=True)
def nothing(context, content, title, level=3):
    """What an empty list says: `{% nothing "No past events yet." %}<p>…</p>{% endnothing %}`."""
    return _framed(context, "components/nothing.html", content=content, title=title, level=level)


@register.simple_tag(takes_context=True)
def head_meta(context, title, description="", image="", path="", type="website"):
    """The canonical address and Open Graph of a public page.

    `image` is an absolute or site address; without one the site's own is shown. `path` is for
    pages whose address is not their canonical one; `type` is "website" or "article".
    """
    return _framed(
        context,
        "components/head_meta.html",
        title=title,
        description=description,
        image=image,
        path=path,
        type=type,
        **{name: context.get(name) for name in ("request", "site", "site_url", "footer_cities")},
    )


@register.simple_tag
def face(*names):
    """Loads a face before the style sheets ask for it: `{% face "newsreader-text" %}`."""
    return format_html_join(
        "\n",
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>',
        ((static(f"fonts/{name}.woff2"),) for name in names),
    )


@register.filter
def fit(title):
    """The class and size of a title in the band: one line if it is short, smaller if long.

    `<h1{{ event.title|fit }}>` becomes `<h1 class="fit" data-len="14">`.
    """
    length = len(str(title))
    if length > LONGEST:
        return mark_safe(' class="long"')
    return format_html(' class="fit" data-len="{}"', max(SHORTEST, length))


@register.simple_tag
def heading(words):
    """The <h1> of the band, sized to its words: `{% heading event.title %}`."""
    return format_html("<h1{}>{}</h1>", fit(words), words)


@register.filter
def absolute(address, site_url=""):
    """An address of the site with its scheme and host, for robots and e-mails."""
    return urljoin(f"{site_url or ''}/", str(address or ""))


@register.simple_tag(takes_context=True)
def at_page(context, number):
    """The query for another page of the same list, keeping its filters."""
    request = context.get("request")
    query = request.GET.copy() if request else {}
    query["page"] = number
    return "?" + query.urlencode() if request else f"?page={number}"


@register.filter
def elided(paginator, number):
    """The page numbers worth showing around this one."""
    return paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)


@register.filter
def widget_kind(field):
    """How a field is laid out: "hidden", "group" (radios, boxes), "check" (one box) or "line"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect):  # CheckboxSelectMultiple is one, too
        return "group"
    return "check" if isinstance(widget, forms.CheckboxInput) else "line"


@register.filter
def widget_many(field):
    """Whether several boxes may be checked."""
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


@register.filter
def errors_count(form):
    """The number of errors in a form."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def bare_label(label):
    """A label without its punctuation, for use before a colon."""
    return str(label).rstrip(".:?")


register.filter("in_figures", in_figures)


@register.filter
def first_id(field):
    """The id of a field's first control, the target of links in the error summary."""
    if widget_kind(field) == "group":
        return next((choice.id_for_label for choice in field), field.auto_id)
    return field.id_for_label or field.auto_id


@register.filter
def web_links(pairs):
    """The (label, address) pairs that are web links."""
    if not isinstance(pairs, list):
        return []
    return [
        (str(pair[0]), pair[1])
        for pair in pairs
        if isinstance(pair, list | tuple)
        and len(pair) == 2
        and str(pair[1]).startswith(("https://", "http://"))
    ]


@register.filter
def bare_address(url):
    """ "toulon.fr" for "https://www.toulon.fr/", as you would say it aloud."""
    bare = str(url).split("//", 1)[-1].strip("/")
    return bare.removeprefix("www.")


@register.simple_tag
def json_ld(data):
    """Structured data for search engines, escaped so that it cannot end its element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter, escaped in (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")):
        text = text.replace(letter, escaped)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


@register.simple_tag(takes_context=True)
def breadcrumb_data(context, trail, here):
    """A BreadcrumbList from (label, address) pairs and the page itself."""
    site_url = context.get("site_url", "")
    steps = [(label, absolute(address, site_url)) for label, address in trail or []]
    request = context.get("request")
    steps.append((str(here), absolute(request.path if request else "", site_url)))
    items = [
        {"@type": "ListItem", "position": i, "name": label, "item": address}
        for i, (label, address) in enumerate([("Home", absolute("/", site_url)), *steps], start=1)
    ]
    return json_ld(
        {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
    )


@register.simple_tag(takes_context=True)
def organization_data(context):
    """Who we are, for search engines, leaving out what is unknown."""
    site, site_url = context.get("site"), context.get("site_url", "")
    data = {
        "@context": "https://schema.org",
        "@type": "NGO",
        "name": site.name,
        "alternateName": site.short_name,
        "url": absolute("/", site_url),
        "logo": absolute(static("img/mark.svg"), site_url),
        "foundingDate": str(site.founded_year or ""),
        "description": site.tagline,
        "email": site.email,
        "telephone": site.phone,
        "address": site.postal_address,
        "taxID": site.ein,
        "memberOf": {"@type": "Organization", "name": "Sister Cities International"},
        "sameAs": [address for _, address in web_links(site.social_links)],
    }
    return json_ld({name: value for name, value in data.items() if value})
