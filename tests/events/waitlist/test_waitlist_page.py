"""A party's own page in line, and who comes before whom."""

import pytest
import time_machine
from django.core.cache import cache
from post_office.models import Email

from events.models import Event, WaitlistEntry
from events.sales.capacity import share_out
from events.waitlist import entries as waitlist
from events.waitlist import joining
from events.waitlist.joining import NotWaiting
from orders.checkout import settling
from orders.checkout.placing import HOLD, payment_url
from orders.lines.kinds import kind_of
from orders.models import Payment
from orders.payments.stripe import PretendGateway
from tests.events.reveal_kit import DAY
from tests.events.sales.test_buying import text_of
from tests.events.selling import BEN, hold, sell
from tests.events.waitlist.test_waitlist import LATER, SECOND, waiting
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def full():
    """An event whose one seat is sold."""
    event = make_event(slug="tea")
    sell(event, (make_ticket_type(event, capacity=1), 1))
    return event


# --- One's own page ----------------------------------------------------------------------------


def test_a_party_sees_its_place_and_leaves_by_the_button(client, full):
    waiting(full, "first@example.org")
    entry = waiting(full, at=LATER)
    address = f"/events/waitlist/{entry.token}/"

    before = client.get(address)
    client.post(address, {"act": "leave"})
    after = client.get(address)

    assert "You’re number 2" in text_of(before)
    assert before.headers["Referrer-Policy"] == "no-referrer"
    assert "You’ve left the waitlist" in text_of(after)
    assert [e.email for e in waitlist.waiting(full)] == ["first@example.org"]


def test_a_party_changes_its_request_and_keeps_its_place(client, full):
    entry = waiting(full)
    waiting(full, "second@example.org", at=LATER)
    address = f"/events/waitlist/{entry.token}/"

    client.post(address, {"act": "change", "party": "4", "fewest": "2"})

    entry.refresh_from_db()
    assert (entry.party, entry.fewest) == (4, 2)
    assert waitlist.turn_of(entry).number == 1
    assert "You asked for 4 seats and would take 2" in text_of(client.get(address))


@pytest.mark.parametrize(
    "party, fewest, field",
    [("2", "3", "fewest"), ("9", "1", "party"), ("0", "", "party"), ("2", "0", "fewest")],
)
def test_a_request_that_cannot_be_is_said_in_words(client, full, party, fewest, field):
    entry = waiting(full)

    response = client.post(
        f"/events/waitlist/{entry.token}/", {"act": "change", "party": party, "fewest": fewest}
    )

    assert list(response.context["form"].errors) == [field]
    entry.refresh_from_db()
    assert (entry.party, entry.fewest) == (2, 2)


def test_who_has_left_changes_nothing_any_more(full):
    entry = waiting(full)
    waitlist.leave(entry, at=NOON)

    with pytest.raises(NotWaiting):
        joining.change(entry, party=3, fewest=1)


def test_the_page_tells_the_policy(client, full):
    entry = waiting(full)

    for address in ("/events/tea/waitlist/", f"/events/waitlist/{entry.token}/"):
        words = text_of(client.get(address))
        assert "to the first party in line they fit. A larger party keeps its turn." in words
        assert "hold the offer for 24 hours" in words


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"state": Event.State.CANCELED}, "This event is canceled."),
        ({"sales_close_at": NOON}, "Sales have closed, so no seats will come back."),
        ({"starts_at": NOON - DAY, "ends_at": NOON}, "This event is over."),
    ],
)
def test_one_s_own_page_says_when_the_waiting_is_over(client, full, fields, words):
    entry = waiting(full)
    Event.objects.update(**fields)

    assert words in text_of(client.get(f"/events/waitlist/{entry.token}/"))


def test_looking_does_not_leave(client, full):
    entry = waiting(full)

    client.get(f"/events/waitlist/{entry.token}/")

    assert waitlist.waiting(full).count() == 1


def test_leaving_twice_changes_nothing(full):
    entry = waiting(full)
    waitlist.leave(entry, at=NOON)
    waitlist.leave(entry, at=LATER)

    entry.refresh_from_db()
    assert entry.left_at == NOON


# --- Those whose money came too late -----------------------------------------------------------


