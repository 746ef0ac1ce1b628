"""What is charged again for dues: it belongs to the household, and whoever pays it by their card
reads of it as long as it runs, in the household or out of it.
"""

from membership.portal.context import Mine, confirmed_addresses
from orders.models import RecurringPayment
from orders.recurring import agreements


def recurring_dues_of(me: Mine, user) -> list[RecurringPayment]:
    """Of their households, then those that they pay for households they are not in any more."""
    found = [each for home in me.homes for each in agreements.of_household(home.household.pk)]
    known = {each.pk for each in found}
    paid = agreements.paid_by(user.pk, confirmed_addresses(user))
    return found + [each for each in paid if each.pk not in known]
