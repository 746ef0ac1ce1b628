"""Reminders on paper for people without e-mail: a page each, with a QR code to renew."""

from collections.abc import Sequence
from datetime import datetime

from membership.models import Reminder, Rules
from membership.reminders.mail import Words, words_of
from membership.reminders.year_used import years_used
from nsca.lib.mail.letterhead import Letterhead, letterhead
from nsca.lib.media import pdf, qr
from nsca.lib.timing import day_of, long_day

WIDTH = 180  # mm between the margins of US Letter
LINE = 6  # mm
QR_SIDE = 42  # mm
ADDRESS_AT = 48  # mm from the top: the window of a No. 10 envelope


def draw(rows: Sequence[Reminder], *, rules: Rules, at: datetime) -> bytes:
    """The PDF of some reminders at an instant (UTC), a page each; makes their links."""
    used = years_used([row.term for row in rows], day_of(at))
    letters = [(row, words_of(row, rules=rules, at=at, used=used[row.term_id])) for row in rows]
    house = letterhead()
    texts = [text for row, words in letters for text in _texts(row, words, house)]
    paper = pdf.Paper(title="Letters to members", texts=texts, at=at)
    for number, (row, words) in enumerate(letters):
        if number:
            paper.add_page()
        _letter(paper, row, words, house, at=at)
    return bytes(paper.output())


def _texts(row: Reminder, words: Words, house: Letterhead) -> list[str]:
    return [
        words.name, row.term.household.postal_address, *words.paragraphs, words.seats_name,
        house.name, house.postal_address, house.email, house.phone,
    ]  # fmt: skip


def _letter(paper, row: Reminder, words: Words, house: Letterhead, *, at: datetime) -> None:
    _say(paper, house.name, bold=True)
    for line in (*house.postal_address.splitlines(), house.email, house.phone):
        if line:
            _say(paper, line, grey=True)
    paper.set_y(max(ADDRESS_AT, paper.get_y() + 6))
    for line in (words.name, *row.term.household.postal_address.splitlines()):
        _say(paper, pdf.drawable(line, words.household))
    paper.ln(10)
    _say(paper, long_day(at), grey=True)
    paper.ln(6)
    _say(paper, f"Dear {pdf.drawable(words.name, words.household)},")
    for paragraph in words.paragraphs:
        paper.ln(3)
        _say(paper, paragraph)
    paper.ln(5)
    top = paper.get_y()
    paper.modules(qr.squares(words.link), x=paper.l_margin, y=top, side=QR_SIDE)
    paper.set_xy(paper.l_margin + QR_SIDE + 8, top + 6)
    paper.type(11)
    paper.multi_cell(
        WIDTH - QR_SIDE - 8,
        LINE,
        "Point your phone’s camera at this square to renew. You don’t need a password."
        f"\n\nOr type:\n{words.link}\n\nOr mail a check with the name above to our "
        "address, and we’ll do the rest.",
        align="L",
    )
    paper.set_xy(paper.l_margin, top + QR_SIDE + 12)
    _say(paper, "Warmly,")
    _say(paper, words.seats_name or house.name)
    if words.chair:
        _say(paper, f"{words.chair.city.name} committee", grey=True)


def _say(paper, text: str, *, bold: bool = False, grey: bool = False) -> None:
    paper.type(9 if grey else 11, bold=bold, grey=grey)
    paper.multi_cell(WIDTH, LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")
