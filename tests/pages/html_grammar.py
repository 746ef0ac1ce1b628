"""What a validator would say of a page, as far as pages of ours have ever got it wrong."""

import re
from html.parser import HTMLParser


def tags(words: str) -> set[str]:
    return set(words.split())


VOID = tags("area base br col embed hr img input link meta source track wbr path circle use stop")
BLOCK = tags(
    "address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr main nav ol p pre section table ul"
)
PHRASING_ONLY = tags(
    "p h1 h2 h3 h4 h5 h6 span b i em strong small q code time label button summary abbr cite pre "
    "dt"
)
# Elements without a role of their own take no name (HTML-ARIA, "naming prohibited").
NAMELESS = tags(
    "b body cite code dd del div dt em i ins li mark p pre q s samp small span strong sub sup "
    "time td th u"
)
INTERACTIVE = {"a", "button", "select", "textarea", "label", "summary"}
MAY_HOLD = {
    "dl": {"div", "dt", "dd"},
    "ul": {"li"},
    "ol": {"li"},
    "tbody": {"tr"},
    "thead": {"tr"},
    "tr": {"td", "th"},
}
_DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?"
_ZONE = r"(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)"
# https://html.spec.whatwg.org/multipage/text-level-semantics.html#datetime-value
DATETIME = re.compile(
    rf"\d{{4}}|\d{{4}}-(?:0[1-9]|1[0-2])|{_DAY}|{_TIME}|{_DAY}[T ]{_TIME}{_ZONE}?"
    r"|P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,3})?S)?)?"
)


class Grammar(HTMLParser):
    """Reads one page; `faults` are sentences."""

    def __init__(self, html: str):
        super().__init__()
        self.faults: list[str] = []
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[tuple[str, str]] = []
        self.names: list[list[str]] = []  # of the dt's in each open dl
        self.is_in_svg = 0
        self.feed(html)
        self.close()
        self.faults += [f"never closed: <{tag}>" for tag in self.stack]
        self.faults += [f"id twice: {i}" for i in {i for i in self.ids if self.ids.count(i) > 1}]
        self.faults += [
            f"{name} leads to no id: {i}" for name, i in self.wanted if i not in self.ids
        ]

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        where = self.get_starttag_text()[:140]
        if tag == "svg":
            self.is_in_svg += 1
        parent = self.stack[-1] if self.stack else ""
        if not self.is_in_svg:
            self._nesting(tag, parent, where)
        self._attributes(tag, values, where)
        if len(values) != len(attrs):
            self.faults.append(f"an attribute twice: {where}")
        if tag == "dl":
            self.names.append([])
        if tag == "dt" and self.names:
            self.names[-1].append("")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._attributes(tag, dict(attrs), self.get_starttag_text()[:140])

    def _nesting(self, tag, parent, where):
        if tag in BLOCK and (outer := set(self.stack) & PHRASING_ONLY):
            self.faults.append(f"a block in {sorted(outer)}: {where}")
        if tag in INTERACTIVE - {"label"} and set(self.stack) & {"a", "button"}:
            self.faults.append(f"a control in a control: {where}")
        if parent in MAY_HOLD and tag not in MAY_HOLD[parent] | {"script", "template"}:
            self.faults.append(f"in <{parent}>: {where}")

    def _attributes(self, tag, values, where):
        named = {"aria-label", "aria-labelledby"} & set(values)
        if named and tag in NAMELESS and not values.get("role"):
            self.faults.append(f"a name on what has no role: {where}")
        if "datetime" in values and not DATETIME.fullmatch(values["datetime"] or ""):
            self.faults.append(f"datetime: {where}")
        if tag == "img" and "alt" not in values:
            self.faults.append(f"no alt: {where}")
        if "id" in values:
            self.ids.append(values["id"])
        for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for", "list"):
            self.wanted += [(name, one) for one in (values.get(name) or "").split()]

    def handle_data(self, data):
        if self.names and self.names[-1] and "dt" in self.stack:
            self.names[-1][-1] += data

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if tag == "svg":
            self.is_in_svg -= 1
        if not self.stack or self.stack[-1] != tag:
            self.faults.append(f"</{tag}> closes <{(self.stack or ['nothing'])[-1]}>")
            if tag not in self.stack:
                return
            while self.stack[-1] != tag:
                self.stack.pop()
        self.stack.pop()
        if tag == "dl":
            names = [" ".join(name.split()) for name in self.names.pop()]
            self.faults += [
                f"dt twice: {name}" for name in {n for n in names if names.count(n) > 1}
            ]


def faults_of(html: str) -> list[str]:
    """What is wrong with a page's HTML, in sentences; [] is what one hopes for."""
    return Grammar(html).faults
