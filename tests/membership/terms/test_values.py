"""What part of dues is a gift is said only where somebody stated what every benefit is worth."""

from datetime import timedelta

import pytest

from events.sales.quotes import ticket_items
from membership.giving.contributions import contribution_of
from membership.giving.gifts import gift_item
from membership.giving.statements import acknowledge
from membership.models import Benefit, Statement, User
from membership.terms.dues import Joining, dues_item
from membership.terms.upgrades import upgrade_item
from nsca.desk.home import cards_for
from orders.checkout.placing import Buyer, place
from orders.lines import particulars
from orders.lines.receipts import receipt_for
from orders.models import Line
from pages.models import SiteSettings
from tests.factories import make_event, make_order, make_ticket_type
from tests.membership.terms.test_dues import (
    NOON,
    TODAY,
    join,
    make_member,
    make_tier,
    settle_by_pretending,
)

pytestmark = pytest.mark.django_db

ADA = Joining(name="Ada", email="ada@example.org")


@pytest.fixture(autouse=True)
def ein(db):
    SiteSettings.objects.update_or_create(pk=1, defaults={"ein": "54-0000000"})


def ambassador(*values):
    tier = make_tier("Ambassador", 25_000)
    for number, value in enumerate(values):
        tier.benefits.add(Benefit.objects.create(text=f"B{number}", fair_value_cents=value))
    return tier


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((), "Deductible: $250, all of it."),
        ((0,), "Deductible: $250, all of it."),
        ((None,), ""),
        ((0, None), ""),
        ((6000, None), ""),
        ((6000, 0), "Deductible: $190. Your benefits are worth $60."),
    ],
)
def test_an_ambassador_is_not_told_that_a_dinner_is_deductible(client, values, said):
    ambassador(*values)

    page = client.get("/join/").text

    assert page.count("Deductible: $") == (1 if said else 0)
    assert said in page
    assert ("your deduction is limited" in page) is bool(said)


@pytest.mark.parametrize(("value", "is_said"), [(None, False), (0, True), (6000, True)])
def test_a_receipt_says_nothing_of_deductibility_while_a_value_is_not_stated(value, is_said):
    order = join(ambassador(value), ADA)

    receipt = receipt_for(order)

    assert bool(receipt.words) is is_said
    assert (contribution_of(order) is not None) is is_said
    assert order.lines.get().fair_value_cents == value


def test_a_gift_on_top_of_dues_of_no_stated_value_gets_no_acknowledgment():
    items = [dues_item(ambassador(None), ADA), gift_item(100_000)]
    order = place(
        items=items, buyer=Buyer("Ada", "ada@example.org"), submission_key="k" * 40, at=NOON
    )
    settle_by_pretending(order, NOON)

    assert acknowledge(order, at=NOON) is None
    assert not Statement.objects.exists()


def test_what_went_back_needs_no_value_any_more():
    order = make_order(
        state="paid",
        lines=[{"unit_cents": 4000, "fair_value_cents": None, "kind": "dues"}, {}],
    )
    line = order.lines.get(kind="dues")
    payment = order.payments.get()
    payment.returned_cents = 4000
    payment.save(update_fields=["returned_cents"])
    payment.refunds.create(
        cents=4000, line=line, state="succeeded", requested_at=NOON, settled_at=NOON, reason="x"
    )

    receipt = receipt_for(order)

    assert (receipt.value_cents, receipt.deductible_cents) == (0, 5000)


@pytest.mark.parametrize(
    ("dinner", "worth"), [(None, None), (0, 0), (6000, 6000), (90_000, 21_000)]
)
def test_a_wider_level_is_worth_what_it_adds(dinner, worth):
    ada = make_member(ends_on=TODAY.replace(year=2028) - timedelta(days=1))
    both = Benefit.objects.create(text="Newsletter")  # of no stated value, and given by both
    ada.household.terms.get().tier.benefits.add(both)
    wider = ambassador(dinner)
    wider.benefits.add(both)

    assert upgrade_item(ada.household, wider, ADA, on=TODAY).fair_value_cents == worth


def test_an_unstated_value_survives_stripe_s_memory_of_the_sale():
    order = make_order(lines=[{"fair_value_cents": None}, {}, {"fair_value_cents": 700}])

    said = particulars.read(particulars.written(order))

    assert [Line(**each).fair_value_cents for each in said] == [None, 0, 700]


@pytest.mark.parametrize(
    ("price", "value", "worth"),
    [(9500, None, None), (9500, 0, 0), (9500, 6000, 6000), (0, None, 0)],
)
def test_a_seat_of_no_stated_value_claims_no_deduction_either(price, value, worth):
    event = make_event()
    seat = make_ticket_type(event, price_cents=price, fair_value_cents=value)

    assert [item.fair_value_cents for item in ticket_items(event, [(seat, 2)])] == [worth]


def test_staff_read_on_their_first_page_which_benefits_have_no_value(db):
    ambassador(None, 0)
    make_ticket_type(make_event(starts_at=NOON), name="Chair")
    boss = User.objects.create_superuser("boss@example.org")

    cards = {card.key: card for card in cards_for(boss, at=NOON)}

    assert [line.text for line in cards["benefit-values"].lines] == ["B0"]
    assert cards["benefit-values"].todo == "Enter what 1 membership benefit is worth."
    assert [line.text for line in cards["ticket-values"].lines] == ["Tea in the garden: Chair"]
