"""Default-deny caching: what is public, for how long, and to whom it is the same."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import RequestFactory

from nsca.lib.web import caching
from nsca.lib.web.caching import (
    PublicPageTouchedSession,
    changes_at,
    content_changed,
    public_cache,
)
from nsca.middleware import HeadersMiddleware, PageCacheMiddleware

NOON = datetime(2027, 5, 19, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


def site(view):
    """One process with this view behind the page cache; counts how often the view was asked."""
    asked = []

    def counting(request):
        asked.append(request.now)
        return view(request)

    return HeadersMiddleware(PageCacheMiddleware(counting)), asked


def get(middleware, at, path="/page/", **headers):
    request = RequestFactory().get(path, headers=headers)
    request.now = at
    return middleware(request)


def test_a_page_is_not_stored_unless_its_view_says_so():
    ask, asked = site(lambda request: HttpResponse("private"))

    first, second = get(ask, NOON), get(ask, NOON)

    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in first.headers
    assert len(asked) == 2


def test_a_public_page_is_made_once_and_handed_out_until_it_expires():
    ask, asked = site(public_cache(seconds=60)(lambda request: HttpResponse("public")))

    pages = [get(ask, NOON + wait * SECOND) for wait in (0, 59, 60)]

    assert [page.content for page in pages] == [b"public"] * 3
    assert [page.headers["Cache-Control"] for page in pages] == [
        "public, max-age=60",
        "public, max-age=1",
        "public, max-age=60",
    ]
    assert asked == [NOON, NOON + 60 * SECOND]


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOON + 9 * SECOND, b"before"),
        (NOON + 10 * SECOND - timedelta(microseconds=1), b"before"),
        (NOON + 10 * SECOND, b"after"),
        (NOON + 11 * SECOND, b"after"),
    ],
)
def test_no_kept_page_is_fresh_at_the_boundary(at, text):
    boundary = NOON + 10 * SECOND

    @public_cache(seconds=300)
    def view(request):
        changes_at(request, boundary, None)
        return HttpResponse("before" if request.now < boundary else "after")

    ask, _ = site(view)
    get(ask, NOON)

    assert get(ask, at).content == text


def test_an_edit_drops_what_was_kept():
    ask, asked = site(public_cache(seconds=300)(lambda request: HttpResponse("page")))
    get(ask, NOON)

    content_changed()
    ask.get_response.asked_at = float("-inf")  # a second later
    get(ask, NOON + SECOND)

    assert len(asked) == 2


def test_a_parameter_the_view_does_not_read_costs_no_page():
    ask, asked = site(
        public_cache(seconds=300, query=("q",))(
            lambda request: HttpResponse(request.GET.get("q", "all"))
        )
    )

    paths = (
        "/page/?1",
        "/page/?2",
        "/page/",
        "/page/?q=a&utm=1",
        "/page/?utm=2&q=a",
        "/page/?q=b",
    )
    said = [get(ask, NOON, path).text for path in paths]

    assert said == ["all", "all", "all", "a", "a", "b"]
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("accepts", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("", None)]
)
def test_a_public_page_travels_compressed_as_the_browser_likes(accepts, encoding):
    ask, _ = site(public_cache(seconds=300)(lambda request: HttpResponse("a word " * 500)))

    response = get(ask, NOON, **{"Accept-Encoding": accepts})

    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000,gzip;q=0", None),
        ("br; q=0.001", "br"),
        ("gzip;q=high", None),
        ("BR", "br"),
    ],
)
def test_a_browser_is_not_sent_what_it_says_it_cannot_read(client, accepts, encoding):
    response = client.get("/", headers={"Accept-Encoding": accepts})

    assert response.headers.get("Content-Encoding") == encoding


def test_a_browser_that_has_the_page_is_told_so_in_a_few_bytes():
    ask, _ = site(public_cache(seconds=300)(lambda request: HttpResponse("page")))
    etag = get(ask, NOON).headers["ETag"]

    again = get(ask, NOON, **{"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_a_public_page_that_sets_a_cookie_is_an_error_of_ours():
    @public_cache(seconds=300)
    def view(request):
        response = HttpResponse("x")
        response.set_cookie("who", "you")
        return response

    ask, _ = site(view)

    with pytest.raises(PublicPageTouchedSession):
        get(ask, NOON)


def test_an_error_is_never_kept_as_public():
    ask, _ = site(public_cache(seconds=300)(lambda request: HttpResponse("gone", status=404)))

    assert get(ask, NOON).headers["Cache-Control"] == "private, no-store"


class Silent:
    """A shared cache that is down."""

    def __getattr__(self, verb):
        def fail(*args, **kwargs):
            raise ConnectionError("nobody answers")

        return fail


def test_visitors_get_their_pages_while_the_shared_cache_is_down(client, monkeypatch):
    monkeypatch.setattr(caching, "cache", Silent())

    assert client.get("/").status_code == 200
    assert client.get("/contact/").status_code == 200
    caching.content_changed()
    assert caching.content_version() != caching.content_version()  # nothing old is handed out
