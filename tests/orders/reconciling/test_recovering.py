"""Sales that only Stripe remembers, after yesterday's database was restored."""

from datetime import timedelta

import pytest
from post_office.models import Email

from nsca.lib.secrets import link_tokens
from nsca.ops.audit import INVARIANTS, dollars, limits
from nsca.ops.audit import seats as seats_audit
from orders.checkout import confirmations
from orders.checkout.placing import HOLD, payment_url
from orders.lines import particulars
from orders.lines.kinds import Refusal
from orders.models import LedgerEntry, Order, Payment, Refund, Task
from orders.reconciling.reconciling import reconcile
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, gift, seat
from tests.threads import at_once

pytestmark = pytest.mark.django_db
NEXT_DAY = NOON + timedelta(hours=20)


def forget(order):
    """As if it had never been here: what is left in the database is somebody else's order."""
    Order.objects.filter(pk=order.pk).update(
        number="N-ELSE-ELSE", token=link_tokens.new("order"), state="expired", expired_at=NOON
    )
    order.payments.update(session_id="cs_elsewhere", intent_id="pi_elsewhere", state="expired")


@pytest.fixture
def forgotten(stripe, seats):
    """Two seats and a gift, paid at Stripe, and forgotten here: the order as it was."""
    seats.capacity = 100
    order = buy(seat(2), seat(1, cents=0, value=0), gift(5000))
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id, name="Ada E. Ellery")
    forget(order)
    return order


def brought_back(order):
    return Order.objects.get(number=order.number)


def tasks():
    return {task.key.split(":")[0] for task in Task.objects.exclude(key="seats")}


def test_it_comes_back_under_its_number_and_its_link(forgotten):
    findings = reconcile(NEXT_DAY)

    order = brought_back(forgotten)
    assert (order.token, order.state, order.placed_at) == (forgotten.token, "paid", NOON)
    assert (order.buyer_name, order.buyer_email) == ("Ada E. Ellery", "ada@ellery.example")
    assert findings.repaired == 1


def test_its_lines_are_those_that_were_sold(forgotten):
    reconcile(NEXT_DAY)

    fields = (
        "kind", "label", "quantity", "unit_cents", "fair_value_cents", "position", "heading",
        "committee",
    )  # fmt: skip
    assert list(brought_back(forgotten).lines.values(*fields)) == list(
        forgotten.lines.values(*fields)
    )


def test_its_money_is_in_the_books_once(stripe, forgotten):
    reconcile(NEXT_DAY)

    order = brought_back(forgotten)
    payment = order.payments.get()
    [session] = stripe.sessions.values()
    assert (payment.state, payment.amount_cents, payment.session_id, payment.intent_id) == (
        "paid", 24_000, session["id"], session["payment_intent"],
    )  # fmt: skip
    assert [(e.entry, e.cents, e.payment) for e in order.ledger.all()] == [
        ("recovered", 0, payment),
        ("paid", 24_000, payment),
    ]


def test_its_emails_go_out_again_and_staff_hear_what_is_missing(forgotten):
    reconcile(NEXT_DAY)
    confirmations.write_due(NEXT_DAY)

    [email] = Email.objects.all()
    assert "ada@ellery.example" in email.to[0]
    assert tasks() == {"recovered"}
    assert "Names, suppers" in brought_back(forgotten).tasks.get().text


def test_the_kinds_write_what_was_sold_before_they_hear_that_it_is_paid(forgotten, seats):
    said = []
    seats.recovered = lambda line, *, at: said.append((line.quantity, line.order.state))
    heard = len(seats.said)

    reconcile(NEXT_DAY)

    assert said == [(2, "held"), (1, "held")]
    assert [verb for verb, _line in seats.said[heard:]] == ["paid", "paid"]


def test_a_second_look_changes_nothing(forgotten):
    reconcile(NEXT_DAY)
    entries = LedgerEntry.objects.count()

    findings = reconcile(NEXT_DAY + timedelta(hours=1))
    confirmations.write_due(NEXT_DAY + timedelta(hours=1))

    assert (findings.repaired, findings.tasks) == (0, 0)
    assert (LedgerEntry.objects.count(), Email.objects.count()) == (entries, 1)


@pytest.mark.django_db(transaction=True)
def test_looks_at_once_bring_it_back_once(forgotten):
    answers = at_once(*[lambda: reconcile(NEXT_DAY)] * 4)

    assert sorted(findings.repaired for findings in answers) == [0, 0, 0, 1]
    assert Order.objects.filter(number=forgotten.number).count() == 1
    confirmations.write_due(NEXT_DAY)
    assert Payment.objects.filter(state="paid").count() == Email.objects.count() == 1


def test_a_sale_of_another_site_on_the_same_account_is_left_alone(stripe, forgotten):
    [session] = stripe.sessions.values()
    session["success_url"] = f"https://staging.example/orders/{forgotten.token}/return/"

    reconcile(NEXT_DAY)

    assert not Order.objects.filter(number=forgotten.number).exists()
    assert tasks() == set()


