"""The audit of the books: quiet over a busy shop, and a sentence for each way to break it.

The shop sells by its own functions; then a row is broken by hand, as no code of ours would.
"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from post_office.models import Email

from events.models import Choice, Event, PromoCode, Ticket, TicketType
from events.sales.quotes import Guest, ticket_items
from membership.giving.gifts import gift_item
from membership.models import Term, Tier, User
from membership.terms.dues import Joining, dues_item
from nsca.lib.secrets.codes import link_token
from nsca.ops.audit import INVARIANTS, audit, findings
from nsca.ops.audit.mails import LATE
from orders.books import ledger
from orders.checkout import confirmations, offline, settling
from orders.checkout.placing import payment_url, place, record_offline
from orders.models import Dispute, LedgerEntry, Line, Movement, Order, Payment, Refund, Task
from orders.payments.stripe import Disputed, PretendGateway
from orders.reconciling import disputes
from orders.refunds import refunds
from tests.events.selling import ADA, BEN
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def tess():
    return User.objects.create_user("tess@nsca.example", is_staff=True)


@pytest.fixture
def soiree():
    event = make_event(capacity=20)
    make_ticket_type(event, capacity=10)
    make_ticket_type(event, name="A table of four", price_cents=36_000, covers=4, capacity=2)
    since_long(event, *event.ticket_types.all())
    return event


def since_long(*rows):
    """Their history begins before anything was sold."""
    for row in rows:
        row.history.update(history_date=NOON - timedelta(days=60))


@pytest.fixture
def seat(soiree):
    return soiree.ticket_types.get(covers=1)


@pytest.fixture
def table(soiree):
    return soiree.ticket_types.get(covers=4)


def items(event, *wanted, **more):
    return ticket_items(event, wanted, **more)


def buy(wanted, *, buyer=ADA, at=NOON):
    """Placed, paid at the pretend gateway, settled, confirmed."""
    order = hold_and_pay(wanted, buyer=buyer, at=at)
    confirmations.write_due(at)
    order.refresh_from_db()
    return order


def hold_and_pay(wanted, *, buyer=ADA, at=NOON):
    order = place(items=wanted, buyer=buyer, submission_key=link_token(), at=at)
    return pay(order, at=at)


def pay(order, *, at=NOON):
    payment_url(order, at=at)
    payment = order.payments.get(state="open")
    PretendGateway().pay(payment, at=at)
    settling.settle(payment.session_id, at=at)
    order.refresh_from_db()
    return order


@pytest.fixture
def order(soiree, seat):
    """Two seats of Ada's, paid: $190."""
    return buy(items(soiree, (seat, 2)))


def sentences(at=NOON):
    return [str(each) for each in findings(at)]


def the_sentence(at=NOON):
    (sentence,) = sentences(at)
    return sentence


# --- quiet -------------------------------------------------------------------------------------


def test_a_busy_shop_is_in_order(soiree, seat, table, tess):
    tier = Tier.objects.create(name="Family", slug="family", dues_cents=7500, is_offered=True)
    joined = buy([dues_item(tier, Joining("Ada", ADA.email)), gift_item(5000)])
    parted = buy(items(soiree, (seat, 2), (table, 1)))
    tables = parted.lines.get(subject_id=table.pk)
    refunds.give_back(order=parted, line=tables, reason="ill", by=tess, at=NOON)
    seats = parted.lines.get(subject_id=seat.pk)
    refunds.give_back(order=parted, line=seats, units=[2], reason="ill", by=tess, at=NOON)
    refunds.give_back(order=joined, reason="moved away", by=tess, at=NOON)
    disputed = buy(items(soiree, (seat, 1)), buyer=BEN)
    bank_says(disputed, "needs_response")
    expired = place(items=items(soiree, (seat, 3)), buyer=BEN, submission_key="n" * 20, at=NOON)
    settling.lapse(expired, at=expired.held_until)
    for channel in ("cash", "check", "invoice"):
        record_offline(items=[gift_item(9900)], buyer=BEN, channel=channel, by=tess, at=NOON)
    offline.bounce(Payment.objects.get(method="check"), by=tess, at=NOON)
    assert sentences() == []


def bank_says(order, status, dispute_id="du_1"):
    payment = order.payments.get(state="paid")
    cents = payment.amount_cents
    disputes.follow(Disputed(dispute_id, payment.intent_id, status, cents, NOON, None), at=NOON)


