"""The printed card of a gift membership: who it is from, a few words, the code."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from membership.models import GiftMembership
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.media import pdf

WIDE, HIGH = 177.8, 127.0  # mm: a card of seven by five inches
NAMELESS = "you"  # for names that our fonts cannot draw


def draw(gift: GiftMembership, *, at: datetime) -> bytes:
    """The PDF; its metadata does not contain the code."""
    who = letterhead()
    to = pdf.drawable(f"For {gift.recipient_name}", f"For {NAMELESS}")
    said = f"A year of {gift.tier} membership"
    by = pdf.drawable(f"from {gift.giver_name}", "")
    message = pdf.drawable(gift.message, "")
    where = settings.SITE_URL.partition("//")[2] + reverse("membership:claim_by_code")
    how = f"Claim it at {where} with this code:"
    texts = [to, said, by, message, how, gift.code, who.name]
    paper = pdf.Paper(title="A year of membership", texts=texts, at=at, size=(WIDE, HIGH))
    _line(paper, 16, 11, to, grey=True)
    _line(paper, 27, 22, said, bold=True)
    _line(paper, 39, 12, by)
    if message:
        _line(paper, 51, 11, message, line=5.6)
    paper.set_draw_color(194, 48, 26)
    paper.line(WIDE / 2 - 8, HIGH - 42, WIDE / 2 + 8, HIGH - 42)
    _line(paper, HIGH - 37, 10, how, grey=True)
    _line(paper, HIGH - 29, 20, gift.code, bold=True)
    _line(paper, HIGH - 15, 10, who.name, grey=True)
    return bytes(paper.output())


def _line(paper: pdf.Paper, y: float, size: float, text: str, *, line: float = 0, **how) -> None:
    paper.set_y(y)
    paper.type(size, **how)
    paper.multi_cell(0, line or size * 0.5, text, align="C", new_x="LMARGIN", new_y="NEXT")
