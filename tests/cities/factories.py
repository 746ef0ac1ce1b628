"""Cities for tests: name what matters; the rest is Valletta."""

from cities.art.record import Record
from cities.models import City

VALLETTA = {
    "slug": "valletta",
    "name": "Valletta",
    "latitude": 35.8989,
    "longitude": 14.5146,
    "ink_ground": "#F7EFE0",
    "ink_sky": "#E9C46A",
    "ink_sea": "#12394A",
    "ink_sun": "#CF142B",
    "ink_accent": "#FFFFFF",
}


def make_record(**changes):
    return Record(**VALLETTA | changes)


def make_city(**changes):
    values = VALLETTA | {
        "country": "Malta",
        "country_code": "mt",
        "time_zone": "Europe/Malta",
        "summary": "A harbor with a city round it.",
    }
    return City.objects.create(**values | changes)


# slug, name, country, code, latitude, longitude, zone, motif
EIGHT = [
    ("kitakyushu", "Kitakyushu", "Japan", "jp",
     33.8834, 130.8752, "Asia/Tokyo", "bridge"),
    ("wilhelmshaven", "Wilhelmshaven", "Germany", "de",
     53.53, 8.1065, "Europe/Berlin", "swingbridge"),
    ("norfolk-county", "Norfolk County", "United Kingdom", "gb",
     52.6309, 1.2974, "Europe/London", "windpump"),
    ("toulon", "Toulon", "France", "fr",
     43.1242, 5.928, "Europe/Paris", "sails"),
    ("halifax", "Halifax", "Canada", "ca",
     44.6488, -63.5752, "America/Halifax", "lighthouse"),
    ("cagayan-de-oro", "Cagayan de Oro", "Philippines", "ph",
     8.4822, 124.6472, "Asia/Manila", "river"),
    ("tema", "Tema", "Ghana", "gh",
     5.6698, -0.0166, "Africa/Accra", "canoe"),
    ("ningbo-beilun", "Ningbo–Beilun", "China", "cn",
     29.899, 121.8442, "Asia/Shanghai", "pagoda"),
]  # fmt: skip


def make_eight():
    """The eight partners; Ningbo–Beilun is the friend."""
    return [
        make_city(
            slug=slug,
            name=name,
            country=country,
            country_code=code,
            latitude=latitude,
            longitude=longitude,
            time_zone=zone,
            motif=motif,
            bond="friendship" if slug == "ningbo-beilun" else "sister",
        )
        for slug, name, country, code, latitude, longitude, zone, motif in EIGHT
    ]