def test_the_command_says_in_one_sentence_what_it_counted(order, capsys):
    call_command("audit_books")
    assert capsys.readouterr().out == (
        "Counted 1 paid order, 1 payment, 0 refunds, 2 ledger entries, 2 valid tickets, "
        "1 event, 0 records of the venue log: every seat and every dollar is in place.\n"
    )


def test_the_command_ends_1_and_says_what_is_wrong(order, capsys):
    Payment.objects.update(state="failed")
    with pytest.raises(SystemExit, match="1"):
        call_command("audit_books")
    assert f"Order {order.number} is paid, but has no payment." in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_it_only_reads(order):
    from django.db import DatabaseError

    from nsca.ops.audit import _one_moment

    with pytest.raises(DatabaseError), _one_moment():
        Order.objects.update(note="changed")
    Order.objects.update(note="changed")  # and gives the pen back
    assert audit(NOON).errors == ()


def test_its_cost_does_not_grow_with_the_shop(soiree, seat, django_assert_max_num_queries):
    for _ in range(8):
        buy(items(soiree, (seat, 1)))
    with django_assert_max_num_queries(55):
        findings(NOON)


# --- seats -------------------------------------------------------------------------------------


def test_one_seat_of_a_kind_too_many(soiree, seat, order):
    TicketType.objects.filter(pk=seat.pk).update(capacity=1)
    seat.history.update(capacity=1)
    assert the_sentence() == (
        "Tea in the garden, Seat at the long table: 2 seats are taken, but there are 1."
    )


def test_one_seat_in_the_room_too_many(soiree, order):
    Event.objects.update(capacity=1)
    soiree.history.update(capacity=1)
    assert the_sentence() == "Tea in the garden: 2 seats are taken, but there are 1."


def test_a_table_too_many_is_counted_in_seats(soiree, table):
    buy(items(soiree, (table, 2)))
    TicketType.objects.filter(pk=table.pk).update(capacity=1)
    table.history.update(capacity=1)
    assert "8 seats are taken, but there are 4." in the_sentence()


def test_one_supper_too_many(soiree, seat):
    fish = Choice.objects.create(event=soiree, label="Fish", capacity=2)
    since_long(fish)
    buy(items(soiree, (seat, 2), guests=[Guest(choice_id=fish.pk)] * 2))
    Choice.objects.update(capacity=1)
    fish.history.update(capacity=1)
    assert the_sentence() == "Tea in the garden, Fish: 2 seats are taken, but there are 1."


def test_a_limit_that_was_lowered_is_a_remark(seat, order):
    seat.capacity = 1
    seat._history_date = NOON + timedelta(minutes=1)
    seat.save()
    (found,) = findings(NOON)
    assert found.is_remark
    assert str(found).endswith("the limit was lowered after they were sold.")
    assert audit(NOON).errors == ()


def test_a_limit_that_was_lowered_before_the_last_sale_is_an_error(soiree, seat, order):
    seat.capacity = 1
    seat._history_date = NOON - timedelta(minutes=1)
    seat.save()
    (found,) = findings(NOON)
    assert not found.is_remark


def test_a_code_used_more_often_than_its_limit_is_a_remark(soiree, seat):
    code = PromoCode.objects.create(event=soiree, code="BLANC", percent_off=10, max_uses=2)
    for _ in range(2):
        buy(items(soiree, (seat, 1), code=code))
    PromoCode.objects.update(max_uses=1)
    (found,) = findings(NOON)
    assert found.is_remark
    assert str(found).startswith("The code BLANC is for 1 orders and is used by 2.")


def test_a_hold_that_expired_takes_no_seat(soiree, seat, order):
    TicketType.objects.filter(pk=seat.pk).update(capacity=2)
    seat.history.update(capacity=2)
    TicketType.objects.filter(pk=seat.pk).update(capacity=3)
    held = place(items=items(soiree, (seat, 1)), buyer=BEN, submission_key="b" * 20, at=NOON)
    TicketType.objects.filter(pk=seat.pk).update(capacity=2)
    assert "3 seats are taken" in the_sentence(held.held_until - timedelta(microseconds=1))
    assert sentences(held.held_until) == []


