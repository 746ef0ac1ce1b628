"""What the site says to others than its visitors: e-mails, Stripe, the log, and reports of its own
failures. None of them carries the venue; the e-mail that does is written at T and not before.
"""

import logging

import pytest
import time_machine
from django.conf import settings as the_settings
from django.core.management import call_command
from django.test import Client
from django.utils.log import AdminEmailHandler
from post_office.models import Email

from events.changes import canceling as canceling
from events.changes import moving
from events.models import Event, Ticket, Transfer, WaitlistEntry
from events.tickets import transfers
from events.waitlist import joining
from nsca.lib.secrets.codes import link_token
from tests.events.selling import hold, sell
from tests.fakes.stripe import fake_stripe
from tests.secrecy.canaries import found_in
from tests.secrecy.world import AFTER, BEFORE, DAY, HOUR, mail_holders

pytestmark = pytest.mark.django_db


def emails(mailoutbox) -> list[str]:
    """Whole, with heads and attachments: those that were sent, and those that wait."""
    sent = [email.message().as_string() for email in mailoutbox]
    sent += [str(part) for email in mailoutbox for part in email.attachments]
    waiting = [repr(sorted(row.items())) for row in Email.objects.values()]
    attached = [
        bytes(attachment.file.read()).decode("latin-1")
        for email in Email.objects.all()
        for attachment in email.attachments.all()
    ]
    return [*sent, *waiting, *attached]


def kinds_of(mailoutbox) -> str:
    rows = Email.objects.values_list("subject", flat=True)
    return "\n".join([*rows, *(email.subject for email in mailoutbox)])


# --- E-mails -----------------------------------------------------------------------------------


def much_happens(event, by, at) -> None:
    """Whatever writes e-mails about an event: bought, given on, waited for, moved."""
    Event.objects.filter(pk=event.pk).update(capacity=60)
    kind = event.ticket_types.first()
    sell(event, (kind, 2), at=at - 2 * HOUR)
    bought = sell(event, (kind, 1), at=at - HOUR)
    ticket = Ticket.objects.get(line__order=bought)
    offer = transfers.offer(ticket, to_email="cy@guest.example", at=at)
    transfers.decline(offer, at=at)
    offer = transfers.offer(ticket, to_email="cy@guest.example", at=at)
    transfers.accept(Transfer.objects.get(pk=offer.pk), name="Cy", at=at)
    joining.join(event=event, name="Lou", email="lou@guest.example", party=2, at=at)
    moved = moving.Wanted(event.starts_at + DAY, event.ends_at + DAY)
    moving.move(Event.objects.get(pk=event.pk), moved, by=by, at=at)


def test_no_email_that_is_written_before_t_knows_the_venue(world, mailoutbox, log):
    at = BEFORE
    with time_machine.travel(at, tick=False):
        much_happens(world.event, world.keeper, at)
        call_command("tick")

    said = kinds_of(mailoutbox)
    for words in (
        "Your order is confirmed", "offers you a ticket", "stays yours", "was transferred",
        "You’re on the waitlist", "seat for you", "MOVED", "to fix",
    ):  # fmt: skip
        assert words in said, words
    assert found_in("\n".join(emails(mailoutbox))) == []
    assert found_in(log()) == []


def test_the_emails_of_a_canceled_evening_know_no_venue_after_t_either(world, mailoutbox):
    mail_holders(AFTER)
    revealed = len(mailoutbox)
    with time_machine.travel(AFTER, tick=False):
        canceling.cancel(world.event, note="A storm.", by=world.keeper, at=AFTER, refund_all=False)
        call_command("tick")

    assert WaitlistEntry.objects.exists()
    later = mailoutbox[revealed:]
    assert "is canceled" in kinds_of(later)
    assert found_in("\n".join(emails(later))) == []


