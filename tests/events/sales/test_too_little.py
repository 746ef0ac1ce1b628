"""A sum of 1 to 49 cents can be paid by no card: it is refused where prices and codes are set, and
again where a buyer would meet it, in words and before anything is held.
"""

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import modelform_factory

from events.models import AddOn, Choice, PromoCode, TicketType
from events.public.forms_admin import PromoCodeForm, TicketTypeForm
from orders.checkout.placing import place
from orders.models import Order
from orders.payments.least import TooLittle, total_of
from tests.events.sales.test_buying import buy, filled
from tests.events.selling import ADA, hold
from tests.factories import NOON, make_event, make_ticket_type
from tests.orders.conftest import seat as an_item

pytestmark = pytest.mark.django_db
WORDS = "A card can't be charged less than 50 cents"
ALLOWED = [(0, True), (1, False), (49, False), (50, True), (51, True)]


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def event():
    return make_event(slug="tea")


@pytest.fixture
def seat(event):
    return make_ticket_type(event, name="Chair", price_cents=9500)


# --- Where prices are set ----------------------------------------------------------------------


def priced(event, what, cents):
    return {
        "price": lambda: TicketType(event=event, name="Chair", price_cents=cents),
        "member price": lambda: TicketType(
            event=event, name="Chair", price_cents=9500, member_price_cents=cents
        ),
        "supper": lambda: Choice(event=event, label="Salmon", price_cents=cents),
        "add-on": lambda: AddOn(event=event, name="Wine", price_cents=cents),
    }[what]()


@pytest.mark.parametrize("what", ["price", "member price", "supper", "add-on"])
@pytest.mark.parametrize("cents, is_allowed", ALLOWED)
def test_no_price_is_too_little_for_a_card(event, what, cents, is_allowed):
    thing = priced(event, what, cents)

    if is_allowed:
        thing.full_clean()
        thing.save()
    else:
        with pytest.raises(ValidationError, match=WORDS):
            thing.clean_fields()
        with pytest.raises(IntegrityError), transaction.atomic():
            thing.save()


# --- Where codes are set -----------------------------------------------------------------------


def code_form(event, **data):
    form = modelform_factory(
        PromoCode, form=PromoCodeForm, fields=["code", "percent_off", "cents_off", "ticket_types"]
    )
    return form({"code": "NICE", **data}, instance=PromoCode(event=event))


@pytest.mark.parametrize(
    "off, field, left",
    [
        ({"cents_off": 9451}, "cents_off", "$0.49"),
        ({"cents_off": 9499}, "cents_off", "$0.01"),
        ({"cents_off": 9450}, None, ""),
        ({"cents_off": 9500}, None, ""),
        ({"cents_off": 20000}, None, ""),
        ({"percent_off": 99}, None, ""),  # 95 cents are left
        ({"percent_off": 100}, None, ""),
    ],
)
def test_a_code_leaves_nothing_of_a_price_or_enough_for_a_card(event, seat, off, field, left):
    form = code_form(event, **off)

    assert form.is_valid() is (field is None)
    if field:
        [words] = form.errors[field]
        assert words.startswith(f"With the code NICE, “Chair” would cost {left}. Cards can’t")


def test_a_percentage_that_leaves_too_little_is_refused_at_the_percentage(event):
    make_ticket_type(event, name="Child", price_cents=500)

    form = code_form(event, percent_off=95)

    assert "“Child” would cost $0.25" in form.errors["percent_off"][0]


def test_a_code_for_other_kinds_does_not_care(event, seat):
    make_ticket_type(event, name="Child", price_cents=500)

    assert code_form(event, percent_off=95, ticket_types=[seat.pk]).is_valid()


def ticket_form(kind, **data):
    form = modelform_factory(TicketType, form=TicketTypeForm, fields=["name", "price_cents"])
    return form({"name": kind.name, **data}, instance=kind)


@pytest.mark.parametrize("cents, is_allowed", [(990, False), (991, True), (0, True)])
def test_a_price_is_refused_that_a_code_makes_too_little(event, seat, cents, is_allowed):
    PromoCode.objects.create(event=event, code="NICE", percent_off=95)

    form = ticket_form(seat, price_cents=cents)

    assert form.is_valid() is is_allowed, form.errors
    if not is_allowed:
        assert "With the code NICE, “Chair” would cost" in form.errors["price_cents"][0]


# --- Where it is quoted ------------------------------------------------------------------------


@pytest.fixture
def reduced(event, seat):
    """A code that came in by another way than the form: it leaves 45 cents."""
    return PromoCode.objects.create(event=event, code="ODD", cents_off=9455)


def test_a_buyer_reads_why_it_cannot_be_paid_before_anything_is_held(client, event, seat, reduced):
    page = buy(client, event, (seat, "1"), code="ODD")

    words = page.context["form"].errors["__all__"][0]
    assert words.startswith("Your total is $0.45, and cards can't be charged less than 50 cents.")
    assert 'value="Ada Ellery"' in page.content.decode()
    assert not Order.objects.exists()


def test_the_sum_says_so_before_the_form_is_sent(client, event, seat, reduced):
    form = filled((seat, "1"), code="ODD") | {"update": "1"}

    page = client.post(f"/events/{event.slug}/tickets/", form)

    assert "total is $0.45" in page.content.decode()


def test_two_of_them_or_a_gift_on_top_can_be_paid(client, event, seat, reduced):
    two = buy(client, event, (seat, "2"), code="ODD")
    with_gift = buy(client, event, (seat, "1"), code="ODD", gift="5", submission_key="k" * 40)

    assert (two.status_code, with_gift.status_code) == (302, 302)
    assert sorted(order.total_cents for order in Order.objects.all()) == [90, 545]


@pytest.mark.parametrize("cents, is_allowed", ALLOWED)
def test_no_order_is_placed_that_nobody_could_pay(event, cents, is_allowed):
    items = [an_item(cents=cents, value=0)]

    if is_allowed:
        assert total_of(items) == cents
    else:
        with pytest.raises(TooLittle):
            place(items=items, buyer=ADA, submission_key="k" * 40, at=NOON)
        assert not Order.objects.exists()


def test_free_seats_are_still_free(event):
    free = make_ticket_type(event, name="Child", price_cents=0)

    assert hold(event, (free, 2)).total_cents == 0