def test_a_ticket_is_missing(order):
    ticket = Ticket.objects.first()
    ticket.slots.all().delete()
    ticket.delete()
    assert the_sentence() == (
        f"Order {order.number}: {order.lines.get()} should have 2 tickets, numbered from 1, and "
        "has 1."
    )


def test_a_ticket_of_another_kind_than_was_sold(order, table):
    Ticket.objects.filter(number=1).update(ticket_type=table)
    code = Ticket.objects.get(number=1).code
    assert the_sentence() == (
        f"Order {order.number}: ticket {code} is not of the type and event that were sold."
    )


def test_a_unit_that_went_back_and_is_still_good(order, tess):
    line = order.lines.get()
    refunds.give_back(order=order, line=line, units=[2], reason="ill", by=tess, at=NOON)
    Ticket.objects.update(canceled_at=None)
    code = Ticket.objects.get(number=2).code
    assert the_sentence() == (
        f"Order {order.number}: ticket {code} is still valid, but was refunded."
    )


def test_a_table_that_went_back_and_is_still_good(soiree, table, tess):
    order = buy(items(soiree, (table, 2)))
    line = order.lines.get()
    refunds.give_back(order=order, line=line, units=[2], reason="ill", by=tess, at=NOON)
    assert sentences() == []
    Ticket.objects.update(canceled_at=None)
    assert len(sentences()) == 4  # the second table's seats, and none of the first


def test_an_order_whose_money_is_gone_and_whose_tickets_are_good(order, tess):
    refunds.give_back(order=order, reason="ill", by=tess, at=NOON)
    Ticket.objects.update(canceled_at=None)
    Refund.objects.update(is_whole=False)
    assert the_sentence() == (f"Order {order.number}: its tickets are valid, but nothing is paid.")


def test_a_disputed_order_whose_tickets_are_good(order):
    bank_says(order, "needs_response")
    Ticket.objects.update(suspended_at=None)
    assert f"Order {order.number}: a bank disputes its payment, but its tickets are valid." in (
        sentences()
    )


def test_tickets_that_rest_for_no_reason(order):
    Ticket.objects.update(suspended_at=NOON)
    assert the_sentence() == (
        f"Order {order.number}: its tickets are suspended, but no bank disputes its payment."
    )


# --- dollars -----------------------------------------------------------------------------------


def test_a_paid_order_without_a_payment(order):
    Payment.objects.update(state="failed")
    assert f"Order {order.number} is paid, but has no payment." in sentences()


@pytest.mark.parametrize("channel", ["invoice", "complimentary", "cash"])
def test_named_reasons_are_no_error(soiree, seat, tess, channel):
    wanted = [gift_item(5000)] if channel != "complimentary" else []
    if not wanted:
        seat.price_cents = 0
        wanted = items(soiree, (seat, 1))
    record_offline(items=wanted, buyer=ADA, channel=channel, by=tess, at=NOON)
    assert sentences() == []


def test_an_invoice_that_was_given_up_is_no_error(tess):
    order = record_offline(items=[gift_item(5000)], buyer=ADA, channel="invoice", by=tess, at=NOON)
    offline.cancel_unpaid(order, reason="never paid", by=tess, at=NOON)
    assert sentences() == []


def test_less_was_paid_than_it_cost(order):
    Line.objects.update(unit_cents=9600)
    assert the_sentence() == f"Order {order.number} cost $192, but less was paid."


def test_money_of_an_order_that_is_not_paid(order):
    Order.objects.update(state="expired", expired_at=NOON)
    assert the_sentence() == (
        f"Order {order.number} is not paid, but $190 paid for it was not refunded."
    )


def test_an_order_that_was_paid_twice(order):
    again = Payment.objects.create(
        order=order, method="pretend", state="paid", amount_cents=19_000, opened_at=NOON,
        paid_at=NOON,
    )  # fmt: skip
    ledger.note(order, LedgerEntry.Entry.PAID, at=NOON, actor="x", cents=19_000, payment=again)
    assert the_sentence() == (f"Order {order.number} cost $190, and $380 paid for it was kept.")


def test_a_count_of_returned_cents_that_is_wrong(order):
    Payment.objects.update(returned_cents=100)
    assert the_sentence() == (
        f"Order {order.number}: a payment counts $1 as returned, but $0 went back."
    )


def test_a_bank_counts_among_what_went_back(order):
    bank_says(order, "lost")
    assert sentences() == []
    Dispute.objects.update(status="won")
    assert f"Order {order.number}: a payment counts $190 as returned, but $0 went back." in (
        sentences()
    )


