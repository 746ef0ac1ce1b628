"""Why somebody is or is not a member on a date, in sentences from the facts `status` reads.

Each sentence states one fact and, if something can be done about it, says what and links there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from membership.models import (
    MEMBERS,
    MembershipStatus,
    Pause,
    Person,
    Rules,
    Term,
    membership_status,
)
from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of, exactly
from orders.models import Line, Order, RecurringPayment, Refund

LATELY = timedelta(days=400)  # older unpaid orders explain nothing about today


@dataclass(frozen=True)
class Sentence:
    """A fact, and what to do about it where (`what_to_do`, `url`)."""

    text: str
    what_to_do: str = ""
    url: str = ""


@dataclass(frozen=True)
class Explanation:
    status: MembershipStatus
    answer: str
    sentences: tuple[Sentence, ...]

    @property
    def is_member(self) -> bool:
        return self.status in MEMBERS


def explain(person: Person, *, at: datetime) -> Explanation:
    """Explain a person's member status at an instant (UTC), as a colleague would by phone."""
    on, rules = day_of(at), Rules.load()
    held = list(
        Term.objects.filter(household__people=person)
        .select_related("tier", "household", "line__order")
        .distinct()
    )
    stands = MembershipStatus(
        membership_status(held, on, grace=rules.grace, died_on=person.died_on)
    )
    sentences = [*_of_the_person(person, on), *_of_terms(held, on, rules, stands, person.died_on)]
    if stands not in MEMBERS and person.died_on is None:
        sentences += [*_of_pauses(person, on), *_of_orders(person, at), *_of_another(person, on)]
    if person.died_on is None:
        sentences += _of_recurring(person)
    return Explanation(stands, _answer(person, stands), tuple(sentences))


def _answer(person: Person, stands: MembershipStatus) -> str:
    if stands == MembershipStatus.LIFE:
        return f"Yes: {person} is a member for life."
    if stands == MembershipStatus.CURRENT:
        return f"Yes: {person} is a member today."
    because = {
        MembershipStatus.PROSPECT: "they have never had a membership that started",
        MembershipStatus.GRACE: "their membership has expired, and they are in the grace period",
        MembershipStatus.EXPIRED: "their membership has expired",
        MembershipStatus.ENDED: "their membership was ended",
    }[stands]
    return f"No: {because}."


# --- The person --------------------------------------------------------------------------------


def _of_the_person(person: Person, on: date) -> Iterator[Sentence]:
    if person.died_on is not None and person.died_on <= on:
        yield Sentence(
            f"{person} died on {_day(person.died_on)}. We don’t count them or write to them."
        )
    if person.erased_at is not None:
        yield Sentence(
            f"The record was erased on {exactly(person.erased_at)} at the person’s request."
        )
    households = [
        household_member.household for household_member in person.household_members.all()
    ]
    if not households:
        yield Sentence(
            f"{person} has no household, and memberships belong to households.",
            "Add them to a household on their page.",
            reverse("admin:membership_person_change", args=[person.pk]),
        )
    elif len(households) > 1:
        names = " and ".join(str(household) for household in households)
        yield Sentence(f"{person} belongs to {names}. A membership of either is enough.")


# --- Terms -------------------------------------------------------------------------------------


def _of_terms(held, on: date, rules: Rules, stands, died_on) -> Iterator[Sentence]:
    real = [term for term in held if term.is_real]
    for term in held:
        if not term.is_real:
            yield Sentence(
                f"{_named(term)} from {_day(term.starts_on)} was ended before it "
                f"started{_because(term)}.",
                *_page_of(term),
            )
    if not real:
        yield Sentence(
            "No dues were ever paid for them, and no membership was granted.",
            "Record a payment or grant a membership.",
            reverse("admin:membership_term_add"),
        )
        return
    if stands in MEMBERS:
        for term in real:
            if term.is_current(on):
                until = f"paid through {_day(term.ends_on)}" if term.ends_on else "for life"
                yield Sentence(f"{_named(term)} is {until}; {_how(term)}.", *_page_of(term))
        return
    for term in sorted(real, key=lambda each: each.starts_on):
        if term.starts_on > on:
            yield Sentence(
                f"{_named(term)} starts on {_day(term.starts_on)}.",
                *_page_of(term),
            )
    begun = [term for term in real if term.starts_on <= on]
    if not begun:
        return
    last = max(
        begun, key=lambda term: (term.held_until or date.max, term.ended_on is None, term.pk)
    )
    if last.ended_on is not None:
        yield from _of_an_ended(last)
    elif died_on is None:
        over = (on - last.ends_on).days
        words = f"{_named(last)} ended {_day(last.ends_on)}, {_days(over)} ago; {_how(last)}."
        yield Sentence(words, *_page_of(last))
        yield _of_grace(last.ends_on + rules.grace, on, rules)


def _of_grace(grace_ends_on: date, on: date, rules: Rules) -> Sentence:
    if on <= grace_ends_on:
        return Sentence(
            f"Through {_day(grace_ends_on)} ({_days(rules.grace_days)} of grace), a renewal "
            "continues from the old end date. Member prices need an active membership.",
            "Send a renewal link or record a payment.",
        )
    return Sentence(
        f"The {_days(rules.grace_days)} of grace ended on {_day(grace_ends_on)}. A renewal "
        "starts on the day it is paid.",
        "Send a renewal link or record a payment.",
    )


