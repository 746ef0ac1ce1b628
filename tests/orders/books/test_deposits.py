"""Cash and checks on their way to the bank: nothing is deposited twice, nothing is forgotten."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from orders.books import deposits
from orders.checkout import offline
from orders.models import DepositLine, Payment
from tests.factories import NOON, make_order, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


def paid_by(method, cents=5000, **fields):
    order = make_order(state="paid", lines=({"unit_cents": cents},), **fields)
    order.payments.update(method=method)
    return order.payments.get()


@pytest.fixture
def tess():
    return make_user("tess@nsca.example")


def test_a_deposit_begins_with_all_cash_and_checks_that_wait_and_nothing_else(tess):
    cash, check = paid_by("cash"), paid_by("check")
    paid_by("stripe"), paid_by("invoice"), paid_by("free", cents=0)

    deposit = deposits.open_deposit(by=tess, at=NOON)

    assert {item.payment for item in deposit.items.all()} == {cash, check}
    assert list(deposits.waiting()) == []


def test_one_deposit_is_open_at_a_time(tess):
    paid_by("cash")
    first = deposits.open_deposit(by=tess, at=NOON)

    assert deposits.open_deposit(by=tess, at=LATER) == first


def test_a_payment_is_in_one_deposit_whatever_the_code_does(tess):
    paid_by("cash")
    deposit = deposits.open_deposit(by=tess, at=NOON)
    payment = deposit.items.get().payment
    deposits.hand_over(deposit, by=tess, at=NOON)
    paid_by("check")
    second = deposits.open_deposit(by=tess, at=LATER)

    with pytest.raises(IntegrityError), transaction.atomic():
        DepositLine.objects.create(deposit=second, payment=payment, cents=1)
    assert deposits.choose(second, [payment.pk]) == 0


def test_what_is_left_out_waits_for_the_next(tess):
    cash, check = paid_by("cash"), paid_by("check")
    deposit = deposits.open_deposit(by=tess, at=NOON)

    deposits.choose(deposit, [check.pk])

    assert list(deposits.waiting()) == [cash]


def test_handing_over_freezes_the_sums_and_says_who_and_when(tess):
    paid_by("cash", 2500), paid_by("check", 4000), paid_by("check", 6000)
    deposit = deposits.open_deposit(by=tess, at=NOON)

    deposit = deposits.hand_over(deposit, by=tess, at=LATER)

    assert (deposit.cash_cents, deposit.check_cents) == (2500, 10_000)
    assert (deposit.handed_over_by, deposit.handed_over_at) == (tess, LATER)


def test_what_went_back_before_the_hand_over_is_not_in_it(tess):
    back, part = paid_by("check", 4000), paid_by("cash", 3000)
    deposit = deposits.open_deposit(by=tess, at=NOON)
    offline.bounce(back, by=tess, at=NOON)
    Payment.objects.filter(pk=part.pk).update(returned_cents=1000)

    deposit = deposits.hand_over(deposit, by=tess, at=LATER)

    assert (deposit.cash_cents, deposit.check_cents) == (2000, 0)


def test_an_empty_deposit_is_not_handed_over(tess):
    deposit = deposits.open_deposit(by=tess, at=NOON)

    with pytest.raises(deposits.IsEmpty):
        deposits.hand_over(deposit, by=tess, at=NOON)


def test_what_is_handed_over_stays_in_it(tess):
    paid_by("cash")
    deposit = deposits.open_deposit(by=tess, at=NOON)
    deposits.hand_over(deposit, by=tess, at=NOON)

    with pytest.raises(deposits.IsHandedOver):
        deposits.choose(deposit, [])
    with pytest.raises(deposits.IsHandedOver):
        deposits.hand_over(deposit, by=tess, at=LATER)


def test_it_is_counted_once_and_not_before_it_is_handed_over(tess):
    paid_by("cash")
    deposit = deposits.open_deposit(by=tess, at=NOON)
    with pytest.raises(deposits.IsNotHandedOver):
        deposits.acknowledge(deposit, by=tess, at=NOON)
    deposits.hand_over(deposit, by=tess, at=NOON)
    boris = make_user("boris@nsca.example")

    assert deposits.acknowledge(deposit, by=boris, at=LATER)
    assert not deposits.acknowledge(deposit, by=tess, at=LATER + timedelta(days=1))
    deposit.refresh_from_db()
    assert (deposit.acknowledged_by, deposit.acknowledged_at) == (boris, LATER)


def test_a_check_that_comes_back_is_seen_in_its_deposit_and_what_comes_instead_waits(tess):
    check = paid_by("check")
    deposit = deposits.open_deposit(by=tess, at=NOON)
    deposits.hand_over(deposit, by=tess, at=NOON)

    offline.bounce(check, by=tess, at=LATER)
    came = offline.make_good(check, method=Payment.Method.CHECK, by=tess, at=LATER, reference="9")

    assert deposit.items.get().payment.state == Payment.State.BOUNCED
    assert list(deposits.waiting()) == [came]
    assert came.reference == "9"


class TestAtTheDesk:
    @pytest.fixture
    def desk(self, client, tess):
        from django.contrib.auth.models import Group

        from nsca.desk.groups import ensure_groups

        ensure_groups()
        tess.is_staff = True
        tess.save()
        tess.groups.add(Group.objects.get(name="treasurer"))
        client.force_login(tess)
        return client

    def test_from_the_first_check_to_the_count(self, desk, tess):
        payment = paid_by("check", 4000)
        payment.reference = "1187"
        payment.save()
        assert "1187" in desk.get("/admin/orders/deposit/begin/").content.decode()

        page = desk.post("/admin/orders/deposit/begin/").url
        assert "$40" in desk.get(page).content.decode()
        pk = page.split("/")[-3]
        desk.post(f"/admin/orders/deposit/{pk}/choose/", {"payment": [payment.pk, "x", "9" * 30]})
        desk.post(f"/admin/orders/deposit/{pk}/hand-over/")
        slip = desk.get(f"/admin/orders/deposit/{pk}/slip.pdf")
        desk.post(f"/admin/orders/deposit/{pk}/counted/")

        assert slip.content.startswith(b"%PDF")
        assert "counted" in desk.get("/admin/orders/deposit/").content.decode()
        assert payment.deposited.deposit.acknowledged_by == tess

    def test_a_slip_is_there_once_it_is_handed_over(self, desk):
        paid_by("cash")
        page = desk.post("/admin/orders/deposit/begin/").url
        pk = page.split("/")[-3]

        assert desk.get(f"/admin/orders/deposit/{pk}/slip.pdf").status_code == 404
        assert desk.get(f"/admin/orders/deposit/{pk}/counted/").status_code == 404
        assert desk.get(f"/admin/orders/deposit/{pk}/hand-over/").status_code == 200
        assert desk.get(f"/admin/orders/deposit/{pk}/choose/").status_code == 200
