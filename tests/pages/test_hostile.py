"""Hostile requests to public addresses get 400, 404, 413 or a page, never a 500."""

import io

import pytest
from django.conf import settings as conf
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_city, make_event
from tests.pages.factories import contact_form, make_page, make_post

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/",
    "/about/",
    "/about/history/",
    "/accounts/login/",
    "/cities/",
    "/cities/toulon/",
    "/cities/toulon/og.png",
    "/contact/",
    "/demo/mail/",
    "/events/",
    "/events/calendar.ics",
    "/events/feed.xml",
    "/events/past/",
    "/events/tea/",
    "/events/tea/event.ics",
    "/events/tea/og.png",
    "/events/tea/tickets/",
    "/give/",
    "/join/",
    "/news/",
    "/news/a-visit/",
    "/news/feed.xml",
    "/newsletter/",
    "/newsletter/confirm/no-such-token/",
    "/newsletter/leave/no-such-token/",
    "/no/such/address/",
    "/orders/no-such-token/",
    "/robots.txt",
    "/search/",
    "/sitemap.xml",
    "/tickets/no-such-token/",
]
# What one middleware decides is asked where a view stands behind it and where none does.
EDGE = ["/search/", "/no/such/address/"]
READERS = [
    "/search/",
    "/events/",
    "/events/past/",
    "/news/",
    "/contact/",
    "/join/",
    "/accounts/login/",
]
EDGE_FORMS = ["/contact/", "/events/tea/tickets/"]
FORMS = [
    "/contact/",
    "/newsletter/",
    "/accounts/login/",
    "/join/",
    "/give/",
    "/events/tea/tickets/",
]


@pytest.fixture(autouse=True)
def site(at_noon):
    make_city("toulon")
    make_event(slug="tea")
    make_page("")
    make_page("history")
    make_post()


@pytest.fixture
def stranger():
    """A client to whom a broken page is an answer and not an exception, as to the world."""
    return Client(raise_request_exception=False)


def send(client, method, address, query="", **extra):
    return client.generic(method, address, QUERY_STRING=query, **extra)


@pytest.mark.parametrize("address", EDGE)
@pytest.mark.parametrize("query", ["q=%00", "%00=1", "page=a%00b"])
def test_a_nul_byte_in_a_query_is_a_bad_request(stranger, address, query):
    assert send(stranger, "GET", address, query).status_code == 400


@pytest.mark.parametrize("address", READERS)
@pytest.mark.parametrize(
    "query",
    [
        "q=%ff",
        "q=%ed%a0%80",
        "%ff=%fe",
        "q=%",
        "q=%zz",
        "&&&=&",
        "q[]=1&q[]=2",
        "page=%F0%9F%8E%89",
        "q=" + "x" * 1_000_000,
    ],
    ids=[
        "ff",
        "surrogate",
        "ff name",
        "percent",
        "zz",
        "ampersands",
        "brackets",
        "emoji",
        "megabyte",
    ],
)
def test_a_strange_query_breaks_nothing(stranger, address, query):
    assert send(stranger, "GET", address, query).status_code < 500


@pytest.mark.parametrize("address", EDGE)
def test_a_flood_of_query_fields_is_a_bad_request(stranger, address):
    query = "&".join(f"f{number}=1" for number in range(2000))

    assert send(stranger, "GET", address, query).status_code == 400


@pytest.mark.parametrize("address", EDGE)
@pytest.mark.parametrize(
    "charset", ["utf-7", "utf-16", "hex", "unicode_escape", "rot13", "idna", "no-such"]
)
def test_no_charset_smuggles_half_a_character_in(stranger, address, charset):
    kind = f"text/plain; charset={charset}"

    response = send(stranger, "GET", address, "q=%2B2AA-&page=%5Cud800", content_type=kind)

    assert response.status_code < 500


@pytest.mark.parametrize(
    "path", ["/%00/", "/about/%00/", "/cities/%ff/", "/events/%ed%a0%80/", "/news/..%2f..%2f/"]
)
def test_an_impossible_address_is_bad_or_not_found(stranger, path):
    assert stranger.get(path).status_code in (400, 404)


@pytest.mark.parametrize("address", EDGE)
@pytest.mark.parametrize("method", ["BREW", "TRACE", "PROPFIND", "PUT", "PATCH", "DELETE"])
def test_an_unknown_method_is_refused(stranger, address, method):
    assert send(stranger, method, address).status_code == 405


