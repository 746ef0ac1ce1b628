"""E-mails about hints: for whom, when, once, and not when staff have thought better of it."""

from datetime import timedelta
from email.utils import parseaddr

import pytest
from django.core import mail
from django.core.management import call_command
from post_office.models import Email

from events.hints import mail as hint_mail_queue
from events.hints import opt_ins
from events.models import Departure, Event, Hint, HintMail, OptIn, RevealMail, Ticket
from events.reveal import pace
from events.tickets import transfers
from nsca.lib.mail.queue import LEASE
from tests.events import failing_mail
from tests.events.failing_mail import Killed, killed_after_yes
from tests.events.reveal_kit import DAY, TICK, T
from tests.factories import make_hint, make_order, make_ticket

pytestmark = pytest.mark.django_db
TURNED = T - timedelta(days=10)
ASKED = TURNED - DAY
WORDS = "You will hear water."
Kind = OptIn.Kind


@pytest.fixture(autouse=True)
def no_plan():
    failing_mail.plan.clear()
    yield
    failing_mail.plan.clear()


@pytest.fixture
def hint(soiree):
    return make_hint(soiree, opens_at=TURNED, text=WORDS, audience="holders")


@pytest.fixture
def asking(ticket):
    """Ada has asked for e-mails, the day before the card is turned."""
    opt_ins.ask(ticket, Kind.HINTS, at=ASKED)
    return ticket


@pytest.fixture
def emails(settings, mailoutbox):
    settings.OUTGOING_EMAIL_BACKEND = failing_mail.BACKEND
    return mailoutbox


def tick(at):
    """How many e-mails left."""
    before = len(mail.outbox)
    hint_mail_queue.tick(at)
    return len(mail.outbox) - before


def addresses(emails):
    return [parseaddr(email.to[0])[1] for email in emails]


def another(event, email, **fields):
    return make_ticket(
        event, order=make_order(state="paid", lines=(), buyer_email=email), **fields
    )


# --- When --------------------------------------------------------------------------------------


@pytest.mark.parametrize("at, count", [(TURNED - TICK, 0), (TURNED, 1), (TURNED + DAY, 1)])
def test_an_email_goes_when_the_card_is_turned_and_not_a_moment_before(
    hint, asking, emails, at, count
):
    assert tick(at) == count

    assert addresses(emails) == ["ada@ellery.example"] * count


def test_nothing_of_it_is_rendered_or_queued_before(hint, asking, emails):
    tick(TURNED - TICK)

    assert Email.objects.count() == HintMail.objects.count() == 0


@pytest.mark.parametrize("late, count", [(timedelta(days=2) - TICK, 1), (timedelta(days=2), 0)])
def test_a_ticker_that_slept_for_two_days_tells_no_old_news(hint, asking, emails, late, count):
    assert tick(TURNED + late) == count


@pytest.mark.parametrize("at, count", [(T - TICK, 1), (T, 0)])
def test_once_the_venue_is_told_no_card_is_worth_an_email(soiree, asking, emails, at, count):
    make_hint(soiree, opens_at=T - DAY, text=WORDS)

    assert tick(at) == count


def test_the_ticker_sends_it(hint, asking, emails, travel):
    travel(TURNED)

    call_command("tick")

    assert addresses(emails) == ["ada@ellery.example"]
    assert Email.objects.count() == 0


# --- What it says ------------------------------------------------------------------------------


def test_it_tells_the_card_and_leads_to_the_ticket_and_off_the_list(hint, soiree, asking, emails):
    make_hint(soiree, opens_at=TURNED + DAY, text="A later one.")

    tick(TURNED)

    email, row = emails[0], OptIn.objects.get()
    html = email.alternatives[0].content
    assert email.subject == "A new hint for Soirée en Blanc"
    for text in (email.body, html):
        assert WORDS in text
        assert "1 hint to go" in text
        assert f"http://testserver/tickets/{asking.token}/" in text
        assert f"http://testserver/tickets/hints/{row.token}/" in text
        assert "A later one." not in text
        assert "Chart House" not in text


