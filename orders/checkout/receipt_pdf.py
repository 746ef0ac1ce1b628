"""The receipt as PDF, drawn from the same Receipt as its page, word for word."""

from datetime import datetime

from nsca.lib.mail.letterhead import Letterhead
from nsca.lib.media import pdf
from nsca.lib.text.money import dollars
from nsca.lib.timing import long_day, short_day
from orders.lines.receipts import Part, Receipt

WIDTH = 180  # mm between the margins of US Letter
AMOUNTS = 32  # mm of it, at the right
TERMS = 42  # mm, at the left of particulars
LINE = 5.6  # mm from one line of text to the next
LONGEST = 28  # mm, a label of 200 letters
NAMELESS = "As on the order’s page"  # a script our fonts cannot draw


def draw(receipt: Receipt, *, at: datetime) -> bytes:
    """Draw a receipt as of an instant (UTC), on as many pages as it takes."""
    sender, facts = _sender(receipt.letterhead), _facts(receipt)
    rows = [_row(part) for part in receipt.parts]
    moved, tax = _moved(receipt), _tax(receipt)
    words = [*receipt.words, receipt.letterhead.disclosure]
    texts = [*sender, *(text for row in (*facts, *rows, *moved, *tax) for text in row), *words]
    paper = pdf.Paper(title=f"Receipt {receipt.order.number}", texts=texts, at=at)
    paper.set_auto_page_break(True, margin=18)
    for number, line in enumerate(sender):
        _say(paper, line, bold=not number)
    paper.ln(5)
    _pairs(paper, facts)
    paper.ln(4)
    for what, amount in rows:
        _amount(paper, what, amount)
    _amount(paper, "Total", dollars(receipt.total_cents), bold=True)
    paper.ln(4)
    _pairs(paper, moved)
    if receipt.speaks_of_deductibility:
        paper.ln(5)
        paper.type(13, bold=True)
        paper.multi_cell(WIDTH, 8, "For your tax return", new_x="LMARGIN", new_y="NEXT")
        for term, amount in tax:
            _amount(paper, term, amount)
        paper.ln(2)
        for sentence in receipt.words:
            _say(paper, sentence)
            paper.ln(2)
    if receipt.letterhead.disclosure:
        paper.ln(3)
        _say(paper, receipt.letterhead.disclosure, grey=True)
    return bytes(paper.output())


def _say(paper: pdf.Paper, text: str, *, bold: bool = False, grey: bool = False) -> None:
    paper.type(9 if grey else 11, bold=bold, grey=grey)
    paper.multi_cell(WIDTH, LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _pairs(paper: pdf.Paper, pairs: list[tuple[str, str]]) -> None:
    for term, text in pairs:
        paper.type(9, grey=True)
        paper.cell(TERMS, LINE, term)
        paper.type(11)
        paper.multi_cell(WIDTH - TERMS, LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _amount(paper: pdf.Paper, what: str, amount: str, *, bold: bool = False) -> None:
    """A label at the left, its amount at the right of its first line, a hairline above."""
    if paper.will_page_break(LONGEST):
        paper.add_page()
    top = paper.get_y()
    paper.set_draw_color(200, 200, 200)
    paper.line(paper.l_margin, top, paper.l_margin + WIDTH, top)
    paper.type(11, bold=bold)
    paper.multi_cell(WIDTH - AMOUNTS, 7, what, align="L", new_x="LMARGIN", new_y="NEXT")
    below = paper.get_y()
    paper.set_xy(paper.l_margin + WIDTH - AMOUNTS, top)
    paper.cell(AMOUNTS, 7, amount, align="R")
    paper.set_xy(paper.l_margin, below)


def _sender(who: Letterhead) -> list[str]:
    ein = f"EIN {who.ein}" if who.ein else ""
    lines = [who.name, *who.postal_address.splitlines(), who.email, who.phone, ein]
    return [line for line in lines if line]


def _facts(receipt: Receipt) -> list[tuple[str, str]]:
    order = receipt.order
    name = pdf.drawable(order.buyer_name, NAMELESS)
    facts = [("Receipt for order", order.number), ("Received from", name)]
    if receipt.paid_at:
        facts += [("Paid on", long_day(receipt.paid_at)), ("Paid by", ", ".join(receipt.methods))]
    return facts


def _row(part: Part) -> tuple[str, str]:
    times = f"{part.quantity} × " if part.quantity > 1 else ""
    back = f" {part.returned_words}" if part.returned else ""
    return f"{times}{part.label}{back}", dollars(part.total_cents) if part.total_cents else "free"


def _moved(receipt: Receipt) -> list[tuple[str, str]]:
    if not receipt.paid_cents:
        return []
    paid = dollars(receipt.paid_cents)
    sums = [
        ("Refunded", receipt.returned_cents),
        ("Being refunded", receipt.returning_cents),
        ("Taken back by your bank", receipt.taken_cents),
    ]
    moved = [("Paid", f"{paid}, {short_day(receipt.paid_at)}")]
    moved += [(term, dollars(cents)) for term, cents in sums if cents]
    if receipt.kept_cents != receipt.paid_cents:
        moved.append(("Paid after refunds", dollars(receipt.kept_cents)))
    return moved


def _tax(receipt: Receipt) -> list[tuple[str, str]]:
    return [
        ("You paid", dollars(receipt.kept_cents)),
        ("Value of goods and services received", dollars(receipt.value_cents)),
        ("Deductible amount", dollars(receipt.deductible_cents)),
    ]
