"""Seats that come free are offered to those who wait: in order, once, and for a set time."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from post_office.models import Email

from events.models import Event, Ticket, WaitlistEntry
from events.sales.refusals import KeptForOthers
from events.waitlist import entries as waitlist
from events.waitlist import joining, offers
from orders.checkout import settling
from orders.checkout.placing import payment_url
from orders.lines.kinds import kind_of
from orders.models import Order, Payment
from orders.refunds import refunds
from tests.events.reveal_kit import DAY, TICK
from tests.events.sales.test_buying import text_of
from tests.events.selling import BEN, hold, left_of, sell
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER = NOON + 5 * MINUTE


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
    """One of four, all of them sold to Ada."""
    seat = make_ticket_type(event, capacity=4)
    sell(event, (seat, 4), at=NOON - DAY)
    return seat


def wait(event, name, party=1, *, fewest=None, at=NOON, **fields):
    entry, _ = joining.join(
        event=event, name=name, email=f"{name}@x.example", party=party, fewest=fewest, at=at
    )
    if fields:
        WaitlistEntry.objects.filter(pk=entry.pk).update(**fields)
    return entry


def free(seat, count):
    """Staff cancel some of Ada's tickets."""
    tickets = Ticket.objects.filter(ticket_type=seat, canceled_at=None)[:count]
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(canceled_at=NOON)


def offered(*, at=LATER):
    """Who was offered how many when the ticker came by."""
    offers.make_due(at)
    entries = WaitlistEntry.objects.filter(offer__isnull=False, left_at=None).order_by("pk")
    return {entry.name: entry.offer.lines.get().quantity for entry in entries}


def emails_to(name, subject):
    found = Email.objects.filter(to__contains=f"{name}@x.example", subject__contains=subject)
    return list(found)


# --- Who is offered what -----------------------------------------------------------------------


def test_a_seat_that_came_free_is_held_for_the_first_in_line(event, seat):
    first, second = wait(event, "dee"), wait(event, "eli", at=NOON + MINUTE)
    free(seat, 1)

    assert offered() == {"dee": 1}

    first.refresh_from_db()
    assert (first.offer.state, first.offer.buyer_email) == ("held", "dee@x.example")
    assert first.offer.held_until == LATER + DAY
    assert waitlist.turn_of(second).number == 1


def test_a_party_gets_what_there_is_if_that_would_do(event, seat):
    wait(event, "dee", 4, fewest=2)
    free(seat, 3)

    assert offered() == {"dee": 3}


def test_a_large_party_at_the_head_does_not_block_and_keeps_its_place(event, seat):
    large = wait(event, "dee", 4)
    wait(event, "eli", 2, at=NOON + MINUTE)
    free(seat, 3)

    assert offered() == {"eli": 2}
    assert waitlist.turn_of(large).number == 1


def test_seats_come_free_by_more_room_too(event, seat):
    wait(event, "dee", 2)
    event.ticket_types.update(capacity=6)

    assert offered() == {"dee": 2}


def test_nothing_is_offered_while_nothing_is_free(event, seat):
    wait(event, "dee")

    assert offered() == {}


def test_the_ticker_coming_by_twice_offers_once(event, seat):
    wait(event, "dee")
    free(seat, 2)

    assert offered() == offered() == {"dee": 1}
    assert Order.objects.filter(buyer_email="dee@x.example").count() == 1
    assert len(emails_to("dee", "for you")) == 1


def test_two_kinds_fill_one_offer_the_cheaper_first(event):
    seat = make_ticket_type(event, capacity=1)
    garden = make_ticket_type(event, name="Garden chair", price_cents=12000, capacity=1)
    sell(event, (seat, 1), (garden, 1), at=NOON - DAY)
    entry = wait(event, "dee", 2)
    Ticket.objects.update(canceled_at=NOON)

    offers.make_due(LATER)

    entry.refresh_from_db()
    assert [line.subject_id for line in entry.offer.lines.all()] == [seat.pk, garden.pk]
    assert entry.offer.total_cents == 9500 + 12000


@pytest.mark.parametrize(
    "fields", [{"covers": 8}, {"is_by_invitation": True}, {"is_offered": False}]
)
def test_tables_and_what_is_by_invitation_are_not_offered(event, seat, fields):
    wait(event, "dee")
    make_ticket_type(event, name="Other", capacity=9, **fields)

    assert offered() == {}


