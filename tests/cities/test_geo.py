"""Distances and bearings of the cities, checked against the association's own table."""

import pytest

from nsca.lib.geo import NORFOLK, Coordinates, Polar, clockwise, point_of, polar

TABLE = [  # latitude, longitude, miles, km, bearing, the nearest of eight winds
    (44.6488, -63.5752, 854, 1375, 47, "NE"),  # Halifax
    (52.6309, 1.2974, 3764, 6057, 47, "NE"),  # Norfolk, England
    (53.5300, 8.1065, 4013, 6458, 44, "NE"),  # Wilhelmshaven
    (43.1242, 5.9280, 4195, 6752, 56, "NE"),  # Toulon
    (5.6698, -0.0166, 5225, 8409, 94, "E"),  # Tema
    (33.8834, 130.8752, 7246, 11661, 337, "NW"),  # Kitakyushu
    (29.8990, 121.8442, 7678, 12356, 343, "N"),  # Ningbo-Beilun
    (8.4822, 124.6472, 9023, 14522, 332, "NW"),  # Cagayan de Oro
]


@pytest.mark.parametrize("latitude, longitude, miles, km, bearing, wind", TABLE)
def test_distance_and_bearing_are_those_of_the_table(
    latitude, longitude, miles, km, bearing, wind
):
    seen = polar(latitude, longitude)

    assert (round(seen.miles), round(seen.km), round(seen.bearing)) == (miles, km, bearing)
    assert point_of(seen.bearing, winds=8) == wind


@pytest.mark.parametrize(
    "bearing, point, spoken",
    [
        (0, "N", "north"),
        (11.2, "N", "north"),
        (11.3, "NNE", "north-northeast"),
        (94, "E", "east"),
        (337, "NNW", "north-northwest"),
        (359.9, "N", "north"),
    ],
)
def test_bearings_use_the_nearest_of_sixteen_compass_points(bearing, point, spoken):
    assert point_of(bearing) == point
    assert Polar(km=1, miles=1, bearing=bearing, point=point).spoken == spoken


def test_norfolk_is_at_no_distance_from_itself():
    assert polar(NORFOLK.latitude, NORFOLK.longitude).km == 0


def test_the_antipode_is_half_the_circumference_away():
    antipode = Coordinates(-NORFOLK.latitude, NORFOLK.longitude + 180)

    assert round(polar(antipode.latitude, antipode.longitude).km) == 20015


def test_the_order_is_clockwise_from_the_northwest():
    class City:
        def __init__(self, name, latitude, longitude):
            self.name, self.latitude, self.longitude = name, latitude, longitude

    tema, toulon = City("Tema", 5.7, 0), City("Toulon", 43.1, 5.9)
    oro, moji = City("Cagayan de Oro", 8.5, 124.6), City("Kitakyushu", 33.9, 130.9)

    assert clockwise([tema, moji, toulon, oro]) == [oro, moji, toulon, tema]
