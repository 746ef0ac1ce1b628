"""Who gave a ticket back hears nothing more of the evening: not by mail, not by phone, and no
number counts them. Each way by which they could be written to is closed by itself, so each is
asked for by itself.
"""

from datetime import timedelta

import pytest
from post_office.models import Email

from events import reveal
from events.changes import canceling as canceling
from events.changes import mail as moving_mail
from events.changes import moving
from events.hints import opt_ins
from events.models import Event, MoveMail, RevealMail, Ticket
from events.night import calls, mailings, preflight, tally
from events.reveal import mails_owed, sender
from events.reveal.outlook import foresee_venue
from tests.events.moving_kit import FRIDAY, wanted
from tests.events.reveal_kit import DAY, OTHER_VENUE, T
from tests.factories import make_order, make_ticket, make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def two(soiree):
    """Ada, who comes, and Ben, who will give his ticket back."""
    orders = [
        make_order(
            state="paid", lines=(), buyer_name=name, buyer_email=f"{name.lower()}@x.example"
        )
        for name in ("Ada", "Ben")
    ]
    return [make_ticket(soiree, order=order) for order in orders]


def refunded(ticket, at=T):
    Ticket.objects.filter(pk=ticket.pk).update(canceled_at=at)


def again(event):
    return Event.objects.get(pk=event.pk)


def send(at):
    while sender.send_due(at=at):
        pass


def to(emails):
    return [email.to[0].rpartition("<")[2].rstrip(">") for email in emails]


def state_of(ticket):
    return list(ticket.reveal_mails.order_by("version").values_list("state", flat=True))


# --- The reveal --------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", Event.Audience.values)
def test_refunded_holders_are_not_written_to(soiree, two, emails, audience):
    """Where everyone may know, the door names no holder: the sender has to ask by itself."""
    Event.objects.update(audience=audience)
    reveal.publish_due(at=T)
    refunded(two[1])

    send(T + MINUTE)

    assert to(emails) == ["ada@x.example"]
    assert state_of(two[1]) == ["superseded"]


@pytest.mark.parametrize("audience", Event.Audience.values)
def test_who_gave_the_ticket_back_before_t_is_owed_nothing(soiree, two, emails, audience):
    Event.objects.update(audience=audience)
    refunded(two[1], at=T - DAY)

    assert reveal.publish_due(at=T) == 1
    assert state_of(two[1]) == []


def test_what_was_dropped_for_a_refund_is_not_owed_again(soiree, two, emails):
    reveal.publish_due(at=T)
    refunded(two[1])
    send(T + MINUTE)

    owed = mails_owed.owe_late_holders(at=T + 2 * MINUTE)

    assert (owed, state_of(two[1])) == (0, ["superseded"])


def test_a_changed_venue_is_not_owed_to_who_gave_the_ticket_back(soiree, two, emails, keeper):
    reveal.publish_due(at=T)
    send(T)
    refunded(two[1])

    reveal.write_venue(again(soiree), OTHER_VENUE, by=keeper, at=T + MINUTE)
    send(T + 2 * MINUTE)

    assert to(emails) == ["ada@x.example", "ben@x.example", "ada@x.example"]


@pytest.mark.parametrize("audience", Event.Audience.values)
def test_a_mail_that_waits_for_its_turn_is_not_sent_after_the_refund(
    soiree, two, emails, monkeypatch, audience
):
    """Claimed, and given back before its e-mail was made."""
    Event.objects.update(audience=audience)
    reveal.publish_due(at=T)
    claim = sender.queue.claim

    def claim_and_refund(*, at):
        claimed = claim(at=at)
        refunded(two[1])
        return claimed

    monkeypatch.setattr(sender.queue, "claim", claim_and_refund)
    send(T)

    assert to(emails) == ["ada@x.example"]


# --- The phone, and numbers --------------------------------------------------------------------


def test_who_gave_the_ticket_back_is_not_telephoned(soiree, two):
    reveal.publish_due(at=T)
    RevealMail.objects.update(state="failed")
    refunded(two[1])

    found = calls.call_list(again(soiree), at=T + MINUTE)

    assert [entry.name for entry in found.pressing] == ["Ada"]
    assert found.holders == 1
    assert tally.numbers(again(soiree))["all"] == 1


def test_who_gave_the_ticket_back_is_in_no_tasks_number(soiree, two):
    reveal.publish_due(at=T)
    RevealMail.objects.update(state="failed")
    refunded(two[1])

    assert mails_owed.unmailed(again(soiree)).count() == 1
    assert mails_owed.unreached(again(soiree)).count() == 1


def test_who_gave_the_ticket_back_is_not_counted_before_the_reveal(soiree, two, settings):
    settings.MAIL_PER_HOUR = None
    settings.OUTGOING_EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    refunded(two[1], at=T - 2 * DAY)

    assert "1 e-mail will take" in preflight.pace_words(soiree, at=T - DAY)
    assert foresee_venue(again(soiree), at=T).guests == 1


# --- A move, a cancellation, a mailing ---------------------------------------------------------


def test_who_gave_the_ticket_back_is_owed_no_news_of_a_move(soiree, two, keeper):
    refunded(two[1], at=T - 3 * DAY)

    row = moving.move(soiree, wanted(FRIDAY), by=keeper, at=T - 2 * DAY)

    assert list(row.mails.values_list("ticket", flat=True)) == [two[0].pk]


def test_who_gives_the_ticket_back_after_a_move_gets_no_mail_about_it(soiree, two, keeper, emails):
    moving.move(soiree, wanted(FRIDAY), by=keeper, at=T - 2 * DAY)
    refunded(two[1], at=T - 2 * DAY)

    moving_mail.tick(T - 2 * DAY + MINUTE)

    assert to(emails) == ["ada@x.example"]
    assert MoveMail.objects.get(ticket=two[1]).state == "superseded"


def test_who_gave_the_ticket_back_is_in_no_number_of_a_moves_task(soiree, two, keeper):
    row = moving.move(soiree, wanted(FRIDAY), by=keeper, at=T - 2 * DAY)
    row.mails.update(state="failed")
    refunded(two[1], at=T - 2 * DAY)

    assert moving.unmailed(row).count() == 1


def test_who_gave_the_ticket_back_is_not_told_that_it_is_off(soiree, two):
    refunded(two[1], at=T - 2 * DAY)
    by = make_user("director@nsca.example", is_staff=True)

    revealed = canceling.cancel(soiree, note="The storm.", by=by, at=T - DAY)

    assert revealed == 1
    assert ["ada@x.example" in str(mail.to) for mail in Email.objects.all()] == [True]


def test_who_gave_the_ticket_back_is_in_no_mailing_to_holders(soiree, two):
    refunded(two[1], at=T - 2 * DAY)

    found = mailings.EventOccasions().addresses(f"event-{soiree.pk}")

    assert found == {"ada@x.example"}


def test_who_gave_the_ticket_back_gets_no_hint(soiree, two):
    for ticket in two:
        opt_ins.ask(ticket, opt_ins.Kind.HINTS, at=T - 3 * DAY)
    refunded(two[1], at=T - 2 * DAY)

    found = opt_ins.active(opt_ins.Kind.HINTS).values_list("ticket", flat=True)

    assert list(found) == [two[0].pk]
