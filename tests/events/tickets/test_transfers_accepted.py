"""A ticket that was accepted: new keys, a new holder, and what the old one is left with."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from icalendar import Calendar
from post_office.models import Email

from events import reveal
from events.door import door
from events.models import Choice, DoorLink, Event, RevealMail, Ticket
from events.reveal import calendars, mails_owed, sender
from events.tickets import transfers
from orders.lines.kinds import kind_of
from orders.models import LedgerEntry
from orders.refunds import refunds
from tests.events.reveal_kit import DAY, LONG_BEFORE, STARTS, TICK, T
from tests.events.tickets.test_transfers import BEN, emails_to, offer
from tests.factories import make_event, make_order, make_payment, make_ticket, make_user

pytestmark = pytest.mark.django_db


def give(ticket, *, to=BEN, name="Ben Okoro", at=LONG_BEFORE):
    """Offered and accepted; the ticket as it is in its new holder's hand."""
    transfers.accept(offer(ticket, to=to, at=at), name=name, at=at)
    return Ticket.objects.select_related("event", "line__order").get(pk=ticket.pk)


def calendar_in(email):
    (attachment,) = email.attachments.all()
    return Calendar.from_ical(attachment.file.read())


@pytest.fixture
def tea(db):
    """A ticket for an event whose place is no secret."""
    return make_ticket(make_event(starts_at=STARTS))


# --- Accepted: new keys, a new holder ----------------------------------------------------------


def test_the_new_holder_has_new_keys_and_nothing_of_the_old_one(tea):
    supper = Choice.objects.create(event=tea.event, label="Garden box")
    Ticket.objects.update(
        guest_name="Ada Ellery", needs="Nuts", access="A wheelchair", choice=supper,
        postal_address="1 Botetourt St", seen_open_at=LONG_BEFORE,
    )  # fmt: skip

    given = give(tea)

    assert tea.token != given.token
    assert tea.code != given.code
    assert (given.guest_name, given.guest_email) == ("Ben Okoro", BEN)
    assert (given.needs, given.access, given.postal_address) == ("", "", "")
    assert (given.transfer_count, given.given_on_at, given.seen_open_at) == (1, LONG_BEFORE, None)
    assert given.choice == supper


def test_no_money_moves_and_the_ledger_says_what_happened(tea):
    order = tea.line.order

    give(tea)

    (entry,) = order.ledger.all()
    assert (entry.entry, entry.cents) == (LedgerEntry.Entry.GIVEN_ON, 0)
    assert BEN not in entry.text
    order.refresh_from_db()
    assert (order.buyer_email, order.state) == ("ada@ellery.example", "paid")


def test_a_refund_goes_to_who_paid_and_takes_the_seat_from_who_sits_there(tea):
    make_payment(tea.line.order)
    given = give(tea)

    refunds.give_back(order=tea.line.order, reason="Rain", by=make_user(), at=LONG_BEFORE)

    given.refresh_from_db()
    assert given.canceled_at == LONG_BEFORE


def test_the_giver_is_emailed_and_the_new_holder_gets_the_email_of_a_ticket(tea):
    given = give(tea)

    (revealed,) = emails_to("ada@ellery.example")
    _offered, ticket_email = emails_to(BEN)
    assert "Ben Okoro has accepted your ticket" in revealed.message
    assert given.token not in revealed.message + revealed.html_message
    assert f"/tickets/{given.token}/" in ticket_email.message
    assert "Ada" not in ticket_email.message


def test_a_ticket_sold_without_an_address_is_transferred_without_an_email_to_its_giver():
    ticket = make_ticket(make_event(), order=make_order(state="paid", lines=(), buyer_email=""))

    give(ticket)

    assert {email.to[0] for email in Email.objects.all()} == {"Ben Okoro <ben@okoro.example>"}


def test_the_buyer_no_longer_opens_it_from_the_order_nor_reads_whose_it_is(tea):
    given = give(tea)

    (shown,) = kind_of("ticket").shown(tea.line, at=LONG_BEFORE)

    assert shown.url == ""
    assert "transferred on Saturday, March 20, 2027" in shown.text
    assert given.code not in shown.text + shown.title
    assert "Ben" not in shown.text + shown.title


def test_emails_sent_again_go_to_each_holder_and_not_to_the_buyer(tea):
    kept = make_ticket(tea.event, order=tea.line.order)
    given = give(tea)
    Email.objects.all().delete()

    kind_of("ticket").confirmed(tea.line.order, at=LONG_BEFORE)

    (to_buyer,), (to_ben,) = emails_to("ada@ellery.example"), emails_to(BEN)
    assert kept.token in to_buyer.message
    assert given.token not in to_buyer.message
    assert given.token in to_ben.message


def test_a_ticket_transferred_never_falls_to_the_buyer(tea):
    given = give(tea)
    given.guest_email = ""

    with pytest.raises(ValidationError, match="the buyer would get the e-mails"):
        given.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save()


def test_it_may_be_transferred_again_and_every_dead_link_knows(tea):
    first, second = tea.token, give(tea).token

    third = give(Ticket.objects.get(), to="cy@norfolk.example", name="Cy").token

    assert len({first, second, third}) == 3
    assert {transfers.by_old_link(token).ticket_id for token in (first, second)} == {tea.pk}
    assert transfers.by_old_link(third) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM events_transfer")
        kept = str(cursor.fetchall())
    assert first not in kept and second not in kept


