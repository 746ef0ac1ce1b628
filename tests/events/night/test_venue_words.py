"""Which words of a venue are seen in a text, and that none of them is ever said."""

import pickle
from urllib.parse import quote

import pytest

from events.night.venue_words import VenueWords, folded, points_somewhere
from events.venue.details import Kind, VenueDetails

VENUE = VenueDetails(
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
WORDS = VenueWords(VENUE)
MORE = "the notes on parking, directions or rain"


def said_of(text: str) -> str:
    return WORDS.found_in(text)


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
        "P i e r  S e v e n  P a v i l i o n",
        "Pier.Seven.Pavilion",
        "p-i-e-r s-e-v-e-n pavilion",
        "pierse venpav ilion",
        "Pier\u200b Sev\u200ben Pavi\u00adlion",
        "https://maps.example/search/Pier+Seven+Pavilion/",
    ],
)
def test_the_whole_name_is_seen_in_every_spelling(text):
    assert said_of(text).startswith("the venue’s full name")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Meet at Pier 7.", "two words of the venue’s name"),
        ("Meet at pier seven.", "two words of the venue’s name"),
        ("A pavilion by the river", "a word of the venue’s name"),
        ("12 Ropewalk Street", "a line of the address"),
        ("twelve Ropewalk St, Norfolk", "a line of the address"),
        ("on the old ropewalk", "a word of the address"),
        ("the ropewalks of Norfolk", "a word of the address"),
        ("ZIP 23511", "the ZIP code"),
        ("Call (757) 555 0142", "the venue’s phone number"),
        ("tel:+17575550142", "the venue’s phone number"),
        ("36.8465, -76.2917", "the venue’s coordinates"),
        ("36.846512", "the venue’s coordinates"),
        ("GEO:36.847;-76.292", "the venue’s coordinates"),
        ("https://maps.example/@36.84651,-76.29173,17z", "the venue’s coordinates"),
        ("36° 50′ 47.4″ N", "the venue’s coordinates"),
        ("36°50'47\"N 76°17'30\"W", "the venue’s coordinates"),
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
    words = VenueWords(VENUE, known="Ropewalk 1, Norfolk 23511, (757) 555-0142")

    assert words.found_in("23511, on the Ropewalk, 757 555 0142") == ""
    assert words.found_in("12 Ropewalk Street") != ""


def test_a_link_to_join_is_seen_whatever_its_letters():
    words = VenueWords(
        VenueDetails(kind=Kind.ONLINE, name="", join_url="https://meet.example/j/998877")
    )

    assert words.found_in("Come to HTTPS://MEET.EXAMPLE/J/998877") == "the link to join"
    assert words.found_in("https://meet.example/") == ""


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("https://maps.app.goo.gl/Ab3xYz", True),
        ('<a href="https://w3w.co/filled.count.soap">Here</a>', True),
        ("///filled.count.soap", True),
        ("87F5VPW5+QM", True),
        ("VPW5+QM Norfolk", True),
        ("https://norfolk.example/history", False),
        ("2027+2028, C+, Q&A, 8+4", False),
    ],
)
def test_a_short_link_to_a_map_and_a_code_of_a_point_are_known_as_such(text, points):
    assert points_somewhere(text) is points


def test_saints_streets_and_plurals_are_one_word_each():
    assert folded("St. Paul's Blvd., 2nd pier") == folded("Saint Pauls Boulevard, 2nd Pier")


def test_neither_what_looks_nor_its_phrases_can_be_printed_or_kept():
    shown = repr(WORDS) + repr(WORDS.phrases)

    assert "ropewalk" not in shown.lower()
    assert "pier" not in shown.lower()
    with pytest.raises(TypeError):
        pickle.dumps(WORDS)
    with pytest.raises(TypeError):
        pickle.dumps(WORDS.phrases[0])


def test_what_it_says_holds_no_word_of_the_venue():
    everything = " ".join(
        [VENUE.name, *VENUE.lines, VENUE.directions, VENUE.phone, VENUE.postcode]
    )

    said = WORDS.found_in(everything)

    assert "the venue’s full name" in said
    assert WORDS.found_in(said) == ""
