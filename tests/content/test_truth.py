"""The content says what the sources say, and no more."""

import re
from datetime import date
from html import unescape

import pytest
from django.apps import apps

from cities.models import City, Welcome
from events.models import Event
from membership.models import Tier
from nsca.content import reading
from nsca.lib.text.html import washed
from pages.models import LoadedContent, OpenQuestion, Page, SiteSettings

ITEMS = reading.all_items()
CITIES = [item for item in ITEMS if item.model == "cities.City"]
WELCOMES = [item for item in ITEMS if item.model == "cities.Welcome"]
RICH = ("story", "body")
OURS = "staff@norfolksistercities.org"

SOURCES = re.compile(r"\[(?:S\d|GK|INF|seed)")
PLACEHOLDERS = re.compile(
    r"\b(?:lorem|todo|tbd|xxx|fixme|placeholder)\b|example\.(?:com|org)|\.example\b|coming soon",
    re.I,
)
ADDRESSES = re.compile(r"[\w.+-]+@[\w.-]*\w")
# RFC 5646, as far as this site goes: language, script, region; and the languages we mean to use.
TAG = re.compile(r"(?:ak|ceb|de|en|fil|fr|ja|mic|zh)(?:-(?:Hans|Hant))?(?:-[A-Z]{2})?")

every_city = pytest.mark.parametrize("item", CITIES, ids=lambda item: item.name)


def words_of(item):
    return " ".join(value for value in item.values.values() if isinstance(value, str))


def text_of(item):
    """The words without their tags."""
    return re.sub(r"<[^>]*>", " ", words_of(item))


def rich_of(item):
    return "".join(item.values.get(key, "") for key in RICH).strip()


def tags_of(item):
    """Every language tag: the lang attributes in the text, and the fields that hold one."""
    fields = [item.values[key] for key in item.values if re.search(r"(?:^|_)lang$", key)]
    return fields + re.findall(r'lang="([^"]*)"', words_of(item))


def where(is_wrong):
    """The keys of the objects that a sentence is not true of."""
    return [item.key for item in ITEMS if is_wrong(item)]


def test_every_object_would_pass_the_admin(loaded):
    objects = [
        apps.get_model(record.key.split(":")[0]).objects.get(pk=record.object_pk)
        for record in LoadedContent.objects.all()
    ]

    assert len(objects) == len(ITEMS)
    assert [obj.full_clean() for obj in objects] == [None] * len(ITEMS)


def test_no_key_of_a_source_and_no_placeholder_is_printed():
    assert where(lambda item: SOURCES.search(words_of(item))) == []
    assert where(lambda item: PLACEHOLDERS.search(words_of(item))) == []


def test_the_event_goes_by_its_own_name():
    assert where(lambda item: re.search(r"d[iî]ner en blanc", words_of(item), re.I)) == []


def test_no_address_of_a_person_is_printed():
    found = {address for item in ITEMS for address in ADDRESSES.findall(words_of(item))}

    assert found == {OURS}


def test_the_voice_does_not_shout():
    english = [item for item in ITEMS if item.model != "cities.Welcome"]

    assert [item.key for item in english if "!" in text_of(item)] == []


def test_quotes_are_typographic():
    assert where(lambda item: re.search(r"['\"]", text_of(item))) == []


def test_language_tags_are_bcp_47():
    assert where(lambda item: [tag for tag in tags_of(item) if not TAG.fullmatch(tag)]) == []


def test_washing_takes_nothing_from_what_we_wrote():
    def loses(item):
        clean = washed(rich_of(item)).replace(' rel="noopener"', "")
        return unescape(clean) != unescape(rich_of(item))

    assert where(loses) == []


@every_city
def test_every_city_has_what_its_page_shows(item):
    needed = (
        "name country country_code latitude longitude time_zone languages population greeting "
        "greeting_lang greeting_en summary story known_for shared_ground official_url motif "
        "poster_note ink_ground ink_sky ink_sea ink_sun ink_accent label_dx label_dy label_anchor"
    )

    assert [key for key in needed.split() if item.values.get(key) in (None, "")] == []
    assert 2 <= item.values["story"].count("<p>") <= 4
    assert item.values["summary"].count(". ") == 0


