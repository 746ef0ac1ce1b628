"""Where the mail server takes so many e-mails an hour: never more, the reveal first, and a
sign-in code all the same.
"""

from datetime import timedelta

import pytest
from post_office.models import PRIORITY, STATUS, Email

from events import reveal
from events.models import Departure, RevealMail
from events.reveal import pace, sender
from nsca.management.commands import tick
from tests.events.reveal_kit import TICK, T
from tests.factories import make_order, make_ticket
from tests.fakes.smtp import Sink
from tests.threads import race

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def sink(settings):
    """A mail server that takes twenty e-mails an hour, of which two are kept for urgent ones."""
    with Sink() as running:
        settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.MAIL_PER_HOUR = 20
        yield running


@pytest.fixture
def thirty(soiree):
    """The addresses of thirty holders, in the order in which they bought."""
    order = make_order(state="paid", lines=())
    addresses = [f"g{number:02}@x.example" for number in range(30)]
    for address in addresses:
        make_ticket(soiree, order=order, guest_email=address)
    reveal.publish_due(at=T)
    return addresses


def send_mails(at):
    while sender.send_due(at=at):
        pass


@pytest.mark.parametrize(
    ("later", "count"), [(HOUR - TICK, 18), (HOUR, 30), (HOUR + 9 * MINUTE, 30)]
)
def test_no_hour_sees_more_emails_than_are_allowed(sink, thirty, later, count):
    send_mails(T)
    send_mails(T + later)

    assert sink.addresses() == thirty[:count]


def test_an_email_that_waits_for_its_hour_was_not_tried_in_vain(sink, thirty):
    for minutes in range(0, 50, 10):
        send_mails(T + minutes * MINUTE)

    waiting = RevealMail.objects.filter(state="queued")
    assert set(waiting.values_list("attempts", flat=True)) == {0}
    assert sink.connections < 10


def test_any_sixty_minutes_count_and_not_those_of_the_clock(sink, thirty):
    Departure.objects.bulk_create(Departure(at=T - 30 * MINUTE) for _ in range(10))
    send_mails(T)
    at_t = len(sink.emails)
    send_mails(T + 30 * MINUTE - TICK)
    before = len(sink.emails)
    send_mails(T + 30 * MINUTE)

    assert (at_t, before, len(sink.emails)) == (8, 8, 18)


def test_two_in_twenty_are_kept_for_whoever_wants_to_sign_in_one_of_them_for_staff(sink, thirty):
    send_mails(T)

    may = [pace.take(at=T + MINUTE, is_urgent=True) for _ in range(2)]
    staff_may = [pace.take(at=T + MINUTE, is_reserved=True) for _ in range(2)]

    assert (may, staff_may) == ([True, False], [True, False])
    assert pace.take(at=T + MINUTE) is False


def test_an_email_that_did_not_reach_the_server_is_not_counted(sink, thirty):
    sink.refuses = True

    send_mails(T)

    assert Departure.objects.count() == 0


def email(priority):
    return Email.objects.create(
        from_email="a@x.example", to=["b@x.example"], status=STATUS.queued, priority=priority
    )


def test_while_the_reveal_is_told_only_what_is_urgent_leaves_beside_it(settings, thirty):
    settings.MAIL_PER_HOUR = 20
    receipt, code = email(PRIORITY.medium), email(PRIORITY.high)

    assert tick.may_leave(receipt, False, at=T) is False
    assert tick.may_leave(code, True, at=T) is True
    assert tick.may_leave(receipt, True, at=T) is False
    assert tick.may_leave(None, False, at=T) is False
    RevealMail.objects.update(state="sent", sent_at=T)
    assert tick.may_leave(receipt, False, at=T) is True


def test_without_a_pace_nothing_is_counted(settings, thirty):
    settings.MAIL_PER_HOUR = 0
    receipt = email(PRIORITY.medium)

    assert tick.may_leave(receipt, False, at=T) is True
    assert (pace.an_hour(), Departure.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("emails", "last"),
    [(1, T), (18, T), (19, T + HOUR), (36, T + HOUR), (37, T + 2 * HOUR), (0, T)],
)
def test_when_the_last_email_leaves_is_foretold(settings, db, emails, last):
    settings.MAIL_PER_HOUR = 20

    assert pace.last_leaves_at(emails, at=T) == last


def test_what_left_already_puts_the_last_one_off(settings, db):
    settings.MAIL_PER_HOUR = 20
    Departure.objects.bulk_create(Departure(at=T - 20 * MINUTE) for _ in range(10))

    assert pace.last_leaves_at(9, at=T) == T + 40 * MINUTE


@pytest.mark.django_db(transaction=True)
def test_any_number_of_tickers_share_one_pace(settings):
    settings.MAIL_PER_HOUR = 5

    taken = []
    race(*[lambda: taken.append([pace.take(at=T) for _ in range(3)]) for _ in range(4)])

    assert sum(map(sum, taken)) == Departure.objects.count() == 5
