"""What a mail says of the time before it is what was recorded, and not what T would have it."""

from datetime import timedelta

import pytest

from events import reveal
from events.models import Call, Event, RevealMail, RevealOpening, Ticket
from events.night import calls
from events.reveal import mails_owed, reveal_for, sender
from events.tickets.kind import TicketKind
from nsca.lib.timing import exactly
from orders.models import Order, Task
from tests.events.reveal.test_emails import send_mails
from tests.events.reveal.test_keeping import by_link
from tests.events.reveal_kit import DAY, OTHER_VENUE, STARTS, TICK, VENUE, T
from tests.factories import make_event, make_order, make_ticket, make_user

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SINCE = "has shown the location since"
FORGET = "replaces the one we sent before"
IF_SEEN = "If you already saw a location"


def openings(event):
    rows = RevealOpening.objects.filter(event=event)
    return [(row.version, row.opened_at, row.open_since) for row in rows]


def said(email):
    """All that one mail says, its two forms in one text."""
    words = " ".join((email.subject, email.body, email.alternatives[0].content))
    return " ".join(words.replace("’", "'").split())


def again(event):
    return Event.objects.get(pk=event.pk)


# --- From when pages could show it -------------------------------------------------------------


@pytest.mark.parametrize("at", [T, T + MINUTE, T + 5 * HOUR])
def test_a_page_that_opened_by_itself_opened_at_t_whenever_the_ticker_came(soiree, ticket, at):
    reveal.publish_due(at=at)

    assert openings(soiree) == [(1, T, T)]


def test_before_t_no_opening_is_recorded(soiree, ticket, keeper):
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T - TICK)
    reveal.publish_due(at=T - TICK)

    assert openings(soiree) == []


def test_a_hold_over_t_opens_at_the_release(soiree, ticket, keeper):
    reveal.hold(soiree, by=keeper, at=T - HOUR)
    reveal.publish_due(at=T + HOUR)
    assert openings(soiree) == []

    reveal.release(again(soiree), by=keeper, at=T + 3 * HOUR)

    assert openings(soiree) == [(1, T + 3 * HOUR, T + 3 * HOUR)]
    assert reveal_for(again(soiree), by_link(ticket), at=T + 3 * HOUR).is_open


def test_a_hold_after_t_keeps_the_first_instant_and_notes_the_next(soiree, ticket, keeper):
    reveal.hold(soiree, by=keeper, at=T + HOUR)  # no ticker has run
    reveal.release(again(soiree), by=keeper, at=T + 3 * HOUR)

    assert openings(soiree) == [(1, T, T + 3 * HOUR)]


def test_a_venue_that_came_after_t_opened_when_it_came(keeper):
    event = make_event(starts_at=STARTS, lead=DAY, slug="late")
    reveal.write_venue(event, VENUE, by=keeper, at=T + 2 * HOUR)

    assert openings(event) == [(1, T + 2 * HOUR, T + 2 * HOUR)]


def test_reveal_now_opens_now(soiree, keeper):
    reveal.reveal_now(soiree, by=keeper, at=T - 5 * DAY)

    assert openings(soiree) == [(1, T - 5 * DAY, T - 5 * DAY)]


def test_each_version_has_an_opening_of_its_own(soiree, keeper):
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T + HOUR)

    assert openings(soiree) == [(1, T, T), (2, T + HOUR, T + HOUR)]


def test_a_venue_that_was_written_and_replaced_under_one_hold_never_opened(soiree, keeper):
    reveal.publish_due(at=T)
    reveal.hold(again(soiree), by=keeper, at=T + HOUR)
    reveal.write_venue(again(soiree), OTHER_VENUE, by=keeper, at=T + 2 * HOUR)
    reveal.write_venue(again(soiree), VENUE, by=keeper, at=T + 3 * HOUR)
    reveal.release(again(soiree), by=keeper, at=T + 4 * HOUR)

    assert openings(soiree) == [(1, T, T), (3, T + 4 * HOUR, T + 4 * HOUR)]


# --- Late --------------------------------------------------------------------------------------


def test_a_mail_after_a_hold_does_not_say_that_the_page_told_the_venue_since_t(
    soiree, ticket, keeper, emails
):
    reveal.hold(soiree, by=keeper, at=T - HOUR)
    reveal.release(again(soiree), by=keeper, at=T + 3 * HOUR)

    send_mails(T + 3 * HOUR + MINUTE)

    (email,) = emails
    assert SINCE not in said(email)
    assert "This e-mail is late" not in said(email)
    assert f"We planned to reveal the location on {exactly(T)}" in said(email)
    assert f"but did so on {exactly(T + 3 * HOUR)}" in said(email)


