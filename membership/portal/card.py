"""A member's card: its code, what a scan of it shows, and the card as a picture and on paper.

The code is a link to a public page. It says whether the card is valid today and until when, and
the person's initials to compare with the card: nothing that is not printed on the card.
"""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from membership.joining.renewals import initials
from membership.models import MEMBERS, Person, Rules, Term, membership_status
from membership.portal.context import Home
from nsca.lib.media import pdf, qr, raster
from nsca.lib.secrets import codes

SIGNATURE = 32  # characters of a token before the person's key
# A bank card, upright: on paper it fits a wallet, as a picture a phone. In millimeters, and in
# the drawing's units (20 per millimeter).
WIDTH, HEIGHT = 54.0, 85.6
UNITS_WIDE, UNITS_HIGH = 1080, 1712
CODE_TOP = 856  # below it the code, on white
INK, PAPER, PALE = "#0B0D10", "#FFFFFF", "#B9BEC5"
NAMELESS = "Member"  # for names that our fonts cannot draw


@dataclass(frozen=True)
class Card:
    """One person's card today."""

    person: Person
    level: str
    ends_on: date | None  # None: for life

    @property
    def url(self) -> str:
        """What the code says."""
        return urljoin(
            settings.SITE_URL, reverse("membership:check_card", args=[token(self.person)])
        )

    @property
    def through(self) -> str:
        """ "November 30, 2027", or "life"."""
        return f"{self.ends_on:%B %-d, %Y}" if self.ends_on else "life"

    @property
    def number(self) -> str:
        return str(self.person.member_number or "")


@dataclass(frozen=True)
class Reading:
    """What a scan of the code shows."""

    is_good: bool
    initials: str
    through: str


def cards_of(home: Home) -> list[Card]:
    """The cards of everybody in a household that is a member today."""
    if home.current is None:
        return []
    return [Card(one, home.current.tier.name, home.current.ends_on) for one in home.people]


def token(person: Person) -> str:
    """Constant for a person and SECRET_KEY, so that printed cards stay valid."""
    return f"{_signature(person.pk)}{person.pk}"


def read(text: str, *, on: date) -> Reading | None:
    """What a code shows on a date; None if it is not ours."""
    pk = codes.primary_key(text[SIGNATURE:])
    if not pk or not _is_signed(text[:SIGNATURE], pk):
        return None
    person = Person.objects.filter(pk=pk, erased_at__isnull=True).first()
    if person is None:
        return None
    terms = list(Term.objects.filter(household__people=person))
    stands = membership_status(terms, on, grace=Rules.load().grace, died_on=person.died_on)
    if stands not in MEMBERS:
        return Reading(False, initials(person.name), "")
    ends = [term.ends_on for term in terms if term.is_current(on)]
    through = "life" if None in ends else f"{max(ends):%B %-d, %Y}"
    return Reading(True, initials(person.name), through)


def _signature(pk: int) -> str:
    return codes.derived_token("member card", pk)


def _is_signed(signature: str, pk: int) -> bool:
    """Signed by this site's key or a former one, because cards are printed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    signed = [codes.derived_token("member card", pk, key=key) for key in keys]
    return any(constant_time_compare(signature, each) for each in signed)


def drawing(card: Card, *, rosette: str, mark: str) -> str:
    """The card as SVG, its text as outlines. `rosette` and `mark` are drawings as SVG."""
    margin, width = 84, UNITS_WIDE - 2 * 84
    name = pdf.drawable(card.person.name, NAMELESS)
    lines, size = raster.fitted(name, width, 112, 60, weight=800, tight=0.02)
    drawn = [
        f'<rect width="{UNITS_WIDE}" height="{UNITS_HIGH}" fill="{INK}"/>',
        f'<svg x="420" y="-170" width="1000" height="1000">{rosette}</svg>',
        f'<svg x="{margin}" y="80" width="170" height="170" color="{PAPER}">{mark}</svg>',
        raster.line("Norfolk", 282, 152, 50, PAPER, weight=800, tight=0.01),
        raster.line("Sister City Association", 282, 212, 50, PAPER, weight=800, tight=0.01),
    ]
    y = 610 if len(lines) == 1 else 520
    for text in lines:
        drawn.append(raster.line(text, margin, y, size, PAPER, weight=800, tight=0.02))
        y += int(size * 1.04)
    facts = [
        ("Member no.", card.number, margin, 190),
        ("Level", pdf.drawable(card.level, "Member"), 300, 300),
        ("Valid through", card.through, 640, 356),
    ]
    for term, fact, x, wide in facts:
        fits = min(42, wide / (raster.measure(fact, 1, weight=700) or 1))
        drawn.append(raster.line(term, x, 734, 32, PALE, weight=400))
        drawn.append(raster.line(fact, x, 788, fits, PAPER, weight=700))
    rows = qr.squares(card.url)
    box = UNITS_HIGH - CODE_TOP - margin
    unit = box / (len(rows) + 2 * qr.QUIET)
    left, top = (UNITS_WIDE - box) / 2 + qr.QUIET * unit, CODE_TOP + qr.QUIET * unit
    drawn.append(
        f'<rect x="{(UNITS_WIDE - box) / 2:.1f}" y="{CODE_TOP}" width="{box}" height="{box}" '
        f'fill="{PAPER}"/>'
    )
    dark = "".join(
        f"M{left + x * unit:.2f} {top + y * unit:.2f}h{unit:.2f}v{unit:.2f}h-{unit:.2f}z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    drawn.append(f'<path d="{dark}" fill="{INK}"/>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {UNITS_WIDE} {UNITS_HIGH}">{"".join(drawn)}</svg>'
    )


# The mark's two colors depend on its background; here it is on the band.
MARK = (
    f".disc {{ fill: {PAPER} }} .sp {{ stroke: {INK}; stroke-width: 2.8px }} "
    f".pt {{ fill: {INK} }} .fine {{ stroke: {INK}; stroke-width: .7px }} .h {{ fill: #F0502E }}"
)


def picture(card: Card, *, rosette: str, mark: str, width: int = UNITS_WIDE) -> bytes:
    """The card as PNG for a phone's photos: it needs no network."""
    return raster.png(drawing(card, rosette=rosette, mark=mark), width, styles=MARK)


def paper(cards: list[tuple[Card, bytes]], *, at: datetime) -> bytes:
    """Cards with their pictures on US Letter, three in a row, to cut out."""
    texts = [f"{card.person.name}{card.level}{card.through}{card.number}" for card, _ in cards]
    sheet = pdf.Paper(title="Membership card", texts=texts, at=at)
    for index, (card, png) in enumerate(cards):
        place = index % 6
        if index and not place:
            sheet.add_page()
        x = 18 + (place % 3) * (WIDTH + 6)
        y = 18 + (place // 3) * (HEIGHT + 22)
        sheet.image(
            BytesIO(png), x=x, y=y, w=WIDTH, h=HEIGHT, alt_text=f"Card of {card.person.name}"
        )
        sheet.set_draw_color(150, 150, 150)
        sheet.set_dash_pattern(dash=1.5, gap=1.5)
        sheet.rect(x, y, WIDTH, HEIGHT)
        sheet.set_dash_pattern()
        sheet.set_xy(x, y + HEIGHT + 2)
        sheet.type(7.5, grey=True)
        name = pdf.drawable(card.person.name, NAMELESS)
        words = f"{name}, no. {card.number}\nValid through {card.through}"
        sheet.multi_cell(WIDTH, 3.6, words, align="L")
    return bytes(sheet.output())
