"""Money given, with nothing taken in return: for what, in whose honor, and with what thanks."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.urls import reverse

from membership.giving import cards, statements
from membership.models import Fund, Tribute
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.text.money import dollars
from orders.lines.kinds import Item, Kind, Refusal, Shown
from orders.models import Line
from orders.refunds.refund_amounts import refundable_of

LEAST_CENTS = 100  # below a dollar the card's fee eats the gift
MOST_CENTS = 2_500_000  # $25,000: above it a person should speak to a person


class GiftOutOfRange(Refusal):
    def __init__(self):
        super().__init__(
            "A gift online is between $1 and $25,000. For more, please call the office."
        )


class FundIsClosed(Refusal):
    def __init__(self, fund: Fund):
        super().__init__(f"{fund.name} takes no more gifts. Please choose what yours is for.")


@dataclass(frozen=True)
class Honoring:
    """In whose honor or memory, and who is told, as the giver typed it; frozen on the line."""

    manner: str  # Tribute.Manner
    name: str
    family_name: str = ""  # empty: nobody is told
    family_email: str = ""
    family_address: str = ""
    signed: str = ""  # the giver's name, only where they wish it to be told


def covering_cents(cents: int) -> int:
    """What to add to a gift so that all of it arrives; 0 where staff have not said what the card
    costs.
    """
    fee = letterhead().card_fee
    return fee.to_cover(cents) if fee else 0


def gift_item(
    cents: int,
    *,
    fund: Fund | None = None,
    honoring: Honoring | None = None,
    covers_fee: bool = False,
    household_id: int | None = None,
) -> Item:
    """A gift as an order's item, in cents. Raises GiftOutOfRange, FundIsClosed.

    `covers_fee`: the card's fee comes on top; it is given like the rest. `household_id`: whose
    gift it is, where staff write it down for people without an address.
    """
    if not LEAST_CENTS <= cents <= MOST_CENTS:
        raise GiftOutOfRange
    if fund and not fund.is_open:
        raise FundIsClosed(fund)
    covered = covering_cents(cents) if covers_fee else 0
    details = {
        "fund": fund.name if fund else "",
        "covered_cents": covered,
        "honoring": asdict(honoring) if honoring else {},
        "household_id": household_id,
    }
    return Item(
        kind=Line.Kind.GIFT,
        label=f"Gift: {fund.name}" if fund else "Gift to the association",
        unit_cents=cents + covered,
        subject_id=fund.pk if fund else None,
        heading=fund.books_under if fund else "Gifts",
        committee=fund.city.name if fund and fund.city else "",
        details={name: value for name, value in details.items() if value},
    )


def without_the_card(item: Item) -> Item:
    """The same gift again next month: whom it honors stays on it, their family is told once."""
    honoring = item.details.get("honoring")
    if not honoring:
        return item
    told = {"family_name": "", "family_email": "", "family_address": "", "signed": ""}
    return replace(item, details={**item.details, "honoring": {**honoring, **told}})


def gift_words(line: Line) -> str:
    """A gift as its giver would say it: "$50 for Student scholarships, in memory of Ruth"."""
    words = dollars(line.total_cents)
    if line.details.get("fund"):
        words += f" for {line.details['fund']}"
    honoring = line.details.get("honoring")
    if honoring:
        words += f", {Tribute.Manner(honoring['manner']).label} {honoring['name']}"
    return words


class GiftKind(Kind):
    """Gifts. Generosity is never scarce: nothing is locked, held or released."""

    name = Line.Kind.GIFT
    confirmation = "gift_thanks"  # the letter, where all of an order is given

    def tellable(self, line: Line, *, at: datetime) -> dict:
        """What it is for; who is honored, and which family is told, is nobody else's business."""
        return {"fund": line.details["fund"]} if line.details.get("fund") else {}

    def paid(self, line: Line, *, at: datetime) -> None:
        """The confirmation of the order thanks the giver; the family's card goes out, once."""
        honoring = line.details.get("honoring")
        if honoring:
            tribute, is_new = Tribute.objects.get_or_create(line=line, defaults=honoring)
            if is_new and tribute.family_email:
                cards.mail_card(tribute, fund=line.details.get("fund", ""), at=at)
        statements.acknowledge(line.order, at=at)

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        """Receipt and totals count refunds by themselves; a card not yet printed is let be."""
        Tribute.objects.filter(line=line, mailed_at=None, posted_at=None).update(
            family_name="", family_address=""
        )

    def thanks(self, line: Line) -> str:
        """A sentence for the confirmation of an order that is more than a gift."""
        return f"And thank you for your gift: {gift_words(line)}."

    def again(self, line: Line, *, at: datetime) -> str:
        return reverse("membership:give")

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        """The thanks on the order's page; nothing of it once the money went back."""
        if refundable_of(line.order) <= 0:
            return []
        texts = [f"{gift_words(line)}."]
        if line.details.get("covered_cents"):
            texts.append(
                f"{dollars(line.details['covered_cents'])} of it is for the card's fee, so that "
                "the rest arrives whole."
            )
        honoring = line.details.get("honoring") or {}
        if honoring.get("family_name"):
            how = "by e-mail" if honoring.get("family_email") else "by post"
            texts.append(
                f"The card to {honoring['family_name']} goes {how}. It names no amount"
                + (f", and says that it is from {honoring['signed']}." if honoring.get("signed")
                   else ", and not who gave.")
            )  # fmt: skip
        letters = statements.acknowledgments_of(line.order)
        return [
            Shown("Thank you for your gift", " ".join(texts), ""),
            *(
                Shown(f"Acknowledgment {each.number}", "The letter for your records.", each.url)
                for each in letters
            ),
        ]