def test_more_went_back_than_was_paid(order, tess):
    refunds.give_back(order=order, reason="ill", by=tess, at=NOON)
    Refund.objects.update(cents=20_000)
    assert f"Order {order.number}: $200 went back from a payment of $190." in sentences()


def test_a_ledger_that_says_more_than_was_paid(order):
    payment = order.payments.get()
    ledger.note(order, LedgerEntry.Entry.PAID, at=NOON, actor="x", cents=100, payment=payment)
    assert the_sentence() == (
        f"Order {order.number}: by the ledger $191 of a payment is here, but by the payment "
        "itself $190."
    )


def test_a_ledger_that_never_heard_of_a_refund(order, tess):
    refunds.give_back(order=order, reason="ill", by=tess, at=NOON)
    Refund.objects.update(state="requested")
    assert the_sentence() == (
        f"Order {order.number}: by the ledger $0 of a payment is here, but by the payment "
        "itself $190."
    )


def test_money_in_the_ledger_that_belongs_to_no_payment(order):
    ledger.note(order, LedgerEntry.Entry.PAID, at=NOON, actor="x", cents=100)
    assert the_sentence() == (
        f"Order {order.number}: $1 in the ledger (paid) belongs to no payment of it."
    )


def test_a_failed_refund_that_nobody_was_told_of(order, tess):
    refund = refunds.give_back(order=order, reason="ill", by=tess, at=NOON)[0]
    refunds._record(refund, None, at=NOON)
    assert sentences() == []
    Task.objects.all().delete()
    assert the_sentence() == f"Order {order.number}: a refund of $190 failed, but no task says so."


def test_stripe_moved_another_amount_than_we_say(order):
    Movement.objects.create(
        provider_id="txn_1", kind="charge", gross_cents=18_000, fee_cents=0, net_cents=18_000,
        at=NOON, payment=order.payments.get(),
    )  # fmt: skip
    assert the_sentence() == f"Order {order.number}: Stripe moved $180, and we say $190."


# --- e-mails -----------------------------------------------------------------------------------


def test_a_buyer_who_was_not_told(order):
    Email.objects.all().delete()
    assert the_sentence() == (f"Order {order.number} is paid, but has no confirmation.")


@pytest.mark.parametrize(
    "later, is_said",
    [(LATE - TICK, False), (LATE, True), (LATE + TICK, True)],
    ids=["before", "at", "after"],
)
def test_emails_that_the_ticker_has_not_written_for_an_hour(soiree, seat, later, is_said):
    order = hold_and_pay(items(soiree, (seat, 2)))
    sentence = f"Order {order.number} is paid, but its e-mails are not written yet."
    assert (sentence in sentences(order.paid_at + later)) is is_said


def test_a_buyer_who_was_told_twice(order):
    confirmation = Email.objects.get(subject__endswith=f"({order.number})")
    confirmation.pk = None
    confirmation.save()
    assert the_sentence() == f"Order {order.number}: its confirmation was written 2 times."


def test_a_buyer_without_an_address_is_told_otherwise(soiree, seat, tess):
    nobody = type(ADA)("Ada Ellery", "")
    record_offline(items=items(soiree, (seat, 1)), buyer=nobody, channel="cash", by=tess, at=NOON)
    assert sentences() == []


@pytest.fixture
def joined():
    tier = Tier.objects.create(name="Family", slug="family", dues_cents=7500, is_offered=True)
    return buy([dues_item(tier, Joining("Ada", ADA.email))])


def test_dues_that_made_no_member(joined):
    Term.objects.all().delete()
    assert the_sentence() == (
        f"Order {joined.number}: {joined.lines.get()} was paid and gave 0 terms of membership, "
        "not one."
    )


def test_dues_that_went_back_and_a_term_that_lasts(joined, tess):
    refunds.give_back(order=joined, reason="moved away", by=tess, at=NOON)
    Term.objects.update(ended_on=None)
    assert the_sentence() == (
        f"Order {joined.number}: its dues were refunded, but the term has not ended."
    )


def test_every_invariant_says_in_a_sentence_what_it_means():
    for invariant in INVARIANTS:
        assert invariant.__doc__.split("\n\n")[0].rstrip().endswith("."), invariant
