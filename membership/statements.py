"""What the association says in writing of what somebody gave: from $250 of each gift, each January
of the year, of things given in kind. Frozen when it is issued, corrected by issuing another.

IRS Pub. 1771: the donee's name; the amount of money, or a description and never a value of a gift
in kind; and a statement that nothing was given in return, or a good-faith estimate of its value.
What a row says is computed as its receipt is (orders/receipts.py), over the whole payment. While
there is no EIN, nothing is said of deductibility: the letter thanks, and lists what arrived.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from membership.givers import Giver, giver_of
from membership.models import GiftInKind, Person, Statement, StatementLine
from membership.models.giving import digest_of
from nsca.lib import mail
from nsca.lib.letterhead import Letterhead, letterhead
from nsca.lib.money import dollars
from nsca.lib.timing import day_of, short_day
from orders.kinds import at_hand
from orders.models import Line, Order
from orders.owing import refundable_of
from orders.receipts import ACKNOWLEDGEMENT_FROM, deductible_cents, receipt_for

Kind = Statement.Kind
NUMBER_TRIES = 5
NOTHING_LEFT = "Nothing of what it listed remains with us: it was all given back."


@dataclass(frozen=True)
class Contribution:
    """One payment with a gift in it, as it stands now. Cents."""

    order_id: int
    paid_on: date  # in Norfolk
    words: str  # what it was for
    paid_cents: int  # less all that went back, is on its way, or that a bank holds
    value_cents: int  # of what was received for it
    gift_cents: int

    @property
    def facts(self) -> tuple[int, int, int, int]:
        """What a statement must be right about."""
        return self.order_id, self.paid_cents, self.value_cents, self.gift_cents


def with_all_it_takes(orders):
    """A QuerySet of orders with what their contributions are computed from: a handful of queries
    for many.
    """
    return orders.prefetch_related(*at_hand(), "payments__refunds")


def contribution_of(order: Order) -> Contribution | None:
    """What of an order is a gift, now; None where nothing is, or nothing is left."""
    receipt = receipt_for(order)
    # Of a payment that a bank disputes the receipt still speaks; we do not have the money.
    paid = refundable_of(order)
    gift = deductible_cents(paid, receipt.value_cents)
    if order.state != Order.State.PAID or receipt.paid_at is None or gift <= 0:
        return None
    words = ", ".join(part.label for part in receipt.parts if not part.is_returned)
    return Contribution(order.pk, day_of(receipt.paid_at), words, paid, receipt.value_cents, gift)


def contributions_of(orders: Iterable[Order]) -> list[Contribution]:
    """Those of many orders, the earliest first."""
    found = [each for order in orders if (each := contribution_of(order))]
    return sorted(found, key=lambda each: (each.paid_on, each.order_id))


# --- What is written -----------------------------------------------------------------------------


def issue_year(
    giver: Giver,
    year: int,
    contributions: Sequence[Contribution],
    *,
    at: datetime,
    replaces: Statement | None = None,
    run=None,
    is_sample: bool = False,
    address: list[str] | None = None,
) -> Statement:
    """The statement of a giver's year, frozen now; of nothing only where it corrects another.

    Inside a transaction. Raises IntegrityError where another process issued it first.
    """
    who = letterhead()
    if address is None:
        address = addresses_of([giver.person_id]).get(giver.person_id, [])
    content = {
        **_frame(who, giver.name, address, at=at, replaces=replaces),
        "title": f"Your gifts in {year}",
        "opening": (
            f"Thank you. What you gave in {year} brought Norfolk and its sister cities a little "
            "closer together. This is what arrived:"
            if contributions
            else NOTHING_LEFT
        ),
        **_table(contributions, who),
        "words": _words(contributions, who),
    }
    return _issue(
        Kind.YEAR, year, giver, content, contributions,
        at=at, replaces=replaces, run=run, is_sample=is_sample,
    )  # fmt: skip


def issue_gift(
    giver: Giver,
    year: int,
    contributions: Sequence[Contribution],
    *,
    at: datetime,
    replaces: Statement | None = None,
    is_sample: bool = False,
) -> Statement:
    """The acknowledgment of one gift from $250, or its correction. Inside a transaction."""
    who = letterhead()
    address = addresses_of([giver.person_id]).get(giver.person_id, [])
    content = {
        **_frame(who, giver.name, address, at=at, replaces=replaces),
        "title": "Your gift",
        "opening": (
            "Thank you. A gift like yours is felt on both sides of the ocean. This is what "
            "arrived:"
            if contributions
            else NOTHING_LEFT
        ),
        **_table(contributions, who),
        "words": _words(contributions, who),
    }
    return _issue(
        Kind.GIFT, year, giver, content, contributions,
        at=at, replaces=replaces, is_sample=is_sample,
    )  # fmt: skip


def issue_in_kind(
    gift: GiftInKind, *, at: datetime, replaces: Statement | None = None
) -> Statement:
    """The letter for a gift in kind: what it was, and never what it is worth."""
    who = letterhead()
    key = f"person:{gift.person_id}" if gift.person_id else gift.giver_email.lower()
    giver = Giver(
        key or f"in-kind:{gift.pk}", gift.giver_name, gift.giver_email.lower(), gift.person_id
    )
    words = []
    if who.may_speak_of_deductibility and gift.returned_on is None:
        words = [
            f"{who.name} provided no goods or services in return for this gift.",
            "What it is worth is for you to determine; we may not say it.",
        ]
    address = [line for line in gift.postal_address.splitlines() if line.strip()]
    opening = (
        f"Thank you for what you gave us on {gift.received_on:%B %-d, %Y}: "
        f"{gift.description.strip().rstrip('.')}."
    )
    content = {
        **_frame(who, gift.giver_name, address, at=at, replaces=replaces),
        "title": "Your gift in kind",
        "opening": NOTHING_LEFT if gift.returned_on else opening,
        **_table([], who),
        "words": words,
    }
    return _issue(
        Kind.IN_KIND, gift.received_on.year, giver, content, [],
        at=at, replaces=replaces, gift_in_kind=gift, is_sample=gift.is_sample,
    )  # fmt: skip


def _frame(
    who: Letterhead, name: str, address: list[str], *, at: datetime, replaces: Statement | None
) -> dict:
    ein = f"EIN {who.ein}" if who.ein else ""
    sender = [who.name, *who.postal_address.splitlines(), who.email, who.phone, ein]
    replaced = ""
    if replaces:
        replaced = (
            f"This letter corrects and replaces no. {replaces.number} of "
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


def _table(contributions: Sequence[Contribution], who: Letterhead) -> dict:
    """Columns, rows and the row of sums, in words. One column of money while there is no EIN."""
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
        "totals": ["", "Together", *cells(*sums)],
    }


def _words(contributions: Sequence[Contribution], who: Letterhead) -> list[str]:
    """The sentences that the law wants; none without an EIN, or where nothing is left."""
    if not who.may_speak_of_deductibility or not contributions:
        return []
    gift = sum(each.gift_cents for each in contributions)
    if any(each.value_cents for each in contributions):
        returned = (
            f"In return {who.name} provided goods and services where a value is named above, "
            "which is our good-faith estimate, and none otherwise. Your deduction is limited to "
            "what you paid beyond that value."
        )
    else:
        returned = f"{who.name} provided no goods or services in return."
    return [
        returned,
        f"{dollars(gift)} of this is tax-deductible, as far as the law allows. Please keep this "
        "letter with your tax records.",
    ]


def addresses_of(people: Iterable[int | None]) -> dict[int, list[str]]:
    """Where people live, line by line, for the windows of envelopes; by primary key."""
    known = [pk for pk in people if pk]
    if not known:
        return {}
    found = {}
    for person in Person.objects.filter(pk__in=known).prefetch_related("belongings__household"):
        household = person.household
        lines = household.postal_address.splitlines() if household else []
        found[person.pk] = [line.strip() for line in lines if line.strip()]
    return found


def _issue(
    kind, year, giver, content, contributions, *, at, replaces=None, run=None, is_sample=False,
    gift_in_kind=None,
) -> Statement:  # fmt: skip
    tries_left = NUMBER_TRIES
    while True:
        tries_left -= 1
        serial = next_serial(year)
        number = f"{year}-{serial:05d}"
        full = {**content, "number": number}
        try:
            with transaction.atomic():
                statement = Statement.objects.create(
                    number=number,
                    serial=serial,
                    kind=kind,
                    year=year,
                    giver=giver.key,
                    person_id=giver.person_id,
                    gift_in_kind=gift_in_kind,
                    name=giver.name,
                    email=giver.email,
                    total_cents=sum(each.gift_cents for each in contributions),
                    content=full,
                    sha256=digest_of(full),
                    replaces=replaces,
                    run=run,
                    issued_at=at,
                    checked_at=at,
                    is_sample=is_sample,
                )
                StatementLine.objects.bulk_create(_lines(statement, contributions, replaces))
            return statement
        except IntegrityError:
            # Another process took the number in this moment: the next one, unless it wrote the
            # very same letter.
            if not tries_left or next_serial(year) == serial:
                raise


def _lines(statement, contributions, replaces) -> list[StatementLine]:
    """What it is about. What went back since an earlier letter stays on it with nothing, so that
    it is noticed where the money comes home again.
    """
    facts = {each.order_id: each.facts for each in contributions}
    if replaces:
        for order_id in replaces.lines.values_list("order_id", flat=True):
            facts.setdefault(order_id, (order_id, 0, 0, 0))
    return [
        StatementLine(
            statement=statement, order_id=order_id,
            paid_cents=paid, value_cents=value, gift_cents=gift,
        )
        for order_id, paid, value, gift in facts.values()
    ]  # fmt: skip


def next_serial(year: int) -> int:
    last = Statement.objects.filter(year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def post(statement: Statement, *, at: datetime, is_patient: bool = False) -> bool:
    """Mail the letter, all of it in words, with the link to its page and PDF; once. False where
    there is no address: it is to be printed.
    """
    if not statement.email or statement.mailed_at:
        return False
    mail.post(
        "statement",
        to=statement.email,
        to_name=statement.name,
        context={
            "statement": statement,
            "letter": statement.content,
            "url": settings.SITE_URL + statement.url,
        },
        patient=is_patient,
    )
    statement.mailed_at = at
    statement.save(update_fields=["mailed_at"])
    return True


# --- Acknowledgments from $250 -------------------------------------------------------------------


def acknowledge(order: Order, *, at: datetime) -> Statement | None:
    """The acknowledgment of a gift from $250, issued when its money is here; once. None where it
    needs none, or no EIN is set.
    """
    lines = list(order.lines.all())
    if not letterhead().may_speak_of_deductibility:
        return None
    if not any(line.kind == Line.Kind.GIFT for line in lines):
        return None
    contribution = contribution_of(order)
    if contribution is None or contribution.gift_cents < ACKNOWLEDGEMENT_FROM:
        return None
    if StatementLine.objects.filter(order=order, statement__kind=Kind.GIFT).exists():
        return None
    return issue_gift(
        giver_of(order), contribution.paid_on.year, [contribution],
        at=at, is_sample=order.is_sample,
    )  # fmt: skip


def acknowledgments_of(order: Order) -> list[Statement]:
    """The letters that hold now for an order's gift; older ones were replaced."""
    return list(
        Statement.objects.filter(
            lines__order=order, kind=Kind.GIFT, replaced_by__isnull=True
        ).defer("content")
    )


def giver_from(about: dict) -> Giver:
    return Giver(**about)


def about(giver: Giver) -> dict:
    return asdict(giver)
