"""What the site once said and should not: each sentence stays gone, wherever it stood."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.cache import caches

from cities.local_words import local_words
from cities.models import City, Milestone, Welcome
from nsca.content import loader, reading
from nsca.lib.web.caching import content_changed
from pages.models import LoadedContent, Page, Post
from tests.markup import flat

ITEMS = reading.all_items()
# When the entries from the archive have been written, and whatever else is dated.
LATER = datetime(2027, 3, 20, 16, tzinfo=UTC)

UNTRUE = [
    "in 1637",  # New Norfolk County was formed in 1636
    "to look after both",  # why the association was founded is nobody's knowledge
    "eight places",
    "before anybody else",
    "whole French fleet",  # half of it is at Brest
    "in the habit of",  # one caption is no habit
    "awards were given",  # the source is an announcement
    "Port Authority spoke",
    "already at work",
    "person answers",
    "person will answer",
    "person reads it",
    "that is answered",
    "keeps 2.9",
    "villes sœurs",
    "ville sœur",
    "名前をいただいて",
]
# Cities are counted where a page is drawn; a number in a text is wrong on the day of the ninth.
COUNTED = re.compile(
    r"\b(?:seven|eight|nine|ten|\d+) "
    r"(?:sister|friend|cities|partners|committees|places abroad)"
    r"|\bof the (?:seven|eight)\b|\bthe eight\b|\bonly one we have\b",
    re.I,
)


def words_of(item):
    return " ".join(value for value in item.values.values() if isinstance(value, str))


TEMPLATES = {
    str(path): path.read_text() for path in Path("templates").rglob("*") if path.is_file()
}


@pytest.fixture(autouse=True)
def later():
    caches["pages"].clear()
    with time_machine.travel(LATER, tick=False):
        yield
    caches["pages"].clear()


@pytest.mark.parametrize("phrase", UNTRUE)
def test_what_was_not_true_is_said_nowhere(phrase):
    assert [item.key for item in ITEMS if phrase in words_of(item)] == []
    assert [name for name, text in TEMPLATES.items() if phrase in text] == []


def test_no_text_counts_the_cities_by_hand():
    english = [item for item in ITEMS if item.model != "pages.OpenQuestion"]

    assert [item.key for item in english if COUNTED.search(words_of(item))] == []
    assert [name for name, text in TEMPLATES.items() if COUNTED.search(text)] == []


COUNTING = {
    "/": ("Seven sisters and a friend.", "Eight sisters and a friend."),
    "/cities/": ("Seven sisters and a friend", "Eight sisters and a friend"),
    "/join/gift/": ("news from eight cities", "news from nine cities"),
}


def objections(client, which):
    return {
        address: words[which] in client.get(address).text for address, words in COUNTING.items()
    }


def test_a_ninth_city_is_counted_where_cities_are_counted(loaded, client):
    assert objections(client, 0) == dict.fromkeys(COUNTING, True)
    [tema] = [item for item in ITEMS if item.key == "cities.City:tema"]
    City.objects.create(**tema.values | {"slug": "takoradi", "name": "Takoradi"})
    content_changed()
    caches["pages"].clear()

    assert objections(client, 1) == dict.fromkeys(COUNTING, True)
    assert objections(client, 0) == dict.fromkeys(COUNTING, False)


def test_what_the_source_dates_by_a_decade_is_not_given_a_year(loaded, client):
    page = client.get("/cities/tema/").text

    assert "<b>1960s</b>" in page and "<b>1960</b>" not in page
    assert "<b>about 2016</b>" in page and "<b>2016</b>" not in page


def test_a_city_says_once_since_when(loaded, client):
    def since(slug):
        page = flat(client.get(f"/cities/{slug}/").text)
        return re.findall(r"<dt>Sister city since</dt><dd>\s*(.*?)\s*</dd>", page)

    assert since("halifax") == ["April 2006"]
    assert since("wilhelmshaven") == ["1976"]
    assert since("cagayan-de-oro") == ['<time datetime="2008-06-18">June 18, 2008</time>']
    assert since("kitakyushu") == [
        '<time datetime="1959-07-14">July 14, 1959</time>, as Moji; Kitakyushu since 1963'
    ]


def test_the_mission_is_no_by_law(loaded, client):
    styles = Path("static/css/components.css").read_text()

    assert "Article" not in styles
    assert '<ul class="articles">' in client.get("/").text


def test_what_was_written_for_the_archive_bears_the_day_it_was_written(loaded, client):
    posts = Post.objects.filter(slug__in=[i.name for i in ITEMS if i.model == "pages.Post"])

    for post in posts:
        assert post.title.startswith("From the archive: ")
        assert f"{post.publish_at:%B %-d, %Y}" == "November 24, 2026"
        assert "<em>Written on November 24, 2026, from " in post.body
        assert not re.search(r"\b(?:is|are|has been)\b", re.sub("<[^>]*>", "", post.body)[:200])
    assert len(posts) == 2


# --- Pages in other languages ------------------------------------------------------------------


BESIDE = {
    "/cities/wilhelmshaven/de/": ["044° NO", "6.458 km", "auf Englisch"],
    "/cities/toulon/fr/": ["056° NE", "6\u202f752 km", "en anglais"],
    "/cities/halifax/fr/": ["047° NE", "1\u202f375 km", "en anglais"],
    "/cities/kitakyushu/ja/": ["337° 北北西", "11,661 km", "北九州市", "ノーフォーク"],
    "/cities/ningbo-beilun/zh-Hans/": ["343° 北西北", "12,356 公里", "诺福克"],
    "/cities/cagayan-de-oro/fil/": ["332° NNW", "14,522 km", "sa Ingles"],
    "/cities/norfolk-county/en-GB/": ["3,764 mi", "as Norfolk sees it"],
    "/cities/tema/en-GH/": ["8,409 km", "as Norfolk sees it"],
}


def test_the_column_beside_speaks_the_language_of_its_page(loaded, client):
    pages = {address: client.get(address).text for address in BESIDE}
    columns = {address: page[page.index("<aside class=") :] for address, page in pages.items()}

    assert {a: [w for w in BESIDE[a] if w not in columns[a]] for a in BESIDE} == dict.fromkeys(
        BESIDE, []
    )
    for address, page in pages.items():
        assert f'<html lang="{address.split("/")[3]}">' in page
        assert '<div class="wrap bar" lang="en-US">' in page  # the menu is English, and says so
        assert '<footer class="foot" lang="en-US">' in page


def test_letters_of_the_winds_are_each_languages_own():
    def named(lang):
        return [local_words(lang).wind(point) for point in ("NNW", "ENE", "SE", "WSW")]

    assert named("fr") == ["NNO", "ENE", "SE", "OSO"]
    assert named("de") == ["NNW", "ONO", "SO", "WSW"]
    assert named("ja") == ["北北西", "東北東", "南東", "西南西"]
    assert named("zh-Hans") == ["北西北", "东东北", "东南", "西西南"]
    assert named("en-CA") == ["NNW", "ENE", "SE", "WSW"]


def test_in_a_language_whose_words_we_lack_the_column_says_that_it_is_english(loaded, client):
    toulon = City.objects.get(slug="toulon")
    Welcome.objects.create(
        city=toulon, lang="oc", language_name="Occitan", title="Benvengut", body="<p>Bonjorn.</p>"
    )

    page = client.get("/cities/toulon/oc/").text

    assert '<html lang="oc">' in page
    assert '<dl class="facts small" lang="en-US">' in page
    assert "4,195" in page and "6,752 km" in page


def test_canadian_french_puts_no_space_before_its_semicolon():
    bodies = {item.name: item.values["body"] for item in ITEMS if item.model == "cities.Welcome"}

    assert re.findall(r"\s;", bodies["halifax/fr"]) == []
    assert re.findall(r"\s;", bodies["toulon/fr"]) == ["\xa0;"]  # France has one


def test_beilun_is_met_by_the_words_for_a_friendship_city(loaded):
    body = Welcome.objects.get(city__slug="ningbo-beilun").body

    assert "我们的友好交流城市" in body
    assert "友好城市" not in body


# --- Where it is loaded already ----------------------------------------------------------------


def test_a_site_that_has_the_old_words_gets_the_true_ones_unless_staff_changed_them(loaded):
    old = {
        "summary": "From a doll on a Japanese freighter in 1958 to eight cities.",
        "body": "<p>In 1976 a body of citizens was founded to look after both.</p>",
    }
    remembered = LoadedContent.objects.get(key="pages.Page:history")
    remembered.digests |= {name: loader.digest(value) for name, value in old.items()}
    remembered.save()
    Page.objects.filter(path="history").update(**old | {"summary": "Ours now, say staff."})

    loader.load(ITEMS)

    page = Page.objects.get(path="history")
    assert page.summary == "Ours now, say staff."
    assert "look after both" not in page.body
    assert Milestone.objects.filter(city__slug="norfolk-county", year=1636).exists()
