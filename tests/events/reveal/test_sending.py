"""The e-mails of a reveal on their way: asked again at the moment of sending, and failing."""

import logging
from datetime import timedelta

import pytest

from events import reveal
from events.models import Event, RevealMail, Ticket
from events.reveal import mails_owed, sender
from nsca.lib.mail.queue import LEASE
from orders.models import Task
from tests.events import failing_mail
from tests.events.failing_mail import Killed
from tests.events.reveal.test_emails import (
    SOON,
    entries,
    recipients,
    send_mails,
    soiree_now,
    states,
)
from tests.events.reveal_kit import DAY, OTHER_VENUE, TICK, T
from tests.factories import make_order, make_ticket

pytestmark = pytest.mark.django_db


# --- Asked again at the moment of sending ------------------------------------------------------


def test_a_ticket_refunded_between_the_row_and_the_email_is_told_nothing(soiree, ticket, emails):
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=ticket.pk).update(canceled_at=SOON)

    send_mails(SOON)

    assert (states(), emails) == (["superseded"], [])


def test_a_dispute_that_is_won_brings_the_notice_back(soiree, ticket, emails):
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=ticket.pk).update(suspended_at=SOON)
    send_mails(SOON)
    Ticket.objects.filter(pk=ticket.pk).update(suspended_at=None)

    send_mails(SOON + DAY / 4)

    assert (states(), len(emails)) == (["sent"], 1)


def test_of_two_tickets_with_one_address_only_the_valid_one_is_named(soiree, emails):
    order = make_order(state="paid", lines=())
    kept, returned = make_ticket(soiree, order=order), make_ticket(soiree, order=order)
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=kept.pk).update(guest_name="Kept")
    Ticket.objects.filter(pk=returned.pk).update(canceled_at=SOON, guest_name="Returned")

    send_mails(SOON)

    assert "Kept" in emails[0].body
    assert "Returned" not in emails[0].body
    assert returned.token not in emails[0].body


def test_an_address_corrected_in_the_meantime_is_the_one_written_to(soiree, ticket, emails):
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=ticket.pk).update(guest_email="new@ellery.example")

    send_mails(SOON)

    assert recipients(emails) == [["Ada Ellery <new@ellery.example>"]]


def test_a_hold_stops_the_mail_and_its_end_sends_it(soiree, ticket, emails, keeper):
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    reveal.hold(soiree, by=keeper, at=T)
    send_mails(SOON)
    held = list(emails)
    reveal.release(soiree, by=keeper, at=SOON + DAY / 8)

    send_mails(SOON + DAY / 8)

    assert (held, len(emails)) == ([], 1)
    assert RevealMail.objects.get().attempts == 1


def test_an_event_canceled_after_publication_sends_no_venue(soiree, ticket, emails):
    reveal.publish_due(at=T)
    Event.objects.filter(pk=soiree.pk).update(state="canceled")

    send_mails(SOON)

    assert (states(), emails) == (["superseded"], [])


def test_a_changed_venue_is_told_again_with_changed_first_in_the_subject(
    soiree, ticket, emails, keeper
):
    send_mails(SOON)
    soiree.refresh_from_db()
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=SOON + DAY / 8)

    send_mails(SOON + DAY / 8)

    first, second = emails
    assert second.subject.startswith("CHANGED")
    assert "Pagoda Garden" in second.body
    assert "Chart House" not in second.body
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
    assert [entries(email)[0]["SEQUENCE"] for email in emails] == [1, 2]


def test_a_venue_changed_before_the_email_went_out_is_told_once(soiree, ticket, emails, keeper):
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T)

    send_mails(SOON)

    assert len(emails) == 1
    assert "Pagoda Garden" in emails[0].body


def test_a_venue_changed_while_the_email_was_in_hand_is_told_once(
    soiree, ticket, emails, keeper, monkeypatch
):
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    claim = sender.queue.claim

    def claim_and_change(*, at):
        claimed = claim(at=at)
        reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=at)
        return claimed

    with monkeypatch.context() as patch:
        patch.setattr(sender.queue, "claim", claim_and_change)
        sender.send_due(at=T)

    send_mails(SOON)

    assert [email.subject[:6] for email in emails] == ["Soirée"]  # the first never left
    assert OTHER_VENUE.name in emails[0].body
    assert states() == ["superseded", "sent"]


