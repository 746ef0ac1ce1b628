"""Everybody is told once that an event moved: holders and who waits (docs/reveal.md §6)."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from icalendar import Calendar

from events import reveal
from events.changes import mail as moving_mail
from events.models import Event, Move, MoveMail, Ticket, WaitlistEntry
from nsca.lib.mail.queue import LEASE
from orders.models import Order, Task
from tests.events import failing_mail
from tests.events.failing_mail import Killed
from tests.events.moving_kit import FRIDAY, FRIDAY_T, MINUTE, again, move, wait
from tests.events.reveal_kit import DAY, STARTS, TICK, T
from tests.factories import NOON, make_event, make_order, make_ticket, make_user
from tests.markup import flat

pytestmark = pytest.mark.django_db
MADE = T - DAY
SOON = MADE + timedelta(seconds=5)
ADA = "Ada Ellery <ada@ellery.example>"
SUBJECT = "MOVED: Soirée en Blanc is now on Friday, May 21, 2027"


def send_mails(at=SOON):
    """What the ticker does, until nothing is due."""
    while moving_mail.tick(at):
        pass


def states():
    return list(MoveMail.objects.order_by("pk").values_list("state", flat=True))


def bodies(email):
    return email.body, flat(email.alternatives[0].content)


@pytest.fixture
def failing(emails, settings):
    settings.OUTGOING_EMAIL_BACKEND = failing_mail.BACKEND
    failing_mail.plan.clear()
    yield failing_mail.plan
    failing_mail.plan.clear()


# --- Told --------------------------------------------------------------------------------------


def test_a_holder_learns_the_new_day_the_new_t_and_until_when_money_goes_back(
    soiree, ticket, emails
):
    move(soiree, at=MADE, note="The storm has the better of us.", refunds_until=T)

    send_mails()

    (email,) = emails
    assert (email.to, email.subject) == ([ADA], SUBJECT)
    assert email.extra_headers["Message-ID"] == MoveMail.objects.get().message_id
    for text in bodies(email):
        assert "Friday, May 21, 2027 at 6:00 p.m. EDT" in text
        assert "Thursday, May 20, 2027 at 6:00 p.m. EDT" in text  # the old day, and the new T
        assert "The storm has the better of us." in text
        assert "Wednesday, May 19, 2027 at 6:00 p.m. EDT" in text  # refunds
        assert f"/tickets/{ticket.token}/" in text
        assert f"/orders/{ticket.line.order.token}/" in text
        assert "Chart" not in text
    assert states() == ["sent"]


def test_sentences_end_with_one_stop_and_the_doors_follow(soiree, ticket, emails):
    Event.objects.update(doors_at=STARTS - 30 * MINUTE)
    move(again(soiree), at=MADE)

    send_mails()

    assert "The doors open at 5:30 p.m.\n" in emails[0].body
    assert ".." not in emails[0].body


def test_the_emails_file_moves_the_entry(soiree, ticket, emails):
    move(soiree, at=MADE)

    send_mails()

    [(_name, content, mimetype)] = emails[0].attachments
    [entry] = Calendar.from_ical(content).walk("VEVENT")
    assert mimetype == "text/calendar"
    assert (entry["UID"], entry["SEQUENCE"]) == (f"ticket-{ticket.pk}@testserver", 1)
    assert (entry.start, entry["LOCATION"]) == (FRIDAY, soiree.area)


def test_another_hour_of_the_same_day_is_not_called_another_day(soiree, ticket, emails):
    move(soiree, STARTS + timedelta(hours=1), at=MADE)

    send_mails()

    assert emails[0].subject == "NEW TIME: Soirée en Blanc now starts at 7:00 p.m."
    assert "valid for the new time" in emails[0].body


def test_everybody_is_told_once_however_often_the_ticker_comes(soiree, ticket, emails):
    wait(soiree)
    make_ticket(soiree, guest_email="bo@okoro.example", guest_name="Bo Okoro")
    move(soiree, at=MADE)

    send_mails()
    send_mails(SOON + MINUTE)
    send_mails(FRIDAY_T)

    assert sorted(email.to for email in emails) == [
        [ADA], ["Bo Okoro <bo@okoro.example>"], ["Eve Waits <eve@waits.example>"],
    ]  # fmt: skip


def test_a_party_that_waits_keeps_its_place_and_may_leave(soiree, emails):
    entry = wait(soiree)
    move(soiree, at=MADE)

    send_mails()

    for text in bodies(emails[0]):
        assert "You keep your spot on the waitlist" in text
        assert entry.token in text
        assert "your ticket" not in text.lower()
    assert emails[0].attachments == []


def test_one_address_gets_one_email_for_its_tickets_and_its_entry(soiree, emails):
    order = make_order(state="paid", lines=())
    tickets = [make_ticket(soiree, order=order), make_ticket(soiree, order=order)]
    wait(soiree, "ADA@ellery.example")
    move(soiree, at=MADE)

    send_mails()

    (email,) = emails
    assert [ticket.code in email.body for ticket in tickets] == [True, True]
    assert "spot on the waitlist" in email.body
    assert len(email.attachments) == 2


def test_who_did_not_pay_left_or_came_later_is_not_told(soiree, emails):
    make_ticket(soiree, state="held")
    make_ticket(soiree, canceled_at=NOON)
    wait(soiree, left_at=NOON)
    move(soiree, at=MADE)
    make_ticket(soiree, order=make_order(state="paid", at=MADE + TICK, lines=()))
    wait(soiree, "late@waits.example", joined_at=MADE + TICK)

    send_mails()

    assert emails == []


def test_who_was_paying_at_that_moment_is_told_once_it_is_paid(soiree, emails):
    held = make_order(state="held", at=MADE - TICK, lines=(), payments=False)
    make_ticket(soiree, order=held)
    move(soiree, at=MADE)
    send_mails()
    before = len(emails)

    Order.objects.filter(pk=held.pk).update(state="paid", paid_at=SOON)
    send_mails(SOON + MINUTE)

    assert (before, [email.subject for email in emails]) == (0, [SUBJECT])


def test_a_check_paid_after_all_brings_the_email_back(soiree, ticket, emails):
    move(soiree, at=MADE)
    Ticket.objects.update(canceled_at=MADE)
    send_mails()
    before = (len(emails), states())

    Ticket.objects.update(canceled_at=None)
    send_mails(SOON + MINUTE)

    assert (before, states()) == ((0, ["superseded"]), ["sent"])


@pytest.mark.parametrize("is_first", [True, False])
def test_whose_payment_is_disputed_hears_of_the_day_once_and_of_no_venue(
    soiree, ticket, emails, is_first
):
    """Their guests may come after all (Ticket.objects.standing)."""
    reveal.publish_due(at=T)
    if is_first:
        Ticket.objects.update(suspended_at=T)
    move(soiree, at=T + MINUTE, refunds_until=T + DAY, refunds_after_reveal=True)
    Ticket.objects.update(suspended_at=T + MINUTE)
    send_mails(T + 2 * MINUTE)
    Ticket.objects.update(suspended_at=None)
    send_mails(T + 3 * MINUTE)

    (email,) = emails
    assert email.to == [ADA]
    assert email.attachments == []
    for text in bodies(email):
        assert "The payment for your ticket is disputed." in text
        assert ticket.code in text
        assert ticket.token not in text
        assert ticket.line.order.token not in text
        assert "location" not in text
        assert "Return your tickets" not in text


def test_one_email_tells_good_tickets_and_disputed_ones_apart(soiree, ticket, emails):
    rests = make_ticket(soiree, suspended_at=NOON)
    move(soiree, at=MADE)

    send_mails()

    (email,) = emails
    assert [name for name, *_ in email.attachments] == [f"soiree-{ticket.code}.ics"]
    for text in bodies(email):
        assert "your ticket is valid for the new date" in text
        assert "The payment for other tickets of yours is disputed." in text
        assert text.index(ticket.code) < text.index("disputed") < text.index(rests.code)
        assert rests.token not in text


def test_a_guest_who_did_not_buy_is_led_to_no_order(soiree, emails):
    bought = make_ticket(soiree, guest_email="bo@okoro.example", guest_name="Bo Okoro")
    move(soiree, at=MADE, refunds_until=T)

    send_mails()

    for text in bodies(emails[0]):
        assert bought.line.order.token not in text
        assert "The buyer may return your ticket" in text


def test_where_the_venue_was_told_the_email_says_so_and_the_file_keeps_it(soiree, ticket, emails):
    reveal.publish_due(at=T)
    move(soiree, at=T + MINUTE)

    send_mails(T + 2 * MINUTE)

    assert "The location stays the same" in emails[0].body
    assert "Chart" not in emails[0].body + emails[0].alternatives[0].content + emails[0].subject
    [entry] = Calendar.from_ical(emails[0].attachments[0][1]).walk("VEVENT")
    assert entry["LOCATION"].startswith("Chart House Lawn")


def test_an_event_without_a_secret_speaks_of_none(emails):
    tea = make_event(starts_at=STARTS, title="Tea in the garden")
    make_ticket(tea)
    move(tea, at=MADE)

    send_mails()

    assert emails[0].subject == "MOVED: Tea in the garden is now on Friday, May 21, 2027"
    assert "venue" not in emails[0].body.lower()


def test_who_has_no_address_is_in_a_task_that_names_nobody(soiree, emails):
    order = make_order(state="paid", lines=(), buyer_email="", buyer_name="Cy Nomail")
    make_ticket(soiree, order=order)

    move(soiree, at=MADE)
    send_mails()

    assert (states(), emails) == (["no_address"], [])
    task = Task.objects.get()
    assert "no e-mail about it reached 1 of its guests. Please call them" in task.text
    assert "Cy" not in task.text


# --- Not any more ------------------------------------------------------------------------------


def test_of_two_moves_in_a_row_only_the_last_is_told(soiree, ticket, emails):
    move(soiree, at=MADE)
    move(again(soiree), FRIDAY + DAY, at=MADE + MINUTE, by=make_user("b@x.example"))

    send_mails(MADE + 2 * MINUTE)

    assert [email.subject for email in emails] == [
        "MOVED: Soirée en Blanc is now on Saturday, May 22, 2027"
    ]
    assert states() == ["superseded", "sent"]


def test_an_email_in_hand_when_it_moves_again_does_not_tell_the_old_day(
    soiree, ticket, emails, monkeypatch
):
    move(soiree, at=MADE)
    claim = moving_mail.queue.claim

    def claim_and_move(*, at):
        rows = claim(at=at)
        if Move.objects.count() == 1:
            move(again(soiree), FRIDAY + DAY, at=MADE + MINUTE, by=make_user("b@x.example"))
        return rows

    monkeypatch.setattr(moving_mail.queue, "claim", claim_and_move)
    send_mails(MADE + 2 * MINUTE)

    assert [email.subject for email in emails] == [
        "MOVED: Soirée en Blanc is now on Saturday, May 22, 2027"
    ]


@pytest.mark.parametrize("change", [{"state": "canceled"}, {"state": "draft"}])
def test_an_event_that_is_off_by_then_sends_no_email_of_its_move(soiree, ticket, emails, change):
    move(soiree, at=MADE)
    Event.objects.update(**change)

    send_mails()

    assert (emails, states()) == ([], ["superseded"])


def test_once_it_is_over_nobody_is_written_to(soiree, ticket, emails):
    move(soiree, at=MADE)

    send_mails(FRIDAY + timedelta(hours=3))

    assert emails == []


def test_a_ticket_given_on_since_is_not_told_in_the_old_hand(soiree, ticket, emails):
    move(soiree, at=MADE)
    Ticket.objects.update(transfer_count=1, guest_email="bo@okoro.example")

    send_mails()

    assert (emails, states()) == ([], ["superseded"])


def test_a_party_that_leaves_before_the_email_is_not_written_to(soiree, emails):
    wait(soiree)
    move(soiree, at=MADE)
    WaitlistEntry.objects.update(left_at=MADE)

    send_mails()

    assert emails == []


# --- Failures ----------------------------------------------------------------------------------


def test_killed_between_claim_and_email_the_holder_is_told_when_the_lease_ends(
    soiree, ticket, emails, failing
):
    move(soiree, at=MADE)
    failing.append(Killed())
    with pytest.raises(Killed):
        moving_mail.tick(SOON)

    send_mails(SOON + LEASE - TICK)
    during = len(emails)
    send_mails(SOON + LEASE)

    assert (during, len(emails)) == (0, 1)


def test_killed_between_the_servers_yes_and_our_stamp_costs_one_duplicate(
    soiree, ticket, emails, failing
):
    move(soiree, at=MADE)
    failing.append(failing_mail.killed_after_yes)
    with pytest.raises(Killed):
        moving_mail.tick(SOON)

    send_mails(SOON + LEASE)
    send_mails(SOON + DAY)

    assert len(emails) == 2
    assert len({email.extra_headers["Message-ID"] for email in emails}) == 1


def test_killed_while_it_moves_nothing_is_half_done(soiree, ticket, monkeypatch):
    def die(*args, **kwargs):
        raise OperationalError("the disk is full")

    monkeypatch.setattr(MoveMail.objects, "bulk_create", die)
    with pytest.raises(OperationalError):
        move(soiree, at=MADE)

    assert (again(soiree).starts_at, Move.objects.count()) == (STARTS, 0)


def test_a_mail_server_that_is_silent_is_tried_again(soiree, ticket, emails, failing):
    move(soiree, at=MADE)
    failing.append(failing_mail.SILENT)

    send_mails()
    first = len(emails)
    send_mails(SOON + 2 * MINUTE)

    assert (first, len(emails)) == (0, 1)


def test_an_address_refused_for_good_is_given_to_the_phone(soiree, ticket, emails, failing):
    move(soiree, at=MADE)
    failing.append(failing_mail.REFUSED)

    send_mails()
    send_mails(SOON + DAY)

    assert (states(), emails) == (["failed"], [])
    assert "Please call them" in Task.objects.get().text


def test_one_bad_address_does_not_stop_the_others(soiree, emails, failing):
    make_ticket(soiree)
    make_ticket(soiree, guest_email="bo@okoro.example")
    move(soiree, at=MADE)
    failing.append(failing_mail.REFUSED)

    send_mails()

    assert sorted(states()) == ["failed", "sent"]


def test_more_emails_than_one_round_sends_go_out_in_the_next(soiree, emails):
    for number in range(moving_mail.queue.mails_a_claim + 2):
        make_ticket(soiree, guest_email=f"guest{number}@x.example")
    move(soiree, at=MADE)

    tried = [moving_mail.tick(SOON), moving_mail.tick(SOON), moving_mail.tick(SOON)]

    assert tried == [moving_mail.queue.mails_a_claim, 2, 0]
    assert len({email.to[0] for email in emails}) == moving_mail.queue.mails_a_claim + 2


def test_the_log_names_no_address(soiree, ticket, failing, caplog):
    move(soiree, at=MADE)
    failing.append(failing_mail.REFUSED)

    send_mails()

    assert "SMTPRecipientsRefused" in caplog.text
    assert "ellery" not in caplog.text
