"""What is charged again, at the admin: read by who may, ended by who may, and never written."""

import pytest

from orders.models import RecurringPayment
from tests.admin.test_acts import act
from tests.factories import NOON, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return RecurringPayment.objects.create(
        order=make_order(), kind="gift", interval="month", state="active", buyer_name="Ada Ellery",
        label="Gift to Toulon", cents=5000, consent_text="Charge this card.", consented_at=NOON,
        began_at=NOON, next_charge_on=NOON.date(), method="pretend",
    )  # fmt: skip


@pytest.mark.parametrize("role", ["treasurer", "members"])
def test_who_calls_is_helped_by_one_press_that_is_asked_for_first(sign_in, row, role):
    client = sign_in(role)

    asked = client.get(act("orders_recurringpayment_end", row.pk)).content.decode()
    before = RecurringPayment.objects.get().state
    client.post(act("orders_recurringpayment_end", row.pk))

    assert "Gift to Toulon, $50 every month: we won&#x27;t charge it again" in asked
    ended = RecurringPayment.objects.get()
    assert (before, ended.state) == ("active", "canceled")
    assert ended.ended_by.startswith(role)


@pytest.mark.parametrize("role", ["events", "editor", "door"])
def test_others_do_not_see_it(sign_in, row, role):
    answer = sign_in(role).post(act("orders_recurringpayment_end", row.pk))

    assert answer.status_code == 403
    assert RecurringPayment.objects.get().state == "active"


def test_its_page_shows_the_words_that_were_agreed_to(sign_in, row):
    page = sign_in("treasurer").get(f"/admin/orders/recurringpayment/{row.pk}/change/")

    assert "Charge this card." in page.content.decode()
