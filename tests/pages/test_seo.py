"""What machines read: correct dates, full addresses, and pictures without a venue."""

import io
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import override_settings
from PIL import Image

from cities.models import City, Welcome
from events.models import Event
from nsca.lib.media import raster
from nsca.site.seo_pictures import Billing, event_digest
from nsca.templatetags.seo import social_picture
from tests.factories import NOON, make_city, make_event
from tests.pages.factories import make_page, make_post

pytestmark = pytest.mark.django_db
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
LONG_AGO = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)


def site_map(client):
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return {url.findtext("s:loc", namespaces=SPACE): url for url in tree.findall("s:url", SPACE)}


def date_of(url):
    return datetime.fromisoformat(url.findtext("s:lastmod", namespaces=SPACE))


def test_the_sitemap_has_public_pages_only(client, at_noon):
    toulon = make_city("toulon")
    make_city("kochi", is_published=False)
    Welcome.objects.create(
        city=toulon, lang="fr", language_name="Français", title="Bonjour", body="<p>!</p>"
    )
    make_event(slug="tea")
    make_event(slug="draft", state=Event.State.DRAFT)
    make_event(slug="later", publish_at=NOON + timedelta(seconds=1))
    make_page("history")
    make_page("secret", is_draft=True)
    make_post("ship")
    make_post("tomorrow", publish_at=NOON + timedelta(seconds=1))

    found = site_map(client)

    assert set(found) == {
        f"http://testserver{path}"
        for path in [
            "/",
            "/cities/",
            "/cities/toulon/",
            "/cities/toulon/fr/",
            "/events/",
            "/events/tea/",
        ]
        + ["/about/history/", "/news/", "/news/ship/", "/contact/", "/newsletter/"]
    }


def test_dates_are_those_of_the_last_real_change(client):
    with time_machine.travel(LONG_AGO, tick=False):
        make_event(slug="tea")
        make_post("ship", publish_at=LONG_AGO + timedelta(days=3))
        make_page("history")

    with time_machine.travel(NOON, tick=False):
        found = site_map(client)

    assert date_of(found["http://testserver/events/tea/"]) == LONG_AGO
    assert date_of(found["http://testserver/about/history/"]) == NOON - timedelta(days=1)
    assert date_of(found["http://testserver/news/ship/"]) == LONG_AGO + timedelta(days=3)


def test_a_page_in_two_languages_names_both_in_both(client, at_noon):
    city = make_city("toulon")
    Welcome.objects.create(
        city=city, lang="fr", language_name="Français", title="Bonjour", body="<p>!</p>"
    )

    found = site_map(client)

    expected = [
        ("en-US", "http://testserver/cities/toulon/"),
        ("fr", "http://testserver/cities/toulon/fr/"),
    ]
    for address in ("http://testserver/cities/toulon/", "http://testserver/cities/toulon/fr/"):
        links = found[address].findall("x:link", SPACE)
        assert [(link.get("hreflang"), link.get("href")) for link in links] == expected


@pytest.mark.parametrize("count", [1, 60])
def test_the_sitemap_costs_the_same_with_few_and_many(
    client, at_noon, count, django_assert_num_queries
):
    for number in range(count):
        make_event(slug=f"tea-{number}")
        make_post(f"post-{number}")
        make_page(f"page-{number}")
        make_city(f"city-{number}")
    client.get("/search/?q=warm")

    with django_assert_num_queries(5):
        assert client.get("/sitemap.xml").status_code == 200


def test_a_demonstration_asks_to_be_left_out_of_every_index(client):
    assert "\nDisallow: /\n" in client.get("/robots.txt").content.decode()


def test_robots_txt_names_the_sitemap_and_excludes_private_addresses(client):
    with override_settings(DEMO=False):
        text = client.get("/robots.txt").content.decode()

    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /tickets/\n" in text
    assert "Disallow: /\n" not in text


def test_security_txt_has_a_contact_and_does_not_expire(client, at_noon):
    text = client.get("/.well-known/security.txt").content.decode()

    expires = datetime.fromisoformat(text.split("Expires: ")[1].split()[0])
    assert text.startswith("Contact: mailto:staff@norfolksistercities.org\n")
    assert timedelta(days=100) < expires - NOON < timedelta(days=365)
    assert "Canonical: http://testserver/.well-known/security.txt\n" in text


def test_every_page_names_its_own_address_and_a_picture(client, at_noon):
    make_page("history", title="History")

    page = client.get("/about/history/").content.decode()

    assert '<link rel="canonical" href="http://testserver/about/history/">' in page
    assert '<meta property="og:title" content="History">' in page
    assert '<meta property="og:image" content="http://testserver/og/site.png?v=' in page


@pytest.mark.parametrize(
    "address",
    ["/og/site.png", "/cities/toulon/og.png", "/events/tea/og.png", "/events/white/og.png"],
)
def test_pictures_for_shared_links_are_1200_by_630(client, at_noon, address):
    city = make_city("toulon")
    make_event(
        slug="tea", title="A very long title of a gathering that nobody will ever say in full"
    )
    make_event(slug="white", kind=Event.Kind.SOIREE, title="Soirée en Blanc", city=city)

    response = client.get(address)

    picture = Image.open(io.BytesIO(response.content))
    assert response.headers["Content-Type"] == "image/png"
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(picture.convert("RGB").getcolors(1_000_000)) > 50


def test_a_picture_is_cached_forever_only_under_its_versions_name(client, at_noon):
    city = make_city("toulon")
    named = social_picture(city)

    forever = client.get(named).headers["Cache-Control"]
    for_now = client.get("/cities/toulon/og.png?v=older").headers["Cache-Control"]

    assert forever == "public, max-age=31536000, immutable"
    assert for_now == "public, max-age=3600"


def test_a_picture_gets_a_new_name_when_its_citys_colors_change(at_noon):
    city = make_city("toulon")
    before = social_picture(city)

    City.objects.update(ink_sun="#123456")
    after = social_picture(City.objects.get())

    assert before != after


def test_a_picture_of_an_event_depends_on_its_billing_alone(at_noon):
    event = make_event(slug="tea", lead=timedelta(hours=24))
    before = event_digest(Billing.of(event))

    event.reveal_version, event.revealed_at = 1, NOON
    event.save()

    assert event_digest(Billing.of(event)) == before


@pytest.mark.parametrize(("at", "status"), [(NOON - timedelta(seconds=1), 404), (NOON, 200)])
def test_an_event_has_no_picture_before_it_is_published(client, at, status):
    make_event(slug="tea", publish_at=NOON)

    with time_machine.travel(at, tick=False):
        assert client.get("/events/tea/og.png").status_code == status


def test_lettering_takes_any_letter(db):
    drawn = raster.line("北九州 🎉 Łódź\u0301", 0, 100, 50, "#000000")

    assert drawn.startswith('<path d="M')


def test_the_icon_and_the_manifest_exist_for_phones(client):
    icon = Image.open(io.BytesIO(client.get("/apple-touch-icon.png").content))
    old = Image.open(io.BytesIO(client.get("/favicon.ico").content))
    manifest = client.get("/manifest.webmanifest")

    assert icon.size == (180, 180)
    assert old.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert manifest.headers["Content-Type"] == "application/manifest+json"
    assert manifest.json()["name"] == "Norfolk Sister City Association"
