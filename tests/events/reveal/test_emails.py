"""Every holder is told, nobody early, nobody twice (docs/reveal.md §5)."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from events import reveal
from events.models import Event, RevealMail
from events.reveal import mails_owed, sender
from orders.models import Task
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, STARTS, TICK, T
from tests.factories import make_event, make_order, make_ticket

pytestmark = pytest.mark.django_db
SOON = T + timedelta(seconds=5)
ADA = "Ada Ellery <ada@ellery.example>"


def send_mails(at):
    """What the ticker does for reveals, until nothing is due."""
    reveal.publish_due(at=at)
    mails_owed.owe_late_holders(at=at)
    while sender.send_due(at=at):
        pass


def states():
    return list(RevealMail.objects.order_by("pk").values_list("state", flat=True))


def recipients(emails):
    return [email.to for email in emails]


def entries(email):
    return [Calendar.from_ical(content).walk("VEVENT")[0] for _n, content, _t in email.attachments]


# --- Published ---------------------------------------------------------------------------------


@pytest.mark.parametrize("at, owed", [(T - TICK, 0), (T, 1), (T + TICK, 1)])
def test_the_reveal_is_published_exactly_at_t(soiree, ticket, at, owed):
    assert reveal.publish_due(at=at) == owed
    assert RevealMail.objects.count() == owed


def test_publishing_again_owes_nothing_more(soiree, ticket):
    reveal.publish_due(at=T)

    again = [reveal.publish_due(at=SOON), reveal.publish(soiree.pk, at=SOON)]

    assert (again, RevealMail.objects.count()) == ([0, 0], 1)
    soiree.refresh_from_db()
    assert (soiree.reveal_version, soiree.revealed_at) == (1, T)


@pytest.mark.parametrize(
    "change",
    [{"reveal_held_at": T - DAY}, {"state": "canceled"}, {"state": "draft"}],
)
def test_what_is_held_or_off_is_not_published(soiree, ticket, emails, change):
    Event.objects.filter(pk=soiree.pk).update(**change)

    send_mails(SOON)

    assert (states(), emails) == ([], [])


def test_only_valid_tickets_are_owed_a_notice(soiree, ticket):
    make_ticket(soiree, state="held")
    make_ticket(soiree, canceled_at=T - DAY)
    make_ticket(soiree, suspended_at=T - DAY)

    reveal.publish_due(at=T)

    assert list(RevealMail.objects.values_list("ticket", flat=True)) == [ticket.pk]


def test_an_empty_envelope_at_t_is_a_task_in_words_and_tells_nobody(emails):
    make_ticket(make_event(starts_at=STARTS, lead=DAY))

    send_mails(SOON)
    send_mails(SOON)

    assert "no venue is entered" in Task.objects.get().text
    assert emails == []


# --- Told --------------------------------------------------------------------------------------


def test_a_holder_is_told_the_venue_by_a_mail_with_a_calendar_file(soiree, ticket, emails):
    send_mails(SOON)

    (email,) = emails
    html = email.alternatives[0].content
    (entry,) = entries(email)
    assert email.to == [ADA]
    assert email.extra_headers["Message-ID"] == RevealMail.objects.get().message_id
    for text in (email.body, html):
        assert "Chart House Lawn" in text
        assert "Norfolk, Virginia 23510" in text
        assert "The garage on Boush Street" in text
        assert f"/tickets/{ticket.token}/" in text
    assert "Chart" not in email.subject
    assert (entry["SEQUENCE"], entry["UID"]) == (1, f"ticket-{ticket.pk}@testserver")
    assert entry["LOCATION"] == "Chart House Lawn, 12 Ropewalk, Norfolk, Virginia 23510"
    assert states() == ["sent"]


def test_the_preview_line_of_a_mailbox_does_not_show_the_venue(soiree, ticket, emails):
    send_mails(SOON)

    html = emails[0].alternatives[0].content
    assert "Chart" not in html[html.index("<body") : html.index("<h1")]
    assert "Chart" not in html[: html.index("<body")]


def test_nobody_is_told_twice(soiree, ticket, emails):
    send_mails(SOON)
    send_mails(SOON + DAY / 4)

    assert len(emails) == 1


def test_two_tickets_of_one_address_are_one_mail_that_names_both(soiree, emails):
    order = make_order(state="paid", lines=())
    ada = make_ticket(soiree, order=order, guest_name="Ada Ellery")
    ben = make_ticket(
        soiree, order=order, guest_name="Ben Ellery", guest_email="ADA@ellery.example"
    )

    send_mails(SOON)

    (email,) = emails
    for ticket in (ada, ben):
        assert ticket.code in email.body
        assert ticket.guest_name in email.alternatives[0].content
    assert [e["UID"].split("@")[0] for e in entries(email)] == [
        f"ticket-{ada.pk}",
        f"ticket-{ben.pk}",
    ]
    assert states() == ["sent", "sent"]


def test_two_addresses_are_two_mails(soiree, ticket, emails):
    make_ticket(soiree, guest_email="cy@norfolk.example", guest_name="Cy")

    send_mails(SOON)

    assert recipients(emails) == [
        ["Ada Ellery <ada@ellery.example>"],
        ["Cy <cy@norfolk.example>"],
    ]
    assert "cy@norfolk.example" not in emails[0].body


def test_a_holder_without_address_is_on_the_call_list(soiree, emails):
    make_ticket(soiree, order=make_order(state="paid", lines=(), buyer_email=""))

    send_mails(SOON)

    assert (states(), emails) == (["no_address"], [])
    unmailed = mails_owed.unmailed(soiree_now(soiree))
    assert [row.ticket.line.order.buyer_name for row in unmailed] == ["Ada Ellery"]
    assert "holders of 1 ticket." in Task.objects.get().text


def test_an_online_class_tells_the_link(keeper, emails):
    lesson = make_event(starts_at=STARTS, lead=DAY, kind="online", title="Perfume Masterclass")
    make_ticket(lesson)
    reveal.write_venue(lesson, LINK, by=keeper, at=LONG_BEFORE)

    send_mails(SOON)

    assert LINK.join_url in emails[0].body
    assert LINK.join_url in emails[0].alternatives[0].content
    assert entries(emails[0])[0]["LOCATION"] == LINK.join_url


def test_who_pays_after_t_is_told_then(soiree, ticket, emails):
    send_mails(SOON)
    make_ticket(soiree, guest_email="late@norfolk.example", guest_name="Late")

    send_mails(SOON + DAY / 4)

    assert recipients(emails)[1:] == [["Late <late@norfolk.example>"]]


def test_five_hundred_holders_are_all_told(soiree, emails):
    kind = make_ticket(soiree).ticket_type
    order = make_order(state="paid", lines=())
    for number in range(49):
        make_ticket(soiree, order=order, ticket_type=kind, guest_email=f"g{number}@x.example")

    send_mails(SOON)

    assert len({email.to[0] for email in emails}) == len(emails) == 50


# --- Late --------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay, is_late", [(timedelta(minutes=10), False), (DAY / 2, True)])
def test_a_server_that_was_down_catches_up_and_says_that_it_is_late(
    soiree, ticket, emails, delay, is_late
):
    send_mails(T + delay)

    assert ("This e-mail is late" in emails[0].body) is is_late
    assert ("This e-mail is late" in emails[0].alternatives[0].content) is is_late


def test_once_the_evening_is_over_nobody_is_written_to(soiree, ticket, emails):
    reveal.publish_due(at=T)

    send_mails(soiree.ends_at)

    assert (states(), emails) == (["failed"], [])


# --- Failing -----------------------------------------------------------------------------------


def soiree_now(event):
    return Event.objects.get(pk=event.pk)
