"""Pages and news appear when and where they should, with few queries."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests.factories import NOON
from tests.pages.factories import make_page, make_post

pytestmark = pytest.mark.django_db
A_SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "status"),
    [(NOON - A_SECOND, 404), (NOON, 200), (NOON + A_SECOND, 200)],
)
@pytest.mark.parametrize(
    "make, address", [(make_page, "/about/history/"), (make_post, "/news/history/")]
)
def test_a_page_appears_at_its_time_and_not_before(client, make, address, at, status):
    make("history", publish_at=NOON)

    with time_machine.travel(at, tick=False):
        response = client.get(address)

    assert response.status_code == status


@pytest.mark.parametrize(
    "make, address", [(make_page, "/about/history/"), (make_post, "/news/history/")]
)
def test_no_visitor_sees_a_draft(client, at_noon, make, address):
    make("history", is_draft=True)

    response = client.get(address)

    assert response.status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/about/", "/news/", "/news/old/", "/news/feed.xml", "/sitemap.xml", "/search/?q=old"],
)
def test_no_cached_page_outlives_the_next_publication(client, at_noon, address):
    make_page("")
    make_post("old")
    make_page("new", publish_at=NOON + timedelta(seconds=40), is_draft=False)
    make_post("new", publish_at=NOON + timedelta(seconds=40))

    response = client.get(address)

    assert response.headers["Cache-Control"] == "public, max-age=40"


def test_the_news_list_shows_a_post_from_its_time_on(client):
    make_post("new-ship", title="A new ship", publish_at=NOON)

    with time_machine.travel(NOON - A_SECOND, tick=False) as clock:
        before = client.get("/news/").content.decode()
        clock.move_to(NOON)
        after = client.get("/news/").content.decode()

    assert "A new ship" not in before
    assert "A new ship" in after


def test_the_menu_lists_pages_in_order_with_their_sub_pages_and_marks_the_one_shown(
    client, at_noon
):
    make_page("", title="About us", position=0)
    make_page("programs", position=2)
    make_page("programs/hosting", title="Hosting", position=3)
    make_page("history", position=1)
    make_page("terms", in_menu=False)

    response = client.get("/about/programs/hosting/")

    menu = response.context["menu"]
    assert [(e.title, [sub.title for sub in e.below]) for e in menu] == [
        ("About us", []),
        ("History", []),
        ("Programs", ["Hosting"]),
    ]
    assert (
        '<a href="/about/programs/hosting/" aria-current="page">Hosting</a>'
        in response.content.decode()
    )


def test_breadcrumbs_lead_through_the_pages_above(client, at_noon):
    make_page("", title="About us")
    make_page("programs")
    make_page("programs/hosting")

    response = client.get("/about/programs/hosting/")

    assert response.context["trail"] == [("About us", "/about/"), ("Programs", "/about/programs/")]


def test_an_address_without_its_slash_leads_to_the_page(client, at_noon):
    make_page("history")

    response = client.get("/about/history")

    assert (response.status_code, response.headers["Location"]) == (301, "/about/history/")


def test_news_has_ten_posts_a_page_newest_first(client, at_noon):
    for number in range(12):
        make_post(
            f"post-{number}", title=f"Post {number}", publish_at=NOON - timedelta(days=number)
        )

    first = [post.title for post in client.get("/news/").context["posts"]]
    second = [post.title for post in client.get("/news/?page=2").context["posts"]]

    assert first == [f"Post {number}" for number in range(10)]
    assert second == ["Post 10", "Post 11"]


@pytest.mark.parametrize("page", ["3", "0", "-1", "two", "9" * 400])
def test_an_unknown_page_of_news_is_not_found(client, at_noon, page):
    make_post()

    response = client.get("/news/", {"page": page})

    assert response.status_code == 404


@pytest.mark.parametrize("count", [1, 40])
def test_the_list_of_news_costs_the_same_with_few_and_many(
    client, at_noon, count, django_assert_max_num_queries
):
    for number in range(count):
        make_post(f"post-{number}")
    client.get("/contact/thanks/")  # the particulars are read once for each version of the content

    with django_assert_max_num_queries(6) as queries:
        client.get("/news/")

    assert len([q for q in queries.captured_queries if "pages_post" in q["sql"]]) == 3


def test_the_feed_has_the_published_posts_and_their_true_dates(client, at_noon):
    post = make_post("ship", title="A ship & a dinner", publish_at=NOON - timedelta(days=2))
    make_post("draft", is_draft=True)

    response = client.get("/news/feed.xml")

    text = response.content.decode()
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "<title>A ship &amp; a dinner</title>" in text
    assert "<id>http://testserver/news/ship/</id>" in text
    assert f"<published>{post.publish_at.isoformat()}</published>" in text
    assert text.count("<entry>") == 1


@pytest.mark.parametrize(
    "address",
    [
        "/about/",
        "/about/history/",
        "/news/",
        "/news/a-visit/",
        "/news/feed.xml",
        "/contact/",
        "/contact/thanks/",
    ]
    + [
        "/search/",
        "/search/?q=ship",
        "/newsletter/",
        "/newsletter/asked/",
        "/sitemap.xml",
        "/robots.txt",
    ]
    + ["/.well-known/security.txt", "/manifest.webmanifest", "/og/site.png", "/nothing/here/"],
)
def test_a_public_page_sets_no_cookie_and_touches_no_session(
    at_noon, address, django_assert_max_num_queries
):
    make_page("")
    make_page("history")
    make_post()
    visitor = Client()
    visitor.cookies["nsca_session"] = "a" * 32
    visitor.get("/search/?q=warm")  # particulars and index are made once for each version

    with django_assert_max_num_queries(8) as queries:
        response = visitor.get(address)

    assert not response.cookies
    assert not [q for q in queries.captured_queries if "django_session" in q["sql"]]


@pytest.mark.parametrize(
    "address", ["/about/", "/news/", "/news/a-visit/", "/contact/", "/search/?q=ship"]
)
def test_a_public_page_asks_at_most_eight_times(
    client, at_noon, address, django_assert_max_num_queries
):
    make_page("")
    make_post()
    client.get("/search/?q=warm")  # particulars and index are made once for each version

    with django_assert_max_num_queries(8):
        client.get(address)
