"""Nobody is charged by the year unannounced: 30 to 45 days before, with price and a way out."""

from datetime import date, timedelta

import pytest
from post_office.models import Email

from orders.lines import recurring_kinds
from orders.lines.kinds import Item
from orders.lines.recurring_kinds import NothingToRenew, RecurringKind
from orders.models import ChargeMail
from orders.recurring import agreements
from orders.recurring import due as recurring_round
from orders.recurring.agreements import YEAR
from tests.factories import NOON
from tests.orders.recurring_kit import (
    agree,
    charges,
    clock,
    fresh,
    gift_item,
    hear,
    live_through,
    subjects,
    subscription,
)

pytestmark = pytest.mark.django_db
CHARGED_ON = date(2028, 4, 1)


class Dues(RecurringKind):
    """A kind with rules: when the next charge is due, and what it costs today."""

    def __init__(self):
        super().__init__("gift")
        self.due = CHARGED_ON
        self.cents = 4000
        self.why = ""

    def charge_on(self, row, *, on):
        if self.why:
            raise NothingToRenew(self.why)
        return self.due

    def item(self, row, *, on):
        return Item(kind="gift", label=row.label, unit_cents=self.cents)


@pytest.fixture
def dues(monkeypatch):
    kind = Dues()
    monkeypatch.setitem(recurring_kinds._kinds, "gift", kind)
    return kind


@pytest.fixture
def row(stripe, dues):
    return agree(stripe, item=gift_item(4000), interval=YEAR)


def go_to(stripe, on, *, hours=0):
    """The instant at which it is 10 in Norfolk on a day, and so many hours on."""
    target = recurring_round.charged_at(on) + timedelta(hours=hours)
    stripe.pass_time(target.timestamp() - stripe.now)


def told():
    return subjects("We'll charge")


@pytest.mark.parametrize("days, emails", [(46, 0), (45, 1), (44, 1), (30, 1), (29, 1)])
def test_the_notice_is_due_from_the_forty_fifth_day_before(stripe, row, days, emails):
    go_to(stripe, CHARGED_ON - timedelta(days=days))

    recurring_round.tick(clock(stripe))

    assert len(told()) == emails


def test_it_names_the_day_the_price_and_the_page_on_which_it_is_canceled(stripe, row):
    go_to(stripe, CHARGED_ON - timedelta(days=45))

    recurring_round.tick(clock(stripe))

    assert told() == ["We'll charge $40 on April 1 for: Gift to Toulon"]
    email = Email.objects.get(subject=told()[0])
    assert "On April 1, 2028 we'll charge your card $40" in email.message
    assert row.get_absolute_url() in email.message
    assert "new price" not in email.message


def test_it_is_sent_once_a_charge_however_often_it_is_looked_at(stripe, row):
    go_to(stripe, CHARGED_ON - timedelta(days=45))

    live_through(stripe, 40, step=4)

    assert len(told()) == 1
    assert [(n.charge_on, n.cents) for n in row.charge_mails.all()] == [(CHARGED_ON, 4000)]


def test_the_next_year_is_told_anew(stripe, row, dues):
    go_to(stripe, CHARGED_ON - timedelta(days=45))
    recurring_round.tick(clock(stripe))
    go_to(stripe, CHARGED_ON, hours=2)
    hear(stripe)
    dues.due = date(2029, 4, 1)

    go_to(stripe, date(2029, 2, 20))
    recurring_round.tick(clock(stripe))

    assert charges(row) == [(4000, "paid", "paid")]
    assert [n.charge_on for n in row.charge_mails.all()] == [CHARGED_ON, date(2029, 4, 1)]


@pytest.mark.parametrize("days, moved_by", [(30, 0), (29, 1), (5, 25), (1, 29)])
def test_where_nobody_looked_for_weeks_the_charge_waits_for_its_notice(
    stripe, row, days, moved_by
):
    go_to(stripe, CHARGED_ON - timedelta(days=days))

    recurring_round.tick(clock(stripe))
    recurring_round.tick(clock(stripe) + timedelta(hours=7))

    expected = CHARGED_ON + timedelta(days=moved_by)
    assert fresh(row).next_charge_on == expected
    assert (
        subscription(stripe, row)["trial_end"] == recurring_round.charged_at(expected).timestamp()
    )
    assert [n.charge_on for n in row.charge_mails.all()] == [expected]


def test_monthly_gifts_are_not_announced_each_time(stripe):
    row = agree(stripe)

    live_through(stripe, 40, step=5)

    assert told() == []
    assert charges(row) == [(5000, "paid", "paid")]


# --- Another price -----------------------------------------------------------------------------


def test_a_price_that_nobody_was_told_of_is_not_charged(stripe, row, dues):
    dues.cents = 5500
    go_to(stripe, CHARGED_ON, hours=2)  # no tick, so no notice

    hear(stripe)

    assert charges(row) == [(4000, "paid", "paid")]


def test_a_new_price_is_told_first_and_holds_from_the_next_charge_on(stripe, row, dues):
    dues.cents = 5500
    go_to(stripe, CHARGED_ON - timedelta(days=45))
    assert stripe_price(stripe, row) == 4000

    live_through(stripe, 2)
    email = Email.objects.get(subject="We'll charge $55 on April 1 for: Gift to Toulon")
    assert "That is a new price: it was $40." in email.message
    assert stripe_price(stripe, row) == 5500
    go_to(stripe, CHARGED_ON, hours=2)
    hear(stripe)

    assert charges(row) == [(5500, "paid", "paid")]
    assert fresh(row).cents == 5500


