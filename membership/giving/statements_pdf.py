"""Statements as PDF, drawn only from the frozen content.

A statement that is printed years later is the same file to the last byte.
"""

from collections.abc import Sequence
from datetime import datetime

from membership.models import Statement
from nsca.lib.media import pdf

WIDTH = 180  # mm between the margins of US Letter
LINE = 5.6  # mm from one line of text to the next
DATE, MONEY = 27, 29  # mm, of the table's columns
WINDOW = 52  # mm from the top: where a no. 10 window envelope shows the address
NAMELESS = "friend"  # where our fonts cannot draw the name
TALLEST = 30  # mm of a row with a label of 200 letters


def draw(statements: Sequence[Statement]) -> bytes:
    """One PDF of one or more statements, each on its own page."""
    contents = [each.content for each in statements]
    first = contents[0]
    title = f"No. {first['number']}" if len(contents) == 1 else "Statements"
    at = max(datetime.fromisoformat(content["issued_at"]) for content in contents)
    paper = pdf.Paper(title=title, texts=[t for c in contents for t in _texts(c)], at=at)
    paper.set_producer(first["site"])
    paper.set_auto_page_break(True, margin=18)
    for number, content in enumerate(contents):
        if number:
            paper.add_page()
        _letter(paper, content)
    return bytes(paper.output())


def _texts(content: dict) -> list[str]:
    rows = [*content["rows"], content["totals"]]
    return [
        *content["sender"], *content["address"], content["name"], content["title"],
        content["opening"], content["replaces"], content["closing"], content["disclosure"],
        *content["words"],
        *(cell for row in rows for cell in row),
    ]  # fmt: skip


def _letter(paper: pdf.Paper, content: dict) -> None:
    for number, line in enumerate(content["sender"]):
        _say(paper, line, bold=not number, size=11 if not number else 9.5, line=4.8)
    paper.set_y(max(paper.get_y() + 4, WINDOW))
    for line in (pdf.drawable(content["name"], NAMELESS), *content["address"]):
        _say(paper, line)
    paper.ln(6)
    _say(paper, f"{content['issued']}, no. {content['number']}", grey=True)
    paper.ln(3)
    paper.type(19, bold=True)
    paper.multi_cell(WIDTH, 9, content["title"], align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(2)
    if content["replaces"]:
        _say(paper, content["replaces"], bold=True)
        paper.ln(2)
    _say(paper, f"Dear {pdf.drawable(content['name'], NAMELESS)},")
    paper.ln(2)
    _say(paper, content["opening"])
    paper.ln(4)
    if content["rows"]:
        _table(paper, content)
        paper.ln(5)
    for sentence in content["words"]:
        _say(paper, sentence)
        paper.ln(2)
    if content["closing"]:
        _say(paper, content["closing"])
    if content["disclosure"]:
        paper.ln(4)
        _say(paper, content["disclosure"], grey=True)


def _say(paper, text, *, bold=False, grey=False, size=0.0, line=LINE) -> None:
    paper.type(size or (9 if grey else 11), bold=bold, grey=grey)
    paper.multi_cell(WIDTH, line, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _table(paper: pdf.Paper, content: dict) -> None:
    money = len(content["columns"]) - 2
    words = WIDTH - DATE - MONEY * money
    _row(paper, content["columns"], words, grey=True)
    for row in content["rows"]:
        _row(paper, row, words)
    _row(paper, content["totals"], words, bold=True)


def _row(paper: pdf.Paper, cells: list[str], words: float, *, bold=False, grey=False) -> None:
    """Draw a row under a hairline: date, purpose, and money on the right."""
    if paper.will_page_break(TALLEST):
        paper.add_page()
    top = paper.get_y()
    paper.set_draw_color(200, 200, 200)
    paper.line(paper.l_margin, top, paper.l_margin + WIDTH, top)
    paper.type(9 if grey else 10.5, bold=bold, grey=grey)
    paper.cell(DATE, 7, cells[0])
    paper.multi_cell(words, 7, cells[1], align="L", new_x="LMARGIN", new_y="NEXT")
    below = paper.get_y()
    for number, cell in enumerate(cells[2:]):
        paper.set_xy(paper.l_margin + DATE + words + number * MONEY, top)
        paper.cell(MONEY, 7, cell, align="R")
    paper.set_xy(paper.l_margin, below)
