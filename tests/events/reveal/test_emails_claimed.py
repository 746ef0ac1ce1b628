"""A claim reads its own e-mails, not all that wait: five thousand holders are told like fifty."""

from contextlib import contextmanager

import pytest
from django.db import connection

from events import reveal
from events.changes import mail as moving_mail
from events.changes import moving
from events.models import MoveMail, RevealMail, Ticket
from events.reveal import mails_owed, sender
from orders.models import Line, Order
from tests.events.moving_kit import FRIDAY, wanted
from tests.events.reveal.test_emails import SOON, send_mails, states
from tests.events.reveal_kit import DAY, LONG_BEFORE, T
from tests.factories import make_order, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db


def many_holders(event, count):
    """So many tickets, each with an address of its own."""
    kind = make_ticket_type(event)
    orders = Order.objects.bulk_create(
        Order(
            state="paid", placed_at=LONG_BEFORE, paid_at=LONG_BEFORE, held_until=LONG_BEFORE,
            buyer_name="A Guest", buyer_email=f"guest-{event.pk}-{number}@x.example",
        )
        for number in range(count)
    )  # fmt: skip
    lines = Line.objects.bulk_create(
        Line(order=order, kind="ticket", label="Seat", unit_cents=0, subject_id=kind.pk)
        for order in orders
    )
    return Ticket.objects.bulk_create(
        Ticket(event=event, ticket_type=kind, line=line, number=1) for line in lines
    )


@contextmanager
def work_counted():
    """Yields a list that gets the work of a database inside: steps of SQLite's machine by the
    hundred, or blocks that PostgreSQL looked at.
    """
    found = [0]
    if connection.vendor == "sqlite":
        connection.ensure_connection()

        def step():
            found[0] += 1

        connection.connection.set_progress_handler(step, 100)
        try:
            yield found
        finally:
            connection.connection.set_progress_handler(None, 0)
        return

    def explained(execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0][0]["Plan"]
            found[0] += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        yield found


@pytest.fixture
def a_minute_later(django_capture_on_commit_callbacks):
    """Yields what commits the work inside, in a database that knew all its tables before it:
    PostgreSQL looks at them when it has time, and not because somebody is about to claim.
    """

    @contextmanager
    def committed():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return committed


def test_who_waits_behind_a_thousand_others_is_claimed_as_quickly(soiree, a_minute_later):
    many_holders(soiree, 150)
    with a_minute_later():
        reveal.publish_due(at=T)
    with work_counted() as few:
        first = sender.queue.claim(at=SOON)
    RevealMail.objects.all().delete()
    many_holders(soiree, 1350)
    with a_minute_later():
        mails_owed.owe(soiree, at=T)

    with work_counted() as many:
        second = sender.queue.claim(at=SOON)

    assert (len(first), len(second)) == (sender.queue.mails_a_claim, sender.queue.mails_a_claim)
    assert many[0] <= 3 * few[0]  # ten times as many wait; deeper trees, and no more


def test_the_news_of_a_move_is_claimed_as_quickly(soiree, keeper, a_minute_later):
    many_holders(soiree, 150)
    with a_minute_later():
        move = moving.move(soiree, wanted(FRIDAY), by=keeper, at=T - 3 * DAY)
    with work_counted() as few:
        moving_mail.queue.claim(at=T - 3 * DAY)
    MoveMail.objects.all().delete()
    many_holders(soiree, 1350)
    Order.objects.update(placed_at=LONG_BEFORE)
    with a_minute_later():
        moving.owe(move, at=T - 3 * DAY)

    with work_counted() as many:
        emails = moving_mail.queue.claim(at=T - 3 * DAY)

    assert len(emails) == moving_mail.queue.mails_a_claim
    assert many[0] <= 3 * few[0]


def test_two_tickets_of_one_address_far_apart_in_the_queue_are_still_one_mail(soiree, emails):
    order = make_order(state="paid", lines=())
    make_ticket(soiree, order=order, guest_name="Ada Ellery")
    many_holders(soiree, 2 * sender.queue.mails_a_claim)
    make_ticket(soiree, order=order, guest_name="Ben", guest_email="ADA@ellery.example")

    send_mails(SOON)

    assert len(emails) == 2 * sender.queue.mails_a_claim + 1
    assert {*states()} == {"sent"}


def test_who_corrects_an_address_after_t_gets_the_email_there_alone(soiree, ticket, emails):
    reveal.publish_due(at=T)
    Ticket.objects.filter(pk=ticket.pk).update(guest_email="new@ellery.example")

    send_mails(SOON)

    assert [email.to for email in emails] == [["Ada Ellery <new@ellery.example>"]]
    row = RevealMail.objects.get()
    assert (row.address, row.state) == ("new@ellery.example", "sent")


def test_who_loses_the_only_address_after_t_is_called(soiree, ticket, emails):
    reveal.publish_due(at=T)
    Order.objects.update(buyer_email="")

    send_mails(SOON)

    assert (emails, states()) == ([], ["no_address"])


def test_a_mail_sent_again_goes_to_the_address_that_was_corrected(soiree, ticket, emails):
    reveal.publish_due(at=T)
    RevealMail.objects.update(state="failed")
    Ticket.objects.filter(pk=ticket.pk).update(guest_email="new@ellery.example")

    mails_owed.send_again(RevealMail.objects.all())

    assert RevealMail.objects.get().address == "new@ellery.example"
    while sender.send_due(at=SOON):
        pass
    assert [email.to for email in emails] == [["Ada Ellery <new@ellery.example>"]]
