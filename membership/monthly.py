"""Gifts that come again each month, by choice. The box is never ticked for anybody.

For a form that sells gifts: take `MonthlyMixin`, give it `monthly_words(on)`, and hand what
`agreed_monthly(…)` returns to `place(then=…)`; orders/standing.py says the rest.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from django import forms

from nsca.lib.money import dollars
from orders import standing
from orders.kinds import Item
from orders.models import Order
from orders.standing import MONTH
from orders.standing_kinds import next_month_or_year
from orders.standing_words import consent

THE_FIRST_ONLY = ("honoring",)  # the family hears of a gift once, not each month


class MonthlyMixin(forms.Form):
    """The box, with price, day and how to end it beside it."""

    monthly = forms.BooleanField(label="Give this each month", required=False)

    def __init__(self, *args, monthly_words: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["monthly"].help_text = monthly_words
        if not monthly_words:
            del self.fields["monthly"]  # it can be chosen only where it can be explained


def monthly_words(on: date) -> str:
    """What ticking the box means for whoever gives on a day."""
    return consent([], interval=MONTH, first_on=next_month_or_year(MONTH, on))


def agreed_monthly(
    form: MonthlyMixin, item: Item, *, at: datetime, user=None
) -> Callable[[Order], None] | None:
    """For `place(then=…)`: None where the box is empty. The words that stood beside it are kept,
    with what was given.
    """
    if not form.cleaned_data.get("monthly"):
        return None
    box = form.fields["monthly"]
    words = f"{box.label}: {box.help_text} Chosen: {item.label}, {dollars(item.unit_cents)}."
    details = {name: said for name, said in item.details.items() if name not in THE_FIRST_ONLY}
    again = replace(item, details=details)
    return standing.asked(again, interval=MONTH, consent=words, at=at, user=user)