def test_the_kind_that_was_asked_for_comes_first(event, seat):
    garden = make_ticket_type(event, name="Garden chair", price_cents=12000, capacity=1)
    sell(event, (garden, 1), at=NOON - DAY)
    entry = wait(event, "dee", ticket_type=garden)
    Ticket.objects.update(canceled_at=NOON)

    offers.make_due(LATER)

    entry.refresh_from_db()
    assert entry.offer.lines.get().subject_id == garden.pk


# --- Public buyers -----------------------------------------------------------------------------


def test_public_buyers_cannot_have_what_the_list_is_waiting_for(event, seat):
    wait(event, "dee", 2)
    free(seat, 3)

    with pytest.raises(KeptForOthers):
        hold(event, (seat, 2), buyer=BEN, at=LATER)
    hold(event, (seat, 1), buyer=BEN, at=LATER)

    assert offered() == {"dee": 2}


def test_public_buyers_have_what_no_party_could_use(event, seat):
    wait(event, "dee", 4)
    free(seat, 3)

    assert left_of(seat) == 3
    hold(event, (seat, 3), buyer=BEN, at=LATER)


def test_an_offer_never_takes_what_someone_holds(event, seat):
    wait(event, "dee", 1)
    free(seat, 2)
    order = hold(event, (seat, 1), buyer=BEN, at=LATER)

    assert offered() == {"dee": 1}
    assert left_of(seat, at=LATER) == 0
    assert order.is_held(LATER)


# --- Until when --------------------------------------------------------------------------------


def test_an_offer_ends_with_the_sale_at_the_latest(event, seat):
    Event.objects.update(sales_close_at=LATER + timedelta(hours=3))
    entry = wait(event, "dee")
    free(seat, 1)

    offers.make_due(LATER)

    entry.refresh_from_db()
    assert entry.offer.held_until == LATER + timedelta(hours=3)


def test_the_event_says_how_long_a_party_may_think(event, seat):
    Event.objects.update(offer_hours=6)
    entry = wait(event, "dee")
    free(seat, 1)

    offers.make_due(LATER)

    entry.refresh_from_db()
    assert entry.offer.held_until == LATER + timedelta(hours=6)


@pytest.mark.parametrize("after, is_offered", [(-TICK, True), (0 * TICK, False), (TICK, False)])
def test_nothing_is_offered_from_the_last_instant_of_the_sale_on(event, seat, after, is_offered):
    Event.objects.update(sales_close_at=LATER)
    wait(event, "dee")
    free(seat, 1)

    assert bool(offered(at=LATER + after)) == is_offered


def test_nothing_is_offered_of_a_canceled_event(event, seat):
    wait(event, "dee")
    free(seat, 1)
    Event.objects.update(state=Event.State.CANCELED)

    assert offered() == {}


def test_an_offer_can_be_paid_long_after_a_purchase_could_not(event, seat):
    entry = wait(event, "dee")
    free(seat, 1)
    offers.make_due(LATER)
    entry.refresh_from_db()
    early, late = LATER + timedelta(hours=1), LATER + timedelta(hours=20)

    payment_url(entry.offer, at=early)
    payment_url(entry.offer, at=late)  # the first session has ended at the gateway

    spans = entry.offer.payments.order_by("pk").values_list("opened_at", "expires_at")
    assert [opened for opened, _ in spans] == [early, late]
    assert all(expires == opened + timedelta(minutes=31) for opened, expires in spans)


# --- Answered ----------------------------------------------------------------------------------


def take(entry, *, at):
    entry.refresh_from_db()
    order = entry.offer
    settling.mark_paid(order, at=at, actor="test", cents=order.total_cents)


def test_who_takes_fewer_than_it_wanted_is_done(event, seat):
    entry = wait(event, "dee", 4, fewest=1)
    free(seat, 1)
    offers.make_due(LATER)

    take(entry, at=LATER + MINUTE)
    free(seat, 1)
    offers.make_due(LATER + 2 * MINUTE)

    entry.refresh_from_db()
    assert (entry.left_at, entry.passed_on_at) == (LATER + MINUTE, None)
    assert Order.objects.filter(buyer_email="dee@x.example").count() == 1