def test_it_can_be_left_with_one_click_in_the_mail_program(hint, asking, emails):
    tick(TURNED)

    row, headers = OptIn.objects.get(), emails[0].extra_headers
    assert headers["List-Unsubscribe"] == f"<http://testserver/tickets/hints/{row.token}/>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


# --- For whom ----------------------------------------------------------------------------------


def test_nobody_who_did_not_ask_is_written_to(hint, ticket, emails):
    assert tick(TURNED) == 0


def test_who_asks_after_it_was_turned_waits_for_the_next_card(hint, soiree, ticket, emails):
    make_hint(soiree, opens_at=TURNED + DAY, text="The next one.")
    opt_ins.ask(ticket, Kind.HINTS, at=TURNED + TICK)

    tick(TURNED + DAY)

    assert ["The next one." in email.body for email in emails] == [True]


@pytest.mark.parametrize(
    "change",
    [
        {"canceled_at": ASKED},
        {"suspended_at": ASKED},
    ],
)
def test_a_ticket_that_is_no_longer_valid_is_not_written_to(hint, asking, emails, change):
    Ticket.objects.filter(pk=asking.pk).update(**change)

    assert tick(TURNED) == 0


def test_the_friend_who_was_given_the_ticket_is_asked_anew(hint, asking, emails):
    given = transfers.offer(asking, to_email="ben@okoro.example", at=ASKED)
    ticket = transfers.accept(given, name="Ben", at=ASKED)
    tick(TURNED)
    assert emails == []

    opt_ins.ask(ticket, Kind.HINTS, at=TURNED + TICK)
    make_hint(hint.event, opens_at=TURNED + DAY)
    tick(TURNED + DAY)

    assert addresses(emails) == ["ben@okoro.example"]


@pytest.mark.parametrize("change", [{"state": "canceled"}, {"state": "draft"}])
def test_an_event_that_is_off_writes_to_nobody(hint, asking, emails, change):
    Event.objects.filter(pk=hint.event_id).update(**change)

    assert tick(TURNED) == 0


def test_two_tickets_in_one_mailbox_are_one_email(hint, soiree, asking, emails):
    second = another(soiree, "Ada@Ellery.example")
    opt_ins.ask(second, Kind.HINTS, at=ASKED)

    assert tick(TURNED) == 1
    assert HintMail.objects.filter(sent_at=TURNED).count() == 2


# --- Once --------------------------------------------------------------------------------------


def test_each_card_is_one_email_however_often_the_ticker_runs(hint, asking, emails):
    assert [tick(TURNED + n * DAY / 24) for n in range(4)] == [1, 0, 0, 0]


def test_a_second_ticker_in_the_middle_of_the_first_writes_to_nobody_twice(
    hint, soiree, asking, emails
):
    opt_ins.ask(another(soiree, "ben@okoro.example"), Kind.HINTS, at=ASKED)
    failing_mail.plan[:] = [lambda: hint_mail_queue.tick(TURNED)]

    tick(TURNED)

    assert sorted(addresses(emails)) == ["ada@ellery.example", "ben@okoro.example"]


def test_a_slow_mail_server_does_not_carry_a_round_past_its_leases(
    hint, soiree, asking, emails, monkeypatch
):
    """Or another ticker claims, and sends, the e-mail that this one is at; and the venue waits."""
    opt_ins.ask(another(soiree, "ben@okoro.example"), Kind.HINTS, at=ASKED)
    monkeypatch.setattr("time.monotonic", lambda: 21.0 * len(emails))

    assert tick(TURNED) == 1
    assert addresses(emails) == ["ada@ellery.example"]
    monkeypatch.undo()
    tick(TURNED + TICK)
    assert addresses(emails) == ["ada@ellery.example", "ben@okoro.example"]


def test_a_ticket_given_on_between_claim_and_email_is_no_email_to_who_did_not_ask(
    hint, asking, emails, monkeypatch
):
    given = transfers.offer(asking, to_email="ben@okoro.example", at=ASKED)
    claim = hint_mail_queue.queue.claim

    def claim_and_give_on(*, at):
        claimed = claim(at=at)
        transfers.accept(given, name="Ben", at=ASKED)
        return claimed

    monkeypatch.setattr(hint_mail_queue.queue, "claim", claim_and_give_on)

    assert tick(TURNED) == 0
    assert emails == []


