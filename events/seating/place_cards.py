"""Place cards: six tents per sheet, cut along the lines and folded once. The venue is not on them.

The name is on both sides, to be read from either side of the table; the supper's mark (a shape and
its name) is only on the waiter's side.
"""

from datetime import datetime

from events.models import Table
from events.seating.plan import Plan, Seat
from nsca.lib.media import pdf

COLUMNS, ROWS = 2, 3
WIDTH, HEIGHT = 90, 84  # mm of one card before folding; 42 mm high when folded
FIGURES = ("disc", "square", "triangle", "ring", "bar", "cross")  # seen across a room
MARK = 5  # mm
LONG_NAME, LONGER_NAME = 18, 28  # letters; longer names are set smaller
WRITE_HERE = "\u2003"  # for a script our fonts lack: the name is written by hand


def draw(plan: Plan, *, size: str, at: datetime) -> bytes:
    """Draw the cards of all guests, by table and name, on `"Letter"` or `"A4"` paper."""
    cards = [
        (seat, each.table)
        for each in plan.laid
        for seat in sorted(each.seats, key=lambda seat: seat.name.casefold())
    ]
    cards += [(seat, None) for seat in sorted(plan.unseated, key=lambda s: s.name.casefold())]
    figures = _figures(plan)
    texts = [text for seat, _ in cards for text in (seat.name, _supper(seat))]
    texts += [each.table.name for each in plan.laid]
    paper = pdf.Paper(title=f"Place cards, {plan.event.title}", texts=texts, at=at, size=size)
    if not cards:
        paper.type(12)
        paper.cell(0, 8, "No guests yet.")
    for index, (seat, table) in enumerate(cards):
        spot = index % (COLUMNS * ROWS)
        if index and spot == 0:
            paper.add_page()
        x = (paper.w - COLUMNS * WIDTH) / 2 + spot % COLUMNS * WIDTH
        y = (paper.h - ROWS * HEIGHT) / 2 + spot // COLUMNS * HEIGHT
        _card(paper, seat, table, figures.get(seat.ticket.choice_id), x, y)
    return bytes(paper.output())


def _figures(plan: Plan) -> dict[int, str]:
    """One shape for each supper, in order."""
    pks = plan.event.choices.values_list("pk", flat=True)
    return {pk: FIGURES[index % len(FIGURES)] for index, pk in enumerate(pks)}


def _words_of(table: Table) -> str:
    return f"Table {table.number}" if table.number else pdf.drawable(table.name, "")[:24]


def _supper(seat: Seat) -> str:
    return seat.ticket.choice.label if seat.ticket.choice else ""


def _card(paper, seat: Seat, table: Table | None, figure: str | None, x: float, y: float) -> None:
    half = HEIGHT / 2
    paper.set_draw_color(150, 150, 150)
    paper.rect(x, y, WIDTH, HEIGHT)
    paper.set_dash_pattern(dash=1, gap=2)
    paper.line(x, y + half, x + WIDTH, y + half)
    paper.set_dash_pattern()
    with paper.rotation(180, x + WIDTH / 2, y + half / 2):
        _name(paper, seat, x, y)
    _name(paper, seat, x, y + half)
    foot = y + HEIGHT - 9
    paper.type(9, grey=True)
    if table is not None:
        paper.set_xy(x + 6, foot)
        paper.cell(WIDTH / 2 - 6, 5, _words_of(table))
    if label := _supper(seat):
        words = pdf.drawable(label, "")[:34]
        wide = paper.get_string_width(words)
        paper.set_xy(x + WIDTH - 6 - wide - 2, foot)
        paper.cell(wide + 2, 5, words, align="R")
        _mark(paper, figure, x + WIDTH - 6 - wide - 3 - MARK, foot)


def _name(paper, seat: Seat, x: float, y: float) -> None:
    name = pdf.drawable(seat.name, WRITE_HERE)
    size = 22 if len(name) <= LONG_NAME else 16 if len(name) <= LONGER_NAME else 12
    paper.type(size, bold=True)
    while size > 7 and max(map(paper.get_string_width, name.split() or [""])) > WIDTH - 14:
        size -= 1
        paper.type(size, bold=True)
    paper.set_xy(x + 6, y + 12)
    paper.multi_cell(WIDTH - 12, size * 0.42, name, align="C", max_line_height=size * 0.42)


def _mark(paper, figure: str | None, x: float, y: float) -> None:
    paper.set_fill_color(0, 0, 0)
    paper.set_draw_color(0, 0, 0)
    if figure == "disc":
        paper.ellipse(x, y, MARK, MARK, "F")
    elif figure == "square":
        paper.rect(x, y, MARK, MARK, "F")
    elif figure == "triangle":
        paper.polygon([(x, y + MARK), (x + MARK / 2, y), (x + MARK, y + MARK)], style="F")
    elif figure == "ring":
        paper.set_line_width(1)
        paper.ellipse(x + 0.5, y + 0.5, MARK - 1, MARK - 1)
        paper.set_line_width(0.2)
    elif figure == "bar":
        paper.rect(x, y + MARK / 3, MARK, MARK / 3, "F")
    elif figure == "cross":
        paper.rect(x, y + MARK / 3, MARK, MARK / 3, "F")
        paper.rect(x + MARK / 3, y, MARK / 3, MARK, "F")