def test_the_turned_away_go_to_the_top():
    event = make_event()
    seat = make_ticket_type(event, capacity=1)
    line = hold(event, (seat, 1), at=NOON - HOLD, buyer=BEN).lines.get()
    sell(event, (seat, 1))
    first = waiting(event)

    kind_of("ticket").turned_away(line, at=LATER)

    late = WaitlistEntry.objects.get(email=BEN.email)
    assert (late.party, late.fewest) == (1, 1)
    assert (waitlist.turn_of(late).number, waitlist.turn_of(first).number) == (1, 2)


def test_being_turned_away_twice_is_one_request_with_all_the_seats():
    event = make_event()
    seat, table = make_ticket_type(event), make_ticket_type(event, name="Table", covers=8)
    order = hold(event, (seat, 2), (table, 1), buyer=BEN)

    for line in order.lines.all():
        kind_of("ticket").turned_away(line, at=LATER)

    assert WaitlistEntry.objects.get().party == 10


@pytest.mark.parametrize("wanted", [1, 2])
def test_the_email_about_late_money_leads_to_the_place_in_line_once(client, wanted):
    """Seats of two kinds are two lines of the order, and one entry."""
    event = make_event()
    kinds = [make_ticket_type(event, name=name, capacity=1) for name in ("Chair", "Bench")]
    order = hold(event, *[(kind, 1) for kind in kinds[:wanted]], buyer=BEN)
    payment_url(order, at=NOON)
    payment = order.payments.get()
    PretendGateway().pay(payment, at=NOON)  # and nobody tells us before the hold has ended
    sell(event, (kinds[0], 1), at=NOON + HOLD)

    settling.settle(payment.session_id, at=NOON + HOLD + SECOND)

    email = Email.objects.get(to__contains=BEN.email)
    address = f"/events/waitlist/{WaitlistEntry.objects.get(email=BEN.email).token}/"
    words = f"You're at the top of the waitlist. Your waitlist entry for {event.title}:"
    assert words in " ".join(email.message.split())
    assert email.message.count(address) == email.html_message.count(address) == 1
    assert client.get(address).status_code == 200


def test_the_email_about_a_second_payment_speaks_of_no_waitlist():
    event = make_event()
    order = hold(event, (make_ticket_type(event), 1), buyer=BEN)
    payment_url(order, at=NOON)
    first = order.payments.get()
    again = Payment.objects.get(pk=first.pk)
    again.pk, again.session_id, again.idempotency_key = None, "pretend-2", "key-2"
    again.save()
    for payment in (first, again):
        PretendGateway().pay(payment, at=NOON)
        settling.settle(payment.session_id, at=NOON)

    email = Email.objects.get(to__contains=BEN.email, subject__contains="on its way")
    assert "paid twice" in email.message
    assert "waiting list" not in email.message + email.html_message


def test_nobody_waits_for_a_canceled_event():
    event = make_event()
    line = hold(event, (make_ticket_type(event), 1)).lines.get()
    Event.objects.update(state=Event.State.CANCELED)

    kind_of("ticket").turned_away(line, at=LATER)

    assert not WaitlistEntry.objects.exists()


# --- Who gets what -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parties, free, shares",
    [
        ([(2, 2)], 1, []),
        ([(2, 2)], 2, [(0, 2)]),
        ([(2, 2)], 3, [(0, 2)]),
        ([(4, 2)], 1, []),
        ([(4, 2)], 2, [(0, 2)]),
        ([(4, 2)], 3, [(0, 3)]),
        ([(4, 4), (1, 1), (2, 1)], 2, [(1, 1), (2, 1)]),  # the large party keeps its place
        ([(4, 4), (1, 1), (2, 2)], 2, [(1, 1)]),
        ([(1, 1), (4, 4)], 5, [(0, 1), (1, 4)]),
        ([(1, 1)], 0, []),
        ([], 3, []),
    ],
)
def test_seats_go_to_the_first_party_they_suffice_for(parties, free, shares):
    entries = [WaitlistEntry(party=party, fewest=fewest) for party, fewest in parties]

    found = share_out(entries, free)

    # Unsaved entries are equal to none but themselves.
    assert [(entries.index(entry), seats) for entry, seats in found] == shares
