"""Every holder is told, nobody early, nobody twice (REVEAL.md §5)."""

import logging
from datetime import timedelta

import pytest
from icalendar import Calendar

from events import notices, reveal, sender
from events.models import Event, RevealNotice, Ticket
from orders.models import Task
from tests.events import failing_mail
from tests.events.failing_mail import Killed
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, OTHER_PLACE, STARTS, TICK, T
from tests.factories import make_event, make_order, make_ticket

pytestmark = pytest.mark.django_db
SOON = T + timedelta(seconds=5)
ADA = "Ada Ellery <ada@ellery.example>"


def tell(at):
    """What the ticker does for reveals, until nothing is due."""
    reveal.publish_due(at=at)
    notices.owe_late_holders(at=at)
    while sender.send_due(at=at):
        pass


def states():
    return list(RevealNotice.objects.order_by("pk").values_list("state", flat=True))


def recipients(letters):
    return [letter.to for letter in letters]


def entries(letter):
    return [
        Calendar.from_ical(content).walk("VEVENT")[0] for _n, content, _t in letter.attachments
    ]


# --- Published ----------------------------------------------------------------------------------


@pytest.mark.parametrize("at, owed", [(T - TICK, 0), (T, 1), (T + TICK, 1)])
def test_the_reveal_is_published_exactly_at_t(soiree, ticket, at, owed):
    assert reveal.publish_due(at=at) == owed
    assert RevealNotice.objects.count() == owed


def test_publishing_again_owes_nothing_more(soiree, ticket):
    reveal.publish_due(at=T)

    again = [reveal.publish_due(at=SOON), reveal.publish(soiree.pk, at=SOON)]

    assert (again, RevealNotice.objects.count()) == ([0, 0], 1)
    soiree.refresh_from_db()
    assert (soiree.reveal_version, soiree.revealed_at) == (1, T)


@pytest.mark.parametrize(
    "change",
    [{"reveal_held_at": T - DAY}, {"state": "cancelled"}, {"state": "draft"}],
)
def test_what_is_held_or_off_is_not_published(soiree, ticket, letters, change):
    Event.objects.filter(pk=soiree.pk).update(**change)

    tell(SOON)

    assert (states(), letters) == ([], [])


def test_only_valid_tickets_are_owed_a_notice(soiree, ticket):
    make_ticket(soiree, state="held")
    make_ticket(soiree, cancelled_at=T - DAY)
    make_ticket(soiree, suspended_at=T - DAY)

    reveal.publish_due(at=T)

    assert list(RevealNotice.objects.values_list("ticket", flat=True)) == [ticket.pk]


def test_an_empty_envelope_at_t_is_a_task_in_words_and_tells_nobody(letters):
    make_ticket(make_event(starts_at=STARTS, lead=DAY))

    tell(SOON)
    tell(SOON)

    assert "no place is entered" in Task.objects.get().text
    assert letters == []


# --- Told ---------------------------------------------------------------------------------------


def test_a_holder_is_told_the_place_by_a_mail_with_a_calendar_file(soiree, ticket, letters):
    tell(SOON)

    (letter,) = letters
    html = letter.alternatives[0].content
    (entry,) = entries(letter)
    assert letter.to == [ADA]
    assert letter.extra_headers["Message-ID"] == RevealNotice.objects.get().message_id
    for text in (letter.body, html):
        assert "Chart House Lawn" in text
        assert "Norfolk, Virginia 23510" in text
        assert "The garage on Boush Street" in text
        assert f"/tickets/{ticket.token}/" in text
    assert "Chart" not in letter.subject
    assert (entry["SEQUENCE"], entry["UID"]) == (1, f"ticket-{ticket.pk}@testserver")
    assert entry["LOCATION"] == "Chart House Lawn, 12 Ropewalk, Norfolk, Virginia 23510"
    assert states() == ["sent"]


