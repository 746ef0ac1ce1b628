"""The sketch of where a venue lies: true to the compass, drawn here, and shown to nobody early."""

import math
import re
from xml.etree import ElementTree

import pytest

from events.reveal import Kind, VenueDetails
from events.venue.sketch import HEIGHT, LANDMARKS, WIDTH, sketch_of
from tests.events.reveal_kit import LINK, TICK, VENUE, T

SVG = "{http://www.w3.org/2000/svg}"
TOWN_POINT = (36.8453, -76.2940)
GARDEN = (36.9016, -76.2002)  # the Botanical Garden: nothing else that is known is near


def at(latitude, longitude, name="The Place"):
    return sketch_of(VenueDetails(name=name, latitude=latitude, longitude=longitude))


def drawn(sketch):
    """The drawing as a tree of elements. It is inline, so it names no namespace."""
    return ElementTree.fromstring(
        str(sketch.svg).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1)
    )


def texts(sketch):
    """Each word on the drawing with where it stands."""
    return {
        node.text: (float(node.get("x")), float(node.get("y")), node.get("text-anchor"))
        for node in drawn(sketch).iter(f"{SVG}text")
    }


def here(sketch):
    dot = next(n for n in drawn(sketch).iter(f"{SVG}circle") if n.get("class") == "sketch__here")
    return float(dot.get("cx")), float(dot.get("cy"))


def known(sketch):
    dots = (n for n in drawn(sketch).iter(f"{SVG}circle") if n.get("class") == "sketch__known")
    return [(float(dot.get("cx")), float(dot.get("cy"))) for dot in dots]


# --- True --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "north, east, words",
    [
        (0.01, 0, "0.7 miles to the north (0°)"),
        (-0.01, 0, "0.7 miles to the south (180°)"),
        (0, -0.002, "600 feet to the west (270°)"),
        (0.01, 0.0125, "1 mile to the northeast (45°)"),
    ],
)
def test_it_says_the_way_from_the_nearest_thing_that_everybody_knows(north, east, words):
    sketch = at(GARDEN[0] + north, GARDEN[1] + east)

    assert sketch.bearings[0].startswith(f"From the Botanical Garden: {words}, in a straight line")


def test_the_nearest_landmark_is_told_first_and_with_a_walk():
    sketch = at(36.8467, -76.2972)

    assert sketch.bearings[0] == (
        "From Town Point Park: 0.2 miles to the west-northwest (299°), in a straight line; "
        "about 5 minutes on foot."
    )
    assert len(sketch.bearings) == 2


def test_nobody_is_told_to_walk_for_an_hour():
    assert "on foot" not in at(37.3, -76.3).bearings[0]


def test_at_the_landmark_itself_it_says_so():
    assert at(*TOWN_POINT).bearings[0] == "At Town Point Park itself."


def test_north_is_up_and_west_is_left():
    sketch = at(TOWN_POINT[0] + 0.004, TOWN_POINT[1] - 0.004)  # northwest of the nearest

    x, y = here(sketch)
    nearest_x, nearest_y = known(sketch)[0]
    assert x < nearest_x
    assert y < nearest_y


@pytest.mark.parametrize("north, east", [(0.01, 0), (0, 0.0125), (-0.01, 0), (0, -0.0125)])
def test_a_mile_is_a_mile_in_every_direction(north, east):
    """The bar at the foot measures what is drawn: from the venue to its landmark 0.69 miles."""
    sketch = at(GARDEN[0] + north, GARDEN[1] + east)
    bar = next(n for n in drawn(sketch).iter(f"{SVG}path") if n.get("class") == "sketch__bar")
    length = float(re.search(r"v5h([\d.]+)v-5", bar.get("d"))[1])
    miles = {"½ mile": 0.5, "¼ mile": 0.25, "1 mile": 1.0}[
        next(word for word in texts(sketch) if "mile" in word)
    ]

    units = math.dist(here(sketch), known(sketch)[0])

    assert units / length * miles == pytest.approx(0.691, rel=0.01)


def test_the_coordinates_are_as_a_navigator_takes_them():
    assert sketch_of(VENUE).coordinates == "36.846512, -76.291734"


# --- Clear -------------------------------------------------------------------------------------

PLACES = [
    (36.8467, -76.2972),
    (36.8431, -76.2989),
    (36.9016, -76.2002),
    (36.95, -76.25),
    (36.8527, -75.978),  # the ocean front
    (37.5407, -77.436),  # Richmond
    (*TOWN_POINT,),
    (36.8455, -76.2939),
]


@pytest.mark.parametrize("point", PLACES)
def test_everything_stays_on_the_sheet(point):
    sketch = at(*point, name="A place with quite a long name, longer than the sheet is wide")

    for x, y in [here(sketch), *known(sketch)]:
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT
    assert [word for word in texts(sketch) if len(word) > 30] == []
    for x, y, _anchor in texts(sketch).values():
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_what_is_much_farther_than_the_nearest_is_left_out():
    names = texts(at(36.9546, -76.2515, name="Beach house"))

    assert "Ocean View Beach Park" in names
    assert "MacArthur Memorial" not in names
    assert len(LANDMARKS) > 2


def test_it_is_told_in_words_to_whoever_cannot_see_it():
    svg = drawn(at(36.8467, -76.2972))

    assert svg.get("role") == "img"
    assert svg.get("aria-label").startswith("A sketch with north at the top. From Town Point Park")


# --- Safe --------------------------------------------------------------------------------------


def test_a_name_is_a_name_and_no_drawing():
    sketch = at(36.8467, -76.2972, name='<script>alert("x")</script>')

    assert "<script" not in str(sketch.svg)
    assert any("<script>alert" in text for text in texts(sketch))


def test_nothing_in_it_is_asked_of_a_stranger():
    assert re.findall(r"https?:|href|url\(|style=|@import", str(sketch_of(VENUE).svg)) == []


def test_it_shows_itself_to_nobody_by_accident():
    assert repr(sketch_of(VENUE)) == "<Sketch: sealed>"


@pytest.mark.parametrize(
    "venue", [LINK, VenueDetails(name="Somewhere"), VenueDetails(kind=Kind.ONLINE)]
)
def test_without_a_point_there_is_no_sketch(venue):
    assert sketch_of(venue) is None


@pytest.mark.django_db
@pytest.mark.parametrize("when, is_there", [(T - TICK, False), (T, True)])
def test_it_is_on_the_ticket_from_t_on(client, ticket, travel, when, is_there):
    travel(when)

    html = client.get(ticket.get_absolute_url()).content.decode()

    assert ('class="sketch"' in html) is is_there
    assert ("For GPS" in html) is is_there


@pytest.mark.django_db
def test_no_memory_keeps_the_distances_of_a_venue(ticket, client, travel):
    """The measure of cities remembers what it was asked; a venue must not lie there."""
    from nsca.lib import geo

    travel(T)
    before = geo.polar.cache_info().currsize
    client.get(ticket.get_absolute_url())

    assert geo.polar.cache_info().currsize == before
