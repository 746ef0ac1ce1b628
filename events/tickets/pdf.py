"""A ticket as a PDF, drawn for each request: it shows the venue only once it is revealed."""

from events.models import Ticket
from events.reveal import Opened, Sealed
from events.venue import witnesses
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.media import pdf, qr
from nsca.lib.timing import exactly, hour, long_day
from orders.models import Order

LEFT, TOP, WIDTH, HEIGHT = (
    18,
    18,
    180,
    92,
)  # mm: the frame to cut out; folded twice it fits a wallet
STUB = 58  # mm, the part with the code
LONG_TITLE = 40  # characters; longer titles are set smaller to fit the frame
NAMELESS = "See the ticket’s page"  # for a script that our fonts cannot draw


def draw(ticket: Ticket, *, code: str, state_words: str, reveal, at) -> bytes:
    """The PDF of one ticket at an instant (UTC). Needs event, choice, line__order.

    `code` is the content of the QR code; `state_words` say why it is not valid, empty if it is.
    """
    facts = _facts(ticket)
    where = _where(ticket, reveal)
    notes = [*_notes(ticket), *_seals(ticket, reveal)]
    texts = [ticket.event.title, state_words, *sum(facts, ()), *where, *notes]
    paper = pdf.Paper(title=f"Ticket {ticket.code}", texts=texts, at=at)
    paper.set_draw_color(0, 0, 0)
    paper.rect(LEFT, TOP, WIDTH, HEIGHT)
    paper.set_dash_pattern(dash=2, gap=1.5)
    paper.line(LEFT + WIDTH - STUB, TOP, LEFT + WIDTH - STUB, TOP + HEIGHT)
    paper.set_dash_pattern()
    _face(paper, ticket, facts, state_words)
    _stub(paper, ticket, code)
    paper.set_xy(LEFT, TOP + HEIGHT + 10)
    paper.type(13, bold=True)
    paper.cell(WIDTH, 7, "Where", new_x="LMARGIN", new_y="NEXT")
    paper.type(11)
    for line in where:
        paper.multi_cell(WIDTH, 5.6, line, align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(5)
    for line in notes:
        paper.type(10, grey=True)
        paper.multi_cell(WIDTH, 5.2, line, align="L", new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def _face(paper, ticket, facts, state_words) -> None:
    inner = WIDTH - STUB - 14
    paper.set_xy(LEFT + 7, TOP + 7)
    size = 24 if len(ticket.event.title) <= LONG_TITLE else 14
    paper.type(size, bold=True)
    paper.multi_cell(inner, size * 0.42, ticket.event.title, align="L", new_x="LEFT", new_y="NEXT")
    if state_words:
        paper.type(11, bold=True)
        paper.multi_cell(inner, 6, state_words, align="L", new_x="LEFT", new_y="NEXT")
    paper.set_y(paper.get_y() + 2)
    for term, text in facts:
        paper.set_x(LEFT + 7)
        paper.type(9, grey=True)
        paper.cell(20, 6, term)
        paper.type(11, bold=True)
        paper.multi_cell(inner - 20, 6, text, align="L", new_x="LEFT", new_y="NEXT")


def _stub(paper, ticket, code) -> None:
    side = STUB - 16
    paper.modules(qr.squares(code), x=LEFT + WIDTH - STUB + 8, y=TOP + 10, side=side)
    paper.set_xy(LEFT + WIDTH - STUB, TOP + 14 + side)
    paper.type(15, bold=True)
    paper.cell(STUB, 8, ticket.code, align="C", new_x="LEFT", new_y="NEXT")
    paper.type(9, grey=True)
    paper.cell(STUB, 5, f"Order {ticket.line.order.number}", align="C")


def _facts(ticket: Ticket) -> list[tuple[str, str]]:
    event = ticket.event
    when = long_day(event.starts_at)
    if event.hour_is_known:
        when += f", {hour(event.starts_at)}"
    facts = [
        ("Admits", pdf.drawable(ticket.guest_name, NAMELESS) or "One guest"),
        ("When", when),
        ("Ticket", ticket.ticket_type.name),
        ("Supper", ticket.choice.label if ticket.choice else ""),
        ("Dress", event.dress),
    ]
    return [(term, text) for term, text in facts if text]


def _where(ticket: Ticket, reveal) -> list[str]:
    """What the holder may know: the area, and the venue itself only from Opened."""
    if isinstance(reveal, Opened):
        venue = reveal.venue
        lines = [venue.name, *venue.address_lines, venue.join_url, venue.directions, venue.parking]
        return [line for line in lines if line]
    if isinstance(reveal, Sealed) and not reveal.is_due:
        return [
            ticket.event.area,
            f"The location will be revealed on {exactly(reveal.opens_at)}, on this ticket’s page.",
        ]
    return [ticket.event.area]


def _seals(ticket: Ticket, reveal) -> list[str]:
    """The seals with their instants: anyone who keeps this paper is a witness to them."""
    lines = witnesses.lines(witnesses.seals_for(ticket.event, reveal))
    return (
        ["Seal of the location (SHA-256). Keep this paper as a witness.", *lines] if lines else []
    )


def _notes(ticket: Ticket) -> list[str]:
    who = letterhead()
    phone = ticket.event.help_phone or who.phone
    order = ticket.line.order
    paid = "Paid" if order.state == Order.State.PAID else "Not paid"
    return [
        f"{paid}, order {order.number}. Show this on paper or on your phone. It admits one guest.",
        f"Questions on the day: {phone}." if phone else "",
        f"{who.name}, {who.email}".strip(", "),
    ]