def test_the_price_of_the_notice_holds_though_it_changes_again(stripe, row, dues):
    dues.cents = 5500
    go_to(stripe, CHARGED_ON - timedelta(days=45))
    recurring_round.tick(clock(stripe))

    dues.cents = 9900
    live_through(stripe, 46, step=2)

    assert charges(row) == [(5500, "paid", "paid")]


def test_where_stripe_was_not_told_of_the_new_price_the_old_one_is_charged_and_kept(
    stripe, row, dues
):
    dues.cents = 5500
    go_to(stripe, CHARGED_ON - timedelta(days=45))
    recurring_round.tick(clock(stripe))

    go_to(stripe, CHARGED_ON, hours=2)
    hear(stripe)

    assert charges(row)[0] == (4000, "paid", "paid")


def stripe_price(stripe, row):
    return subscription(stripe, row)["items"]["data"][0]["price"]["unit_amount"]


def test_where_nothing_is_to_be_paid_any_more_it_ends(stripe, row, dues):
    dues.cents = 0
    go_to(stripe, CHARGED_ON - timedelta(days=45))

    recurring_round.tick(clock(stripe))

    assert (fresh(row).state, row.charge_mails.count()) == ("ended", 0)
    assert fresh(row).ended_because == "nothing is due anymore"


# --- Paid otherwise, or over -------------------------------------------------------------------


def test_who_paid_a_year_by_check_is_charged_a_year_later(stripe, row, dues):
    dues.due = date(2029, 4, 1)

    live_through(stripe, 370, step=10)

    assert charges(row) == []
    assert fresh(row).next_charge_on == date(2029, 4, 1)


def test_even_after_the_notice(stripe, row, dues):
    go_to(stripe, CHARGED_ON - timedelta(days=45))
    recurring_round.tick(clock(stripe))
    dues.due = date(2029, 4, 1)

    live_through(stripe, 50, step=5)

    assert charges(row) == []
    assert fresh(row).next_charge_on == date(2029, 4, 1)


def test_a_term_that_was_given_back_lets_the_charge_come_sooner_and_not_unannounced(
    stripe, row, dues
):
    dues.due = NOON.date() + timedelta(days=10)

    recurring_round.tick(NOON + timedelta(hours=7))

    assert fresh(row).next_charge_on == NOON.date() + timedelta(days=30)
    assert ChargeMail.objects.get().charge_on == NOON.date() + timedelta(days=30)


def test_where_there_is_nothing_left_to_renew_it_ends_with_a_reason(stripe, row, dues):
    dues.why = "the membership is for life"

    live_through(stripe, 1)

    assert (fresh(row).state, fresh(row).ended_because) == ("ended", "the membership is for life")
    assert subscription(stripe, row)["status"] == "canceled"
    assert subjects("has ended") == ["Your recurring gift has ended"]


# --- Canceled ----------------------------------------------------------------------------------


def test_canceled_is_canceled_though_stripe_is_silent_and_stripe_hears_of_it_later(stripe, row):
    stripe.misbehave(always="503")
    agreements.cancel(row, by="the member", at=clock(stripe))
    recurring_round.tick(clock(stripe))
    assert subscription(stripe, row)["status"] == "trialing"

    stripe.misbehave()
    stripe.pass_time(120)
    recurring_round.tick(clock(stripe))

    assert (fresh(row).state, fresh(row).ended_by) == ("canceled", "the member")
    assert subscription(stripe, row)["status"] == "canceled"
    assert subjects("is canceled") == ["Your recurring gift is canceled"]


def test_canceling_twice_is_canceling_once(stripe, row):
    assert agreements.cancel(row, by="the member", at=NOON)
    assert not agreements.cancel(row, by="tess@nsca.example", at=NOON + timedelta(hours=1))

    assert (fresh(row).ended_by, fresh(row).ended_at) == ("the member", NOON)
    assert len(subjects("is canceled")) == 1


def test_what_is_ended_in_stripes_dashboard_is_ended_here(stripe, row):
    stripe.cancel_in_dashboard(row.subscription_id)

    hear(stripe)

    assert (fresh(row).state, fresh(row).ended_because) == ("ended", "it was ended in Stripe")


def test_and_found_out_where_the_webhook_was_lost(stripe, row):
    stripe.cancel_in_dashboard(row.subscription_id)
    stripe.pass_time(7 * 3600)

    recurring_round.tick(clock(stripe))

    assert fresh(row).state == "ended"


def test_a_subscription_that_is_made_while_it_is_canceled_is_stopped(stripe, dues, monkeypatch):
    from orders.recurring.billing import StripeBilling
    from tests.orders.recurring_kit import ask, pay

    order = pay(stripe, ask(item=gift_item(4000), interval=YEAR))
    made = StripeBilling.subscribe

    def subscribe(self, row, payer, **more):
        agreements.cancel(row, by="the member", at=NOON)
        return made(self, row, payer, **more)

    monkeypatch.setattr(StripeBilling, "subscribe", subscribe)
    recurring_round.tick(NOON)

    assert [each["status"] for each in stripe.subscriptions.values()] == ["canceled"]
    assert order.recurring_payment.subscription_id is None
