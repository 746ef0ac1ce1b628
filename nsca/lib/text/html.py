"""HTML is cleaned where it comes in."""

import nh3

TAGS = {
    "p", "br", "strong", "em", "a", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "hr",
    "span", "q", "cite",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "*": {"lang", "dir"}, "th": {"scope", "colspan"}, "td": {"colspan"}}
SCHEMES = {"http", "https", "mailto", "tel"}


def washed(html: str) -> str:
    """The same text with only the tags our styles know: no scripts, styles or event handlers."""
    return nh3.clean(
        html or "", tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener"
    )