def test_the_preview_line_of_a_mailbox_does_not_show_the_place(soiree, ticket, letters):
    tell(SOON)

    html = letters[0].alternatives[0].content
    assert "Chart" not in html[html.index("<body") : html.index("<h1")]
    assert "Chart" not in html[: html.index("<body")]


def test_nobody_is_told_twice(soiree, ticket, letters):
    tell(SOON)
    tell(SOON + DAY / 4)

    assert len(letters) == 1


def test_two_tickets_of_one_address_are_one_mail_that_names_both(soiree, letters):
    order = make_order(state="paid", lines=())
    ada = make_ticket(soiree, order=order, guest_name="Ada Ellery")
    ben = make_ticket(
        soiree, order=order, guest_name="Ben Ellery", guest_email="ADA@ellery.example"
    )

    tell(SOON)

    (letter,) = letters
    for ticket in (ada, ben):
        assert ticket.code in letter.body
        assert ticket.guest_name in letter.alternatives[0].content
    assert [e["UID"].split("@")[0] for e in entries(letter)] == [
        f"ticket-{ada.pk}",
        f"ticket-{ben.pk}",
    ]
    assert states() == ["sent", "sent"]


def test_two_addresses_are_two_mails(soiree, ticket, letters):
    make_ticket(soiree, guest_email="cy@norfolk.example", guest_name="Cy")

    tell(SOON)

    assert recipients(letters) == [
        ["Ada Ellery <ada@ellery.example>"],
        ["Cy <cy@norfolk.example>"],
    ]
    assert "cy@norfolk.example" not in letters[0].body


def test_a_holder_without_address_is_on_the_call_list(soiree, letters):
    make_ticket(soiree, order=make_order(state="paid", lines=(), buyer_email=""))

    tell(SOON)

    assert (states(), letters) == (["no_address"], [])
    untold = notices.untold(soiree_now(soiree))
    assert [row.ticket.line.order.buyer_name for row in untold] == ["Ada Ellery"]
    assert "holders of 1 ticket." in Task.objects.get().text


def test_an_online_class_tells_the_link(keeper, letters):
    lesson = make_event(starts_at=STARTS, lead=DAY, kind="online", title="Perfume Masterclass")
    make_ticket(lesson)
    reveal.write_place(lesson, LINK, by=keeper, at=LONG_BEFORE)

    tell(SOON)

    assert LINK.join_url in letters[0].body
    assert LINK.join_url in letters[0].alternatives[0].content
    assert entries(letters[0])[0]["LOCATION"] == LINK.join_url


def test_who_pays_after_t_is_told_then(soiree, ticket, letters):
    tell(SOON)
    make_ticket(soiree, guest_email="late@norfolk.example", guest_name="Late")

    tell(SOON + DAY / 4)

    assert recipients(letters)[1:] == [["Late <late@norfolk.example>"]]


def test_five_hundred_holders_are_all_told(soiree, letters):
    kind = make_ticket(soiree).ticket_type
    order = make_order(state="paid", lines=())
    for number in range(49):
        make_ticket(soiree, order=order, ticket_type=kind, guest_email=f"g{number}@x.example")

    tell(SOON)

    assert len({letter.to[0] for letter in letters}) == len(letters) == 50


# --- Late ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay, is_late", [(timedelta(minutes=10), False), (DAY / 2, True)])
def test_a_server_that_was_down_catches_up_and_says_that_it_is_late(
    soiree, ticket, letters, delay, is_late
):
    tell(T + delay)

    assert ("this letter is late" in letters[0].body) is is_late
    assert ("this letter is late" in letters[0].alternatives[0].content) is is_late


def test_once_the_evening_is_over_nobody_is_written_to(soiree, ticket, letters):
    reveal.publish_due(at=T)

    tell(soiree.ends_at)

    assert (states(), letters) == (["failed"], [])


# --- Asked again at the moment of sending -------------------------------------------------------


def test_a_ticket_refunded_between_the_row_and_the_letter_is_told_nothing(soiree, ticket, letters):
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=ticket.pk).update(cancelled_at=SOON)

    tell(SOON)

    assert (states(), letters) == (["superseded"], [])


