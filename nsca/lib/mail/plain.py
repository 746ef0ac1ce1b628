"""The plain-text version of our own rich text, for mail readers without HTML."""

import re
from html.parser import HTMLParser

WIDTH = 72  # characters in a rule
_BLOCKS = {"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "table", "tr", "hr"}
_SPACE = re.compile(r"[ \t\r\f\v\n]+")


class _Writer(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.lists: list[int | None] = []  # the last item's number; None: not numbered
        self.href = self.linked = ""

    def handle_starttag(self, tag, attrs):
        if tag in _BLOCKS and not (tag == "p" and self.lists):
            self.out.append("\n\n")
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "br":
            self.out.append("\n")
        elif tag == "hr":
            self.out.append("-" * WIDTH + "\n\n")
        elif tag == "a":
            self.href, self.linked = dict(attrs).get("href") or "", ""
        elif tag in ("td", "th"):
            self.out.append(" ")

    def _item(self):
        indent = "  " * (len(self.lists) - 1)
        sign = "-"
        if self.lists and self.lists[-1] is not None:
            self.lists[-1] += 1
            sign = f"{self.lists[-1]}."
        self.out.append(f"\n{indent}{sign} ")

    def handle_endtag(self, tag):
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag == "a" and self.href:
            if self.linked.strip() not in (self.href, self.href.removeprefix("mailto:")):
                self.out.append(f" ({self.href.removeprefix('mailto:')})")
            self.href = ""
        if tag in _BLOCKS and not (tag == "p" and self.lists):
            self.out.append("\n\n")

    def handle_data(self, data):
        words = _SPACE.sub(" ", data)
        if self.href:
            self.linked += words
        if words == " " and (not self.out or self.out[-1].endswith("\n")):
            return
        self.out.append(words)


def plain_text(html: str) -> str:
    """Clean HTML (nsca.lib.text.html) as text: paragraphs, lists, and links with addresses."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    lines = [
        line.strip(" ") if not line.startswith("  ") else line.rstrip()
        for line in "".join(writer.out).split("\n")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
