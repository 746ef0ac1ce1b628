"""City pages and the home page work with no city, one, and nine, and are quick."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.urls import reverse

from cities.models import City, Milestone, Welcome
from events.models import Event
from tests.markup import flat

from .factories import make_city, make_eight

NOON = datetime(2027, 3, 20, 16, tzinfo=UTC)  # noon in Norfolk, between the changes of clocks
BUDGET = 8  # queries a public page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march():
    caches["pages"].clear()
    with time_machine.travel(NOON, tick=False):
        yield
    caches["pages"].clear()


def make_event(**changes):
    values = {
        "title": "Bastille Day picnic",
        "slug": "picnic",
        "summary": "Bread, mostly.",
        "area": "Norfolk, by the water",
        "starts_at": NOON + timedelta(days=9),
        "ends_at": NOON + timedelta(days=9, hours=3),
        "state": "published",
        "publish_at": NOON - timedelta(days=60),
    }
    return Event.objects.create(**values | changes)


def html(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return flat(response.content.decode())


def structured(page):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return {data["@type"]: data for data in map(json.loads, found)}


def all_addresses():
    addresses = [reverse("home"), reverse("cities:index")]
    addresses += [city.get_absolute_url() for city in City.objects.all()]
    return addresses + [page.get_absolute_url() for page in Welcome.objects.all()]


def test_without_cities_the_pages_say_so(client):
    assert "No cities yet." in html(client, reverse("cities:index"))
    assert "Norfolk, and the world." in html(client, reverse("home"))


def test_with_one_city_the_page_mentions_no_others(client):
    city = make_city()

    page = html(client, city.get_absolute_url())

    assert "The white dot" not in page
    assert "Turn right to" not in page
    assert "A sister." in html(client, reverse("home"))


def test_a_ninth_city_has_its_poster_its_dial_and_its_place_on_the_map_at_once(client):
    make_eight()
    city = make_city()

    home, page = html(client, reverse("home")), html(client, city.get_absolute_url())

    assert "Eight sisters and a friend." in home
    assert re.findall(r'tabindex="-1" data-city="valletta"><path class="spoke"', home) != []
    assert home.count('class="poster"') == 9
    assert "map--dial" in page
    assert 'viewBox="0 0 600 760"' in page
    assert client.get(f"{city.get_absolute_url()}poster.svg").status_code == 200


def test_no_page_has_a_style_attribute_or_an_inline_script(client):
    cities = make_eight()
    Welcome.objects.create(
        city=cities[3],
        lang="fr",
        language_name="Français",
        title="Bonjour",
        body="<p>Bonjour.</p>",
    )
    make_event(city=cities[3])

    for address in all_addresses():
        page = html(client, address)
        assert " style=" not in page, address
        assert "<style" not in page, address
        assert re.findall(r"<script(?! type=\"(?:module|application/ld\+json)\")", page) == []
        assert re.findall(r"\son\w+=", page) == [], address


def test_public_pages_set_no_cookie_and_are_cached_ten_minutes(client):
    make_eight()

    for address in all_addresses():
        response = client.get(address)
        assert response.cookies == {}, address
        assert response.headers["Cache-Control"] == "public, max-age=600", address


def test_a_page_is_not_cached_beyond_the_end_of_its_event(client):
    city = make_city()
    make_event(
        city=city, starts_at=NOON - timedelta(hours=1), ends_at=NOON + timedelta(seconds=20)
    )

    response = client.get(city.get_absolute_url())

    assert response.headers["Cache-Control"] == "public, max-age=20"


def test_a_page_is_not_cached_beyond_the_publication_of_an_event(client):
    city = make_city()
    make_event(city=city, publish_at=NOON + timedelta(seconds=30))

    response = client.get(city.get_absolute_url())

    assert response.headers["Cache-Control"] == "public, max-age=30"


@pytest.mark.parametrize("cities, events", [(1, 1), (9, 40)])
def test_pages_need_at_most_eight_queries(client, django_assert_max_num_queries, cities, events):
    city = make_city()
    if cities == 9:
        make_eight()
    for i in range(events):
        make_event(slug=f"picnic-{i}", city=city)
        Milestone.objects.create(city=city, year=1990 + i, title=f"Visit {i}")

    html(client, "/cities/")  # what every page needs is read once an edit, not once a page
    caches["pages"].clear()

    for address in (reverse("home"), reverse("cities:index"), city.get_absolute_url()):
        with django_assert_max_num_queries(BUDGET):
            html(client, address)


def test_a_city_shows_its_distance_bearing_and_time_difference(client):
    toulon = make_eight()[3]

    page = html(client, toulon.get_absolute_url())

    assert "4,195 mi, 6,752 km" in page
    assert "056° NE" in page
    assert '<world-clock zone="Europe/Paris">+5 h</world-clock>' in page
    assert "5 hours ahead of Norfolk today; 6 in winter and 6 in summer." in page


def test_unknown_facts_about_a_city_are_not_shown(client):
    page = html(client, make_city().get_absolute_url())

    for heading in (
        "since",
        "Population",
        "Known for",
        "Official site",
        "Languages",
        "A greeting",
    ):
        assert heading not in page
    for empty in ("None", "()", ", .", "<dd></dd>"):
        assert empty not in page


def test_a_city_shows_everything_we_know(client):
    city = make_city(
        since_year=1999,
        population="about 7,000 (2021)",
        greeting="Merħba",
        greeting_lang="mt",
        greeting_en="Welcome",
        greeting_say="mehr-ba",
        official_url="https://www.valletta.example/",
        local_name="Il-Belt",
        local_lang="mt",
    )
    Milestone.objects.create(city=city, year=2001, title="A regatta", text="Nobody drowned.")

    page = html(client, city.get_absolute_url())

    assert '<q lang="mt">Merħba</q>' in page
    assert "Welcome. Say <i>mehr-ba</i>." in page
    assert '<span class="local" lang="mt">Il-Belt</span>' in page
    assert ">valletta.example</a>" in page
    assert "Sister city since" in page
    assert "<b>2001</b><div><h3>A regatta</h3>" in page


@pytest.mark.parametrize(
    "bond, label", [("suspended", "Suspended sister city"), ("former", "Former sister city")]
)
def test_a_suspended_or_former_relationship_is_labeled(client, bond, label):
    city = make_city(bond=bond, bond_note="Suspended by City Council on March 8, 2022.")

    page = html(client, city.get_absolute_url())

    assert f"<h2>{label}</h2><p>Suspended by City Council on March 8, 2022.</p>" in page
    assert "Suspended and former" in html(client, reverse("cities:index"))


def test_a_partner_may_be_a_county(client):
    page = html(client, make_city(partner_kind="county").get_absolute_url())

    assert "Sister county" in page
    assert "Sister city" not in page


def test_its_events_are_listed_where_they_belong(client):
    city = make_city()
    make_event(city=city)
    make_event(
        city=city,
        slug="old",
        title="An old picnic",
        starts_at=NOON - timedelta(days=9),
        ends_at=NOON - timedelta(days=8),
    )
    make_event(city=city, slug="draft", title="A secret picnic", state="draft")
    make_event(
        city=city, slug="later", title="A later picnic", publish_at=NOON + timedelta(seconds=1)
    )

    coming, past = html(client, city.get_absolute_url()).split('id="past"')

    assert "Bastille Day picnic" in coming
    assert "An old picnic" in past
    assert "A secret picnic" not in coming + past
    assert "A later picnic" not in coming + past


def test_an_unpublished_city_is_nowhere(client):
    city = make_city(is_published=False)

    assert client.get(city.get_absolute_url()).status_code == 404
    assert client.get(f"{city.get_absolute_url()}poster.svg").status_code == 404
    assert "Valletta" not in html(client, reverse("cities:index"))
    assert "Valletta" not in html(client, reverse("home"))


@pytest.mark.parametrize("code, flags", [("jp", 1), ("mt", 0), ("zz", 0)])
def test_a_flag_is_shown_if_we_have_it(client, code, flags):
    make_city(country_code=code)

    assert html(client, reverse("home")).count('class="flag"') == flags


def test_neighbors_are_left_and_right_on_the_compass(client):
    toulon = make_eight()[3]

    page = html(client, toulon.get_absolute_url())
    turns = re.search(r'class="nextcity".*?</nav>', page, re.DOTALL).group()

    assert re.findall(r"<span>(.*?)</span><b>(.*?)</b>", turns) == [
        ("Turn left to 047°", "Halifax"),
        ("Turn right to 094°", "Tema"),
    ]


def test_a_page_in_the_citys_own_language_says_which(client):
    city = make_city()
    Welcome.objects.create(
        city=city, lang="mt", language_name="Malti", title="Merħba", body="<p>Sliem.</p>"
    )

    page = html(client, f"{city.get_absolute_url()}mt/")

    assert '<html lang="mt">' in page
    assert '<h1 class="long">Merħba</h1>' in page
    assert re.search(r'<article class="[^"]*prose"><p>Sliem.</p>', page)
    assert client.get(f"{city.get_absolute_url()}fr/").status_code == 404
    assert 'hreflang="mt"' in html(client, city.get_absolute_url())


def test_search_engines_get_the_breadcrumbs(client):
    city = make_city()

    page = html(client, city.get_absolute_url())

    trail = structured(page)["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in trail] == [
        (1, "Home", "http://testserver/"),
        (2, "Cities", "http://testserver/cities/"),
        (3, "Valletta", "http://testserver/cities/valletta/"),
    ]
    assert '<link rel="canonical" href="http://testserver/cities/valletta/">' in page


def test_no_name_can_end_the_structured_data(client):
    city = make_city(name="</script><b>Val&letta")

    page = html(client, city.get_absolute_url())

    assert structured(page)["BreadcrumbList"]["itemListElement"][-1]["name"] == city.name
    assert "</script><b>" not in page


def test_the_home_page_features_the_soiree_even_before_an_earlier_picnic(client):
    make_event()
    make_event(
        title="Soirée en Blanc",
        title_lang="fr",
        slug="soiree",
        kind="soiree",
        lead=timedelta(hours=24),
        starts_at=NOON + timedelta(days=60),
        ends_at=NOON + timedelta(days=60, hours=3),
    )

    page = html(client, reverse("home"))

    assert '<h2 id="next" lang="fr"><a href="/events/soiree/">Soirée en Blanc</a></h2>' in page
    assert page.index("Bastille Day picnic") > page.index('id="coming"')


def test_a_poster_is_cached_forever_under_its_records_digest(client):
    city = make_city()
    address = re.search(
        r'src="(/cities/valletta/poster\.svg\?v=[0-9a-f]{12})"', html(client, reverse("home"))
    ).group(1)

    assert "immutable" in client.get(address).headers["Cache-Control"]
    City.objects.filter(pk=city.pk).update(ink_sun="#00FF00")
    assert "immutable" not in client.get(address).headers.get("Cache-Control", "")