# --- Failing -----------------------------------------------------------------------------------


@pytest.fixture
def failing(emails, settings):
    settings.OUTGOING_EMAIL_BACKEND = failing_mail.BACKEND
    failing_mail.plan.clear()
    yield failing_mail.plan
    failing_mail.plan.clear()


@pytest.mark.parametrize("failure", [failing_mail.SILENT, failing_mail.GREYLISTED])
def test_a_mail_server_that_fails_is_tried_again_later(soiree, ticket, emails, failing, failure):
    failing.append(failure)
    send_mails(T)
    at_once = len(emails)
    send_mails(T + timedelta(seconds=14))
    too_soon = len(emails)

    send_mails(T + timedelta(seconds=15))

    assert (at_once, too_soon, len(emails)) == (0, 0, 1)
    assert states() == ["sent"]


def test_waits_double_and_never_pass_five_minutes(soiree, ticket, failing):
    failing.extend([failing_mail.SILENT] * 9)
    reveal.publish_due(at=T)
    waits, at = [], T

    while failing:
        sender.send_due(at=at)
        due = RevealMail.objects.get().leased_until
        waits.append((due - at).total_seconds())
        at = due

    assert waits == [15, 30, 60, 120, 240, 300, 300, 300, 300]
    assert "holders of 1 ticket." in Task.objects.get().text


def test_a_server_that_is_silent_is_not_asked_for_every_email_of_the_claim(
    soiree, ticket, emails, failing
):
    for number in range(5):
        make_ticket(soiree, guest_email=f"g{number}@x.example")
    failing.append(failing_mail.SILENT)

    reveal.publish_due(at=T)
    sender.send_due(at=T)

    assert (emails, states()) == ([], ["queued"] * 6)


def test_an_address_refused_for_good_is_given_to_the_phone(soiree, ticket, emails, failing):
    failing.append(failing_mail.REFUSED)

    send_mails(T)

    assert states() == ["failed"]
    assert [row.ticket for row in mails_owed.unmailed(soiree_now(soiree))] == [ticket]
    assert "please call them" in Task.objects.get().text


def test_one_bad_email_does_not_stop_the_others(soiree, ticket, emails, failing):
    make_ticket(soiree, guest_email="cy@norfolk.example", guest_name="Cy")
    failing.append(failing_mail.REFUSED)

    send_mails(T)

    assert recipients(emails) == [["Cy <cy@norfolk.example>"]]


def test_a_failure_leaves_neither_place_nor_address_in_the_log(soiree, ticket, failing, caplog):
    failing.append(failing_mail.REFUSED)
    caplog.set_level(logging.DEBUG)

    send_mails(T)

    assert "SMTPRecipientsRefused" in caplog.text
    assert "Chart" not in caplog.text
    assert "ellery" not in caplog.text


def test_killed_between_claim_and_email_the_holder_is_told_once_the_lease_ends(
    soiree, ticket, emails, failing
):
    failing.append(Killed())
    reveal.publish_due(at=T)
    with pytest.raises(Killed):
        sender.send_due(at=T)

    send_mails(T + LEASE - TICK)
    during = len(emails)
    send_mails(T + LEASE)

    assert (during, len(emails)) == (0, 1)


def test_killed_between_the_servers_yes_and_our_stamp_costs_one_duplicate(
    soiree, ticket, emails, failing
):
    failing.append(failing_mail.killed_after_yes)
    reveal.publish_due(at=T)
    with pytest.raises(Killed):
        sender.send_due(at=T)

    send_mails(T + LEASE)
    send_mails(T + DAY / 2)

    assert len(emails) == 2
    assert len({email.extra_headers["Message-ID"] for email in emails}) == 1


def test_killed_in_the_middle_of_publishing_nothing_is_half_done(soiree, ticket, monkeypatch):
    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(RevealMail.objects, "bulk_create", die)
        with pytest.raises(Killed):
            reveal.publish_due(at=T)
    soiree.refresh_from_db()
    before = (soiree.reveal_version, RevealMail.objects.count())

    reveal.publish_due(at=SOON)

    assert (before, RevealMail.objects.count()) == ((0, 0), 1)


def test_no_rendered_venue_is_ever_stored(soiree, ticket, emails):
    from post_office.models import Email

    send_mails(SOON)

    assert (len(emails), Email.objects.count()) == (1, 0)
