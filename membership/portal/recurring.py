"""Recurring dues belong to the household; the card's owner sees them even after leaving it."""

from membership.portal.context import Mine, confirmed_addresses
from orders.models import RecurringPayment
from orders.recurring import agreements


def recurring_dues_of(me: Mine, user) -> list[RecurringPayment]:
    """Recurring dues of their households, then those they pay for former households."""
    found = [each for home in me.homes for each in agreements.of_household(home.household.pk)]
    known = {each.pk for each in found}
    paid = agreements.paid_by(user.pk, confirmed_addresses(user))
    return found + [each for each in paid if each.pk not in known]