def test_there_are_eight_partners_and_one_of_them_a_friend():
    bonds = {item.name: item.values.get("bond", "sister") for item in CITIES}

    assert bonds == {
        "cagayan-de-oro": "sister",
        "halifax": "sister",
        "kitakyushu": "sister",
        "ningbo-beilun": "friendship",
        "norfolk-county": "sister",
        "tema": "sister",
        "toulon": "sister",
        "wilhelmshaven": "sister",
    }


@pytest.mark.parametrize(
    "slug, year, on",
    [
        ("kitakyushu", 1959, date(1959, 7, 14)),
        ("wilhelmshaven", 1976, None),
        ("halifax", 2006, None),
        ("cagayan-de-oro", 2008, date(2008, 6, 18)),
    ],
)
def test_the_years_that_are_sure(loaded, slug, year, on):
    city = City.objects.get(slug=slug)

    assert (city.since_year, city.since_on) == (year, on)


@pytest.mark.parametrize("slug", ["norfolk-county", "toulon", "tema", "ningbo-beilun"])
def test_the_years_that_are_not_sure_are_asked_and_not_printed(loaded, slug):
    city = City.objects.get(slug=slug)

    assert (city.since_year, city.since_on) == (None, None)
    assert OpenQuestion.objects.get(key=f"{slug}/since").answered_at is None


def test_norfolk_is_met_as_a_county(loaded):
    assert City.objects.get(slug="norfolk-county").bond_words == "Sister county"


@pytest.mark.parametrize("item", WELCOMES, ids=lambda item: item.name)
def test_every_welcome_has_substance_and_waits_for_a_reader(loaded, item):
    slug, key = item.name.split("/")

    assert OpenQuestion.objects.filter(key=f"{slug}/reader-{key}").exists()
    assert item.values["body"].count("<h2>") >= 4
    assert "mailto:" + OURS in item.values["body"]


def test_every_city_is_welcomed_in_its_own_language(loaded):
    assert set(Welcome.objects.values_list("city__slug", "lang")) == {
        ("cagayan-de-oro", "fil"),
        ("halifax", "en-CA"),
        ("halifax", "fr"),
        ("kitakyushu", "ja"),
        ("ningbo-beilun", "zh-Hans"),
        ("norfolk-county", "en-GB"),
        ("tema", "en-GH"),
        ("toulon", "fr"),
        ("wilhelmshaven", "de"),
    }


def test_the_mission_is_word_for_word_the_boards(loaded):
    assert (
        "<blockquote><p>The mission of the Norfolk Sister City Association (NSCA) is to foster "
        "international understanding, friendship, and cooperation by promoting people-to-people "
        "exchanges and continuing relationships between Norfolk, Virginia and its international "
        "sister cities.</p></blockquote>"
    ) in Page.objects.get(path="").body


def test_what_only_the_board_can_say_is_empty_and_asked(loaded):
    settings = SiteSettings.load()

    assert (settings.ein, settings.postal_address, settings.disclosure) == ("", "", "")
    assert settings.refund_policy == ""
    assert set(Tier.objects.values_list("dues_cents", flat=True)) == {None}
    assert (
        OpenQuestion.objects.filter(
            key__in=[
                "association/ein",
                "association/postal-address",
                "association/registration",
                "association/refund-policy",
                "association/dues",
            ]
        ).count()
        == 5
    )


def test_no_page_speaks_of_deductibility_without_an_ein(loaded):
    assert not Page.objects.filter(body__icontains="deductible").exists()


@pytest.mark.parametrize(
    "slug, starts, hour_is_known",
    [
        ("2023-soiree-en-blanc", "2023-05-18T04:00:00+00:00", False),
        ("perfume-masterclass-hosted-by-suleko", "2023-03-25T18:00:00+00:00", True),
        ("2024-annual-international-luncheon", "2024-10-13T16:30:00+00:00", True),
        ("2025-annual-young-artists-authors-showcase-yaas", "2025-02-06T23:00:00+00:00", True),
    ],
)
def test_past_events_stand_at_their_old_names_with_the_hour_only_where_known(
    loaded, slug, starts, hour_is_known
):
    event = Event.objects.get(slug=slug)

    assert event.starts_at.isoformat() == starts
    assert event.hour_is_known is hour_is_known
    assert event.state == Event.State.PUBLISHED
