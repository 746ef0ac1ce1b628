"""The card to a family about a gift in honor or memory.

It never shows the amount, and names the giver only if they asked for it.
"""

from datetime import datetime

from membership.models import Tribute
from nsca.lib.mail import mail
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.media import pdf

WIDE, HIGH = 177.8, 127.0  # mm: a card of seven by five inches
NAMELESS = "someone close to you"  # where our fonts cannot draw the name


def sentence(tribute: Tribute) -> str:
    """The card's sentence: "A gift was made in memory of Ruth Okoro by Ada Ellery."."""
    by = f" by {tribute.signed}" if tribute.signed else ""
    return f"A gift was made {tribute.get_manner_display()} {tribute.name}{by}."


def mail_card(tribute: Tribute, *, fund: str, at: datetime) -> None:
    """Put the card into the outbox and note when, in the payment's transaction."""
    mail.post(
        "gift_card",
        to=tribute.family_email,
        to_name=tribute.family_name,
        context={"tribute": tribute, "sentence": sentence(tribute), "fund": fund},
    )
    tribute.mailed_at = at
    tribute.save(update_fields=["mailed_at"])


def draw(tribute: Tribute, *, at: datetime) -> bytes:
    """Draw the card for printing, seven by five inches."""
    who = letterhead()
    said = pdf.drawable(sentence(tribute), sentence(tribute).replace(tribute.name, NAMELESS))
    fund = tribute.line.details.get("fund", "")
    meant = f"It is for {fund}." if fund else "It helps cities know each other, person by person."
    to = pdf.drawable(f"To {tribute.family_name}", "")
    texts = [said, meant, to, who.name]
    paper = pdf.Paper(title="A gift", texts=texts, at=at, size=(WIDE, HIGH))
    paper.set_y(20)
    paper.type(11, grey=True)
    paper.multi_cell(0, 6, to, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.set_y(38)
    paper.type(21, bold=True)
    paper.multi_cell(0, 10, said, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.ln(5)
    paper.type(12)
    paper.multi_cell(0, 6.5, meant, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.set_draw_color(194, 48, 26)
    paper.line(WIDE / 2 - 8, HIGH - 27, WIDE / 2 + 8, HIGH - 27)
    paper.set_y(HIGH - 23)
    paper.type(10, grey=True)
    paper.multi_cell(0, 5, who.name, align="C")
    return bytes(paper.output())