def test_what_was_not_paid_is_left_alone(stripe):
    order = buy()
    payment_url(order, at=NOON)
    forget(order)

    reconcile(at_minute(10))

    assert not Order.objects.filter(number=order.number).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"lines_1": "[{"},
        {"lines_1": '[{"k":"ticket"}]'},
        {"lines_1": '[{"k":"ticket","l":"A chair","q":1,"c":1}]'},  # not what was paid
        {},
    ],
    ids=["cut off", "half", "another sum", "nothing"],
)
def test_what_cannot_be_read_is_a_persons_business(stripe, forgotten, change):
    [session] = stripe.sessions.values()
    session["metadata"] = {"order": forgotten.number} | change

    reconcile(NEXT_DAY)

    assert not Order.objects.filter(number=forgotten.number).exists()
    assert tasks() == {"unknown-payment"}
    assert f"$240 for order {forgotten.number}" in Task.objects.exclude(key="seats").get().text


def test_what_a_kind_cannot_write_is_a_persons_business(forgotten, seats):
    def recovered(line, *, at):
        raise Refusal("That is not for sale any more.")

    seats.recovered = recovered

    reconcile(NEXT_DAY)

    assert not Order.objects.filter(number=forgotten.number).exists()
    assert tasks() == {"unknown-payment"}


def test_what_had_gone_back_comes_back_for_the_books_only(stripe, forgotten, seats):
    heard = seats.verbs()
    [session] = stripe.sessions.values()
    stripe.refund_in_dashboard(session["payment_intent"], 24_000)

    reconcile(NEXT_DAY)

    order = brought_back(forgotten)
    assert (order.state, order.payments.get().state) == ("expired", "paid")
    assert [(r.cents, r.state) for r in Refund.objects.all()] == [(24_000, "succeeded")]
    assert sum(e.cents for e in order.ledger.all()) == 0
    assert "paid" not in seats.verbs()[len(heard) :]


@pytest.mark.parametrize("gone_cents", [0, 1000, 24_000])
def test_the_audit_of_the_books_has_nothing_to_say_of_what_came_back(
    stripe, forgotten, seats, gone_cents
):
    """Sold, and given back in whole or in part, since the backup that was restored."""
    if gone_cents:
        [session] = stripe.sessions.values()
        stripe.refund_in_dashboard(session["payment_intent"], gone_cents)
    reconcile(NEXT_DAY)
    order = brought_back(forgotten)
    if order.state == "paid":  # the kind of these tests writes no tickets; the real one does
        Order.objects.filter(pk=order.pk).update(confirmation_due_at=NEXT_DAY)
    rules = [seats_audit.every_line_has_its_tickets, limits.no_more_add_ons_than_there_are]
    rules += [rule for rule in INVARIANTS if rule.__module__ == dollars.__name__]

    said = [str(found) for rule in rules for found in rule(NEXT_DAY) if order.number in str(found)]

    if order.state == "paid":
        said = [words for words in said if "tickets, numbered from" not in words]
    assert said == []


def test_a_part_that_had_gone_back_is_known_too(stripe, forgotten):
    [session] = stripe.sessions.values()
    stripe.refund_in_dashboard(session["payment_intent"], 1000)

    reconcile(NEXT_DAY)

    assert brought_back(forgotten).state == "paid"
    assert [(r.cents, r.state) for r in Refund.objects.all()] == [(1000, "succeeded")]


def test_an_order_that_is_here_without_its_payment_is_settled(stripe):
    order = buy()
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    order.payments.all().delete()

    reconcile(at_minute(20))

    order.refresh_from_db()
    payment = order.payments.get()
    assert (order.state, payment.state, payment.amount_cents) == ("paid", "paid", 9500)


# --- What Stripe keeps -------------------------------------------------------------------------


def test_particulars_are_read_as_they_were_written():
    order = buy(seat(2), gift(5000))

    lines = particulars.read(particulars.written(order))

    assert [(line["kind"], line["label"], line["unit_cents"]) for line in lines] == [
        ("ticket", "Seat at the long table", 9500),
        ("gift", "A gift", 5000),
    ]


def test_they_keep_to_stripes_limits(stripe, seats):
    seats.capacity = 1000
    order = buy(*[seat(1)] * 60)

    told = particulars.written(order)
    payment_url(order, at=NOON)

    assert 1 < len(told) <= 40
    assert max(map(len, told.values())) <= 500
    assert len(particulars.read(told)) == 60


def test_an_order_too_long_for_stripe_is_sold_all_the_same(stripe, seats):
    seats.capacity = 1000
    order = buy(*[seat(1)] * 99, *[gift(100)] * 1)
    order.lines.update(heading="H" * 200)

    payment_url(order, at=NOON)

    [session] = stripe.sessions.values()
    assert set(session["metadata"]) == {"order", "payment"}
    assert order.held_until == NOON + HOLD


def test_no_space_stands_where_a_value_begins_or_ends():
    order = buy(*[seat(1, cents=100)] * 3)

    assert all(value == value.strip() for value in particulars.written(order).values())
