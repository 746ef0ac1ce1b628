"""Dues that renew by themselves, by choice: with the rules of terms, and Stripe's moving clock."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from post_office.models import Email

from membership.joining.auto_renewal import AutoRenewalMixin, agreed, next_charge_on, renewal_words
from membership.models import Household, Rules, Term, Tier
from membership.terms import hardship
from membership.terms.dues import Joining, dues_item
from orders.checkout.placing import Buyer, place, record_offline
from orders.models import Order, RecurringPayment, Refund
from orders.recurring import agreements
from orders.recurring import due as recurring_round
from orders.recurring.agreements import AlreadyRecurring
from orders.refunds.refunds import give_back
from tests.factories import NOON, make_user
from tests.fakes.stripe import SECRET, fake_stripe
from tests.membership.terms.test_dues import make_tier
from tests.orders.recurring_kit import (
    charges,
    clock,
    fresh,
    live_through,
    pay,
    subjects,
    subscription,
)

pytestmark = pytest.mark.django_db
TODAY = NOON.date()  # 2027-04-01
ADA = Buyer("Ada Ellery", "ada@ellery.example")


@pytest.fixture
def stripe(settings):
    """A Stripe whose clock stands at noon."""
    with fake_stripe(NOON.timestamp()) as (fake, address):
        settings.STRIPE_SECRET_KEY = "sk_test_fake"
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_BASE = address
        yield fake


@pytest.fixture
def tier():
    return make_tier("Individual", 4000)


def box(tier, *, is_ticked=True, household=None, at=NOON):
    words = renewal_words([tier], household, on=at.date())
    form = AutoRenewalMixin({"renews": "on"} if is_ticked else {}, renewal_words=words)
    assert form.is_valid()
    return form


def join(tier, *, is_ticked=True, key="a form, opened once", household=None, gift=None, at=NOON):
    """The join form, sent: an order that is not yet paid."""
    joining = Joining(
        name=ADA.name, email=ADA.email, household_id=household.pk if household else None
    )
    item = dues_item(tier, joining)
    form = box(tier, is_ticked=is_ticked, household=household, at=at)
    then = agreed(form, item, tier=tier, household=household, at=at)
    items = [item, gift] if gift else [item]
    return place(items=items, buyer=ADA, submission_key=key, at=at, pays_now=True, then=then)


@pytest.fixture
def row(stripe, tier):
    """Ada joined with the box ticked."""
    order = pay(stripe, join(tier))
    recurring_round.tick(NOON)
    stripe.events.clear()
    return RecurringPayment.objects.get(order=order)


def terms():
    return list(Term.objects.order_by("starts_on").values_list("starts_on", "ends_on"))


# --- The box -----------------------------------------------------------------------------------


def test_the_box_is_not_ticked_for_anybody(tier):
    form = AutoRenewalMixin(renewal_words=renewal_words([tier], None, on=TODAY))

    assert "checked" not in str(form["renews"])
    assert form["renews"].initial is None


def test_an_empty_box_renews_nothing(stripe, tier):
    pay(stripe, join(tier, is_ticked=False))
    recurring_round.tick(NOON)

    assert not RecurringPayment.objects.exists()
    assert not stripe.customers


def test_the_words_say_price_day_and_way_out_and_are_kept_with_the_level(stripe, tier):
    order = join(tier)

    words = RecurringPayment.objects.get(order=order).consent_text
    assert words.startswith(
        "Renew my membership automatically each year: Charge this card $40 every"
    )
    assert "next on March 31, 2028" in words
    assert "Cancel online at any time" in words
    assert words.endswith("Chosen: Individual, $40.")


def test_without_words_there_is_no_box():
    assert "renews" not in AutoRenewalMixin().fields


def test_who_renews_by_itself_already_is_not_asked_again(row, tier):
    assert renewal_words([tier], row.household, on=TODAY) == ""
    with pytest.raises(AlreadyRecurring):
        agreements.asked(
            dues_item(tier, Joining("Ada", "")), interval="year", consent="Yes", at=NOON,
            household_id=row.household_id,
        )  # fmt: skip


@pytest.mark.parametrize(
    "on, ends_on",
    [
        (date(2027, 4, 1), date(2028, 3, 31)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 27)),
    ],
)
def test_the_day_of_the_charge_is_the_last_that_is_paid_for(on, ends_on):
    assert next_charge_on(None, on=on) == ends_on


def test_of_a_fixed_year_it_is_that_years_last_day():
    Rules(year=Rules.Year.FIXED, begins_month=7).save()

    assert next_charge_on(None, on=date(2027, 1, 10)) == date(2027, 6, 30)


# --- A year, and another -----------------------------------------------------------------------


def test_each_years_charge_makes_the_next_term_without_a_gap(stripe, row):
    live_through(stripe, 740, step=10)

    assert charges(row) == [(4000, "paid", "paid")] * 2
    assert terms() == [
        (date(2027, 4, 1), date(2028, 3, 31)),
        (date(2028, 4, 1), date(2029, 3, 31)),
        (date(2029, 4, 1), date(2030, 3, 31)),
    ]
    assert len(subjects("We'll charge $40")) == 2
    assert row.charge_mails.count() == 2


def test_leap_days_lose_no_day(stripe, tier):
    at = NOON.replace(month=3, day=1)
    stripe.now = int(at.timestamp())
    pay(stripe, join(tier, at=at), at=at)
    recurring_round.tick(at)

    live_through(stripe, 5 * 366, step=14)

    found = terms()
    assert found[0] == (date(2027, 3, 1), date(2028, 2, 29))
    assert all(a[1] + timedelta(days=1) == b[0] for a, b in zip(found, found[1:], strict=False))
    assert len(found) == 6


def test_a_gift_on_top_is_given_once(stripe, tier):
    from membership.giving.gifts import gift_item

    pay(stripe, join(tier, gift=gift_item(2500)))
    recurring_round.tick(NOON)

    live_through(stripe, 370, step=10)

    paid = [order.total_cents for order in Order.objects.order_by("pk")]
    assert paid == [6500, 4000]


def test_it_pays_for_the_level_that_the_household_has_now_at_the_price_it_was_told(
    stripe,
    row,
    tier,
):
    wider = make_tier("Family", 6000)
    Term.objects.update(tier=wider)

    live_through(stripe, 370, step=10)

    assert charges(row) == [(6000, "paid", "paid")]
    assert Term.objects.order_by("-starts_on").first().tier == wider
    assert len(subjects("We'll charge $60")) == 1


def test_dues_that_staff_lowered_are_told_and_charged(stripe, row, tier):
    hardship.grant(
        row.household, tier=tier, dues_cents=1500, valid_until=date(2028, 12, 31), reason="Ill",
        by=make_user("tess@nsca.example", is_staff=True), at=NOON,
    )  # fmt: skip

    live_through(stripe, 370, step=10)

    assert charges(row) == [(1500, "paid", "paid")]
    assert len(subjects("We'll charge $15")) == 1


def test_a_level_that_is_not_offered_any_more_renews_at_what_was_agreed(stripe, row, tier):
    Tier.objects.update(is_offered=False)

    live_through(stripe, 370, step=10)

    assert charges(row) == [(4000, "paid", "paid")]
    assert len(terms()) == 2


def test_who_pays_a_year_by_check_meanwhile_is_charged_for_the_year_after(stripe, row, tier):
    tess = make_user("tess@nsca.example", is_staff=True)
    item = dues_item(tier, Joining(ADA.name, ADA.email, household_id=row.household_id))
    record_offline(items=[item], buyer=ADA, channel="check", by=tess, at=NOON)

    live_through(stripe, 370, step=10)

    assert charges(row) == []
    assert fresh(row).next_charge_on == date(2029, 3, 31)


# --- Failing and ending ------------------------------------------------------------------------


def test_a_card_that_recovers_within_grace_leaves_no_gap(stripe, row):
    stripe.fail_card(row.customer_id)
    live_through(stripe, 365, step=11)
    assert fresh(row).state == "failing"

    stripe.refusing.clear()
    live_through(stripe, 16, step=2)

    assert terms()[-1] == (date(2028, 4, 1), date(2029, 3, 31))
    assert fresh(row).state == "active"
    email = Email.objects.get(subject="Your card was declined, but you're still a member")
    assert "your new year starts when the old one ends" in email.message


def test_a_card_that_never_recovers_ends_it_and_the_membership_runs_out(stripe, row):
    stripe.fail_card(row.customer_id)

    live_through(stripe, 400, step=12)

    assert (fresh(row).state, len(terms())) == ("ended", 1)
    assert len(subjects("Auto-renewal has ended")) == 1


def test_canceled_the_membership_holds_as_long_as_it_is_paid_for(stripe, row):
    agreements.cancel(row, by="the member", at=NOON)

    live_through(stripe, 400, step=20)

    assert terms() == [(date(2027, 4, 1), date(2028, 3, 31))]
    assert charges(row) == []
    assert subscription(stripe, row)["status"] == "canceled"


def test_dues_that_go_back_end_the_term_and_the_renewal(stripe, row):
    give_back(order=row.order, reason="A request", at=NOON)

    live_through(stripe, 2)

    assert (fresh(row).state, fresh(row).ended_because) == ("ended", "the membership was ended")
    assert subscription(stripe, row)["status"] == "canceled"


def test_a_renewal_that_goes_back_ends_its_own_term_and_no_other(stripe, row):
    live_through(stripe, 366, step=6)
    give_back(order=row.charges.get().order, reason="A request", at=clock(stripe))

    first, second = Term.objects.order_by("starts_on")
    assert first.ended_on is None
    assert second.ended_on is not None


def test_a_member_for_life_is_charged_no_more(stripe, row):
    Term.objects.create(
        household=row.household, tier=Tier.objects.get(), starts_on=TODAY, reason="Board, May 4"
    )

    live_through(stripe, 1)

    assert fresh(row).ended_because == "the membership is for life"


def test_nobody_charges_a_household_of_which_nobody_is_left(stripe, row):
    row.household.people.update(died_on=TODAY)

    live_through(stripe, 1)

    assert fresh(row).state == "ended"


# --- Two of them -------------------------------------------------------------------------------


def test_two_tabs_make_one_renewal_and_the_second_payment_goes_back(stripe, tier):
    first, second = join(tier), join(tier, key="the other browser tab")
    pay(stripe, first)
    pay(stripe, second)

    recurring_round.tick(NOON)
    recurring_round.tick(NOON + timedelta(hours=7))

    assert Household.objects.count() == 1
    assert [row.state for row in RecurringPayment.objects.order_by("pk")] == ["active", "ended"]
    assert len(stripe.subscriptions) == 1
    [refund] = Refund.objects.all()
    assert (refund.payment.order, refund.cents, refund.state) == (second, 4000, "succeeded")
    email = Email.objects.get(subject__contains="on its way")
    assert "already renews automatically, so we are refunding this second payment" in email.message
    assert Term.objects.whole().count() == 1


def test_killed_before_it_went_back_the_next_tick_gives_it_back(stripe, tier, monkeypatch):
    pay(stripe, join(tier))
    pay(stripe, join(tier, key="the other browser tab"))
    with monkeypatch.context() as patch:
        patch.setattr(agreements, "undo", lambda row, *, at: False)
        recurring_round.tick(NOON)
    assert not Refund.objects.exists()

    recurring_round.tick(NOON)
    recurring_round.tick(NOON)

    assert [refund.cents for refund in Refund.objects.all()] == [4000]


def test_a_gift_in_the_second_tab_stays_given(stripe, tier):
    from membership.giving.gifts import gift_item

    pay(stripe, join(tier))
    pay(stripe, join(tier, key="the other browser tab", gift=gift_item(2500)))

    recurring_round.tick(NOON)

    assert [refund.cents for refund in Refund.objects.all()] == [4000]


def test_the_database_itself_refuses_a_second_one(row):
    order = Order.objects.create(
        buyer_name="Ada", placed_at=NOON, held_until=NOON + timedelta(minutes=35)
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        RecurringPayment.objects.create(
            order=order, kind="dues", interval="year", state="active", household=row.household,
            buyer_name="Ada", label="Dues", cents=1, consent_text="Yes", consented_at=NOON,
            began_at=NOON, next_charge_on=TODAY, method="stripe",
        )  # fmt: skip


def test_after_the_end_of_one_another_may_begin(stripe, row, tier):
    agreements.cancel(row, by="the member", at=NOON)
    later = NOON + timedelta(days=300)
    stripe.pass_days(300)

    pay(
        stripe, join(tier, key="a year later, gladly", household=row.household, at=later), at=later
    )
    recurring_round.tick(later)

    assert [each.state for each in RecurringPayment.objects.order_by("pk")] == [
        "canceled",
        "active",
    ]


# --- The member's own page ---------------------------------------------------------------------


def test_the_members_page_lists_it_with_its_acts(client, stripe, row):
    client.force_login(row.household.people.get().user)

    page = " ".join(client.get("/membership/auto-renewal/").text.split())

    for words in ("Individual membership, one year", "$40 every year", "March 31, 2028"):
        assert words in page
    assert f'action="{row.get_absolute_url()}"' in page
    assert f'action="{row.get_absolute_url()}card/"' in page


def test_nobody_elses_is_on_it(client, stripe, row):
    client.force_login(make_user("max@guest.example"))

    page = client.get("/membership/auto-renewal/").text

    assert "Auto-renewal is off." in page
    assert row.token not in page


def test_without_a_sign_in_it_leads_to_one(client):
    answer = client.get("/membership/auto-renewal/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_dues_that_make_no_year_begin_nothing_and_stop_nobody_elses_renewal(stripe, tier, row):
    """Somebody for life, whose address a stranger typed: staff are asked about the money."""
    Term.objects.update(ends_on=None, reason="Honorary.")
    order = pay(stripe, join(tier, key="a stranger's form, opened once"))

    recurring_round.tick(NOON)

    assert order.state == Order.State.PAID
    assert RecurringPayment.objects.get(order=order).state == RecurringPayment.State.ENDED
    assert not Refund.objects.exists()