# --- Stripe ------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [BEFORE, AFTER])
def test_stripe_hears_nothing_of_it(world, settings, at):
    if at is AFTER:
        mail_holders(at)
    Event.objects.filter(pk=world.event.pk).update(
        capacity=60, sales_close_at=world.event.starts_at
    )
    order = hold(world.event, (world.event.ticket_types.first(), 1), at=at)

    with fake_stripe(at.timestamp()) as (fake, address), time_machine.travel(at, tick=False):
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_fake", address
        answer = Client().post(f"/orders/{order.token}/pay/")
        (asked,) = fake.opened()

    assert answer.status_code in (302, 303)
    assert "Soirée en Blanc" in str(asked)
    assert found_in(str(asked)) == []
    assert found_in(repr(vars(fake))) == []


# --- Failures ----------------------------------------------------------------------------------


class Broken(Exception):
    """Says nothing: what it would say is another matter."""


def _breaks(*args, **kwargs):
    raise Broken


@pytest.fixture
def error_mails(settings):
    """As Django would mail them to administrators, with every page of the stack in HTML."""
    settings.ADMINS = [("The office", "office@nsca.example")]
    handler = AdminEmailHandler(
        include_html=True, email_backend="django.core.mail.backends.locmem.EmailBackend"
    )
    handler.setLevel(logging.ERROR)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("breaks", "path", "method"),
    [
        ("events.tickets.views.sketch_of", "", "get"),
        ("events.tickets.views.opened.note", "seen/", "post"),
        ("events.tickets.views.qr.svg", "", "get"),
        ("events.reveal.calendars._entry", "event.ics", "get"),
        ("nsca.lib.media.pdf.Paper.output", "ticket.pdf", "get"),
        ("events.venue.store.unpacked", "", "get"),
    ],
)
def test_where_it_breaks_with_the_venue_in_hand_nothing_of_it_is_reported(
    world, log, mailoutbox, error_mails, monkeypatch, breaks, path, method
):
    monkeypatch.setattr(breaks, _breaks)
    client = Client(raise_request_exception=False)
    ticket = world.viewers["holder"].ticket

    with time_machine.travel(AFTER, tick=False):
        answer = getattr(client, method)(f"/tickets/{ticket}/{path}", {"version": 1})

    [mail] = mailoutbox
    report = mail.body + mail.alternatives[0].content
    assert answer.status_code == 500
    assert "Broken" in report
    assert "f_locals" not in report
    for said in (answer.content, report, log()):
        assert found_in(said) == []


def test_an_email_that_breaks_is_put_off_and_nothing_of_it_is_reported(
    world, log, mailoutbox, monkeypatch
):
    monkeypatch.setattr("events.reveal.sender.ticket_ics", _breaks)

    mail_holders(AFTER)

    assert mailoutbox == []
    assert "Broken" in log()
    assert found_in(log()) == []


def test_nobody_is_mailed_about_errors_by_default():
    kinds = {handler["class"] for handler in the_settings.LOGGING["handlers"].values()}

    assert kinds == {"logging.StreamHandler"}
    assert the_settings.ADMINS == []


def test_every_error_a_visitor_can_provoke_is_silent_about_it(world, log):
    """Forms sent empty, or with nonsense, as a holder: the page that comes back is a page."""
    holder = world.viewers["holder"]
    client = Client(raise_request_exception=False)
    paths = [
        "/events/soiree/tickets/",
        "/events/soiree/waitlist/",
        "/events/soiree/tables/",
        f"/tickets/{holder.ticket}/",
        f"/tickets/{holder.ticket}/give/",
        f"/tickets/{holder.ticket}/return/",
        f"/tickets/{holder.ticket}/e-mails/",
        f"/tickets/guests/{holder.order}/",
        f"/orders/{holder.order}/give-back/",
        f"/door/{world.viewers['door volunteer'].door}/read/",
        "/search/",
        "/admin/login/",
    ]
    with time_machine.travel(BEFORE, tick=False):
        answers = [
            client.post(path, data)
            for path in paths
            for data in ({}, {"code": "x", "email": "no", "submission_key": link_token()})
        ]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert found_in(b"".join(answer.content for answer in answers)) == []
    assert found_in(log()) == []
