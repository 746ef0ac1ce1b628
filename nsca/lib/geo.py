"""Distance and bearing from Norfolk.

Everything the site draws is centered on Norfolk, so these are the only calculations on the globe.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

EARTH_KM = 6371.0088  # the mean radius (IUGG)
MILES_PER_KM = 0.621371


@dataclass(frozen=True)
class Coordinates:
    """A point on the globe, in degrees: north and east are positive."""

    latitude: float
    longitude: float


NORFOLK = Coordinates(36.8508, -76.2859)
NORFOLK_ZONE = "America/New_York"

WINDS = [
    "N",
    "NNE",
    "NE",
    "ENE",
    "E",
    "ESE",
    "SE",
    "SSE",
    "S",
    "SSW",
    "SW",
    "WSW",
    "W",
    "WNW",
    "NW",
    "NNW",
]
_SPOKEN = {"N": "north", "E": "east", "S": "south", "W": "west"}


@dataclass(frozen=True)
class Polar:
    """Distance along the great circle and the initial bearing, unrounded."""

    km: float
    miles: float
    bearing: float  # degrees, 0 to 360, clockwise from true north
    point: str  # one of sixteen points, "NNW"

    @property
    def spoken(self):
        """The direction in words: "northwest", "north-northwest"."""
        words = [_SPOKEN[letter] for letter in self.point]
        return "-".join(["".join(words[:-2]), "".join(words[-2:])]).strip("-")


def point_of(bearing, winds=16):
    """The compass point nearest to a bearing; with 8 winds the rose is coarser."""
    step = 16 // winds
    return WINDS[round(bearing / (360 / winds)) % winds * step]


def miles_from_norfolk(latitude: float, longitude: float) -> float:
    """Statute miles along the great circle. Not cached, so it is safe for a venue."""
    return polar.__wrapped__(latitude, longitude).miles


@lru_cache(maxsize=1024)
def polar(latitude, longitude, origin=NORFOLK):
    """Distance and bearing from `origin` to a point in degrees, by the haversine formula."""
    lat1, lat2 = math.radians(origin.latitude), math.radians(float(latitude))
    dlon = math.radians(float(longitude) - origin.longitude)
    h = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    )
    km = 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))
    east = math.sin(dlon) * math.cos(lat2)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(dlon)
    bearing = math.degrees(math.atan2(east, north)) % 360
    return Polar(km, km * MILES_PER_KM, bearing, point_of(bearing))


def clockwise(places):
    """The site's order: around the compass, starting in the southwest.

    A list in this order starts in the northwest and reads left to right across the map.
    """

    def turn(place):
        bearing = polar(place.latitude, place.longitude).bearing
        return ((bearing - 180) % 360, place.name)

    return sorted(places, key=turn)