@pytest.mark.parametrize("after, has_passed", [(-TICK, False), (0 * TICK, True), (TICK, True)])
def test_unanswered_it_goes_to_the_next_in_the_same_round(event, seat, after, has_passed):
    first, second = wait(event, "dee"), wait(event, "eli", at=NOON + MINUTE)
    free(seat, 1)
    offers.make_due(LATER)
    deadline = LATER + DAY + after

    settling.sweep(deadline)
    offers.make_due(deadline)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.passed_on_at is not None) == (first.left_at is not None) == has_passed
    assert (second.offer is not None) == has_passed
    assert len(emails_to("dee", "has gone to the next in line")) == has_passed


def test_who_was_passed_over_may_join_again_at_the_end(event, seat):
    wait(event, "dee")
    wait(event, "eli", at=NOON + MINUTE)
    wait(event, "fay", at=NOON + 2 * MINUTE)
    free(seat, 1)
    offers.make_due(LATER)
    deadline = LATER + DAY
    settling.sweep(deadline)
    offers.make_due(deadline)

    again = wait(event, "dee", at=deadline + MINUTE)

    assert "join again" in emails_to("dee", "next in line")[0].message
    assert (waitlist.turn_of(again).number, waitlist.turn_of(again).parties) == (2, 2)


def test_an_offer_is_over_by_the_clock_even_if_no_job_has_run(client, event, seat):
    first = wait(event, "dee")
    free(seat, 1)
    offers.make_due(LATER)

    with time_machine.travel(LATER + DAY, tick=False):
        page = client.get(f"/events/waitlist/{first.token}/")

    assert "Gone to the next in line" in text_of(page)
    assert wait(event, "eli", 2, at=LATER + DAY)
    again = wait(event, "dee", 2, at=LATER + DAY)
    assert again.pk != first.pk


def test_no_thanks_gives_the_seats_to_the_next_at_once(client, event, seat):
    first, second = wait(event, "dee"), wait(event, "eli", at=NOON + MINUTE)
    free(seat, 1)
    offers.make_due(NOON)

    client.post(f"/events/waitlist/{first.token}/", {"act": "decline"})
    offers.make_due(NOON)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.left_at, first.passed_on_at) == (NOON, None)
    assert first.offer.state == "expired"
    assert second.offer.is_held(NOON)
    assert not emails_to("dee", "has gone to the next in line")


def test_no_thanks_after_paying_changes_nothing(event, seat):
    entry = wait(event, "dee")
    free(seat, 1)
    offers.make_due(LATER)
    take(entry, at=LATER)

    offers.decline(entry, at=LATER + MINUTE)

    entry.refresh_from_db()
    assert entry.offer.state == "paid"
    assert left_of(seat, at=LATER + MINUTE) == 0


def test_the_seat_of_who_took_it_and_returns_it_goes_to_the_next(event, seat):
    first, second = wait(event, "dee"), wait(event, "eli", at=NOON + MINUTE)
    free(seat, 1)
    offers.make_due(LATER)
    take(first, at=LATER + MINUTE)
    offers.make_due(LATER + MINUTE)
    order = first.offer
    order.payments.create(
        method=Payment.Method.PRETEND, state="paid", amount_cents=9500, opened_at=LATER,
        paid_at=LATER, session_id="s", intent_id="i",
    )  # fmt: skip

    refunds.give_back(order=order, reason="Cannot come", at=LATER + 2 * MINUTE)
    offers.make_due(LATER + 3 * MINUTE)

    first.refresh_from_db()
    second.refresh_from_db()
    assert second.offer.is_held(LATER + 3 * MINUTE)
    assert first.offer == order


def test_whose_offer_was_paid_too_late_goes_to_the_top_with_a_new_request(event, seat):
    entry = wait(event, "dee", 2)
    other = wait(event, "eli", at=NOON + MINUTE)
    free(seat, 2)
    offers.make_due(LATER)
    deadline = LATER + DAY
    settling.sweep(deadline)
    entry.refresh_from_db()

    kind_of("ticket").turned_away(entry.offer.lines.get(), at=deadline)

    late = WaitlistEntry.objects.get(email="dee@x.example", left_at=None)
    assert (late.party, late.fewest, late.offer) == (2, 2, None)
    assert (waitlist.turn_of(late).number, waitlist.turn_of(other).number) == (1, 2)
