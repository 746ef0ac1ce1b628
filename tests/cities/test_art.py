"""Drawings are pure functions of records, have no style attributes, and cope with new cities."""

import math
import re
from xml.etree import ElementTree

import pytest

from cities.art import card, chart, envelope, ink, mark, poster, seal
from cities.art.motifs import MOTIFS

from .factories import EIGHT, make_record

HOSTILE = '<script>alert("x")</script>'


def eight():
    return [
        make_record(slug=slug, name=name, latitude=latitude, longitude=longitude, motif=motif)
        for slug, name, _, _, latitude, longitude, _, motif in EIGHT
    ]


def drawings(record):
    records = [*eight(), record]
    return {
        "poster": poster.poster(record),
        "map": chart.norfolk_map(records, [f"/cities/{r.slug}/" for r in records]),
        "dial": chart.dial(record, records),
        "mark": mark.mark(records),
        "seal": seal.seal(records, "s"),
        "back": envelope.opened_back(records),
        "front": envelope.opened_front(),
        "sealed": envelope.sealed(),
        "card": card.guilloche(100418),
    }


@pytest.mark.parametrize("motif", [*MOTIFS, ""])
def test_the_same_record_is_the_same_poster_to_the_byte(motif):
    first = poster.poster(make_record(motif=motif))
    poster.poster(make_record(slug="another", motif=motif))
    again = poster.poster(make_record(motif=motif))

    assert first == again


def test_a_poster_depends_on_the_slug_and_the_coordinates():
    valletta = poster.poster(make_record(motif="sails"))

    assert poster.poster(make_record(motif="sails", slug="mdina")) != valletta
    assert poster.poster(make_record(motif="sails", latitude=60.0)) != valletta


def test_a_city_without_a_motif_or_a_year_has_its_poster():
    drawing = poster.poster(make_record(motif="", since_year=None))

    assert drawing == poster.poster(make_record(motif="rings", since_year=None))
    assert "#CF142B" in drawing


@pytest.mark.parametrize("kind", drawings(make_record()))
def test_drawings_are_well_formed_and_have_no_style(kind):
    drawing = drawings(make_record())[kind]

    ElementTree.fromstring(drawing)
    assert "style" not in drawing
    assert "<script" not in drawing


@pytest.mark.parametrize("motif", MOTIFS)
def test_every_motif_is_well_formed_and_has_no_style(motif):
    drawing = poster.poster(make_record(motif=motif))

    ElementTree.fromstring(drawing)
    assert "style" not in drawing


def test_a_name_cannot_break_out_of_the_map_or_the_dial():
    hostile = make_record(name=HOSTILE)

    for drawing in (
        chart.norfolk_map([hostile], ['/cities/"><script>/']),
        chart.dial(hostile, [hostile]),
    ):
        ElementTree.fromstring(drawing)
        assert "<script" not in drawing


def test_the_line_to_a_city_has_its_true_bearing():
    drawing = chart.norfolk_map([make_record(latitude=5.6698, longitude=-0.0166)], ["/"])

    x, y = re.search(
        r'class="spoke" pathLength="1" d="M0 0L([\d.-]+) ([\d.-]+)"', drawing
    ).groups()

    miles = math.hypot(float(x), float(y)) / chart.RADIUS * chart.RIM_MILES
    bearing = math.degrees(math.atan2(float(x), -float(y)))
    assert (round(miles, -1), round(bearing)) == (5230, 94)


def test_a_ninth_city_far_in_the_south_is_inside_the_picture():
    rio = make_record(slug="rio", name="Rio de Janeiro", latitude=-22.9, longitude=-43.2)

    spots = [chart.spot(record) for record in [*eight(), rio]]
    left, top, right, bottom = chart.wide_view(spots)

    assert all(left < spot.x < right and top < spot.y < bottom for spot in spots)
    assert chart.wide_view(spots[:8]) == chart.WIDE_VIEW


def test_what_is_beyond_the_rim_moves_to_the_rim():
    perth = chart.spot(make_record(latitude=-31.95, longitude=115.86))

    assert (perth.x**2 + perth.y**2) ** 0.5 == pytest.approx(985)


def test_labels_do_not_overlap():
    spots = [chart.spot(record) for record in eight()]
    texts = [str(i) for i in range(1, 9)]

    places = chart.place_labels(spots, texts, chart.NUMBER, (-520, 600))

    boxes = [
        chart.text_box(x, y, 0.58 * chart.NUMBER, chart.NUMBER, anchor) for x, y, anchor in places
    ]
    assert [(i, j) for i in range(8) for j in range(i) if chart.overlap(boxes[i], boxes[j])] == []


def test_staffs_own_label_position_wins():
    nudged = make_record(label_dx=7, label_dy=-9, label_anchor="middle")
    at = chart.spot(nudged)

    (place,) = chart.place_labels([at], ["Valletta"], chart.LABEL, (-1206, 676))

    assert place == (at.x + 7, at.y - 9, "middle")


def test_every_member_has_a_different_rosette():
    assert card.guilloche(100418) == card.guilloche(100418)
    assert len({card.guilloche(number) for number in range(100400, 100420)}) == 20


def test_without_cities_there_is_still_a_map():
    for drawing in (chart.norfolk_map([], []), mark.mark([]), seal.seal([], "s")):
        ElementTree.fromstring(drawing)


def test_contrast_is_that_of_wcag():
    assert ink.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert ink.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", ["#FFFFFF", "#FFF3D0", "#7F7F7F", "#0B4EA2", "#000000"])
@pytest.mark.parametrize("sea", ["#006B3F", "#FCD116", "#7F7F7F"])
def test_lettering_can_be_read_on_any_ground(sea, ground):
    assert ink.contrast(ink.lettering(sea, ground), ground) >= 4.5


@pytest.mark.parametrize(
    "value", ["red", "#FFF", "#12345G", "#1234567", "#123456\n", "#123456;}", "", None, 7]
)
def test_only_six_hexadecimal_digits_are_an_ink(value):
    assert ink.is_ink(value) is False
