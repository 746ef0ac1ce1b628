"""What a phone keeps for when the network is lost: the same for all, nothing of anybody."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.urls import reverse

from events.door.views_offline import kept_assets
from tests.events.door_kit import SEVEN, make_door_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return client.get("/door/offline/")


@pytest.fixture
def worker(client):
    return client.get("/door/worker.js")


def policy(response) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split(";")
    return dict(part.strip().partition(" ")[::2] for part in parts)


def test_the_page_is_the_same_for_whoever_asks_and_sets_no_cookie(
    client, page, soiree, travel, django_assert_num_queries
):
    travel(SEVEN)
    client.get(reverse("door:home", args=[make_door_link(soiree).token]))
    assert client.cookies  # the phone's own

    again = client.get("/door/offline/")

    assert again.content == page.content
    assert not again.cookies
    assert "public" in again.headers["Cache-Control"]
    assert soiree.title not in again.content.decode()


def test_all_that_the_page_is_made_of_is_kept_and_is_there(page):
    made_of = re.findall(r'(?:href|src|data-decoder)="(/static/[^"]+)"', page.content.decode())

    kept = kept_assets()

    assert len(made_of) > 10
    assert {*made_of} - {*kept} == set()
    missing = [url for url in kept if not finders.find(url.removeprefix(settings.STATIC_URL))]
    assert missing == []


def test_what_the_decoder_and_the_style_sheets_ask_for_is_kept_too():
    kept = {url.rpartition("/")[2] for url in kept_assets()}

    def read(path):
        with open(finders.find(path)) as file:
            return file.read()

    imported = re.findall(r"\bfrom '\./([\w.]+)';", read("js/vendor/qr/decode.js"))
    assert imported
    assert {*imported} - kept == set()
    assert "url(../fonts/public-sans.woff2)" in read("css/tokens.css")
    assert "public-sans.woff2" in kept


def test_the_worker_is_a_script_that_rules_below_the_door_alone(worker):
    assert worker.headers["Content-Type"] == "text/javascript"
    assert "Service-Worker-Allowed" not in worker.headers  # its address is its scope
    assert not worker.cookies


def test_the_worker_puts_aside_at_its_start_alone(worker):
    """No answer of the server, which may name guests or the venue, is ever put into its cache."""
    script = worker.content.decode()

    assert script.count("addAll(") == 1
    assert not re.search(r"\.(put|add)\(", script)
    assert "[SHELL, ...ASSETS]" in script


def test_the_worker_moves_with_what_it_keeps(client, worker, monkeypatch):
    from events.door import views_offline as views_door_offline

    monkeypatch.setattr(views_door_offline, "FILES", ("css/door.css",))
    caches["pages"].clear()  # as a new worker begins
    other = client.get("/door/worker.js")

    def name(response):
        return re.search(r'const CACHE = "(.+)"', response.content.decode())[1]

    assert name(other) != name(worker)


@pytest.mark.parametrize(
    "address, may_hire",
    [("door:home", "'self'"), ("door:offline", "'none'"), ("events:list", "'none'")],
)
def test_the_door_s_pages_alone_may_hire_a_worker(address, may_hire, client, travel, soiree):
    travel(SEVEN)
    args = [make_door_link(soiree).token] if address == "door:home" else []

    response = client.get(reverse(address, args=args))

    assert response.status_code == 200
    assert policy(response)["worker-src"] == may_hire
