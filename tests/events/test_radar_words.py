"""Which words of a place the radar sees in a text, and that it never says one."""

import base64
import pickle
from urllib.parse import quote

import pytest

from events.night.words import Radar, folded
from events.places import Kind, Place

PLACE = Place(
    name="Pier Seven Pavilion",
    lines=("12 Ropewalk St.", "Norfolk, Virginia"),
    postcode="23511",
    latitude=36.846512,
    longitude=-76.291734,
    phone="757-555-0142",
    parking="The garage on Boush Street",
    directions="Past the Gravière fountain, on the river side.\n"
    "A crooked gate beside the chandlery leads in. Please ring twice.",
    plan_b="The boathouse",
)
RADAR = Radar(PLACE)
MORE = "what is said about parking, the way or the rain"


def said_of(text: str) -> str:
    return RADAR.in_words(RADAR.numbers_in(text))


@pytest.mark.parametrize(
    "text",
    [
        "See you at Pier Seven Pavilion!",
        "pier seven pavilion",
        "PIER 7 PAVILION",
        "Piér Sévén Pavilión",
        "the Pier-7-Pavilion",
        "<p>Pier <b>Seven</b> Pavilion</p>",
        "Pier&nbsp;Seven&#32;Pavilion",
        "Pier<!-- x -->Seven Pavilion",
        "pier-seven-pavilion.jpg",
        "PierSevenPavilion.jpg",
        "pier_7_pavilion",
        quote("Pier Seven Pavilion"),
        "Pier+Seven+Pavilion",
        "Pier Seve\r\n n Pavilion",  # a folded line of a calendar
        base64.b64encode(b"pier 7 pavilion").decode(),
    ],
)
def test_the_whole_name_is_seen_in_every_spelling(text):
    assert said_of(text).startswith("the whole name of the place")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Meet at Pier 7.", "two words of the name of the place"),
        ("Meet at pier seven.", "two words of the name of the place"),
        ("A pavilion by the river", "a word of the name of the place"),
        ("12 Ropewalk Street", "a line of the address"),
        ("twelve Ropewalk St, Norfolk", "a line of the address"),
        ("on the old ropewalk", "a word of the address"),
        ("the ropewalks of Norfolk", "a word of the address"),
        ("ZIP 23511", "the ZIP code"),
        ("Call (757) 555 0142", "the telephone number of the place"),
        ("tel:+17575550142", "the telephone number of the place"),
        ("36.8465, -76.2917", "the coordinates of the place"),
        ("36.846512", "the coordinates of the place"),
        ("GEO:36.847;-76.292", "the coordinates of the place"),
        ("the graviere", f"a word of {MORE}"),
        ("Parking on Boush", f"a word of {MORE}"),
        ("It is past the gravière fountain, on the river", f"{MORE}, word for word"),
        ("There is a crooked gate beside the chandlery", f"{MORE}, word for word"),
    ],
)
def test_parts_of_it_are_seen_and_named_by_their_kind(text, said):
    assert said_of(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Norfolk, Virginia",
        "A supper in white by the river, in Norfolk, ten minutes from downtown.",
        "Parking is free in the garage on the left side of the street.",
        "Seven sister cities, 12 guests at a table.",
        "The pier is closed.",
        "We meet at half past seven.",
        "757-555-0143",
        "36.9, -76.3",
        "36.123456",
        "235110 and 123511",
        "Saint Paul's",
        "A crooked fountain; please ring the chandlery twice.",  # each word alone says nothing
    ],
)
def test_what_every_text_of_norfolk_says_is_no_alarm(text):
    assert said_of(text) == ""


def test_what_the_letterhead_says_is_no_secret():
    radar = Radar(PLACE, known="Ropewalk 1, Norfolk 23511, (757) 555-0142")

    assert radar.numbers_in("23511, on the Ropewalk, 757 555 0142") == set()
    assert radar.numbers_in("12 Ropewalk Street") != set()


def test_a_link_to_join_is_seen_whatever_its_letters():
    radar = Radar(Place(kind=Kind.ONLINE, name="", join_url="https://meet.example/j/998877"))

    hits = radar.numbers_in("Come to HTTPS://MEET.EXAMPLE/J/998877")

    assert radar.in_words(hits) == "the link to join"
    assert radar.numbers_in("https://meet.example/") == set()


def test_saints_streets_and_plurals_are_one_word_each():
    assert folded("St. Paul's Blvd., 2nd pier") == folded("Saint Pauls Boulevard, 2nd Pier")


def test_neither_a_radar_nor_its_needles_can_be_printed_or_kept():
    shown = repr(RADAR) + repr(RADAR.needles)

    assert "ropewalk" not in shown.lower()
    assert "pier" not in shown.lower()
    with pytest.raises(TypeError):
        pickle.dumps(RADAR)
    with pytest.raises(TypeError):
        pickle.dumps(RADAR.needles[0])


def test_what_it_says_holds_no_word_of_the_place():
    everything = " ".join(
        [PLACE.name, *PLACE.lines, PLACE.directions, PLACE.phone, PLACE.postcode]
    )

    words = said_of(everything)

    assert "the whole name of the place" in words
    assert RADAR.numbers_in(words) == set()