def test_a_dispute_that_is_won_brings_the_notice_back(soiree, ticket, letters):
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=ticket.pk).update(suspended_at=SOON)
    tell(SOON)
    Ticket.objects.filter(pk=ticket.pk).update(suspended_at=None)

    tell(SOON + DAY / 4)

    assert (states(), len(letters)) == (["sent"], 1)


def test_of_two_tickets_with_one_address_only_the_valid_one_is_named(soiree, letters):
    order = make_order(state="paid", lines=())
    kept, returned = make_ticket(soiree, order=order), make_ticket(soiree, order=order)
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=kept.pk).update(guest_name="Kept")
    Ticket.objects.filter(pk=returned.pk).update(cancelled_at=SOON, guest_name="Returned")

    tell(SOON)

    assert "Kept" in letters[0].body
    assert "Returned" not in letters[0].body
    assert returned.token not in letters[0].body


def test_an_address_corrected_in_the_meantime_is_the_one_written_to(soiree, ticket, letters):
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=ticket.pk).update(guest_email="new@ellery.example")

    tell(SOON)

    assert recipients(letters) == [["Ada Ellery <new@ellery.example>"]]


def test_a_hold_stops_the_mail_and_its_end_sends_it(soiree, ticket, letters, keeper):
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    reveal.hold(soiree, by=keeper, at=T)
    tell(SOON)
    held = list(letters)
    reveal.release(soiree, by=keeper, at=SOON + DAY / 8)

    tell(SOON + DAY / 8)

    assert (held, len(letters)) == ([], 1)
    assert RevealNotice.objects.get().attempts == 1


def test_an_event_cancelled_after_publication_sends_no_place(soiree, ticket, letters):
    reveal.publish_due(at=T)
    Event.objects.filter(pk=soiree.pk).update(state="cancelled")

    tell(SOON)

    assert (states(), letters) == (["superseded"], [])


def test_a_changed_place_is_told_again_with_changed_first_in_the_subject(
    soiree, ticket, letters, keeper
):
    tell(SOON)
    soiree.refresh_from_db()
    reveal.write_place(soiree, OTHER_PLACE, by=keeper, at=SOON + DAY / 8)

    tell(SOON + DAY / 8)

    first, second = letters
    assert second.subject.startswith("CHANGED")
    assert "Pagoda Garden" in second.body
    assert "Chart House" not in second.body
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
    assert [entries(letter)[0]["SEQUENCE"] for letter in letters] == [1, 2]


def test_a_place_changed_before_the_letter_went_out_is_told_once(soiree, ticket, letters, keeper):
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    reveal.write_place(soiree, OTHER_PLACE, by=keeper, at=T)

    tell(SOON)

    assert len(letters) == 1
    assert "Pagoda Garden" in letters[0].body


def test_a_place_changed_while_the_letter_was_in_hand_is_told_once(
    soiree, ticket, letters, keeper, monkeypatch
):
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    claim = notices.claim

    def claim_and_change(*, at):
        claimed = claim(at=at)
        reveal.write_place(soiree, OTHER_PLACE, by=keeper, at=at)
        return claimed

    with monkeypatch.context() as patch:
        patch.setattr(notices, "claim", claim_and_change)
        sender.send_due(at=T)

    tell(SOON)

    assert [letter.subject[:7] for letter in letters] == ["CHANGED"]
    assert states() == ["superseded", "sent"]


# --- Failing -------------------------------------------------------------------------------------


@pytest.fixture
def failing(letters, settings):
    settings.OUTGOING_EMAIL_BACKEND = failing_mail.BACKEND
    failing_mail.plan.clear()
    yield failing_mail.plan
    failing_mail.plan.clear()