def test_asking_again_brings_no_email_again(hint, asking, emails):
    tick(TURNED)
    opt_ins.leave(asking, Kind.HINTS, at=TURNED)
    opt_ins.ask(asking, Kind.HINTS, at=TURNED)

    assert tick(TURNED + DAY) == 0


def test_a_crash_after_the_mail_server_s_yes_is_one_duplicate_with_the_same_message_id(
    hint, asking, emails
):
    failing_mail.plan[:] = [killed_after_yes]
    with pytest.raises(Killed):
        tick(TURNED)

    assert tick(TURNED + timedelta(seconds=5)) == 0  # the lease still runs
    tick(TURNED + LEASE)
    tick(TURNED + 2 * LEASE)

    ids = [email.extra_headers["Message-ID"] for email in emails]
    assert len(ids) == 2
    assert len(set(ids)) == 1


# --- A mail server that fails ------------------------------------------------------------------


@pytest.mark.parametrize("failure", [failing_mail.GREYLISTED, failing_mail.SILENT])
def test_an_email_that_was_not_taken_goes_some_minutes_later(hint, asking, emails, failure):
    failing_mail.plan[:] = [failure]

    assert tick(TURNED) == 0
    assert tick(TURNED + timedelta(minutes=1)) == 0
    assert tick(TURNED + hint_mail_queue.queue.first_wait) == 1


def test_one_that_fails_does_not_keep_the_ticker_from_the_venue(hint, soiree, asking, emails):
    """A silent mail server is asked by one e-mail a round, not by each: the reveal waits."""
    opt_ins.ask(another(soiree, "ben@okoro.example"), Kind.HINTS, at=ASKED)
    failing_mail.plan[:] = [failing_mail.SILENT]

    tick(TURNED)
    assert emails == []
    tick(TURNED + pace.FIRST_PAUSE)

    assert addresses(emails) == ["ben@okoro.example"]


def test_an_address_that_is_refused_for_good_is_left_in_peace(hint, asking, emails):
    failing_mail.plan[:] = [failing_mail.REFUSED]

    tick(TURNED)

    assert tick(TURNED + DAY) == 0
    assert emails == []


def test_where_emails_are_counted_those_that_tell_a_venue_go_first(
    hint, soiree, asking, emails, settings
):
    settings.MAIL_PER_HOUR = 10
    owed = RevealMail.objects.create(
        event=soiree, version=1, ticket=asking, state="queued", message_id="<x@y>", created_at=T
    )

    assert tick(TURNED) == 0
    owed.delete()
    assert tick(TURNED) == 1
    assert Departure.objects.count() == 1


# --- Staff think better of it ------------------------------------------------------------------


def test_a_hint_that_was_taken_back_is_not_sent(hint, asking, emails):
    hint.delete()

    assert tick(TURNED) == 0


def test_a_hint_taken_back_while_the_mail_server_was_silent_is_not_sent(hint, asking, emails):
    failing_mail.plan[:] = [failing_mail.SILENT]
    tick(TURNED)
    hint.delete()

    assert tick(TURNED + hint_mail_queue.queue.first_wait) == 0


def test_a_hint_taken_back_during_the_round_is_not_sent(hint, soiree, asking, emails):
    opt_ins.ask(another(soiree, "ben@okoro.example"), Kind.HINTS, at=ASKED)
    failing_mail.plan[:] = [lambda: Hint.objects.filter(pk=hint.pk).update(opens_at=None)]

    tick(TURNED)

    assert addresses(emails) == ["ada@ellery.example"]


@pytest.mark.parametrize("opens_at", [None, T - DAY])
def test_a_hint_that_was_put_off_is_not_sent(hint, asking, emails, opens_at):
    Hint.objects.filter(pk=hint.pk).update(opens_at=opens_at)

    assert tick(TURNED) == 0


def test_a_word_corrected_before_it_left_is_the_corrected_one(hint, asking, emails):
    failing_mail.plan[:] = [failing_mail.SILENT]
    tick(TURNED)
    Hint.objects.filter(pk=hint.pk).update(text="You will hear the river.")

    tick(TURNED + hint_mail_queue.queue.first_wait)

    assert "You will hear the river." in emails[0].body
