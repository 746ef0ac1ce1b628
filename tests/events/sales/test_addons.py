"""Suppers at an extra price, and add-ons: frozen when sold, counted, and given back."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from events.changes import money_back
from events.models import AddOnSold, Choice, Event, Ticket
from events.sales.addons import AddOnUnavailable, add_ons_left
from events.sales.quotes import Guest, ticket_items
from events.sales.refusals import ChoiceCostsMore, SalesClosed
from events.tickets import addon_kind
from events.tickets.guests import change_guest
from orders.checkout.placing import HOLD, payment_url
from orders.lines import particulars
from orders.lines.kinds import kind_of
from orders.lines.locks import Busy
from orders.lines.receipts import receipt_for
from orders.models import LedgerEntry, Line, Order
from orders.refunds.refunds import give_back
from tests.events.addons_kit import buy, hold, make_tea
from tests.events.selling import BEN, sell, supper_guests
from tests.factories import NOON, make_ticket_type
from tests.fakes.stripe import fake_stripe

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def event():
    return make_tea()


@pytest.fixture
def seat(event):
    return event.ticket_types.get()


@pytest.fixture
def garden(event):
    return event.choices.get(label="Garden box")


@pytest.fixture
def lobster(event):
    return event.choices.get(label="Lobster")


@pytest.fixture
def wine(event):
    return event.add_ons.get()


def lines_of(order):
    return [(line.quantity, line.unit_cents, line.fair_value_cents) for line in order.lines.all()]


# --- Suppers -----------------------------------------------------------------------------------


def test_a_dear_supper_is_in_the_price_and_the_value_of_its_seat(event, seat, garden, lobster):
    order = buy(event, [(seat, 3)], guests=supper_guests(lobster, garden, lobster))

    assert lines_of(order) == [(2, 13_500, 8500), (1, 9500, 6000)]
    assert [t.choice.label for t in order.lines.first().tickets.all()] == ["Lobster", "Lobster"]
    receipt = receipt_for(order)
    assert (receipt.paid_cents, receipt.value_cents, receipt.deductible_cents) == (
        36_500, 23_000, 13_500,
    )  # fmt: skip


def test_suppers_without_an_extra_stay_one_line(event, seat, garden):
    order = buy(event, [(seat, 2)], guests=supper_guests(garden))

    assert lines_of(order) == [(2, 9500, 6000)]
    assert "extras_cents" not in order.lines.get().details


def test_the_deductible_part_is_never_below_zero_whatever_a_supper_is_worth(event, lobster):
    cheap = make_ticket_type(event, price_cents=1000, fair_value_cents=9000)
    order = buy(event, [(cheap, 1)], guests=supper_guests(lobster))

    assert receipt_for(order).deductible_cents == 0


def test_a_table_costs_what_all_its_suppers_cost(event, garden, lobster):
    table = make_ticket_type(event, price_cents=80_000, covers=4, fair_value_cents=20_000)
    order = buy(event, [(table, 2)], guests=supper_guests(lobster, lobster, garden))

    assert lines_of(order) == [(1, 88_000, 25_000), (1, 80_000, 20_000)]


def test_the_member_price_does_not_lower_the_supper(event, lobster):
    kind = make_ticket_type(event, price_cents=9500, member_price_cents=5000)
    items = ticket_items(
        event, [(kind, 1)], guests=supper_guests(lobster), member_seats={kind.pk: 1}
    )

    assert [item.unit_cents for item in items] == [9000]


def test_later_edits_rewrite_nothing(event, seat, lobster):
    order = buy(event, [(seat, 1)], guests=supper_guests(lobster))
    Choice.objects.update(price_cents=9900, fair_value_cents=0)

    assert lines_of(order) == [(1, 13_500, 8500)]
    assert Ticket.objects.get().supper_cents == 4000


def test_a_returned_seat_takes_its_supper_with_it(event, seat, garden, lobster):
    order = buy(event, [(seat, 2)], guests=supper_guests(lobster, garden))

    give_back(order=order, line=order.lines.first(), units=[1], reason="Ill", at=NOON)

    receipt = receipt_for(order)
    assert (receipt.kept_cents, receipt.value_cents) == (9500, 6000)


def test_stripe_learns_nothing_of_suppers(event, seat, lobster):
    order = buy(event, [(seat, 1)], guests=supper_guests(lobster))

    line = order.lines.get()
    revealed = str(particulars.written(order)) + line.payment_label
    assert line.label.endswith("including $40 for supper")
    assert line.payment_label == "Tea in the garden: Seat at the long table"
    assert "supper" not in revealed.lower() and "Lobster" not in revealed


@pytest.mark.parametrize("paid_for, may", [("lobster", True), ("garden", False)])
def test_a_guest_may_choose_later_what_was_paid_for(event, seat, garden, lobster, paid_for, may):
    had = {"lobster": lobster, "garden": garden}[paid_for]
    buy(event, [(seat, 1)], guests=supper_guests(had))
    ticket = Ticket.objects.select_related("line").get()
    Ticket.objects.update(choice=garden)
    ticket.refresh_from_db()

    if not may:
        with pytest.raises(ChoiceCostsMore):
            change_guest(ticket, name="Ada", needs="", choice_id=lobster.pk, at=NOON)
    else:
        change_guest(ticket, name="Ada", needs="", choice_id=lobster.pk, at=NOON)

    assert Ticket.objects.get().choice == (lobster if may else garden)


# --- Add-ons -----------------------------------------------------------------------------------


def test_an_add_on_is_a_line_of_its_own(event, seat, wine):
    order = buy(event, [(seat, 1)], extras=[(wine, 2)])

    assert lines_of(order) == [(1, 9500, 6000), (2, 2800, 1500)]
    assert receipt_for(order).deductible_cents == 15_100 - 9000
    assert {line.heading for line in order.lines.all()} == {"Tea in the garden, May 2027"}


def test_no_more_are_sold_than_there_are(event, seat, wine):
    buy(event, [(seat, 1)], extras=[(wine, 1)])

    with pytest.raises(AddOnUnavailable, match="Only 1 of"):
        hold(event, [(seat, 1)], extras=[(wine, 2)], buyer=BEN)
    hold(event, [(seat, 1)], extras=[(wine, 1)], buyer=BEN)

    assert add_ons_left(event, at=NOON)[0].left == 0
    assert Order.objects.count() == 2


@pytest.mark.parametrize("after, left", [(HOLD - TICK, 0), (HOLD, 2), (HOLD + TICK, 2)])
def test_what_a_hold_kept_is_free_the_microsecond_it_expires(event, seat, wine, after, left):
    hold(event, [(seat, 1)], extras=[(wine, 2)])

    assert add_ons_left(event, at=NOON + after)[0].left == left


def test_the_database_refuses_what_a_forgotten_lock_would_oversell(event, seat, wine, monkeypatch):
    monkeypatch.setattr(addon_kind, "_check", lambda *args, **kwargs: None)
    buy(event, [(seat, 1)], extras=[(wine, 2)])

    with pytest.raises(Busy):
        hold(event, [(seat, 1)], extras=[(wine, 1)], buyer=BEN)

    assert AddOnSold.objects.count() == 2


def test_an_expired_hold_gives_its_numbers_to_the_next(event, seat, wine):
    hold(event, [(seat, 1)], extras=[(wine, 2)])
    later = NOON + HOLD

    hold(event, [(seat, 1)], extras=[(wine, 2)], buyer=BEN, at=later)

    slots = AddOnSold.objects.filter(slot__isnull=False).values_list(
        "line__order__buyer_name", "slot"
    )
    assert sorted(slots) == [("Ben Okoro", 1), ("Ben Okoro", 2)]


@pytest.mark.parametrize("is_gone", [True, False])
def test_late_money_takes_them_again_only_while_there_are_any(event, seat, wine, is_gone):
    order = hold(event, [(seat, 1)], extras=[(wine, 2)])
    later = NOON + HOLD
    if is_gone:
        hold(event, [(seat, 1)], extras=[(wine, 1)], buyer=BEN, at=later)
    Order.objects.filter(pk=order.pk).update(held_until=later + HOLD)  # as settle holds it again
    line = order.lines.get(kind=Line.Kind.ADDON)

    if is_gone:
        with pytest.raises(AddOnUnavailable):
            kind_of(line.kind).retake(line, at=later)
    else:
        kind_of(line.kind).retake(line, at=later)
        assert [p.slot for p in line.add_ons_sold.all()] == [1, 2]


@pytest.mark.parametrize("what_came", [[], ["wine"], ["chair"]])
def test_a_lowered_number_binds_a_live_hold_only_once_someone_came(event, seat, wine, what_came):
    """Paid in its last minutes: what it holds is its own, unless its time was over for others."""
    order = hold(event, [(seat, 1)], extras=[(wine, 1)])
    wanted = [(seat, 1)] if "chair" in what_came else []
    extras = [(wine, 1)] if "wine" in what_came else []
    if what_came:
        Order.objects.filter(pk=order.pk).update(held_until=NOON + HOLD - TICK)
        hold(event, wanted, extras=extras, buyer=BEN, at=NOON + HOLD)
    event.add_ons.update(capacity=0)
    line = Order.objects.get(pk=order.pk).lines.get(kind=Line.Kind.ADDON)
    at = NOON + HOLD - timedelta(minutes=1)

    if what_came:
        with pytest.raises(AddOnUnavailable):
            kind_of(line.kind).retake(line, at=at)
    else:
        kind_of(line.kind).retake(line, at=at)
        assert line.add_ons_sold.get().slot == 1


def test_one_of_two_goes_back_and_can_be_sold_again(event, seat, wine):
    order = buy(event, [(seat, 1)], extras=[(wine, 2)])
    line = order.lines.get(kind=Line.Kind.ADDON)

    give_back(order=order, line=line, units=[2], reason="Broken", at=NOON)

    assert add_ons_left(event, at=NOON)[0].left == 1
    receipt = receipt_for(order)
    assert (receipt.kept_cents, receipt.value_cents) == (9500 + 2800, 6000 + 1500)
    assert [p.canceled_at for p in line.add_ons_sold.all()] == [None, NOON]


def test_a_canceled_event_gives_the_add_ons_money_back_once(event, seat, wine):
    order = buy(event, [(seat, 1)], extras=[(wine, 2)])
    give_back(order=order, line=order.lines.first(), reason="Ill", at=NOON)
    Event.objects.update(state=Event.State.CANCELED, refund_all_at=NOON)

    assert money_back.owed_by(Event.objects.get()).cents == 5600
    assert money_back.give_back_due(NOON) == 1
    assert money_back.give_back_due(NOON) == 0

    assert receipt_for(order).kept_cents == 0
    progress = money_back.progress_of(Event.objects.get())
    assert (progress.orders, progress.done, progress.is_over) == (1, 1, False)


def test_none_is_sold_that_is_not_offered(event, seat, wine):
    wine.is_offered = False
    wine.save()

    with pytest.raises(SalesClosed):
        hold(event, [(seat, 1)], extras=[(wine, 1)])

    assert not Order.objects.exists()


def test_stripe_learns_of_an_extra_and_not_which(event, seat, wine):
    order = buy(event, [(seat, 1)], extras=[(wine, 1)])

    line = order.lines.get(kind=Line.Kind.ADDON)
    assert line.label == "Tea in the garden: A bottle of wine"
    assert line.payment_label == "Tea in the garden: an extra"
    assert "wine" not in str(particulars.written(order))


def test_one_that_only_stripe_remembered_comes_back_by_name(event, seat, wine):
    order = buy(event, [(seat, 1)], extras=[(wine, 2)])
    revealed = particulars.read(particulars.written(order))
    AddOnSold.objects.all().delete()
    line = order.lines.get(kind=Line.Kind.ADDON)
    line.label, line.details = revealed[1]["label"], revealed[1]["details"]

    kind_of(line.kind).recovered(line, at=NOON)

    assert line.label == "Tea in the garden: A bottle of wine"
    assert line.add_ons_sold.count() == 2


def test_neither_guests_nor_suppers_nor_what_was_bought_go_to_stripe(
    event, seat, lobster, wine, settings
):
    guests = [Guest(name="Cy Nakamura", choice_id=lobster.pk, needs="No nuts")]
    order = hold(event, [(seat, 1)], guests=guests, extras=[(wine, 2)])

    with fake_stripe(NOON.timestamp()) as (fake, address):
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_fake", address
        payment_url(order, at=NOON)

    (asked,) = fake.opened()
    names = [value for name, value in asked.items() if name.endswith("[product_data][name]")]
    amounts = [value for name, value in asked.items() if name.endswith("[unit_amount]")]
    assert names == ["Tea in the garden: Seat at the long table", "Tea in the garden: an extra"]
    assert amounts == ["13500", "2800"]
    revealed = str(asked).lower()
    assert not [
        word for word in ("supper", "lobster", "wine", "nakamura", "nuts") if word in revealed
    ]


def test_an_order_of_wine_keeps_its_ledger(event, seat, wine):
    order = buy(event, [(seat, 1)], extras=[(wine, 1)])

    paid = order.ledger.get(entry=LedgerEntry.Entry.PAID)
    assert paid.cents == 12_300
    assert sell(event, (seat, 1), guests=[Guest(name="Ben")]).total_cents == 9500
