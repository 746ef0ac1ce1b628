"""Auto-renewal of dues: the checkbox, its words, and when and what is charged.

In a form that sells dues, use `AutoRenewalMixin`, give it `renewal_words(…)` of the levels on
offer, and pass what `agreed(…)` returns to `place(then=…)` (see orders/recurring/agreements.py).
The box is never ticked in advance.

    form = JoinForm(…, renewal_words=renewal_words(tiers, household, on=on))
    then = agreed(form, item, tier=tier, household=household, at=request.now, user=user)
    order = place(items=[item, …], …, pays_now=True, then=then)
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import date, datetime

from django import forms
from django.db.models import Max

from membership.models import Household, Rules, Term, Tier
from membership.terms.dues import Joining, NoDuesSet, dues_item
from membership.terms.years import last_day, next_stretch
from nsca.lib.text.money import dollars
from orders.lines.kinds import Item
from orders.lines.recurring_kinds import NothingToRenew, RecurringKind, agreed_item
from orders.lines.recurring_words import consent
from orders.models import Line, Order, RecurringPayment
from orders.recurring import agreements
from orders.recurring.agreements import YEAR


class AutoRenewalMixin(forms.Form):
    """The checkbox, with the price, the day and how to cancel."""

    renews = forms.BooleanField(
        label="Renew my membership automatically each year", required=False
    )

    def __init__(self, *args, renewal_words: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["renews"].help_text = renewal_words
        if not renewal_words:
            del self.fields["renews"]  # offer it only where it can be explained


def renewal_words(tiers: Iterable[Tier], household: Household | None, *, on: date) -> str:
    """What ticking the box means; "" if the household has auto-renewal or no level has a price."""
    prices = [(tier.name, tier.dues_cents) for tier in tiers if tier.dues_cents]
    if not prices or (household and agreements.of_household(household.pk)):
        return ""
    return consent(prices, interval=YEAR, first_on=next_charge_on(household, on=on))


def agreed(
    form: AutoRenewalMixin,
    item: Item,
    *,
    tier: Tier,
    household: Household | None,
    at: datetime,
    user=None,
) -> Callable[[Order], None] | None:
    """For `place(then=…)`; None if the box is empty. Raises AlreadyRecurring.

    It keeps the words beside the box and the chosen level.
    """
    if not form.cleaned_data.get("renews"):
        return None
    words = f"{form.fields['renews'].label}: {form.fields['renews'].help_text}"
    words = f"{words} Chosen: {tier.name}, {dollars(item.unit_cents)}."
    whose = household.pk if household else None
    again = replace(item, details={"tier": tier.name})  # who joins is on the order's own line
    return agreements.asked(
        again, interval=YEAR, consent=words, at=at, household_id=whose, user=user
    )


def next_charge_on(household: Household | None, *, on: date) -> date:
    """The next charge after dues are paid `on` a day: the last day of that term, without a gap."""
    rules = Rules.load()
    if household is None:
        return last_day(on, rules=rules)
    return next_stretch(household, on, rules=rules)[1]


class RecurringDues(RecurringKind):
    """What orders asks about recurring dues."""

    def __init__(self):
        super().__init__(Line.Kind.DUES)

    def household_of(self, order: Order) -> int | None:
        return Term.objects.filter(line__order=order).values_list("household", flat=True).first()

    def charge_on(self, row: RecurringPayment, *, on: date) -> date:
        """The last paid day. Raises NothingToRenew if nobody is left or there is no term."""
        household = Household.objects.filter(pk=row.household_id).first()
        if household is None:  # somebody for life typed their address: the dues made no term
            raise NothingToRenew("the dues made no year of membership")
        if not household.people.living().exists():
            raise NothingToRenew("the household has no living members")
        terms = household.terms.whole()
        if terms.filter(ends_on=None).exists():
            raise NothingToRenew("the membership is for life")
        last = terms.aggregate(last=Max("ends_on"))["last"]
        if last is None:
            raise NothingToRenew("the membership was ended")
        return last

    def item(self, row: RecurringPayment, *, on: date) -> Item:
        """A year of the household's current level at today's dues, or as agreed if not offered."""
        last = Term.objects.whole().filter(household=row.household_id).order_by("-ends_on").first()
        payer = Joining(row.buyer_name, row.buyer_email, household_id=row.household_id)
        try:
            tier = last.tier if last else Tier.objects.get(pk=row.subject_id)
            return dues_item(tier, payer, on=on)
        except NoDuesSet:
            return replace(agreed_item(row), details={**row.details, **asdict(payer)})
