"""Recurring dues belong to the household; whoever's card pays sees them, even after leaving it."""

from membership.portal.context import Mine, confirmed_addresses
from orders.models import StandingOrder
from orders.recurring import agreements as standing


def recurring_dues_of(me: Mine, user) -> list[StandingOrder]:
    """Recurring dues of their households, then those they pay for former households."""
    found = [each for home in me.homes for each in standing.of_household(home.household.pk)]
    known = {each.pk for each in found}
    paid = standing.paid_by(user.pk, confirmed_addresses(user))
    return found + [each for each in paid if each.pk not in known]
