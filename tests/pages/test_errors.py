"""An error page helps, leaks nothing, and carries every header."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path

from nsca import urls as real
from nsca.lib.web.throttle import TooOften
from pages.models import Redirect

pytestmark = pytest.mark.django_db
SECRET = "guest@example.org 4242"


def breaks(request):
    secret = SECRET  # noqa: F841 - a local that a debugging page would show
    raise RuntimeError(SECRET)


def finds_no_database(request):
    raise OperationalError(SECRET)


def forbids(request):
    raise PermissionDenied(SECRET)


def throttles(request):
    raise TooOften(90)


def takes_a_form(request):
    return HttpResponse("ok")


urlpatterns = [
    path("breaks/", breaks),
    path("forbids/", forbids),
    path("throttles/", throttles),
    path("form/", takes_a_form),
    path("closed/", finds_no_database),
    *real.urlpatterns,
]
handler400, handler403 = real.handler400, real.handler403
handler404, handler500 = real.handler404, real.handler500

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pages.test_errors")]

ERRORS = [
    (400, "GET", "/search/?q=%00"),
    (403, "GET", "/forbids/"),
    (403, "POST", "/form/"),
    (404, "GET", "/nothing/here/"),
    (413, "POST", "/contact/"),
    (429, "GET", "/throttles/"),
    (500, "GET", "/breaks/"),
    (503, "GET", "/closed/"),
]


@pytest.fixture
def stranger():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def ask(client, method, address, **headers):
    if method == "GET":
        return client.get(address, headers=headers)
    body = "text=" + "x" * (1_100_000 if address == "/contact/" else 1)
    kind = "application/x-www-form-urlencoded"
    return client.post(address, body, content_type=kind, headers=headers)


@pytest.mark.parametrize(("status", "method", "address"), ERRORS)
def test_an_error_carries_the_headers_of_every_page_and_no_cookie(
    stranger, status, method, address
):
    response = ask(stranger, method, address)

    assert response.status_code == status
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["Permissions-Policy"].startswith("accelerometer=()")
    assert response.headers["X-Request-ID"]
    assert not response.cookies


@pytest.mark.parametrize(("status", "method", "address"), ERRORS)
def test_an_error_page_reveals_nothing_internal(stranger, status, method, address):
    page = ask(stranger, method, address).content.decode()

    assert SECRET not in page
    assert "Traceback" not in page
    assert "/work" not in page
    assert "Django" not in page


@pytest.mark.parametrize(("status", "method", "address"), ERRORS)
def test_an_error_page_has_one_heading_and_nothing_that_the_policy_would_block(
    stranger, status, method, address
):
    page = ask(stranger, method, address).content.decode()

    assert page.count("<h1") == 1
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", page)


@pytest.mark.parametrize(("status", "method", "address"), ERRORS)
def test_an_error_page_links_onward(stranger, status, method, address):
    page = ask(stranger, method, address, Accept="text/html,*/*;q=0.8").content.decode()

    assert 'href="/"' in page


@pytest.mark.parametrize(("status", "method", "address"), ERRORS[:6])
@pytest.mark.parametrize("accept", ["application/json", "text/calendar", "image/png"])
def test_a_program_gets_one_line(stranger, status, method, address, accept):
    response = ask(stranger, method, address, Accept=accept)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.count(b"\n") == 1


def test_the_404_page_links_to_search_cities_events_and_contact(client):
    page = client.get("/nothing/here/").content.decode()

    assert '<form class="search" action="/search/" role="search">' in page
    assert 'href="/cities/"' in page
    assert 'href="/events/"' in page
    assert 'href="/contact/"' in page


def test_the_429_page_says_how_long_to_wait(stranger):
    response = stranger.get("/throttles/")

    assert response.headers["Retry-After"] == "90"
    assert "Please try again in 2 minutes." in response.content.decode()


def test_a_form_that_was_open_too_long_says_that_nothing_is_lost(stranger):
    page = stranger.post("/form/", {"name": "Ada"}).content.decode()

    assert "What you wrote is still there." in page


def test_the_site_is_back_in_a_minute(stranger):
    assert stranger.get("/closed/").headers["Retry-After"] == "60"


@pytest.mark.parametrize("template", ["500.html", "503.html"])
def test_error_pages_need_no_queries(django_assert_num_queries, template):
    with override_settings(STORAGES={}), django_assert_num_queries(0):
        page = render_to_string(template)

    assert page.count("<h1") == 1
    assert "{" not in page


def test_an_old_address_redirects_to_its_new_one(client):
    Redirect.objects.create(
        old_path="/sister-cities/kitakyushu-japan/", new_path="/cities/kitakyushu/"
    )

    with_slash = client.get("/sister-cities/kitakyushu-japan/")
    without = client.get("/sister-cities/kitakyushu-japan")

    assert (with_slash.status_code, with_slash.headers["Location"]) == (301, "/cities/kitakyushu/")
    assert (without.status_code, without.headers["Location"]) == (301, "/cities/kitakyushu/")


def test_a_redirect_does_not_hide_an_existing_page(client):
    Redirect.objects.create(old_path="/news/", new_path="/about/")

    assert client.get("/news/").status_code == 200


def test_a_form_sent_to_an_old_address_is_not_sent_on(client):
    Redirect.objects.create(old_path="/old/", new_path="/contact/")

    assert client.post("/old/", {"name": "Ada"}).status_code == 404


# --- A dead link of an e-mail ------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/orders/nobody-has-this/", "/orders/nobody-has-this/receipt/", "/tickets/nobody-has-this/"],
)
def test_a_dead_link_from_an_e_mail_says_what_to_try(stranger, address):
    response = ask(stranger, "GET", address, Accept="text/html")

    page = response.content.decode()
    assert response.status_code == 404
    assert "find an order or ticket for this link" in page
    assert "paid orders come back automatically at the same link" in page
    assert 'href="/events/"' in page


def test_another_missing_address_mentions_no_ticket(stranger):
    page = ask(stranger, "GET", "/nothing/here/", Accept="text/html").content.decode()

    assert "by this link" not in page
