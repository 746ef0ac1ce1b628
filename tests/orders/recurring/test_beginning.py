"""A standing order begins with a payment, and with words that were shown; never by itself."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from orders.checkout.settling import sweep
from orders.lines.recurring_words import consent
from orders.models import Order, RecurringPayment, Task
from orders.recurring import agreements
from orders.recurring import due as recurring_round
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, gift
from tests.orders.recurring_kit import (
    WORDS,
    agree,
    ask,
    clock,
    fresh,
    gift_item,
    pay,
    subjects,
    subscription,
)

pytestmark = pytest.mark.django_db


def test_the_first_payment_keeps_the_card_and_the_subscription_charges_a_month_on(stripe):
    row = agree(stripe)

    [opened] = stripe.opened()
    assert opened["mode"] == "payment"
    assert opened["customer_creation"] == "always"
    assert opened["payment_intent_data[setup_future_usage]"] == "off_session"
    made = subscription(stripe, row)
    assert (row.state, row.next_charge_on) == ("active", date(2027, 5, 1))
    assert made["status"] == "trialing"  # nothing is charged before that day
    assert made["items"]["data"][0]["price"]["unit_amount"] == 5000
    assert made["items"]["data"][0]["price"]["recurring"]["interval"] == "month"
    assert made["metadata"] == {"order": row.order.number}  # nothing of the person


def test_an_order_without_the_box_keeps_no_card(stripe):
    pay(stripe, buy(gift()))

    [opened] = stripe.opened()
    assert "customer_creation" not in opened
    assert not any("setup_future_usage" in name for name in opened)
    assert not RecurringPayment.objects.exists()


def test_the_words_and_the_instant_are_kept(stripe):
    order = ask(at=at_minute(3))

    row = RecurringPayment.objects.get(order=order)
    assert (row.consent_text, row.consented_at, row.state) == (WORDS, at_minute(3), "asked")


def test_the_words_name_price_day_and_how_to_cancel():
    words = consent([("Individual", 4000)], interval="year", first_on=date(2028, 3, 31))

    assert words.startswith(
        "Charge this card $40 every year, next on March 31, 2028, until I cancel."
    )
    assert "30 to 45 days before each charge" in words
    assert "Cancel online at any time" in words


def test_where_several_levels_can_be_chosen_the_words_name_each_price():
    levels = [("Individual", 4000), ("Family", 6050)]

    words = consent(levels, interval="year", first_on=date(2028, 3, 31))

    assert "(Individual $40, Family $60.50)" in words


def test_there_is_no_agreement_without_words(stripe):
    order = buy(gift_item())
    write = agreements.asked(gift_item(), interval="month", consent="", at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        write(order)


def test_an_order_that_is_never_paid_begins_nothing(stripe):
    order = ask()
    late = NOON + timedelta(hours=1)
    stripe.pass_time(3600)

    sweep(late)
    recurring_round.tick(late)

    row = RecurringPayment.objects.get(order=order)
    assert (row.state, row.subscription_id) == ("ended", None)
    assert not stripe.subscriptions


def test_money_that_comes_late_begins_it_all_the_same(stripe):
    order = ask()
    RecurringPayment.objects.filter(order=order).update(
        state="ended", ended_at=NOON, ended_because=agreements.NEVER_PAID
    )
    pay(stripe, order, at=at_minute(2))

    recurring_round.tick(at_minute(3))

    assert RecurringPayment.objects.get(order=order).state == "active"


def test_a_canceled_request_begins_nothing_even_when_it_is_paid(stripe):
    order = ask()
    agreements.cancel(RecurringPayment.objects.get(order=order), by="the member", at=NOON)

    pay(stripe, order, at=at_minute(2))
    recurring_round.tick(at_minute(3))

    assert RecurringPayment.objects.get(order=order).state == "canceled"
    assert not stripe.subscriptions


def test_an_email_says_that_it_began_and_how_it_ends(stripe, mailoutbox):
    row = agree(stripe)

    assert subjects("repeat") == ["Your gift will repeat every month"]
    from post_office.models import Email

    email = Email.objects.get(subject="Your gift will repeat every month")
    assert row.get_absolute_url() in email.message
    assert row.get_absolute_url() in email.html_message
    assert WORDS in email.message


# --- A gateway that fails, and a machine that dies ---------------------------------------------


@pytest.mark.parametrize("word", ["503", "cut", "lost", "500"])
def test_a_gateway_that_fails_is_asked_again_under_the_same_key(stripe, word):
    order = pay(stripe, ask())
    row = RecurringPayment.objects.get(order=order)
    agreements.begin(row, at=NOON)
    stripe.misbehave(*[""] * 5, word, word)  # in the middle of making it

    recurring_round.tick(at_minute(1))
    stripe.misbehave()
    for hours in (1, 7, 30):
        stripe.pass_time(hours * 3600)
        recurring_round.tick(clock(stripe))

    assert fresh(row).subscription_id
    assert len(stripe.subscriptions) == 1


def test_killed_after_the_call_and_before_the_note_it_is_found_and_not_made_twice(stripe):
    row = agree(stripe)
    RecurringPayment.objects.filter(pk=row.pk).update(subscription_id=None, checked_at=None)
    stripe.pass_days(2)  # Stripe has forgotten the key by now

    recurring_round.tick(clock(stripe))

    assert len(stripe.subscriptions) == 1
    assert fresh(row).subscription_id == row.subscription_id


def test_a_tick_that_runs_twice_makes_one(stripe):
    row = agree(stripe)

    recurring_round.tick(at_minute(1))
    recurring_round.tick(at_minute(2))

    assert len(stripe.subscriptions) == 1
    assert subjects("repeat") == ["Your gift will repeat every month"]
    assert fresh(row).state == "active"


def test_a_card_that_was_not_kept_is_a_task_and_no_storm_of_questions(stripe):
    order = pay(stripe, ask())
    for session in stripe.sessions.values():
        session["customer"] = None

    recurring_round.tick(at_minute(1))
    asked_once = len(stripe.asked)
    recurring_round.tick(at_minute(2))

    assert len(stripe.asked) == asked_once
    assert Task.objects.filter(key__startswith="recurring-refused:", order=order).count() == 1
    assert Order.objects.get(pk=order.pk).state == "paid"
