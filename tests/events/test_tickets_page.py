"""One ticket by its own link: its states, its place in time, its paper and its calendar."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.core.cache import cache
from post_office.models import Email

from events import reveal
from events.models import Choice, Event, Ticket
from events.quotes import Guest
from nsca.lib import pdf, qr
from orders.kinds import kind_of
from orders.models import Order
from tests.events.reveal_kit import LONG_BEFORE, STARTS, TICK, T
from tests.events.selling import hold, sell
from tests.events.test_tickets_buying import text_of
from tests.factories import make_event, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db
SECRETS = ("Chart House", "Ropewalk", "23510", "36.846", "76.291", "Boush", "757-555-0142")


@pytest.fixture(autouse=True)
def fresh_throttles(db):
    cache.clear()


@pytest.fixture
def long_before(travel):
    travel(LONG_BEFORE)


def page(client, ticket):
    return client.get(f"/tickets/{ticket.token}/")


def paper_of(response):
    """Everything a PDF says: its text and its metadata."""
    reader = pypdf.PdfReader(io.BytesIO(response.content))
    return "\n".join(p.extract_text() for p in reader.pages), str(reader.metadata)


# --- What it says --------------------------------------------------------------------------------


def test_a_ticket_answers_what_a_guest_asks(client, soiree, travel):
    travel(LONG_BEFORE)
    Event.objects.update(bring="<p>A folding chair.</p>", help_phone="757-627-0530")
    ticket = make_ticket(soiree, guest_name="Ada Ellery")

    words = text_of(page(client, ticket))

    assert "Yes: this chair is yours" in words
    assert "$95, order " in words
    assert "Told on Wednesday, May 19, 2027 at 6:00 p.m. EDT" in words
    assert "A folding chair." in words
    assert "757-627-0530" in words
    assert ticket.code in words


@pytest.mark.parametrize("path", ["", "ticket.pdf", "event.ics"])
def test_an_unknown_link_is_not_found(client, path):
    assert client.get(f"/tickets/nobody-knows-this-token-at-all/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "ticket.pdf", "event.ics"])
def test_nothing_of_a_ticket_is_kept_indexed_or_passed_on(client, ticket, long_before, path):
    response = client.get(f"/tickets/{ticket.token}/{path}")

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert "ETag" not in response.headers
    assert response.cookies == {}


def test_a_ticket_costs_few_queries(client, ticket, long_before, django_assert_max_num_queries):
    Choice.objects.create(event=ticket.event, label="Salmon", capacity=3)
    page(client, ticket)

    with django_assert_max_num_queries(5):
        page(client, ticket)


def test_the_link_of_a_ticket_does_not_open_the_order(client, ticket, long_before):
    html = page(client, ticket).content.decode()

    assert ticket.line.order.token not in html
    assert ticket.line.order.buyer_email not in html


# --- Its states ----------------------------------------------------------------------------------


def unpaid(ticket):
    Order.objects.update(
        state="held",
        paid_at=None,
        placed_at=LONG_BEFORE,
        held_until=LONG_BEFORE + timedelta(minutes=5),
    )


def lapsed(ticket):
    Order.objects.update(state="lapsed", paid_at=None, lapsed_at=LONG_BEFORE)


def gone_back(ticket):
    kind_of("ticket").refunded(ticket.line, at=LONG_BEFORE)


def disputed(ticket):
    kind_of("ticket").suspended(ticket.line, at=LONG_BEFORE)


def called_off(ticket):
    Event.objects.update(state=Event.State.CANCELLED, cancelled_note="A storm.")


STATES = [
    (unpaid, "Not paid yet"),
    (lapsed, "The chair went back"),
    (gone_back, "This ticket is cancelled"),
    (disputed, "This ticket is suspended"),
    (called_off, "A storm."),
]


@pytest.mark.parametrize("happened, words", STATES)
def test_a_ticket_that_lets_nobody_in_says_why_and_shows_no_code(
    client, ticket, travel, happened, words
):
    travel(LONG_BEFORE)
    happened(ticket)

    response = page(client, ticket)

    assert response.status_code == 200
    assert words in text_of(response)
    assert 'class="qr"' not in response.content.decode()
    assert "Your guest card" not in response.content.decode()


@pytest.mark.parametrize("happened, words", STATES)
@pytest.mark.parametrize("path", ["", "ticket.pdf", "event.ics"])
def test_a_ticket_that_lets_nobody_in_tells_no_place_after_t(
    client, ticket, travel, happened, words, path
):
    happened(ticket)
    travel(T + timedelta(hours=1))
    Order.objects.filter(state="held").update(held_until=T + timedelta(hours=2))

    response = client.get(f"/tickets/{ticket.token}/{path}")

    told = str(paper_of(response)) if path == "ticket.pdf" else response.content.decode()
    assert not [secret for secret in SECRETS if secret in told]


def test_a_hold_that_ran_out_is_said_before_any_job_has_run(client, ticket, travel):
    unpaid(ticket)
    travel(LONG_BEFORE + timedelta(minutes=5))

    assert "The chair went back" in text_of(page(client, ticket))


def test_a_ticket_of_a_past_event_says_so(client, ticket, travel):
    travel(STARTS + timedelta(hours=3))

    words = text_of(page(client, ticket))

    assert "This event is over" in words
    assert "Save as PDF" not in words


# --- The place, in time --------------------------------------------------------------------------


@pytest.mark.parametrize("at, is_told", [(T - TICK, False), (T, True), (T + TICK, True)])
@pytest.mark.parametrize("path", ["", "ticket.pdf", "event.ics"])
def test_the_holder_learns_the_place_at_the_instant_and_not_before(
    client, ticket, travel, path, at, is_told
):
    travel(at)

    response = client.get(f"/tickets/{ticket.token}/{path}")

    told = str(paper_of(response)) if path == "ticket.pdf" else response.content.decode()
    assert ("Chart House Lawn" in told) is is_told
    assert bool([secret for secret in SECRETS if secret in told]) is is_told


def test_the_paper_tells_no_place_in_its_metadata_even_after_t(client, ticket, travel):
    travel(T)

    text, metadata = paper_of(client.get(f"/tickets/{ticket.token}/ticket.pdf"))

    assert "12 Ropewalk" in text
    assert not [secret for secret in SECRETS if secret in metadata]
    assert f"Ticket {ticket.code}" in metadata


@pytest.mark.parametrize(
    "before, seconds",
    [
        (timedelta(days=1), 86400),
        (timedelta(seconds=90), 90),
        (timedelta(microseconds=1), 1),
    ],
)
def test_without_a_script_the_page_asks_again_just_after_the_instant(
    client, ticket, travel, before, seconds
):
    travel(T - before)

    refresh = int(page(client, ticket).headers["Refresh"])

    assert seconds <= refresh < seconds + 15


def test_the_page_does_not_turn_itself_days_before(client, ticket, travel):
    travel(T - timedelta(days=1, microseconds=1))

    assert "Refresh" not in page(client, ticket).headers


def test_an_open_ticket_asks_no_more(client, ticket, travel):
    travel(T)

    assert "Refresh" not in page(client, ticket).headers


def test_a_held_reveal_is_asked_for_every_minute(client, ticket, keeper, travel):
    reveal.hold(ticket.event, by=keeper, at=T - TICK)
    travel(T)

    response = page(client, ticket)

    assert 60 <= int(response.headers["Refresh"]) < 75
    assert "The envelope is late" in text_of(response)


def test_it_is_noted_once_that_the_open_page_was_seen(client, ticket, travel):
    for at in (T - TICK, T, T + timedelta(hours=1)):
        travel(at)
        page(client, ticket)

    ticket.refresh_from_db()
    assert ticket.seen_open_at == T


def test_the_code_at_the_door_tells_nothing(client, ticket, travel):
    travel(T)

    html = page(client, ticket).content.decode()

    drawn = qr.svg(f"NSCA:{ticket.code}", label=f"Code of ticket {ticket.code}")
    assert drawn in html
    assert "style=" not in drawn


# --- The paper -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["Ada Ellery", "Łukasz Żółć", "Πάρις Ђорђе", "田中さくら", "王小明", "김서연", "Nguyễn Ánh"],
)
def test_names_in_the_scripts_of_our_guests_are_on_the_paper(client, ticket, long_before, name):
    Ticket.objects.update(guest_name=name)

    text, _ = paper_of(client.get(f"/tickets/{ticket.token}/ticket.pdf"))

    assert name in text


def test_a_script_we_cannot_draw_points_to_the_page(client, ticket, long_before):
    Ticket.objects.update(guest_name="שרה")

    text, _ = paper_of(client.get(f"/tickets/{ticket.token}/ticket.pdf"))

    assert "As on the ticket’s own page" in text


def test_the_paper_says_when_it_lets_nobody_in(client, ticket, long_before):
    gone_back(ticket)

    text, _ = paper_of(client.get(f"/tickets/{ticket.token}/ticket.pdf"))

    assert "Cancelled: this does not let anybody in." in text


def test_two_papers_of_one_ticket_are_the_same(ticket, client, long_before):
    first = client.get(f"/tickets/{ticket.token}/ticket.pdf").content
    second = client.get(f"/tickets/{ticket.token}/ticket.pdf").content

    assert first == second


def test_drawable_knows_what_it_can_draw():
    assert pdf.drawable("Zoë", "-") == "Zoë"
    assert pdf.drawable("שרה", "-") == "-"
    assert pdf.drawable("", "-") == ""


# --- What a guest may change ---------------------------------------------------------------------


@pytest.fixture
def salmon(soiree):
    return Choice.objects.create(event=soiree, label="Salmon", capacity=1)


def change(client, ticket, **fields):
    data = {"name": "Marcus", "needs": "nuts", "choice": "", **fields}
    return client.post(f"/tickets/{ticket.token}/", data)


def test_a_guest_changes_name_supper_and_needs(client, ticket, salmon, travel):
    travel(LONG_BEFORE)

    response = change(client, ticket, choice=salmon.pk)

    ticket.refresh_from_db()
    assert response.url == f"/tickets/{ticket.token}/"
    assert (ticket.guest_name, ticket.needs, ticket.choice) == ("Marcus", "nuts", salmon)


@pytest.mark.parametrize("after, is_changed", [(-TICK, True), (timedelta(0), False)])
def test_changes_end_at_the_caterers_deadline(client, ticket, travel, after, is_changed):
    Event.objects.update(choices_close_at=LONG_BEFORE)
    travel(LONG_BEFORE + after)

    change(client, ticket)

    ticket.refresh_from_db()
    assert (ticket.guest_name == "Marcus") is is_changed


def test_a_supper_that_has_run_out_is_refused_and_the_rest_kept(client, ticket, salmon, travel):
    travel(LONG_BEFORE)
    make_ticket(ticket.event, choice=salmon)

    response = change(client, ticket, choice=salmon.pk)

    ticket.refresh_from_db()
    assert "“Salmon” has run out." in text_of(response)
    assert 'value="Marcus"' in response.content.decode()
    assert ticket.choice is None


def test_who_has_the_last_salmon_keeps_it(client, ticket, salmon, travel):
    travel(LONG_BEFORE)
    Ticket.objects.update(choice=salmon)

    change(client, ticket, choice=salmon.pk)

    ticket.refresh_from_db()
    assert (ticket.guest_name, ticket.choice) == ("Marcus", salmon)


def test_a_supper_of_another_event_is_refused(client, ticket, salmon, long_before):
    other = Choice.objects.create(event=make_event(), label="Other")

    response = change(client, ticket, choice=other.pk)

    assert "Choose a supper from the list." in text_of(response)


@pytest.mark.parametrize("happened", [unpaid, lapsed, gone_back, disputed, called_off])
def test_a_ticket_that_lets_nobody_in_cannot_be_changed(client, ticket, travel, happened):
    happened(ticket)
    travel(LONG_BEFORE)

    change(client, ticket)

    ticket.refresh_from_db()
    assert ticket.guest_name == ""


def test_another_site_cannot_change_a_ticket(client, ticket, long_before):
    response = client.post(
        f"/tickets/{ticket.token}/", {"name": "X"}, headers={"Origin": "https://evil.example"}
    )

    assert response.status_code == 403


# --- The mails -----------------------------------------------------------------------------------


def test_the_buyer_gets_one_mail_with_every_ticket_and_each_guest_their_own():
    event = make_event(starts_at=STARTS, lead=timedelta(hours=24), kind="soiree")
    chair = make_ticket_type(event, member_price_cents=8500)
    guests = [Guest(name="Ada"), Guest(name="Ben", email="ben@okoro.example")]

    order = sell(event, (chair, 2), at=LONG_BEFORE, guests=guests)

    ada, ben = Ticket.objects.all()
    sent = Email.objects.exclude(subject__contains=order.number).order_by("pk")
    mails = {mail.to[0]: mail for mail in sent}
    assert list(mails) == ["Ada Ellery <ada@ellery.example>", "Ben <ben@okoro.example>"]
    to_buyer, to_ben = mails.values()
    assert to_buyer.subject == "Your 2 tickets for Soirée en Blanc, May 20, 2027"
    for body in (to_buyer.message, to_buyer.html_message):
        assert f"/tickets/{ada.token}/" in body
        assert f"/tickets/{ben.token}/" in body
        assert "Wednesday, May 19, 2027 at 6:00 p.m. EDT" in body
    for body in (to_ben.message, to_ben.html_message):
        assert f"/tickets/{ben.token}/" in body
        assert ada.token not in body
        assert order.token not in body
    assert [a.mimetype for a in to_ben.attachments.all()] == ["text/calendar"]


def test_an_order_of_two_lines_is_one_mail_to_the_buyer():
    event = make_event()
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    sell(event, (chair, 1), (patron, 1))

    assert Email.objects.filter(subject__startswith="Your 2 tickets").count() == 1


def test_mails_of_tickets_never_tell_the_place(soiree):
    chair = make_ticket_type(soiree, sales_close_at=STARTS)

    sell(soiree, (chair, 1), at=T + TICK)

    for mail in Email.objects.all():
        assert not [s for s in SECRETS if s in mail.message + mail.html_message + mail.subject]
    assert "on your ticket’s page, now" in Email.objects.first().message


def test_the_orders_page_shows_its_tickets(soiree):
    chair = make_ticket_type(soiree)
    order = sell(soiree, (chair, 2), at=LONG_BEFORE)

    shown = kind_of("ticket").shown(order.lines.get(), at=LONG_BEFORE)

    assert [thing.url for thing in shown] == [
        f"/tickets/{ticket.token}/" for ticket in Ticket.objects.all()
    ]


def test_nothing_is_sent_before_it_is_paid():
    event = make_event()

    hold(event, (make_ticket_type(event), 1), guests=[Guest(email="ben@okoro.example")])

    assert not Email.objects.exists()