@pytest.mark.parametrize("failure", [failing_mail.SILENT, failing_mail.GREYLISTED])
def test_a_mail_server_that_fails_is_tried_again_later(soiree, ticket, letters, failing, failure):
    failing.append(failure)
    tell(T)
    at_once = len(letters)
    tell(T + timedelta(seconds=14))
    too_soon = len(letters)

    tell(T + timedelta(seconds=15))

    assert (at_once, too_soon, len(letters)) == (0, 0, 1)
    assert states() == ["sent"]


def test_waits_double_and_never_pass_five_minutes(soiree, ticket, failing):
    failing.extend([failing_mail.SILENT] * 9)
    reveal.publish_due(at=T)
    waits, at = [], T

    while failing:
        sender.send_due(at=at)
        due = RevealNotice.objects.get().leased_until
        waits.append((due - at).total_seconds())
        at = due

    assert waits == [15, 30, 60, 120, 240, 300, 300, 300, 300]
    assert "holders of 1 ticket." in Task.objects.get().text


def test_a_server_that_is_silent_is_not_asked_for_every_letter_of_the_claim(
    soiree, ticket, letters, failing
):
    for number in range(5):
        make_ticket(soiree, guest_email=f"g{number}@x.example")
    failing.append(failing_mail.SILENT)

    reveal.publish_due(at=T)
    sender.send_due(at=T)

    assert (letters, states()) == ([], ["queued"] * 6)


def test_an_address_refused_for_good_is_given_to_the_telephone(soiree, ticket, letters, failing):
    failing.append(failing_mail.REFUSED)

    tell(T)

    assert states() == ["failed"]
    assert [row.ticket for row in notices.untold(soiree_now(soiree))] == [ticket]
    assert "please call them" in Task.objects.get().text


def soiree_now(event):
    return Event.objects.get(pk=event.pk)


def test_one_bad_letter_does_not_stop_the_others(soiree, ticket, letters, failing):
    make_ticket(soiree, guest_email="cy@norfolk.example", guest_name="Cy")
    failing.append(failing_mail.REFUSED)

    tell(T)

    assert recipients(letters) == [["Cy <cy@norfolk.example>"]]


def test_a_failure_leaves_neither_place_nor_address_in_the_log(soiree, ticket, failing, caplog):
    failing.append(failing_mail.REFUSED)
    caplog.set_level(logging.DEBUG)

    tell(T)

    assert "SMTPRecipientsRefused" in caplog.text
    assert "Chart" not in caplog.text
    assert "ellery" not in caplog.text


def test_killed_between_claim_and_letter_the_holder_is_told_once_the_lease_ends(
    soiree, ticket, letters, failing
):
    failing.append(Killed())
    reveal.publish_due(at=T)
    with pytest.raises(Killed):
        sender.send_due(at=T)

    tell(T + notices.LEASE - TICK)
    during = len(letters)
    tell(T + notices.LEASE)

    assert (during, len(letters)) == (0, 1)


def test_killed_between_the_servers_yes_and_our_stamp_costs_one_duplicate(
    soiree, ticket, letters, failing
):
    failing.append(failing_mail.killed_after_yes)
    reveal.publish_due(at=T)
    with pytest.raises(Killed):
        sender.send_due(at=T)

    tell(T + notices.LEASE)
    tell(T + DAY / 2)

    assert len(letters) == 2
    assert len({letter.extra_headers["Message-ID"] for letter in letters}) == 1


def test_killed_in_the_middle_of_publishing_nothing_is_half_done(soiree, ticket, monkeypatch):
    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(RevealNotice.objects, "bulk_create", die)
        with pytest.raises(Killed):
            reveal.publish_due(at=T)
    soiree.refresh_from_db()
    before = (soiree.reveal_version, RevealNotice.objects.count())

    reveal.publish_due(at=SOON)

    assert (before, RevealNotice.objects.count()) == ((0, 0), 1)


def test_no_rendered_place_is_ever_stored(soiree, ticket, letters):
    from post_office.models import Email

    tell(SOON)

    assert (len(letters), Email.objects.count()) == (1, 0)
