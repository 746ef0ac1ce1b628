"""What the door says: the rulebook, one row a situation."""

from datetime import timedelta

import pytest

from events.door import door
from events.door.answers import Tone
from events.models import Event, Scan, Ticket, Transfer
from orders.models import Order, Refund
from tests.events.door_kit import MINUTE, RUTHS, SAMS, SEVEN, make_door_link, read, undo
from tests.events.reveal_kit import STARTS
from tests.factories import make_event, make_order, make_payment, make_ticket

pytestmark = pytest.mark.django_db

GREEN, AMBER, RED = Tone.GREEN, Tone.AMBER, Tone.RED
MAY_3 = SEVEN - timedelta(days=17)


@pytest.fixture
def event():
    return make_event(starts_at=STARTS, title="Soirée en Blanc", slug="soiree")


@pytest.fixture
def ruth(event):
    return make_door_link(event)


@pytest.fixture
def sam(event):
    return make_door_link(event, name="Sam", gate="east gate")


@pytest.fixture
def ada(event):
    return make_ticket(event, guest_name="Ada Ellery", code="CDF4-GHJ6")


# --- The situations ----------------------------------------------------------------------------


def valid(event):
    return make_ticket(event, guest_name="Ada Ellery")


def without_a_name(event):
    return make_ticket(event)


def canceled(event):
    return make_ticket(event, canceled_at=MAY_3)


def refunded(event):
    order = make_order(state=Order.State.PAID, lines=(), payments=False)
    ticket = make_ticket(event, order=order, canceled_at=MAY_3)
    payment = make_payment(order)
    Refund.objects.create(
        payment=payment, line=ticket.line, cents=9500, reason="Ill", requested_at=MAY_3
    )
    return ticket


def held(event):
    return make_ticket(event, state=Order.State.HELD)


def expired(event):
    return make_ticket(event, state=Order.State.EXPIRED)


def disputed(event):
    return make_ticket(event, suspended_at=MAY_3)


def of_another_event(event):
    return make_ticket(make_event(starts_at=STARTS, title="A tea"))


def of_a_canceled_event(event):
    Event.objects.filter(pk=event.pk).update(state=Event.State.CANCELED)
    return make_ticket(event)


def given_on(event):
    """Its code before it was given on."""
    ticket = make_ticket(
        event, guest_name="Ben Okoro", guest_email="ben@okoro.example", transfer_count=1
    )
    Transfer.objects.create(
        ticket=ticket, to_email="ben@okoro.example", old_code="GHJ6-CDF4", offered_at=MAY_3,
        ends_at=SEVEN, accepted_at=MAY_3,
    )  # fmt: skip
    return "GHJ6-CDF4"


def of_nobody(event):
    return "MMMM-NNNN"


ONCE = [
    (valid, GREEN, "Welcome, Ada Ellery", ""),
    (without_a_name, GREEN, "Welcome, guest of Ada Ellery", ""),
    (of_nobody, RED, "Unknown code", "No ticket has this code."),
    (given_on, RED, "Transferred", "Transferred to another guest on Monday, May 3, 2027."),
    (of_another_event, RED, "Another event", "It is for A tea, Thursday, May 20, 2027."),
    (of_a_canceled_event, RED, "Not today", "The event is canceled."),
    (canceled, RED, "Canceled", "Canceled on Monday, May 3, 2027."),
    (refunded, RED, "Refunded", "Refunded on Monday, May 3, 2027."),
    (held, RED, "Not paid", "Order {order} was never paid."),
    (expired, RED, "Not paid", "Order {order} was never paid."),
    (disputed, RED, "On hold", "Its payment is disputed."),
]  # fmt: skip


@pytest.mark.parametrize(("made", "tone", "title", "words"), ONCE)
def test_a_ticket_read_once(made, tone, title, words, event, ruth):
    ticket = made(event)

    answer = read(ruth, ticket)

    order = "" if isinstance(ticket, str) else ticket.line.order.number
    assert (answer.tone, answer.title) == (tone, title)
    assert answer.words == words.format(order=order)
    assert Scan.objects.filter(act=Scan.Act.IN).count() == (1 if tone == GREEN else 0)


RUTHS_OWN = "Already scanned on this phone. Came in at 7:02 p.m., west gate, let in by Ruth."
AT_7_02 = "Came in at 7:02 p.m., west gate, let in by Ruth."
YESTERDAY = "Came in on Thursday, May 20, 2027 at 7:02 p.m., west gate, let in by Ruth."


@pytest.mark.parametrize(
    ("who", "phone", "later", "tone", "title", "words"),
    [
        ("ruth", RUTHS, MINUTE, GREEN, "Welcome, Ada Ellery", RUTHS_OWN),
        ("sam", SAMS, MINUTE, AMBER, "Already in", AT_7_02),
        ("sam", RUTHS, MINUTE, GREEN, "Welcome, Ada Ellery", RUTHS_OWN),
        ("ruth", SAMS, MINUTE, AMBER, "Already in", AT_7_02),
        ("tomorrow", RUTHS, timedelta(days=1), AMBER, "Already in", YESTERDAY),
    ],
)
def test_a_ticket_read_again(who, phone, later, tone, title, words, event, ada, ruth, sam):
    links = {"ruth": ruth, "sam": sam}
    tomorrow = make_door_link(event, name="Tom", ends_at=SEVEN + timedelta(days=2))
    read(ruth, ada, phone=RUTHS)

    answer = read(links.get(who, tomorrow), ada, phone=phone, number=9, at=SEVEN + later)

    assert (answer.tone, answer.title, answer.words) == (tone, title, words)
    assert Scan.objects.filter(act=Scan.Act.IN).count() == 1