def test_a_mail_about_a_venue_that_came_late_does_not_say_that_the_page_had_it(keeper, emails):
    event = make_event(starts_at=STARTS, lead=DAY, slug="late")
    make_ticket(event)
    reveal.publish_due(at=T)
    reveal.write_venue(event, VENUE, by=keeper, at=T + 2 * HOUR)

    send_mails(T + 2 * HOUR + MINUTE)

    (email,) = emails
    assert SINCE not in said(email)
    assert f"but did so on {exactly(T + 2 * HOUR)}" in said(email)


@pytest.mark.parametrize("late, is_said", [(10 * MINUTE, False), (10 * MINUTE + TICK, True)])
def test_a_late_mail_says_since_when_the_page_has_shown_it(soiree, ticket, emails, late, is_said):
    send_mails(T + late)

    assert (f"{SINCE} {exactly(T)}" in said(emails[0])) is is_said
    assert "instead" not in said(emails[0])


def test_a_late_mail_after_a_hold_names_the_release(soiree, ticket, keeper, emails):
    reveal.hold(soiree, by=keeper, at=T - HOUR)
    reveal.release(again(soiree), by=keeper, at=T + HOUR)

    send_mails(T + 3 * HOUR)

    assert f"{SINCE} {exactly(T + HOUR)}" in said(emails[0])


def test_whose_dispute_was_won_reads_nothing_of_the_days_before(soiree, ticket, emails):
    """Their page was shut meanwhile, by us."""
    kind, line = TicketKind(), ticket.line
    kind.suspended(line, at=T - DAY)
    send_mails(T + MINUTE)
    assert emails == []

    kind.restored(line, at=T + 5 * HOUR)
    send_mails(T + 5 * HOUR + MINUTE)

    assert SINCE not in said(emails[0])
    assert "instead" not in said(emails[0])


def test_who_bought_after_the_hold_reads_of_no_delay(soiree, keeper, emails):
    reveal.hold(soiree, by=keeper, at=T - HOUR)
    reveal.release(again(soiree), by=keeper, at=T + HOUR)
    order = make_order(state="paid", lines=(), at=T + 2 * HOUR)
    make_ticket(soiree, order=order)

    send_mails(T + 2 * HOUR + MINUTE)

    assert SINCE not in said(emails[0])
    assert "instead" not in said(emails[0])


# --- CHANGED -----------------------------------------------------------------------------------


def changed(soiree, keeper, at=T + HOUR):
    reveal.write_venue(again(soiree), OTHER_VENUE, by=keeper, at=at)


def test_changed_is_read_by_who_had_the_first_mail(soiree, ticket, keeper, emails):
    send_mails(T)
    changed(soiree, keeper)

    send_mails(T + HOUR + MINUTE)

    assert emails[-1].subject.startswith("CHANGED")
    assert FORGET in said(emails[-1])


def test_who_bought_after_the_change_is_not_told_to_forget_anything(soiree, keeper, emails):
    reveal.publish_due(at=T)
    changed(soiree, keeper)
    make_ticket(soiree, order=make_order(state="paid", lines=(), at=T + 2 * HOUR))

    send_mails(T + 2 * HOUR + MINUTE)

    (email,) = emails
    assert "CHANGED" not in email.subject
    assert "changed" not in said(email)
    assert FORGET not in said(email)
    assert OTHER_VENUE.name in said(email)


def test_whose_first_mail_never_left_is_told_so_only_in_case_the_page_told_it(
    soiree, ticket, keeper, emails
):
    reveal.publish_due(at=T)
    changed(soiree, keeper)

    send_mails(T + HOUR + MINUTE)

    (email,) = emails
    assert "CHANGED" not in email.subject
    assert FORGET not in said(email)
    assert IF_SEEN in said(email)


def test_whose_first_mail_came_back_was_told_nothing_by_it(soiree, ticket, keeper, emails):
    send_mails(T)
    mails_owed.bounced(RevealMail.objects.get().message_id, at=T + MINUTE)
    changed(soiree, keeper)

    send_mails(T + HOUR + MINUTE)

    assert FORGET not in said(emails[-1])


def test_who_read_the_first_on_the_page_reads_changed(soiree, ticket, keeper, emails):
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=ticket.pk).update(seen_version=1, seen_open_at=T + MINUTE)
    changed(soiree, keeper)

    send_mails(T + HOUR + MINUTE)

    assert FORGET in said(emails[0])


def test_who_was_told_the_first_by_phone_reads_changed(soiree, ticket, keeper, emails):
    reveal.publish_due(at=T)
    Call.objects.create(
        ticket=ticket,
        transfer_count=0,
        version=1,
        caller=keeper,
        called_at=T,
        outcome=Call.Outcome.REACHED,
    )
    changed(soiree, keeper)

    send_mails(T + HOUR + MINUTE)

    assert FORGET in said(emails[0])


