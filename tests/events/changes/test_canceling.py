"""A canceled event gives all its money back: every order once, whatever happens in the middle."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import Sum
from post_office.models import Email

from events.changes import money_back
from events.changes.canceling import AlreadyCanceled, cancel, refund_all
from events.changes.money_back import give_back_due, owed_by, progress_of
from events.models import Ticket, WaitlistEntry
from events.sales.availability import availability
from events.waitlist import joining, offers
from orders.checkout.placing import payment_url, record_offline
from orders.checkout.settling import settle, why_not
from orders.models import Order, Refund, Task
from orders.payments.gateway import Disputed
from orders.reconciling import disputes
from orders.refunds import refunds
from tests.events.selling import ADA, BEN, hold, sell
from tests.factories import NOON, make_event, make_line, make_payment, make_ticket_type, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def soiree():
    return make_event(lead=timedelta(days=1), capacity=500)


@pytest.fixture
def seat(soiree):
    return make_ticket_type(soiree)


@pytest.fixture
def dora():
    """The director."""
    return make_user("dora@nsca.example", is_staff=True)


def paid(event, *wanted, method="pretend", **fields):
    order = sell(event, *wanted, **fields)
    make_payment(order, method=method)
    return order


def call_off(event, dora, *, everybody=True):
    cancel(event, note="The storm has the better of us.", by=dora, at=NOON, refund_all=everybody)


def work_it_off(at=LATER):
    give_back_due(at)
    refunds.send_due(at, limit=500)


def given(order):
    return [(r.cents, r.state) for r in Refund.objects.filter(payment__order=order)]


def test_everybody_gets_what_they_paid_for_the_event(soiree, seat, dora):
    ada, ben = paid(soiree, (seat, 2)), paid(soiree, (seat, 1), buyer=BEN)
    call_off(soiree, dora)

    work_it_off()

    assert (given(ada), given(ben)) == ([(19_000, "succeeded")], [(9500, "succeeded")])
    assert not Ticket.objects.filter(canceled_at=None).exists()
    requested = ada.ledger.get(entry="refund_requested")
    assert requested.actor == "dora@nsca.example"
    assert requested.text == "$190: Soirée en Blanc is canceled"


def test_gifts_and_other_evenings_of_the_same_order_stay(soiree, seat, dora):
    tea = make_event()
    tea_seat = make_ticket_type(tea, price_cents=2000)
    order = paid(soiree, (seat, 1))
    make_line(order, kind="gift", unit_cents=5000)
    other = paid(tea, (tea_seat, 1))
    order.payments.update(amount_cents=14_500)
    call_off(soiree, dora)

    work_it_off()

    assert given(order) == [(9500, "succeeded")]
    assert given(other) == []


def test_the_buyer_is_told_once_about_the_money(soiree, seat, dora):
    paid(soiree, (seat, 2))
    call_off(soiree, dora)

    work_it_off()
    work_it_off()

    [email] = Email.objects.filter(subject__contains="on its way")
    assert "The event is canceled, so we're refunding what you paid for it." in email.message


def test_what_went_back_before_does_not_go_back_again(soiree, seat, dora):
    order = paid(soiree, (seat, 2))
    refunds.give_back(order=order, cents=1000, reason="A gesture", by=dora, at=NOON)
    line = order.lines.get()
    refunds.give_back(order=order, line=line, units=[1], reason="Ill", by=dora, at=NOON)
    call_off(soiree, dora)

    work_it_off()

    assert sum(cents for cents, _ in given(order)) == 19_000


def test_a_kill_in_the_middle_refunds_each_once(soiree, seat, dora, monkeypatch):
    orders = [paid(soiree, (seat, 1)) for _ in range(5)]
    call_off(soiree, dora)
    real, done = money_back.give_back_order, []

    def dies_at_the_third(order, *args, **fields):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(order)
        return real(order, *args, **fields)

    monkeypatch.setattr(money_back, "give_back_order", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        give_back_due(LATER)
    in_the_middle = progress_of(soiree)
    monkeypatch.undo()

    for _ in range(3):
        work_it_off()

    assert (in_the_middle.done, in_the_middle.orders) == (2, 5)
    assert [given(order) for order in orders] == [[(9500, "succeeded")]] * 5
    assert Email.objects.filter(subject__contains="on its way").count() == 5


def test_a_kill_between_the_decision_and_the_gateway_sends_it_later(soiree, seat, dora):
    order = paid(soiree, (seat, 1))
    call_off(soiree, dora)
    give_back_due(LATER)
    decided = given(order)

    refunds.send_due(LATER)

    assert (decided, given(order)) == ([(9500, "requested")], [(9500, "succeeded")])


def test_one_order_that_cannot_be_refunded_keeps_nobody_waiting(soiree, seat, dora, monkeypatch):
    broken, sound = paid(soiree, (seat, 1)), paid(soiree, (seat, 1))
    call_off(soiree, dora)
    real = money_back.give_back_order

    def stumbles(order, *args, **fields):
        if order == broken:
            raise RuntimeError
        return real(order, *args, **fields)

    monkeypatch.setattr(money_back, "give_back_order", stumbles)
    work_it_off()
    monkeypatch.undo()
    first = given(broken), given(sound)
    work_it_off()

    assert first == ([], [(9500, "succeeded")])
    assert given(broken) == [(9500, "succeeded")]


def test_the_tick_does_it(soiree, seat, dora):
    order = paid(soiree, (seat, 1))
    call_off(soiree, dora)

    call_command("tick")

    assert given(order) == [(9500, "succeeded")]


def test_not_yet_touches_no_money_and_leaves_a_task(soiree, seat, dora):
    order = paid(soiree, (seat, 1))
    call_off(soiree, dora, everybody=False)
    work_it_off()
    before = given(order)
    task = Task.objects.get()

    refund_all(soiree, by=dora, at=LATER)
    work_it_off()

    task.refresh_from_db()
    assert before == []
    assert "refunds are not decided" in task.text
    assert (given(order), task.done_by) == ([(9500, "succeeded")], dora)


def test_canceling_again_is_refused(soiree, dora):
    call_off(soiree, dora)

    with pytest.raises(AlreadyCanceled):
        call_off(soiree, dora)


def test_an_event_that_takes_place_refunds_nobody(soiree, seat, dora):
    paid(soiree, (seat, 1))

    assert refund_all(soiree, by=dora, at=NOON) is False
    assert give_back_due(LATER) == 0


# --- Every kind of order -----------------------------------------------------------------------


def test_who_is_at_the_gateway_is_let_go(soiree, seat, dora):
    order = hold(soiree, (seat, 1))
    payment_url(order, at=NOON)
    call_off(soiree, dora)

    work_it_off(NOON + timedelta(minutes=1))

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("expired", "expired")


def test_who_paid_in_that_very_moment_gets_it_back(soiree, seat, dora):
    order = hold(soiree, (seat, 1))
    payment_url(order, at=NOON)
    call_off(soiree, dora)
    payment = order.payments.get()
    payment.intent_id = "pretend_yes"
    payment.save()

    settle(payment.session_id, at=NOON + timedelta(seconds=1))
    work_it_off()

    assert given(order) == [(9500, "succeeded")]
    assert not Ticket.objects.valid().exists()


def test_the_waitlist_is_closed(soiree, dora):
    WaitlistEntry.objects.create(event=soiree, name="Wyn", email="w@x.example", joined_at=NOON)

    call_off(soiree, dora)

    assert WaitlistEntry.objects.get().left_at == NOON


def test_a_complimentary_seat_is_canceled_without_an_email_about_money(soiree, seat, dora):
    free = make_ticket_type(soiree, name="Guest of honor", price_cents=0)
    order = paid(soiree, (free, 1), method="free")
    call_off(soiree, dora)

    work_it_off()

    assert order.lines.get().tickets.get().canceled_at == LATER
    assert given(order) == []
    assert not Email.objects.filter(subject__contains="cancellation").exists()


def offline(event, kind, dora, channel):
    from events.sales.quotes import ticket_items

    items = ticket_items(event, [(kind, 1)])
    return record_offline(items=items, buyer=ADA, channel=channel, by=dora, at=NOON)


def test_an_unpaid_invoice_is_not_asked_for_any_more(soiree, seat, dora):
    order = offline(soiree, seat, dora, Order.Channel.INVOICE)
    call_off(soiree, dora)

    work_it_off()

    assert order.payments.get().state == "expired"
    assert order.ledger.filter(entry="canceled").exists()
    assert not Task.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("channel", [Order.Channel.CASH, Order.Channel.CHECK])
def test_cash_and_checks_become_tasks(soiree, seat, dora, channel):
    order = offline(soiree, seat, dora, channel)
    call_off(soiree, dora)

    work_it_off()

    assert given(order) == [(9500, "requested")]
    assert "by hand" in order.tasks.get().text
    assert progress_of(soiree).returning_cents == 9500


# --- What the director sees --------------------------------------------------------------------


def test_the_numbers_before_the_decision(soiree, seat, dora):
    paid(soiree, (seat, 2))
    paid(soiree, (seat, 1), buyer=BEN)
    hold(soiree, (seat, 4))

    owed = owed_by(soiree)

    assert (owed.orders, owed.guests, owed.cents) == (2, 3, 28_500)


def test_progress_counts_orders_and_money(soiree, seat, dora):
    early = paid(soiree, (seat, 1))
    refunds.give_back(order=early, reason="Ill", by=dora, at=NOON - timedelta(days=1))
    for _ in range(3):
        paid(soiree, (seat, 1))
    call_off(soiree, dora)

    before, _ = progress_of(soiree), work_it_off()
    after = progress_of(soiree)

    assert (before.done, before.orders, before.is_over) == (0, 3, False)
    assert (after.done, after.orders, after.returned_cents, after.is_over) == (3, 3, 28_500, True)


def test_no_cent_more_goes_back_than_came(soiree, seat, dora):
    orders = [paid(soiree, (seat, 1)) for _ in range(3)]
    call_off(soiree, dora)
    for _ in range(3):
        work_it_off()

    returned = Refund.objects.aggregate(sum=Sum("cents"))["sum"]
    assert returned == sum(order.total_cents for order in orders)


def test_a_dispute_won_after_the_event_was_called_off_asks_to_give_the_money_back(
    soiree, seat, dora
):
    order = paid(soiree, (seat, 1), method="stripe")
    order.payments.update(intent_id="pi_1")

    def revealed(status):
        disputes.follow(Disputed("du_1", "pi_1", status, 9500, NOON), at=NOON)

    revealed("needs_response")
    call_off(soiree, dora)
    give_back_due(LATER)
    revealed("won")

    assert given(order) == []
    assert order.payments.get().returned_cents == 0
    [task] = order.tasks.filter(done_at=None)
    assert "you won the dispute and $95 is back" in task.text


# --- Who waited --------------------------------------------------------------------------------


def wait(event, email, *, offer=None, **fields):
    return WaitlistEntry.objects.create(
        event=event, name="Eve Waits", email=email, joined_at=NOON, offer=offer, **fields
    )


def emails_to(address):
    return [m.subject for m in Email.objects.order_by("pk") if address in m.to[0]]


@pytest.mark.parametrize(
    "fields, emails",
    [({}, 1), ({"suspended_at": NOON}, 1), ({"canceled_at": NOON}, 0)],
    ids=["valid", "in dispute", "given back"],
)
def test_whose_payment_is_disputed_hears_that_there_is_no_evening(
    soiree, seat, dora, fields, emails
):
    paid(soiree, (seat, 1))
    Ticket.objects.update(**fields)

    call_off(soiree, dora)

    assert Email.objects.filter(subject__contains="is canceled").count() == emails


def test_who_waits_is_told_once_and_who_left_is_not(soiree, seat, dora):
    wait(soiree, "eve@waits.example")
    wait(soiree, "gone@left.example", left_at=NOON)

    call_off(soiree, dora)
    work_it_off()
    with pytest.raises(AlreadyCanceled):
        call_off(soiree, dora)

    assert emails_to("eve@waits.example") == ["Soirée en Blanc on May 1, 2027 is canceled"]
    assert emails_to("gone@left.example") == []


def test_who_waits_for_more_and_has_a_ticket_gets_the_holders_email_alone(soiree, seat, dora):
    paid(soiree, (seat, 1))
    wait(soiree, "ada@ellery.example")
    Email.objects.all().delete()

    call_off(soiree, dora)

    assert emails_to("ada@ellery.example") == ["Soirée en Blanc on May 1, 2027 is canceled"]


def test_an_offer_of_a_canceled_event_ends_without_a_second_email(soiree, seat, dora):
    order = hold(soiree, (seat, 1), buyer=BEN)
    entry = wait(soiree, "ben@okoro.example", offer=order)

    call_off(soiree, dora)
    assert settle_words(order) == "Soirée en Blanc was canceled."
    work_it_off(at=NOON + timedelta(minutes=1))
    offers.close_answered(LATER)

    order.refresh_from_db()
    assert order.state == "expired"
    assert emails_to("ben@okoro.example") == ["Soirée en Blanc on May 1, 2027 is canceled"]
    assert "has ended" in Email.objects.get(to__contains="ben@okoro").message
    entry.refresh_from_db()
    status = joining.status_of(entry, availability(soiree, at=LATER), at=LATER)
    assert status == joining.EntryStatus.OVER


def settle_words(order):
    """Why money for a hold would go back at this moment."""
    return why_not(Order.objects.get(pk=order.pk), at=NOON)
