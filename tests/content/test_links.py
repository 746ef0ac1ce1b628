"""Every way on that the content offers leads somewhere."""

import re

import pytest

from nsca.content import reading
from pages.models import Page, Post

ITEMS = reading.all_items()
RICH = ("story", "body")
HREFS = sorted(
    {
        href
        for item in ITEMS
        for key in RICH
        for href in re.findall(r'href="([^"]*)"', item.values.get(key, ""))
    }
)
INSIDE = [href for href in HREFS if href.startswith("/")]
OUTSIDE = [href for href in HREFS if not href.startswith("/")]
OUTSIDE += [
    item.values[key] for item in ITEMS for key in ("url", "source_url") if key in item.values
]
REDIRECTS = {
    item.values["old_path"]: item.values["new_path"]
    for item in ITEMS
    if item.model == "pages.Redirect"
}
OLD_EVENTS = [
    "/events/2023-soiree-en-blanc/",
    "/events/perfume-masterclass-hosted-by-suleko/",
    "/events/2025-annual-young-artists-authors-showcase-yaas/",
]
WELCOMES = [item for item in ITEMS if item.model == "cities.Welcome"]
WHOLE = re.compile(
    r"https?://[a-z0-9.-]+\.[a-z]{2,}/\S*"
    r"|mailto:staff@norfolksistercities\.org|tel:\+17576270530"
)


def refused(client, paths):
    """The addresses that do not answer 200, with what they answer."""
    answers = {path: client.get(path).status_code for path in paths}
    return {path: status for path, status in answers.items() if status != 200}


def test_links_inside_the_site_answer(loaded, client):
    assert len(INSIDE) > 20
    assert refused(client, INSIDE) == {}


@pytest.mark.parametrize("href", sorted(set(OUTSIDE)))
def test_links_out_are_whole(href):
    assert WHOLE.fullmatch(href)


def test_old_addresses_move_once_and_arrive(loaded, client):
    moved = {old: client.get(old) for old in REDIRECTS}

    assert {answer.status_code for answer in moved.values()} == {301}
    assert {old: answer.headers["Location"] for old, answer in moved.items()} == REDIRECTS
    assert refused(client, REDIRECTS.values()) == {}


def test_events_of_the_earlier_site_are_where_they_were(loaded, client):
    assert refused(client, OLD_EVENTS) == {}


def test_every_page_and_post_answers(loaded, client):
    pages = [page.get_absolute_url() for page in [*Page.objects.all(), *Post.objects.all()]]

    assert len(pages) > 10
    assert refused(client, pages) == {}


@pytest.mark.parametrize("item", WELCOMES, ids=lambda item: item.name)
def test_every_welcome_is_served_in_its_own_language(loaded, client, item):
    city, lang = item.parents["city"].split(":")[1], item.values["lang"]

    answer = client.get(f"/cities/{city}/{lang}/")

    assert answer.status_code == 200
    assert f'lang="{lang}"' in answer.content.decode()
