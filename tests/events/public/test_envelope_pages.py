"""The seal on the site: who sees the proof, what the page explains, and that anyone can check."""

import shutil
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from events import reveal
from events.venue import envelope
from tests.events.envelope_kit import LATER, SEALED_ON, page
from tests.events.reveal_kit import DAY, TICK, T
from tests.factories import make_event, make_ticket

pytestmark = pytest.mark.django_db


# --- Anybody can check it ----------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils are not here")
def test_the_two_lines_on_the_ticket_agree_with_the_seal(sealed, ticket, client, travel, tmp_path):
    """The file is what `curl -O` would save; the second line is run as it stands on the page."""
    travel(T)
    html = page(client, ticket.get_absolute_url())
    address = f"/tickets/{ticket.token}/envelope.txt"
    assert f"curl -O http://testserver{address} sha256sum envelope.txt" in html
    (tmp_path / "envelope.txt").write_bytes(client.get(address).content)

    said = subprocess.run(
        ["sha256sum", "envelope.txt"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout

    assert said == f"{envelope.published(sealed).first.digest}  envelope.txt\n"


def test_python_agrees_too_with_what_stands_on_the_page_for_practice(client, sealed, travel):
    travel(SEALED_ON)
    html = client.get("/events/soiree/envelope/").content.decode()
    block = html.split('aria-label="A text for practice">')[1].split("</pre>")[0]
    command = "import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())"

    said = subprocess.run(
        [sys.executable, "-c", command], input=block, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert envelope.digest_of(block) == said == envelope.example()[1]
    assert html.replace("</span><span>", "").count(f"<span>{said}</span>") == 1


def test_the_text_for_practice_is_a_file_that_anyone_may_fetch(client, db):
    response = client.get("/events/envelope-example.txt")

    assert envelope.digest_of(response.content.decode()) == envelope.example()[1]
    assert response["Cache-Control"] == "public, max-age=86400"


# --- Who may see it ----------------------------------------------------------------------------


@pytest.mark.parametrize("at, status", [(T - TICK, 404), (T, 200)])
def test_the_text_is_for_the_holder_from_t_on(sealed, ticket, client, travel, at, status):
    travel(at)

    response = client.get(f"/tickets/{ticket.token}/envelope.txt")

    assert response.status_code == status
    if status == 200:
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert 'filename="envelope.txt"' in response["Content-Disposition"]


@pytest.mark.parametrize("state", ["canceled_at", "suspended_at"])
def test_a_ticket_that_opens_nothing_proves_nothing(sealed, ticket, client, travel, state):
    type(ticket).objects.filter(pk=ticket.pk).update(**{state: LATER})
    travel(T)

    assert client.get(f"/tickets/{ticket.token}/envelope.txt").status_code == 404
    assert "Salt:" not in client.get(ticket.get_absolute_url()).content.decode()


def test_an_unpaid_order_s_ticket_proves_nothing(sealed, client, travel):
    unpaid = make_ticket(sealed, state="held")
    travel(T)

    assert client.get(f"/tickets/{unpaid.token}/envelope.txt").status_code == 404


@pytest.mark.parametrize(
    "audience, at, is_public",
    [
        ("holders", T, False),
        ("holders", T + 3 * DAY, False),
        ("everyone", T - TICK, False),
        ("everyone", T, True),
        ("after", T, False),
        ("after", T + 3 * DAY, True),
    ],
)
def test_everyone_sees_the_proof_exactly_where_everyone_may_know(
    sealed, client, travel, audience, at, is_public
):
    type(sealed).objects.filter(pk=sealed.pk).update(audience=audience)
    travel(at)

    text = client.get("/events/soiree/envelope.txt")
    html = page(client, "/events/soiree/envelope/")

    assert text.status_code == (200 if is_public else 404)
    assert ("Salt: " + text.content.decode()[-33:-1] in html) is is_public
    assert ("Chart House" in html) is is_public


# --- The page that explains it -----------------------------------------------------------------


def test_it_is_there_for_every_secret_evening_and_for_no_other(client, soiree, travel):
    make_event(slug="tea", starts_at=T + DAY)
    make_event(slug="draft", starts_at=T + DAY, lead=DAY, state="draft")
    travel(LATER)

    assert client.get("/events/tea/envelope/").status_code == 404
    assert client.get("/events/draft/envelope/").status_code == 404
    assert "No seal has been published for this event." in page(client, "/events/soiree/envelope/")


def test_it_shows_the_seal_and_when_it_was_published(client, sealed, travel):
    travel(LATER)

    html = page(client, "/events/soiree/envelope/")

    assert "Sunday, May 2, 2027 at 6:00 p.m. EDT</time></b>" in html
    assert f"<span>{envelope.published(sealed).first.digest}</span>" in html
    assert 'href="/events/soiree/envelope/"' in page(client, "/events/soiree/")


@pytest.mark.parametrize("address", ["/events/soiree/envelope/", "/events/soiree/"])
def test_it_is_public_sets_no_cookie_and_ends_at_t(client, sealed, travel, address):
    travel(T - timedelta(seconds=40))

    response = client.get(address)

    assert response.cookies == {}
    assert response["Cache-Control"] == "public, max-age=40"


def test_a_published_seal_is_seen_at_once(client, soiree, keeper, travel, settings):
    travel(SEALED_ON)
    before = page(client, "/events/soiree/envelope/")
    with transaction.atomic():
        reveal.publish_seal(soiree, by=keeper, at=SEALED_ON)
    travel(SEALED_ON)

    assert envelope.published(soiree).first.digest in page(client, "/events/soiree/envelope/")
    assert "Not yet" in before


def test_before_t_no_public_page_asks_for_a_venue_and_each_asks_once_for_seals(
    client, sealed, travel
):
    travel(LATER)
    client.get("/events/soiree/envelope/")  # what a process makes once and keeps
    travel(LATER)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get("/events/soiree/envelope/")

    tables = [query["sql"] for query in asked if "nsca_cache" not in query["sql"]]
    assert not [sql for sql in tables if "events_venue" in sql or "venuepicture" in sql]
    assert len([sql for sql in tables if "events_commitment" in sql]) == 1


def test_a_canceled_evening_s_envelope_stays_shut_and_its_page_says_so(client, sealed, travel):
    type(sealed).objects.filter(pk=sealed.pk).update(state="canceled", canceled_at=LATER)
    travel(T + DAY / 8)

    html = page(client, "/events/soiree/envelope/")

    assert "The event is canceled, so the envelope stays shut for good." in html
    assert "Chart House" not in html
    assert "Sealed since" not in page(client, "/events/soiree/")
