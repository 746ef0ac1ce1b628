"""The slip that goes with a deposit: checks, cash and totals."""

from datetime import datetime

from nsca.lib.mail.letterhead import letterhead
from nsca.lib.media import pdf
from nsca.lib.text.money import dollars
from nsca.lib.timing import exactly, short_day
from orders.models import Deposit, DepositLine, Payment

WIDTH = 180  # mm between the margins of US Letter
COLUMNS = (26, 40, 84, 30)  # mm: day, type, payer, amount
ROW = 6.4  # mm
NAMELESS = "As on the order"  # for a name our fonts cannot draw


def draw(deposit: Deposit, items: list[DepositLine], *, at: datetime) -> bytes:
    """Draw the PDF of a deposit as it was handed over."""
    rows = [_row(item) for item in items]
    head = ("Received", "Type", "From", "Amount")
    handed = f"Handed over {exactly(deposit.handed_over_at)} by {_who(deposit.handed_over_by)}"
    sums = [
        ("Checks", dollars(deposit.check_cents)),
        ("Cash", dollars(deposit.cash_cents)),
        ("Total", dollars(deposit.check_cents + deposit.cash_cents)),
    ]
    signed = ["Handed over by", "Counted by", "Date"]
    title = f"Deposit {deposit.number}"
    texts = [*head, handed, *signed, *(text for row in rows for text in row)]
    paper = pdf.Paper(title=title, texts=[letterhead().name, title, *texts], at=at)
    paper.set_auto_page_break(True, margin=18)
    paper.type(11, bold=True)
    paper.cell(WIDTH, ROW, letterhead().name, new_x="LMARGIN", new_y="NEXT")
    paper.type(18, bold=True)
    paper.cell(WIDTH, 11, title, new_x="LMARGIN", new_y="NEXT")
    paper.type(10)
    paper.multi_cell(WIDTH, ROW, handed, new_x="LMARGIN", new_y="NEXT")
    paper.ln(4)
    _line(paper, head, is_head=True)
    for row in rows:
        _line(paper, row)
    paper.ln(3)
    for what, amount in sums:
        paper.type(11, bold=True)
        paper.cell(WIDTH - COLUMNS[3], ROW, what, align="R")
        paper.cell(COLUMNS[3], ROW, amount, align="R", new_x="LMARGIN", new_y="NEXT")
    paper.ln(18)
    if paper.will_page_break(20):
        paper.add_page()
    for words in signed:
        paper.type(9, grey=True)
        paper.cell(WIDTH / len(signed), ROW, words, border="T")
    return bytes(paper.output())


def _row(item: DepositLine) -> tuple[str, str, str, str]:
    payment = item.payment
    number = f" {payment.reference}" if payment.reference else ""
    what = f"Check{number}" if payment.method == Payment.Method.CHECK else "Cash"
    name = pdf.drawable(payment.order.buyer_name, NAMELESS)
    return short_day(payment.paid_at), what, f"{name}, {payment.order.number}", dollars(item.cents)


def _line(paper: pdf.Paper, texts: tuple[str, ...], *, is_head: bool = False) -> None:
    paper.type(9 if is_head else 10, grey=is_head)
    paper.set_draw_color(200, 200, 200)
    for width, text in zip(COLUMNS, texts, strict=True):
        is_last = text is texts[-1]
        shown = _short(paper, text, width - 2)
        paper.cell(width, ROW, shown, border="B", align="R" if is_last else "L")
    paper.ln(ROW)


def _short(paper: pdf.Paper, text: str, width: float) -> str:
    """Shorten a text to the width of a column."""
    if paper.get_string_width(text) <= width:
        return text
    while text and paper.get_string_width(text + "…") > width:
        text = text[:-1]
    return text + "…"


def _who(user) -> str:
    return user.get_full_name()
