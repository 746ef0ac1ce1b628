"""The rulebook of giving a ticket on: who may, until when, and what each of the two then has."""

from datetime import timedelta

import pytest
from post_office.models import Email

from events.models import Event, Scan, Ticket, Transfer
from events.tickets import transfers
from events.tickets.transfers import HasItAlready, OfferedAlready, OfferOver, StaysHere
from orders.models import Order
from tests.events.reveal_kit import DAY, LONG_BEFORE, STARTS, TICK, T
from tests.factories import make_event, make_ticket

pytestmark = pytest.mark.django_db
BEN = "ben@okoro.example"
WEEK = timedelta(days=7)


def offer(ticket, *, to=BEN, at=LONG_BEFORE):
    return transfers.offer(ticket, to_email=to, to_name="Ben Okoro", at=at)


def emails_to(address):
    return [email for email in Email.objects.order_by("pk") if address in email.to[0]]


@pytest.fixture
def tea(db):
    """A ticket for an event whose place is no secret."""
    return make_ticket(make_event(starts_at=STARTS))


# --- Who may, and until when -------------------------------------------------------------------


@pytest.mark.parametrize(
    "at, may", [(STARTS - TICK, True), (STARTS, False), (STARTS + TICK, False)]
)
def test_a_ticket_may_be_transferred_until_the_event_begins(tea, at, may):
    assert (transfers.why_not(tea, at=at) == "") is may


@pytest.mark.parametrize("at, may", [(T - TICK, True), (T, False), (T + TICK, False)])
def test_where_the_venue_is_secret_it_may_be_transferred_until_the_venue_is_revealed(
    ticket, at, may
):
    assert (transfers.why_not(ticket, at=at) == "") is may


@pytest.mark.parametrize("at, may", [(T, True), (STARTS - TICK, True), (STARTS, False)])
def test_the_board_may_allow_it_until_the_start(ticket, at, may):
    ticket.event.transfers_after_reveal = True

    assert (transfers.why_not(ticket, at=at) == "") is may


def unpaid(ticket):
    Order.objects.update(state="held", paid_at=None)


def canceled(ticket):
    Ticket.objects.update(canceled_at=LONG_BEFORE)


def disputed(ticket):
    Ticket.objects.update(suspended_at=LONG_BEFORE)


def called_off(ticket):
    Event.objects.update(state="canceled")


def offered_back(ticket):
    Ticket.objects.update(offered_back_at=LONG_BEFORE)


def read_at_the_door(ticket):
    Scan.objects.create(ticket=ticket, at=LONG_BEFORE)


HINDRANCES = [unpaid, canceled, disputed, called_off, offered_back, read_at_the_door]


@pytest.mark.parametrize("hinders", HINDRANCES)
def test_what_is_not_the_holders_to_give_cannot_be_offered(tea, hinders):
    hinders(tea)

    with pytest.raises(StaysHere):
        offer(tea)

    assert (Transfer.objects.count(), Email.objects.count()) == (0, 0)


@pytest.mark.parametrize("hinders", HINDRANCES)
def test_nor_accepted_where_it_happened_since_the_offer(tea, hinders):
    offered = offer(tea)
    hinders(tea)

    with pytest.raises(OfferOver):
        transfers.accept(offered, name="Ben Okoro", at=LONG_BEFORE)

    assert Ticket.objects.get().token == tea.token


def test_who_came_in_and_was_read_out_again_may_give_it_on(tea):
    Scan.objects.create(ticket=tea, at=LONG_BEFORE)
    Scan.objects.create(ticket=tea, at=LONG_BEFORE, act=Scan.Act.UNDO)

    assert transfers.why_not(tea, at=LONG_BEFORE) == ""


def test_a_ticket_is_offered_to_one_at_a_time(tea):
    offer(tea)

    with pytest.raises(OfferedAlready, match="Withdraw that offer first"):
        offer(tea, to="cy@norfolk.example")


def test_nobody_offers_a_ticket_to_its_own_holder(tea):
    with pytest.raises(HasItAlready):
        offer(tea, to="ADA@ellery.example")


@pytest.mark.parametrize(
    "offered_at, ends_at",
    [(LONG_BEFORE, LONG_BEFORE + WEEK), (T - DAY, T)],
)
def test_an_offer_stands_for_a_week_and_never_past_the_hour(ticket, offered_at, ends_at):
    assert offer(ticket, at=offered_at).ends_at == ends_at


@pytest.mark.parametrize("after, may", [(WEEK - TICK, True), (WEEK, False), (WEEK + TICK, False)])
def test_it_is_accepted_before_it_ends_and_not_at_its_end(tea, after, may):
    offered = offer(tea)

    assert (transfers.why_over(offered, at=LONG_BEFORE + after) == "") is may


def test_after_an_offer_has_ended_the_ticket_may_be_offered_again(tea):
    offer(tea)

    again = offer(tea, to="cy@norfolk.example", at=LONG_BEFORE + WEEK)

    assert transfers.open_offer(tea, at=LONG_BEFORE + WEEK) == again


def test_an_offer_changes_nothing_until_it_is_accepted(tea):
    offer(tea)

    now = Ticket.objects.get()
    assert (now.token, now.code, now.transfer_count, now.guest_email) == (
        tea.token,
        tea.code,
        0,
        "",
    )


# --- Withdrawn, declined -----------------------------------------------------------------------


def test_an_offer_that_was_withdrawn_cannot_be_accepted(tea):
    offered = offer(tea)

    assert transfers.withdraw(tea, at=LONG_BEFORE) is True
    assert transfers.withdraw(tea, at=LONG_BEFORE) is False
    with pytest.raises(OfferOver, match="withdrawn"):
        transfers.accept(offered, name="Ben Okoro", at=LONG_BEFORE)


def test_who_declines_leaves_the_ticket_where_it_is_and_the_giver_is_emailed(tea):
    transfers.decline(offer(tea), at=LONG_BEFORE)

    (email,) = emails_to("ada@ellery.example")
    assert email.subject == "Your ticket for Tea in the garden stays yours"
    assert f"/tickets/{tea.token}/give/" in email.message
    assert transfers.open_offer(tea, at=LONG_BEFORE) is None


def test_it_is_accepted_once(tea):
    offered = offer(tea)
    transfers.accept(offered, name="Ben Okoro", at=LONG_BEFORE)

    with pytest.raises(OfferOver, match="You’ve accepted"):
        transfers.accept(offered, name="Ben Okoro", at=LONG_BEFORE)

    assert Ticket.objects.get().transfer_count == 1
