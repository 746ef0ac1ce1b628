"""The text of a statement as it is frozen.

IRS Pub. 1771 asks for the charity's name; the amount of money, or a description (never a value) of
a gift in kind; and a statement that nothing was given in return, or a good-faith estimate of its
value. Without an EIN a statement says nothing about taxes: it thanks, and lists the gifts.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from membership.giving.contributions import Contribution
from membership.models import Statement
from nsca.lib.mail.letterhead import Letterhead
from nsca.lib.text.money import dollars
from nsca.lib.timing import short_day

NOTHING_LEFT = "Everything listed before has since been returned to you."


def frame(
    who: Letterhead, name: str, address: list[str], *, at: datetime, replaces: Statement | None
) -> dict:
    ein = f"EIN {who.ein}" if who.ein else ""
    sender = [who.name, *who.postal_address.splitlines(), who.email, who.phone, ein]
    replaced = ""
    if replaces:
        replaced = (
            f"This corrects and replaces no. {replaces.number} of "
            f"{short_day(replaces.issued_at)}. Please keep this one instead."
        )
    return {
        "sender": [line for line in sender if line],
        "name": name,
        "address": address,
        "issued": short_day(at),
        "issued_at": at.isoformat(),
        "replaces": replaced,
        "disclosure": who.disclosure,
        "site": settings.SITE_URL,
    }


def table(contributions: Sequence[Contribution], who: Letterhead) -> dict:
    """Columns, rows and totals as text, with one money column while there is no EIN."""
    if not contributions:
        return {"columns": [], "rows": [], "totals": []}
    has_value = any(each.value_cents for each in contributions)
    is_full = who.may_speak_of_deductibility and has_value
    columns = ["Date", "For", "Paid"]
    if is_full:
        columns += ["Value received", "Gift"]

    def cells(paid: int, value: int, gift: int) -> list[str]:
        return [dollars(paid), dollars(value), dollars(gift)] if is_full else [dollars(paid)]

    sums = [
        sum(column) for column in zip(*(each.facts[1:] for each in contributions), strict=True)
    ]
    return {
        "columns": columns,
        "rows": [
            [f"{each.paid_on:%b %-d, %Y}", each.words, *cells(*each.facts[1:])]
            for each in contributions
        ],
        "totals": ["", "Total", *cells(*sums)],
    }


def words_of(contributions: Sequence[Contribution], who: Letterhead) -> list[str]:
    """The sentences the law requires; none without an EIN, or if nothing is left."""
    if not who.may_speak_of_deductibility or not contributions:
        return []
    gift = sum(each.gift_cents for each in contributions)
    if any(each.value_cents for each in contributions):
        returned = (
            f"{who.name} provided goods or services only where a value is shown above. The value "
            "is our good-faith estimate. Your deduction is limited to the amount you paid beyond "
            "that value."
        )
    else:
        returned = f"{who.name} provided no goods or services in return."
    return [
        returned,
        f"{dollars(gift)} is tax-deductible to the extent allowed by law. Please keep this with "
        "your tax records.",
    ]
