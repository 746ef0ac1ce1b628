"""A wider level in mid-term: what it costs, and what a payment for it does.

The rule: the difference of the two levels' dues, for the whole months that are left of the term,
of twelve at the most; rounded down to a cent. A narrower level is chosen at renewal, when nothing
is owed back.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from membership.models import BenefitUse, Household, Term, Tier
from membership.people.main_contact import address_of, main_contact
from membership.terms.coverage import TooNarrow, too_narrow
from membership.terms.ending import end, following
from membership.terms.hardship import dues_of
from membership.terms.joining import Joining
from nsca.lib.mail import mail
from nsca.lib.text.money import LEAST_CHARGE_CENTS, known_sum
from nsca.lib.timing import day_of
from orders.books.ledger import ask
from orders.lines.kinds import Item, Refusal
from orders.models import Line

MONTHS = 12  # of one year's dues; a longer term (a fixed year's roll-over) costs no more


class CannotChange(Refusal):
    """There is nothing to change now; the text is for the member."""


@dataclass(frozen=True)
class Change:
    """A wider level that a household may have now, for `cents` more."""

    tier: Tier
    cents: int


def months_left(on: date, last_day: date) -> int:
    """Whole months from a day until the end of a term's last day: on May 2, 2027 a term that ends
    on April 30, 2028 has eleven, on May 1 it has twelve.
    """
    end_of_it = last_day + timedelta(days=1)
    months = (end_of_it.year - on.year) * 12 + end_of_it.month - on.month
    if months > 0 and _months_later(on, months) > end_of_it:
        months -= 1
    return max(0, months)


def _months_later(on: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def difference_cents(old_cents: int, new_cents: int, months: int) -> int:
    """What a wider level costs for the rest of a term, in cents; 0 where it costs no more."""
    return max(0, new_cents - old_cents) * min(months, MONTHS) // MONTHS


def term_to_change(household: Household, *, on: date) -> Term | None:
    """The term whose level may be changed: the one that holds and ends last; none for life."""
    terms = household.terms.current(on).whole().select_related("tier")
    if terms.filter(ends_on=None).exists():
        return None
    return terms.order_by("-ends_on", "-pk").first()


def changes_for(household: Household, tiers: list[Tier], *, on: date) -> list[Change]:
    """The levels among `tiers` that cost more and cover everybody, with what each costs now; none
    that costs less than a card can be charged.
    """
    term = term_to_change(household, on=on)
    months = months_left(on, term.ends_on) if term else 0
    old_cents = dues_of(term.tier, household, on=on) if term else None
    if not months or old_cents is None:
        return []
    count = household.people.living().count()
    found = []
    for tier in tiers:
        new_cents = dues_of(tier, household, on=on) if tier.is_offered else None
        if new_cents is not None and tier != term.tier and tier.max_people >= count:
            cents = difference_cents(old_cents, new_cents, months)
            found += [Change(tier, cents)] if cents >= LEAST_CHARGE_CENTS else []
    return found


def too_narrow_for(household: Household, tiers: list[Tier], *, on: date) -> list[TooNarrow]:
    """The levels among `tiers` that cost more but cover fewer people than belong to the household:
    not offered, and each with who would lose what.
    """
    term = term_to_change(household, on=on)
    old_cents = dues_of(term.tier, household, on=on) if term else None
    if old_cents is None:
        return []
    people = list(household.people.living().order_by("pk"))
    return [
        reason
        for tier in tiers
        if tier.is_offered and (dues_of(tier, household, on=on) or 0) > old_cents
        if (reason := too_narrow(tier, people))
    ]


def upgrade_item(household: Household, tier: Tier, joining: Joining, *, on: date) -> Item:
    """The change to a wider level as an order's item. Raises CannotChange and TooNarrow."""
    from membership.terms.dues import frozen

    term = term_to_change(household, on=on)
    if term is None:
        raise CannotChange("There is no year of membership that could be changed now.")
    if not months_left(on, term.ends_on):
        raise CannotChange(
            f"Less than a month is left of this year. Choose {tier.name} when you renew."
        )
    change = next(iter(changes_for(household, [tier], on=on)), None)
    narrow = next(iter(too_narrow_for(household, [tier], on=on)), None)
    if narrow:
        raise narrow
    if change is None:
        raise CannotChange(
            f"{tier.name} is no wider level, or costs less than 50 cents more until the end of "
            "this year. You may choose it when you renew."
        )
    return Item(
        kind=Line.Kind.DUES,
        label=f"Change to {tier.name} membership, through {term.ends_on:%B %-d, %Y}",
        unit_cents=change.cents,
        fair_value_cents=_more_worth(term.tier, tier, change.cents),
        subject_id=tier.pk,
        heading="Dues",
        details={**frozen(joining), "tier": tier.name, "upgrade_of": term.pk},
    )


