"""A city's record for the drawings: a value, so that drawings can be cached by it."""

from dataclasses import dataclass, fields
from operator import attrgetter


@dataclass(frozen=True)
class Record:
    """Everything a drawing may depend on."""

    slug: str
    name: str
    latitude: float
    longitude: float
    since_year: int | None = None
    motif: str = ""
    ink_ground: str = "#F4EFE4"
    ink_sky: str = "#9CC7D8"
    ink_sea: str = "#12394A"
    ink_sun: str = "#CF142B"
    ink_accent: str = "#E0A63A"
    greeting: str = ""
    greeting_lang: str = ""
    label_dx: int | None = None
    label_dy: int | None = None
    label_anchor: str = ""

    @classmethod
    def of(cls, city):
        """The record of anything that has a city's attributes; the model is not imported."""
        if isinstance(city, cls):
            return city
        return cls(*_values_of(city))


_values_of = attrgetter(*(field.name for field in fields(Record)))  # asked often, on every page
