"""Two at once: one household, one change of level, one who takes a gift up."""

import pytest

from membership.models import Household, Person, Term
from membership.terms.dues import Joining
from membership.terms.gift_memberships import take_up
from membership.terms.upgrades import upgrade_item
from orders.checkout import settling
from orders.checkout.placing import Buyer, payment_url, place
from orders.models import Task
from orders.payments import stripe as gateway
from tests.membership.terms.test_dues import NOON, TODAY, join, make_tier
from tests.membership.terms.test_gift_memberships import given, ruth
from tests.membership.terms.test_upgrades import a_year_old_member
from tests.threads import at_once, needs_row_locks

pytestmark = [pytest.mark.django_db(transaction=True), needs_row_locks]


def settles(order):
    """The order's payment was made at the gateway; what settles it."""
    payment_url(order, at=NOON)
    payment = order.payments.get()
    gateway.gateway().pay(payment, at=NOON)
    return lambda: settling.settle(payment.session_id, at=NOON)


def test_two_first_payments_with_one_address_are_one_household_and_two_years():
    tier = make_tier()
    orders = [
        join(tier, Joining(name, "ada@example.org"), pay=False) for name in ("Ada", "Ada Ellery")
    ]

    at_once(*[settles(order) for order in orders])

    assert (Household.objects.count(), Person.objects.count()) == (1, 1)
    first, second = Term.objects.order_by("starts_on")
    assert (first.starts_on, second.starts_on > first.ends_on) == (TODAY, True)


def test_two_payments_for_one_change_change_it_once():
    ada, family = a_year_old_member(), make_tier("Family", 6500)
    joining = Joining("Ada", "ada@example.org", household_id=ada.household.pk)
    item = upgrade_item(ada.household, family, joining, on=TODAY)
    orders = [
        place(items=[item], buyer=Buyer("Ada", "a@example.org"), submission_key=k * 40, at=NOON)
        for k in "ab"
    ]

    at_once(*[settles(order) for order in orders])

    assert Term.objects.current(TODAY).get().tier == family
    assert Task.objects.filter(key__startswith="upgrade:").count() == 1


def test_a_gift_is_taken_up_by_one():
    gift = given()

    answers = at_once(
        lambda: take_up(gift, ruth(), at=NOON),
        lambda: take_up(gift, Joining("Eve", "eve@example.org"), at=NOON),
    )

    assert sum(isinstance(answer, Term) for answer in answers) == 1
    assert (Term.objects.count(), Household.objects.count()) == (1, 1)