def _of_an_ended(term: Term) -> Iterator[Sentence]:
    yield Sentence(
        f"{_named(term)} was ended on {_day(term.ended_on)}, the first day it was no longer "
        f"valid{_because(term)}.",
        *_page_of(term),
    )
    if term.line_id is None:
        return
    theirs = Q(line=term.line_id) | Q(line__isnull=True)
    refunds = Refund.objects.filter(theirs, payment__order=term.line.order, is_whole=True)
    for refund in refunds.exclude(state=Refund.State.FAILED):
        yield Sentence(
            f"The payment of order {term.line.order.number} was refunded: "
            f"{dollars(refund.cents)}, {refund.get_state_display()}, because “{refund.reason}”.",
            "See the order.",
            _order(term.line.order),
        )


def _of_pauses(person: Person, on: date) -> Iterator[Sentence]:
    pauses = Pause.objects.filter(
        household__people=person, undone_at=None, starts_on__lte=on, until_on__gt=on
    )
    for pause in pauses.distinct():
        yield Sentence(
            f"The membership of {pause.household} is paused from {_day(pause.starts_on)} and "
            f"resumes automatically on {_day(pause.until_on)}: “{pause.reason}”.",
            "See the household.",
            reverse("admin:membership_household_change", args=[pause.household_id]),
        )


# --- Related records ---------------------------------------------------------------------------


def _of_orders(person: Person, at: datetime) -> Iterator[Sentence]:
    """Dues that somebody started to pay and never paid."""
    addresses = _addresses(person)
    if not addresses:
        return
    theirs = Q(buyer_email__in=addresses)
    if person.user_id:
        theirs |= Q(user=person.user_id)
    orders = (
        Order.objects.filter(theirs, lines__kind=Line.Kind.DUES, placed_at__gte=at - LATELY)
        .exclude(state=Order.State.PAID)
        .distinct()
        .order_by("-placed_at")
    )
    for order in orders[:3]:
        if order.state == Order.State.HELD and order.channel != Order.Channel.ONLINE:
            text = (
                f"We’re waiting for dues by {order.get_channel_display()} (order {order.number})."
            )
            yield Sentence(text, "If it has arrived, record it on the order.", _order(order))
        elif order.state == Order.State.HELD and order.held_until > at:
            text = f"They are paying their dues right now (order {order.number})."
            yield Sentence(text, "See the order.", _order(order))
        else:
            text = (
                f"Order {order.number} for dues, placed {exactly(order.placed_at)}, expired "
                "without payment."
            )
            yield Sentence(
                text, "See the order; they may have had trouble with the card.", _order(order)
            )


def _of_recurring(person: Person) -> Iterator[Sentence]:
    """Auto-renewal of their households, and of former households that their card still pays."""
    homes = set(person.household_members.values_list("household", flat=True))
    theirs = Q(household__in=homes) | Q(buyer_email__in=_addresses(person))
    if person.user_id:
        theirs |= Q(user=person.user_id)
    rows = RecurringPayment.objects.living().filter(theirs, kind=Line.Kind.DUES)
    for row in rows.select_related("household").distinct():
        price = f"{dollars(row.cents)} on {_day(row.next_charge_on)}"
        text = (
            f"The dues of {row.household} renew automatically: {price}, paid by {row.buyer_name}."
        )
        if row.household_id not in homes:
            text += f" {person} pays it but does not belong to that household."
        page = reverse("admin:orders_recurringpayment_change", args=[row.pk])
        yield Sentence(text, "See the recurring payment.", page)


def _of_another(person: Person, on: date) -> Iterator[Sentence]:
    """Possible duplicates of the person that are members."""
    same = Q(name__iexact=person.name)
    for address in _addresses(person):
        same |= Q(email=address) | Q(addresses__email=address)
    others = Person.objects.living().members(on).filter(same).exclude(pk=person.pk).distinct()
    for other in others[:3]:
        number = f" (member number {other.member_number})" if other.member_number else ""
        shares = "this name" if other.name.lower() == person.name.lower() else "this address"
        yield Sentence(
            f"Another record with {shares} is a member today: {other}{number}.",
            "If they are one person, merge the two records.",
            reverse("admin:membership_person_change", args=[other.pk]),
        )


def _addresses(person: Person) -> list[str]:
    further = [address.email for address in person.addresses.all()]
    return [address for address in (person.email, *further) if address]


# --- Words -------------------------------------------------------------------------------------


def _named(term: Term) -> str:
    return f"The {term.tier} membership of {term.household}"


def _how(term: Term) -> str:
    if term.line_id:
        return f"paid with order {term.line.order.number}"
    return f"granted: “{term.reason}”"


def _because(term: Term) -> str:
    return f", because “{term.ended_because}”" if term.ended_because else ""


def _page_of(term: Term) -> tuple[str, str]:
    return "See the term.", reverse("admin:membership_term_change", args=[term.pk])


def _order(order: Order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


def _day(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