def _more_worth(old: Tier, new: Tier, cents: int) -> int | None:
    """What of `cents` pays for what the wider level gives beyond the old one; None: not stated.
    What both give needs no value here.
    """
    had, given = set(old.benefits.all()), set(new.benefits.all())
    more = known_sum(benefit.fair_value_cents for benefit in given - had)
    less = known_sum(benefit.fair_value_cents for benefit in had - given)
    return None if more is None else min(max(0, more - (less or 0)), cents)


def paid(line: Line, *, at: datetime) -> None:
    """The old term ends today, and the new level goes on to the same last day. Where there is
    nothing left to change by now, the money waits for staff.
    """
    on = day_of(at)
    old = Term.objects.select_related("household", "tier").get(pk=line.details["upgrade_of"])
    Household.objects.select_for_update().get(pk=old.household_id)
    old.refresh_from_db()
    if old.ended_on is not None or not old.is_current(on) or old.tier_id == line.subject_id:
        text = (
            f"Order {line.order.number} paid for a change to {line.details['tier']}, but the year "
            f"of {old.household} that it was for was changed or ended meanwhile. Give the money "
            "back, or write down what they ought to have."
        )
        ask(f"upgrade:{line.pk}", text, at=at, order=line.order)
        return
    end(old, on=on, because=f"Changed to {line.details['tier']}")
    new = Term.objects.create(
        household=old.household,
        tier_id=line.subject_id,
        starts_on=on,
        ends_on=old.ends_on,
        line=line,
        continues=old,
        is_sample=old.is_sample,
    )
    _carry_over(old, new)


def confirm(line: Line) -> None:
    """Write to whoever pays, and to the household's main contact, what has changed."""
    term = Term.objects.filter(line=line).select_related("tier", "household").first()
    old = Term.objects.filter(pk=line.details["upgrade_of"]).select_related("tier").first()
    if term is None or old is None:
        return  # staff are asked what ought to be (paid)
    contact = main_contact(term.household, on=term.starts_on)
    to = {line.order.buyer_email: line.order.buyer_name}
    if contact:
        to.setdefault(address_of(contact), contact.name)
    for address, name in to.items():
        if address:
            context = {
                "term": term,
                "old": old,
                "name": name,
                "home_url": settings.SITE_URL + reverse("membership:home"),
            }
            mail.post("level_changed", to=address, to_name=name, context=context)


def _carry_over(old: Term, new: Term) -> None:
    """What was had of the old level counts for the new: one dinner a year stays one dinner."""
    BenefitUse.objects.filter(term=old, undone_at=None).update(term=new)


def take_back(changed: Term, *, at: datetime) -> None:
    """The change was refunded: the old level goes on, to the same last day. Not where the year
    itself was ended, or ran out; and where it was changed once more, staff decide.
    """
    on, old, line = day_of(at), changed.continues, changed.line
    going_on = [
        term for term in following(changed) if term.ended_on is None and term.ends_on >= on
    ]
    if any(term.line_id not in (None, line.pk) for term in going_on):
        text = (
            f"Order {line.order.number}: the change to {line.details['tier']} was refunded, but "
            f"{changed.household} has changed its level once more since. What ought they to have?"
        )
        ask(f"upgrade-back:{line.pk}", text, at=at, order=line.order)
        return
    for term in going_on:
        end(term, on=on, because="The change of level was refunded.")
        back = Term.objects.create(
            household=term.household,
            tier=old.tier,
            starts_on=max(on, term.starts_on),
            ends_on=term.ends_on,
            reason=f"Back to {old.tier}: the change was refunded (order {line.order.number}).",
            continues=term,
            is_sample=term.is_sample,
        )
        _carry_over(term, back)