MULTIPART = "multipart/form-data; boundary=x"
PART = b'Content-Disposition: form-data; name="a"'
BASE64 = b"\r\nContent-Transfer-Encoding: base64\r\n"
PAGES = [
    "/about/",
    "/news/",
    "/search/",
    "/contact/thanks/",
    "/sitemap.xml",
    "/robots.txt",
    "/og/site.png",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_takes_nothing_says_so(stranger, address):
    response = stranger.post(address)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_answered_as_get_without_its_body(stranger, address):
    got = stranger.get(address)

    headed = stranger.head(address)

    assert headed.status_code == got.status_code
    assert headed.content == b""
    assert headed.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize("address", EDGE_FORMS)
@pytest.mark.parametrize(
    "field", ["name", "email", "about", "text", "website", "ticket", "made_up"]
)
def test_a_nul_byte_in_a_form_is_a_bad_request(stranger, address, field):
    assert stranger.post(address, {field: "a\x00b"}).status_code == 400


@pytest.mark.parametrize("address", EDGE_FORMS)
def test_a_flood_of_form_fields_is_a_bad_request(stranger, address):
    assert stranger.post(address, {f"f{number}": "1" for number in range(2000)}).status_code == 400


@pytest.mark.parametrize("address", EDGE_FORMS)
def test_a_field_of_megabytes_is_too_large(stranger, address):
    response = stranger.post(
        address, "text=" + "x" * 1_100_000, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 413


@pytest.mark.parametrize("address", EDGE_FORMS)
def test_a_body_beyond_the_limit_is_refused_by_its_length_alone(stranger, address):
    class Unread(io.RawIOBase):
        def read(self, size=-1):
            raise AssertionError("the body was read")

    response = stranger.generic(
        "POST",
        address,
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": 30_000_001, "wsgi.input": Unread()},
    )

    assert response.status_code == 413


@pytest.mark.parametrize("address", EDGE_FORMS)
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=", b"--x\r\n"),
        ("multipart/form-data; boundary=" + "x" * 500, b"--x\r\n"),
        ("multipart/form-data; boundary=\xe9", b"--x\r\n"),
        ("multipart/form-data; boundary=x; charset=utf-16", b"--x--\r\n"),
        (MULTIPART, b"--x\r\n" + PART + b"\r\n"),
        (MULTIPART, b"--x\r\n" + PART + b'; filename="\x00"\r\n\r\nb\r\n--x--\r\n'),
        (MULTIPART, b"--x\r\n" + PART + BASE64 + b"\r\n!\r\n--x--\r\n"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"name=a"),
        ("application/x-www-form-urlencoded; charset=hex", b"name=a"),
        ("application/x-www-form-urlencoded", b"\xff=\xfe&%ff=%fe"),
        ("application/json", b"{"),
        ("application/json", b"[" * 100_000),
        ("text/plain", b"hello"),
        ("", b"hello"),
        ("x" * 1000, b"hello"),
    ],
)
def test_a_body_that_is_not_a_form_breaks_nothing(stranger, address, kind, body):
    response = stranger.generic("POST", address, body, content_type=kind)

    assert response.status_code in (200, 302, 400, 403, 404, 405, 413, 422)


@pytest.mark.parametrize("length", ["-1", "two", "1e3", " ", "9" * 30])
def test_an_invalid_length_is_refused(stranger, length):
    response = stranger.generic(
        "POST",
        "/contact/",
        b"name=a",
        content_type="application/x-www-form-urlencoded",
        CONTENT_LENGTH=length,
    )

    assert response.status_code in (400, 413, 422)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "a b"},
        {"Cookie": "nsca_session=\x00; nsca_csrf=ÿ"},
        {"Cookie": f"{conf.SESSION_COOKIE_NAME}="},
        {"Cookie": f"{conf.SESSION_COOKIE_NAME}=x"},
        {"Cookie": "messages=%00"},
        {"If-None-Match": "W/\x00"},
        {"If-Modified-Since": "yesterday"},
        {"Accept-Encoding": "br;q=0, \xff"},
        {"Accept": "\xff"},
        {"Accept-Language": "x" * 10_000},
        {"Range": "bytes=9-1"},
        {"X-Forwarded-For": "\x00, '; drop table"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Referer": "http://[::1"},
    ],
    ids=lambda headers: next(iter(headers)),
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strange_headers_break_nothing(stranger, method, headers):
    response = stranger.generic(
        method,
        "/contact/",
        b"name=a",
        content_type="application/x-www-form-urlencoded",
        headers=headers,
    )

    assert response.status_code < 500


text = st.text(st.characters(blacklist_categories=()), max_size=300)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=text, about=text, words=text)
def test_any_text_at_all_is_saved_or_refused(stranger, name, about, words):
    form = contact_form(name=name, about=about, text=words)
    body = "&".join(f"{key}={_quoted(value)}" for key, value in form.items())

    response = stranger.post("/contact/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code in (302, 400, 422, 429)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=text)
def test_any_text_at_all_may_be_searched_for(stranger, query):
    response = send(stranger, "GET", "/search/", "q=" + _quoted(query))

    assert response.status_code in (200, 400)


def _quoted(value):
    from urllib.parse import quote

    return quote(value.encode("utf-8", "surrogatepass"))
