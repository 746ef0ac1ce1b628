"""One ticket by its own link: its states, its place in time, its paper and its calendar."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.core.cache import cache

from events import reveal
from events.models import Choice, Event
from nsca.lib.media import qr
from orders.lines.kinds import kind_of
from orders.models import Order
from tests.events.reveal_kit import LONG_BEFORE, STARTS, TICK, T
from tests.events.sales.test_buying import text_of
from tests.factories import make_ticket

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


# --- What it says ------------------------------------------------------------------------------


def test_a_ticket_answers_what_a_guest_asks(client, soiree, travel):
    travel(LONG_BEFORE)
    Event.objects.update(bring="<p>A folding chair.</p>", help_phone="757-627-0530")
    ticket = make_ticket(soiree, guest_name="Ada Ellery")

    words = text_of(page(client, ticket))

    assert "Yes: this seat is yours" in words
    assert "$95, order " in words
    assert "Revealed Wednesday, May 19, 2027 at 6:00 p.m. EDT" in words
    assert "A folding chair." in words
    assert "757-627-0530" in words
    assert ticket.code in words


def test_a_guest_of_a_class_online_is_not_asked_for_a_door_and_a_kitchen(client, soiree, travel):
    travel(LONG_BEFORE)
    Event.objects.update(kind=Event.Kind.ONLINE)
    ticket = make_ticket(soiree)

    card = text_of(page(client, ticket))
    order = text_of(client.get(f"/tickets/guests/{ticket.line.order.token}/"))

    assert "Yes: this spot is yours" in card
    assert "For the instructor: captions, a slower pace." in card
    assert "For the instructor: captions, a slower pace." in order
    assert "For the door" not in card + order
    assert "For the kitchen" not in card + order


def test_an_open_ticket_says_once_where_it_is_and_how_to_enter(client, soiree, travel):
    Event.objects.update(access="Step-free from the river gate")
    ticket = make_ticket(soiree)

    travel(T - TICK)
    sealed = text_of(page(client, ticket))
    travel(T)
    opened = text_of(page(client, ticket))

    assert sealed.count("Step-free from the river gate") == 1
    assert opened.count("Step-free from the river gate") == 1
    assert "Where Norfolk" in sealed
    assert "Where Norfolk" not in opened


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


# --- Its states --------------------------------------------------------------------------------


def unpaid(ticket):
    Order.objects.update(
        state="held",
        paid_at=None,
        placed_at=LONG_BEFORE,
        held_until=LONG_BEFORE + timedelta(minutes=5),
    )


def expired(ticket):
    Order.objects.update(state="expired", paid_at=None, expired_at=LONG_BEFORE)


def gone_back(ticket):
    kind_of("ticket").refunded(ticket.line, at=LONG_BEFORE)


def disputed(ticket):
    kind_of("ticket").suspended(ticket.line, at=LONG_BEFORE)


def called_off(ticket):
    Event.objects.update(state=Event.State.CANCELED, canceled_note="A storm.")


STATES = [
    (unpaid, "Not paid yet"),
    (expired, "This seat was released"),
    (gone_back, "This ticket is canceled"),
    (disputed, "This ticket is suspended"),
    (called_off, "A storm."),
]


@pytest.mark.parametrize("happened, words", STATES)
def test_a_ticket_that_is_not_valid_says_why_and_shows_no_code(
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
def test_a_ticket_that_is_not_valid_reveals_no_venue_after_t(
    client, ticket, travel, happened, words, path
):
    happened(ticket)
    travel(T + timedelta(hours=1))
    Order.objects.filter(state="held").update(held_until=T + timedelta(hours=2))

    response = client.get(f"/tickets/{ticket.token}/{path}")

    revealed = str(paper_of(response)) if path == "ticket.pdf" else response.content.decode()
    assert not [secret for secret in SECRETS if secret in revealed]


def test_a_hold_that_ran_out_is_said_before_any_job_has_run(client, ticket, travel):
    unpaid(ticket)
    travel(LONG_BEFORE + timedelta(minutes=5))

    assert "This seat was released" in text_of(page(client, ticket))


def test_a_ticket_of_a_past_event_says_so(client, ticket, travel):
    travel(STARTS + timedelta(hours=3))

    words = text_of(page(client, ticket))

    assert "This event is over" in words
    assert "Save as PDF" not in words


# --- The venue, in time ------------------------------------------------------------------------


@pytest.mark.parametrize("at, is_revealed", [(T - TICK, False), (T, True), (T + TICK, True)])
@pytest.mark.parametrize("path", ["", "ticket.pdf", "event.ics"])
def test_the_holder_learns_the_venue_at_the_instant_and_not_before(
    client, ticket, travel, path, at, is_revealed
):
    travel(at)

    response = client.get(f"/tickets/{ticket.token}/{path}")

    revealed = str(paper_of(response)) if path == "ticket.pdf" else response.content.decode()
    assert ("Chart House Lawn" in revealed) is is_revealed
    assert bool([secret for secret in SECRETS if secret in revealed]) is is_revealed


def test_the_paper_reveals_no_venue_in_its_metadata_even_after_t(client, ticket, travel):
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
        client.post(f"{ticket.get_absolute_url()}seen/", {"version": 1, "by": "page"})

    ticket.refresh_from_db()
    assert ticket.seen_open_at == T


def test_the_code_at_the_door_tells_nothing(client, ticket, travel):
    travel(T)

    html = page(client, ticket).content.decode()

    drawn = qr.svg(f"NSCA:{ticket.code}", label=f"Code of ticket {ticket.code}")
    assert drawn in html
    assert "style=" not in drawn
