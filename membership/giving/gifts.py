"""Gifts of money: what they are for, whom they honor, and how we say thanks."""

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

LEAST_CENTS = 100  # below a dollar, the card fee eats the gift
MOST_CENTS = 2_500_000  # $25,000: larger gifts deserve a conversation


class GiftOutOfRange(Refusal):
    def __init__(self):
        super().__init__("Online gifts are $1 to $25,000. To give more, please call us.")


class FundIsClosed(Refusal):
    def __init__(self, fund: Fund):
        super().__init__(f"{fund.name} is closed to new gifts. Please choose another fund.")


@dataclass(frozen=True)
class Honoring:
    """Whom a gift honors and who gets the card, as the giver typed it; frozen on the line."""

    manner: str  # Tribute.Manner
    name: str
    family_name: str = ""  # empty: no card
    family_email: str = ""
    family_address: str = ""
    signed: str = ""  # the giver's name, only if they want it on the card


def covering_cents(cents: int) -> int:
    """What to add to a gift to cover the card fee; 0 if staff have not set the fee."""
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

    `covers_fee` adds the card fee, which is given like the rest. `household_id` says whose gift
    it is when staff enter it for people without an e-mail address.
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
    """The same gift for next month: it still honors the person, but sends no second card."""
    honoring = item.details.get("honoring")
    if not honoring:
        return item
    told = {"family_name": "", "family_email": "", "family_address": "", "signed": ""}
    return replace(item, details={**item.details, "honoring": {**honoring, **told}})


def gift_words(line: Line) -> str:
    """A gift as its giver would put it: "$50 for Student scholarships, in memory of Ruth"."""
    words = dollars(line.total_cents)
    if line.details.get("fund"):
        words += f" for {line.details['fund']}"
    honoring = line.details.get("honoring")
    if honoring:
        words += f", {Tribute.Manner(honoring['manner']).label} {honoring['name']}"
    return words


class GiftKind(Kind):
    """Gifts. They are never scarce: nothing is locked, held or released."""

    name = Line.Kind.GIFT
    confirmation = "gift_thanks"  # the e-mail, if the whole order is a gift

    def tellable(self, line: Line, *, at: datetime) -> dict:
        """Its fund only; who is honored and which family gets a card stays private."""
        return {"fund": line.details["fund"]} if line.details.get("fund") else {}

    def paid(self, line: Line, *, at: datetime) -> None:
        """Send the family's card, once; the order's confirmation thanks the giver."""
        honoring = line.details.get("honoring")
        if honoring:
            tribute, is_new = Tribute.objects.get_or_create(line=line, defaults=honoring)
            if is_new and tribute.family_email:
                cards.mail_card(tribute, fund=line.details.get("fund", ""), at=at)
        statements.acknowledge(line.order, at=at)

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        """Cancel a card not yet printed; the receipt and totals already count refunds."""
        Tribute.objects.filter(line=line, mailed_at=None, posted_at=None).update(
            family_name="", family_address=""
        )

    def thanks(self, line: Line) -> str:
        """The thanks in the confirmation of an order that includes more than a gift."""
        return f"And thank you for your gift: {gift_words(line)}."

    def again(self, line: Line, *, at: datetime) -> str:
        return reverse("membership:give")

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        """The thanks on the order's page; none after a full refund."""
        if refundable_of(line.order) <= 0:
            return []
        texts = [f"{gift_words(line)}."]
        if line.details.get("covered_cents"):
            texts.append(f"{dollars(line.details['covered_cents'])} of it covers the card fee.")
        honoring = line.details.get("honoring") or {}
        if honoring.get("family_name"):
            how = "by e-mail" if honoring.get("family_email") else "by mail"
            texts.append(
                f"We send the card to {honoring['family_name']} {how}. It shows no amount"
                + (f" and says it is from {honoring['signed']}." if honoring.get("signed")
                   else " and no giver’s name.")
            )  # fmt: skip
        issued = statements.acknowledgments_of(line.order)
        return [
            Shown("Thank you for your gift", " ".join(texts), ""),
            *(
                Shown(f"Acknowledgment {each.number}", "For your tax records.", each.url)
                for each in issued
            ),
        ]