# --- The calendar (RFC 5545) -------------------------------------------------------------------


def test_the_givers_entry_is_taken_away_and_the_new_holders_is_another(tea):
    had = Calendar.from_ical(calendars.ticket_ics(tea, at=LONG_BEFORE)).walk("VEVENT")[0]
    give(tea)

    (revealed,), ticket_email = emails_to("ada@ellery.example"), emails_to(BEN)[1]
    gone, new = calendar_in(revealed), calendar_in(ticket_email).walk("VEVENT")[0]
    entry = gone.walk("VEVENT")[0]

    assert (gone["METHOD"], entry["STATUS"], entry["UID"]) == ("CANCEL", "CANCELLED", had["UID"])
    assert entry["SEQUENCE"] > had["SEQUENCE"]
    assert new["UID"] != had["UID"]
    assert new["STATUS"] == "CONFIRMED"


# --- The door ----------------------------------------------------------------------------------


def test_the_old_code_is_red_at_the_door_and_the_new_one_is_green(tea, keeper):
    link = DoorLink.objects.create(
        event=tea.event, name="Sam", opens_at=STARTS - DAY, ends_at=STARTS + DAY,
        created_at=LONG_BEFORE, created_by=keeper,
    )  # fmt: skip
    given = give(tea)

    old = door.read(link, tea.code, device=door.Device("a", 1), at=STARTS)
    new = door.read(link, given.code, device=door.Device("a", 2), at=STARTS)

    assert (old.tone, old.situation) == ("red", "given-on")
    assert "Ben" not in old.title + old.words
    assert (new.tone, new.title) == ("green", "Welcome, Ben Okoro")


# --- The venue ---------------------------------------------------------------------------------


def send_mails(at):
    """What the ticker does for reveals."""
    reveal.publish_due(at=at)
    mails_owed.owe_late_holders(at=at)
    while sender.send_due(at=at):
        pass


def is_revealed_to(event, *, token, at):
    shown = reveal.reveal_for(event, reveal.Viewer(tokens=frozenset({token})), at=at)
    return isinstance(shown, reveal.Opened)


@pytest.mark.parametrize("at, new_holder_knows", [(T - TICK, False), (T, True), (T + TICK, True)])
def test_transferred_before_t_only_the_new_holder_learns_the_venue(ticket, at, new_holder_knows):
    given = give(ticket)

    assert is_revealed_to(ticket.event, token=given.token, at=at) is new_holder_knows
    assert not is_revealed_to(ticket.event, token=ticket.token, at=at)


@pytest.mark.parametrize("email, knows", [("ada@ellery.example", False), (BEN, True)])
def test_transferred_the_buyers_sign_in_opens_nothing_and_the_new_holders_does(
    ticket, email, knows
):
    give(ticket)
    user = make_user(email)

    shown = reveal.reveal_for(ticket.event, reveal.Viewer(user=user), at=T)

    assert shown.is_open is knows


def test_transferred_before_t_only_the_new_holder_is_written_to(ticket, emails):
    give(ticket)

    send_mails(T)

    assert [email.to for email in emails] == [["Ben Okoro <ben@okoro.example>"]]


def test_transferred_after_t_the_new_holder_is_told_by_an_email_that_is_not_late(ticket, emails):
    Event.objects.update(transfers_after_reveal=True)
    send_mails(T)
    given = give(ticket, at=T + DAY / 2)

    send_mails(T + DAY / 2)

    first, second = emails
    assert is_revealed_to(ticket.event, token=given.token, at=T + DAY / 2)
    assert (first.to, second.to) == (
        ["Ada Ellery <ada@ellery.example>"],
        ["Ben Okoro <ben@okoro.example>"],
    )
    assert "this letter is late" not in second.body
    assert list(RevealMail.objects.values_list("transfer_count", "state")) == [
        (0, "sent"),
        (1, "sent"),
    ]


def test_what_the_giver_was_still_owed_is_dropped(ticket, emails):
    Event.objects.update(transfers_after_reveal=True)
    reveal.publish_due(at=T)
    give(ticket, at=T)

    send_mails(T + TICK)

    assert [email.to for email in emails] == [["Ben Okoro <ben@okoro.example>"]]
    assert list(RevealMail.objects.values_list("transfer_count", "state")) == [
        (0, "superseded"),
        (1, "sent"),
    ]


def test_an_email_claimed_before_the_ticket_was_transferred_is_not_sent(ticket, emails):
    Event.objects.update(transfers_after_reveal=True)
    reveal.publish_due(at=T)
    (rows,) = sender.queue.claim(at=T)
    give(ticket, at=T)
    RevealMail.objects.update(state="queued")  # as if this row had slipped through

    assert sender.queue.make(rows, T) is None

    assert emails == []
    assert RevealMail.objects.get().state == "superseded"


def test_who_gave_it_on_is_not_on_the_call_list(emails):
    order = make_order(state="paid", lines=(), buyer_email="")
    event = make_event(starts_at=STARTS, lead=DAY, transfers_after_reveal=True)
    ticket = make_ticket(event, order=order)
    Event.objects.update(reveal_version=1)
    event.refresh_from_db()
    mails_owed.owe(event, at=T)

    give(ticket, at=T)

    assert list(mails_owed.unmailed(event)) == []