def test_who_was_given_the_ticket_later_is_not_told_what_the_giver_had(
    soiree, ticket, keeper, emails
):
    send_mails(T)
    Ticket.objects.filter(pk=ticket.pk).update(
        transfer_count=1, guest_email="bo@x.example", guest_name="Bo", given_on_at=T + 2 * HOUR
    )
    changed(soiree, keeper)

    send_mails(T + 2 * HOUR + MINUTE)

    assert emails[-1].to == ["Bo <bo@x.example>"]
    assert FORGET not in said(emails[-1])
    assert IF_SEEN not in said(emails[-1])


# --- Tasks -------------------------------------------------------------------------------------


@pytest.fixture
def three_unreached(soiree, emails):
    """Three tickets of three orders without an address, and the task that asks for calls."""
    for number in range(3):
        order = make_order(
            state="paid", lines=(), buyer_email="", buyer_phone=f"757-555-010{number}"
        )
        make_ticket(soiree, order=order)
    send_mails(T)
    mails_owed.count_again(at=T)
    task = Task.objects.get(key__startswith="reveal-untold")
    assert "holders of 3 tickets" in task.text
    return task


def recounted(task, at):
    mails_owed.count_again(at=at)
    task.refresh_from_db()
    return task


def test_a_tasks_number_falls_as_guests_are_telephoned(soiree, three_unreached):
    caller = make_user("caller@nsca.example", is_staff=True)
    tickets = list(soiree.tickets.order_by("pk"))
    at = T + 20 * MINUTE
    for left, ticket in zip((2, 1), tickets, strict=False):
        calls.take(again(soiree), ticket.pk, by=caller, at=at)
        calls.reached(again(soiree), ticket.pk, by=caller, at=at)
        three_unreached.refresh_from_db()
        assert f"holders of {left} ticket" in three_unreached.text
        assert three_unreached.done_at is None

    calls.take(again(soiree), tickets[2].pk, by=caller, at=at)
    calls.reached(again(soiree), tickets[2].pk, by=caller, at=at)

    three_unreached.refresh_from_db()
    assert three_unreached.done_at == at


def test_a_tasks_number_falls_as_pages_are_opened_and_tickets_refunded(soiree, three_unreached):
    first, second, _third = soiree.tickets.order_by("pk")
    Ticket.objects.filter(pk=first.pk).update(seen_version=1, seen_open_at=T + MINUTE)
    assert "holders of 2 tickets" in recounted(three_unreached, T + HOUR).text

    Ticket.objects.filter(pk=second.pk).update(canceled_at=T + HOUR)
    assert "holders of 1 ticket." in recounted(three_unreached, T + HOUR).text


def test_a_tasks_number_falls_as_corrected_mails_leave(soiree, three_unreached, emails):
    Order.objects.update(buyer_email="new@x.example")
    mails_owed.send_again(RevealMail.objects.all())
    while sender.send_due(at=T + HOUR):
        pass

    assert recounted(three_unreached, T + HOUR).done_at == T + HOUR


def test_a_task_that_closed_by_itself_opens_again_when_a_mail_comes_back(
    soiree, ticket, emails, three_unreached
):
    soiree.tickets.filter(line__order__buyer_email="").update(seen_version=1, seen_open_at=T)
    assert recounted(three_unreached, T + HOUR).done_at == T + HOUR
    row = RevealMail.objects.get(ticket=ticket)
    assert row.state == "sent"

    mails_owed.bounced(row.message_id, at=T + 2 * HOUR)

    three_unreached.refresh_from_db()
    assert three_unreached.done_at is None
    assert "holders of 1 ticket." in three_unreached.text


def test_the_task_of_a_venue_that_was_missing_is_done_once_it_is_told(keeper, emails):
    event = make_event(starts_at=STARTS, lead=DAY, slug="late")
    send_mails(T)
    task = Task.objects.get()
    reveal.write_venue(event, VENUE, by=keeper, at=T + HOUR)

    send_mails(T + HOUR + MINUTE)

    task.refresh_from_db()
    assert task.done_at == T + HOUR + MINUTE


def test_a_mail_with_tickets_does_not_say_that_a_held_venue_is_on_the_page(soiree, keeper, ticket):
    from events.tickets import mail as ticket_mail

    reveal.publish_due(at=T)
    held = again(soiree)
    reveal.hold(held, by=keeper, at=T + HOUR)
    ticket.event = again(soiree)

    assert not ticket_mail._is_revealed(ticket, T + 2 * HOUR)
