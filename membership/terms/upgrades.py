"""Upgrading to a higher level during a term: what it costs and what the payment does.

It costs the difference between the two levels' dues for the whole months left of the term, at most
twelve, rounded down to a cent. Downgrades happen at renewal.
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

MONTHS = 12  # of one year's dues; a longer term (rolled over into a fixed year) costs no more


class CannotChange(Refusal):
    """The level cannot be changed now; the text is for the member."""


@dataclass(frozen=True)
class Change:
    """A level a household can upgrade to now, for `cents` more."""

    tier: Tier
    cents: int


def months_left(on: date, last_day: date) -> int:
    """Whole months from a day to the end of a term.

    On May 2, 2027 a term that ends on April 30, 2028 has eleven left, on May 1 twelve.
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
    """What a higher level costs for the rest of a term, in cents; 0 if it costs no more."""
    return max(0, new_cents - old_cents) * min(months, MONTHS) // MONTHS


def term_to_change(household: Household, *, on: date) -> Term | None:
    """The term whose level can change: the current one that ends last; None for life."""
    terms = household.terms.current(on).whole().select_related("tier")
    if terms.filter(ends_on=None).exists():
        return None
    return terms.order_by("-ends_on", "-pk").first()


def changes_for(household: Household, tiers: list[Tier], *, on: date) -> list[Change]:
    """The levels among `tiers` that cost more and cover everybody, with what each costs now.

    Not those that cost less than the least a card can be charged.
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
    """Why the levels among `tiers` that cost more but cover too few people are not offered."""
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
        raise CannotChange("You have no membership to upgrade right now.")
    if not months_left(on, term.ends_on):
        raise CannotChange(
            f"Less than a month of this year is left. Choose {tier.name} when you renew."
        )
    change = next(iter(changes_for(household, [tier], on=on)), None)
    narrow = next(iter(too_narrow_for(household, [tier], on=on)), None)
    if narrow:
        raise narrow
    if change is None:
        raise CannotChange(
            f"You can’t upgrade to {tier.name} now. It isn’t a higher level or costs less than "
            "50 cents more for the rest of this year. You can choose it when you renew."
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
    """The part of `cents` that pays for the higher level's extra benefits; None: unknown."""
    had, given = set(old.benefits.all()), set(new.benefits.all())
    more = known_sum(benefit.fair_value_cents for benefit in given - had)
    less = known_sum(benefit.fair_value_cents for benefit in had - given)
    return None if more is None else min(max(0, more - (less or 0)), cents)


def paid(line: Line, *, at: datetime) -> None:
    """End the old term today and start the new level until the same last day.

    If there is nothing left to change, staff get a task.
    """
    on = day_of(at)
    old = Term.objects.select_related("household", "tier").get(pk=line.details["upgrade_of"])
    Household.objects.select_for_update().get(pk=old.household_id)
    old.refresh_from_db()
    if old.ended_on is not None or not old.is_current(on) or old.tier_id == line.subject_id:
        text = (
            f"Order {line.order.number} paid for an upgrade to {line.details['tier']}, but the "
            f"year of {old.household} was changed or ended in the meantime. Refund the money, or "
            "grant the right level."
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
    """Confirm the change to the payer and the household's main contact."""
    term = Term.objects.filter(line=line).select_related("tier", "household").first()
    old = Term.objects.filter(pk=line.details["upgrade_of"]).select_related("tier").first()
    if term is None or old is None:
        return  # staff have a task (see paid)
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
    """Benefits used at the old level count for the new one: one dinner a year stays one."""
    BenefitUse.objects.filter(term=old, undone_at=None).update(term=new)


def take_back(changed: Term, *, at: datetime) -> None:
    """Undo a refunded upgrade: the old level goes on until the same last day.

    Not if the year has ended; and if the level was changed again since, staff decide.
    """
    on, old, line = day_of(at), changed.continues, changed.line
    going_on = [
        term for term in following(changed) if term.ended_on is None and term.ends_on >= on
    ]
    if any(term.line_id not in (None, line.pk) for term in going_on):
        text = (
            f"Order {line.order.number}: the upgrade to {line.details['tier']} was refunded, but "
            f"{changed.household} has changed its level again since. Which level should it have?"
        )
        ask(f"upgrade-back:{line.pk}", text, at=at, order=line.order)
        return
    for term in going_on:
        end(term, on=on, because="The upgrade was refunded.")
        back = Term.objects.create(
            household=term.household,
            tier=old.tier,
            starts_on=max(on, term.starts_on),
            ends_on=term.ends_on,
            reason=f"Back to {old.tier}: the upgrade was refunded (order {line.order.number}).",
            continues=term,
            is_sample=term.is_sample,
        )
        _carry_over(term, back)
