"""Statements: acknowledgments of gifts of $250 or more and in kind, and each year's summary.

A statement is frozen when it is issued, and corrected by issuing another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from membership.giving.contributions import Contribution, contribution_of
from membership.giving.givers import Giver, giver_of
from membership.giving.statement_words import NOTHING_LEFT, frame, table, words_of
from membership.models import GiftInKind, Person, Statement, StatementLine
from membership.models.giving import digest_of
from nsca.lib.mail import mail
from nsca.lib.mail.letterhead import letterhead
from orders.lines.receipts import ACKNOWLEDGEMENT_FROM
from orders.models import Line, Order

Kind = Statement.Kind
NUMBER_TRIES = 5


# --- What is written ---------------------------------------------------------------------------


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
    """Issue the statement of a giver's year; an empty one only to correct another.

    Call inside a transaction. Raises IntegrityError if another process issued it first.
    """
    who = letterhead()
    if address is None:
        address = addresses_of([giver.person_id]).get(giver.person_id, [])
    content = {
        **frame(who, giver.name, address, at=at, replaces=replaces),
        "title": f"Your gifts in {year}",
        "opening": (
            f"Thank you. Your gifts in {year} brought Norfolk and its sister cities a little "
            "closer together. We received:"
            if contributions
            else NOTHING_LEFT
        ),
        **table(contributions, who),
        "words": words_of(contributions, who),
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
    """Issue the acknowledgment of one gift of $250 or more, or its correction."""
    who = letterhead()
    address = addresses_of([giver.person_id]).get(giver.person_id, [])
    content = {
        **frame(who, giver.name, address, at=at, replaces=replaces),
        "title": "Your gift",
        "opening": (
            "Thank you. A gift like yours is felt on both sides of the ocean. We received:"
            if contributions
            else NOTHING_LEFT
        ),
        **table(contributions, who),
        "words": words_of(contributions, who),
    }
    return _issue(
        Kind.GIFT, year, giver, content, contributions,
        at=at, replaces=replaces, is_sample=is_sample,
    )  # fmt: skip


def issue_in_kind(
    gift: GiftInKind, *, at: datetime, replaces: Statement | None = None
) -> Statement:
    """Issue the acknowledgment of a gift in kind: its description, never its value."""
    who = letterhead()
    key = f"person:{gift.person_id}" if gift.person_id else gift.giver_email
    giver = Giver(key or f"in-kind:{gift.pk}", gift.giver_name, gift.giver_email, gift.person_id)
    words = []
    if who.may_speak_of_deductibility and gift.returned_on is None:
        words = [
            f"{who.name} provided no goods or services in return for this gift.",
            "Its value is for you to determine; we can’t state it.",
        ]
    address = [line for line in gift.postal_address.splitlines() if line.strip()]
    opening = (
        f"Thank you for your gift of {gift.received_on:%B %-d, %Y}: "
        f"{gift.description.strip().rstrip('.')}."
    )
    content = {
        **frame(who, gift.giver_name, address, at=at, replaces=replaces),
        "title": "Your gift in kind",
        "opening": NOTHING_LEFT if gift.returned_on else opening,
        **table([], who),
        "words": words,
    }
    return _issue(
        Kind.IN_KIND, gift.received_on.year, giver, content, [],
        at=at, replaces=replaces, gift_in_kind=gift, is_sample=gift.is_sample,
    )  # fmt: skip


def addresses_of(people: Iterable[int | None]) -> dict[int, list[str]]:
    """People's postal addresses as lines for window envelopes, by primary key."""
    known = [pk for pk in people if pk]
    if not known:
        return {}
    found = {}
    for person in Person.objects.filter(pk__in=known).prefetch_related(
        "household_members__household"
    ):
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
        is_thanks = content["opening"] != NOTHING_LEFT
        closing = f"With our thanks, {letterhead().name}" if is_thanks else ""
        full = {**content, "number": number, "closing": closing}
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
            # Another process just took the number: try the next one, unless it issued this very
            # statement.
            if not tries_left or next_serial(year) == serial:
                raise


def _lines(statement, contributions, replaces) -> list[StatementLine]:
    """The payments of a statement.

    Those refunded since an earlier statement stay with zero, so a reversal is noticed.
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
    """E-mail the statement once, in full, with links to its page and PDF.

    False if there is no address, so that it must be printed.
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


# --- Acknowledgments from $250 -----------------------------------------------------------------


def acknowledge(order: Order, *, at: datetime) -> Statement | None:
    """Issue the acknowledgment of a paid gift of $250 or more, once.

    None if the gift needs none, or no EIN is set.
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
    """The valid acknowledgments of an order's gift."""
    return list(
        Statement.objects.filter(
            lines__order=order, kind=Kind.GIFT, replaced_by__isnull=True
        ).defer("content")
    )


def giver_from(about: dict) -> Giver:
    return Giver(**about)


def about(giver: Giver) -> dict:
    return asdict(giver)