def test_who_came_in_and_was_refunded_since_is_red(event, ada, ruth):
    read(ruth, ada)
    Ticket.objects.filter(pk=ada.pk).update(canceled_at=SEVEN)

    assert read(ruth, ada, number=2).title == "Canceled"


def test_a_refund_of_another_seat_of_the_line_says_nothing_of_this_one(event, ruth):
    ticket = refunded(event)
    Refund.objects.update(unit=2)

    assert read(ruth, ticket).title == "Canceled"


def test_a_failed_refund_is_not_shown_as_refunded(event, ruth):
    ticket = refunded(event)
    Refund.objects.update(state=Refund.State.FAILED)

    assert read(ruth, ticket).title == "Canceled"


def test_a_seat_that_was_offered_back_is_kept_by_who_comes_in(event, ruth):
    ticket = make_ticket(event, offered_back_at=MAY_3)

    read(ruth, ticket)

    ticket.refresh_from_db()
    assert ticket.offered_back_at is None


# --- Sent again --------------------------------------------------------------------------------


def test_a_reading_sent_again_has_the_same_answer_and_changes_nothing(ada, ruth):
    first = read(ruth, ada, number=7)
    again = read(ruth, ada, number=7, at=SEVEN + MINUTE)

    assert (again.title, again.words) == (first.title, first.words)
    assert list(Scan.objects.values_list("act", "number", "at")) == [("in", 7, SEVEN)]


def test_a_reading_that_comes_late_does_not_outdo_an_undo(ada, ruth):
    read(ruth, ada, number=7)
    undo(ruth, ada, number=8)

    assert read(ruth, ada, number=7).tone == GREEN
    assert door.entries([ada.pk]) == {}


def test_a_second_reading_sent_again_does_not_outdo_an_undo_either(ada, ruth, sam):
    read(ruth, ada, number=7)
    read(sam, ada, phone=SAMS, number=1)
    undo(ruth, ada, number=8)

    again = read(sam, ada, phone=SAMS, number=1)

    assert (again.tone, again.title) == (AMBER, "Scan again")
    assert door.entries([ada.pk]) == {}


def test_a_number_that_a_second_tab_used_for_another_ticket_is_replaced(event, ada, ruth):
    ben = make_ticket(event)
    read(ruth, ada, number=7)

    assert read(ruth, ben, number=7).tone == GREEN
    assert list(Scan.objects.values_list("ticket", "number")) == [(ada.pk, 7), (ben.pk, 8)]


def test_the_same_number_of_two_telephones_is_two_readings(event, ada, ruth, sam):
    ben = make_ticket(event)

    read(ruth, ada, number=1)
    read(sam, ben, phone=SAMS, number=1)

    assert Scan.objects.filter(act="in", number=1).count() == 2


# --- Undo --------------------------------------------------------------------------------------


def test_an_undo_says_what_it_undoes_and_leaves_both_rows(ada, ruth):
    read(ruth, ada)

    answer = undo(ruth, ada, at=SEVEN + MINUTE)

    assert (answer.tone, answer.title) == (AMBER, "Undone")
    assert answer.words == (
        "Ada Ellery is no longer in; came in at 7:02 p.m., west gate, let in by Ruth."
    )
    assert list(Scan.objects.values_list("act", flat=True)) == ["in", "undo"]


def test_after_an_undo_the_guest_may_come_in_through_any_gate(ada, ruth, sam):
    read(ruth, ada)
    undo(ruth, ada)

    assert read(sam, ada, phone=SAMS).tone == GREEN
    assert door.entries([ada.pk])[ada.pk].gate == "east gate"


def test_an_undo_sent_again_is_one_undo(ada, ruth, sam):
    read(ruth, ada)
    first = undo(ruth, ada, number=2)
    read(sam, ada, phone=SAMS)

    again = undo(ruth, ada, number=2)

    assert (again.title, again.words) == (first.title, first.words)
    assert ada.pk in door.entries([ada.pk])


def test_an_undo_with_nobody_in_changes_nothing(ada, ruth):
    assert undo(ruth, ada).title == "Not in"
    assert Scan.objects.count() == 0


def test_a_ticket_of_another_event_is_not_undone_here(event, ruth):
    ticket = of_another_event(event)

    assert undo(ruth, ticket).title == "Another event"


# --- What is typed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("CDF4-GHJ6", "CDF4-GHJ6"),
        ("NSCA:CDF4-GHJ6", "CDF4-GHJ6"),
        ("nsca:cdf4-ghj6", "CDF4-GHJ6"),
        (" cdf4ghj6 ", "CDF4-GHJ6"),
        ("CDF4 GHJ6", "CDF4-GHJ6"),
        ("CDF4–GHJ6", "CDF4-GHJ6"),
        ("CDF4-GHJ", ""),
        ("CDF4-GHJ66", ""),
        ("Ada Ellery", ""),
        ("ANDERSON", ""),
        ("", ""),
    ],
)
def test_a_code_is_known_however_it_is_typed(typed, code):
    assert door.code_in(typed) == code


@pytest.mark.parametrize(
    ("typed", "number"),
    [("N-CDF4-GHJ6", "N-CDF4-GHJ6"), ("ncdf4ghj6", "N-CDF4-GHJ6"), ("N-1", "")],
)
def test_an_order_s_number_is_known_however_it_is_typed(typed, number):
    assert door.order_number_in(typed) == number
