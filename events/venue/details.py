"""The venue's content. A Place exists only while one response is made, and never prints itself."""

import dataclasses
import json
from dataclasses import dataclass
from urllib.parse import quote_plus

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.views.decorators.debug import sensitive_variables

NAME_LIMIT, LINE_LIMIT, TEXT_LIMIT = 120, 120, 600  # characters


class Kind(TextChoices):
    VENUE = "venue", "a venue"
    ONLINE = "online", "a link to join"


@dataclass(frozen=True, repr=False)
class VenueDetails:
    """The venue, or the link to join. Degrees north and east are positive."""

    kind: str = Kind.VENUE
    name: str = ""
    lines: tuple[str, ...] = ()  # street, city; without the ZIP code
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""  # at the venue, on the day
    parking: str = ""
    directions: str = ""
    plan_b: str = ""
    join_url: str = ""

    def __repr__(self):
        return "<Place: sealed>"

    def __reduce__(self):
        # A cache, a session or a task's arguments would pickle it.
        raise TypeError("A venue must not be stored outside its encrypted row.")

    @property
    def is_online(self) -> bool:
        return self.kind == Kind.ONLINE

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The address as on an envelope, with the ZIP code after the last line."""
        if not self.postcode:
            return self.lines
        *rest, last = self.lines or ("",)
        return (*rest, f"{last} {self.postcode}".strip())

    @property
    def one_line(self) -> str:
        """Name and address in one line, for a calendar's LOCATION."""
        return ", ".join(part for part in (self.name, *self.address_lines) if part)

    @property
    def has_point(self) -> bool:
        return self.latitude is not None and self.longitude is not None

    @property
    def map_url(self) -> str:
        """An OpenStreetMap link to the coordinates, loaded only on a click; empty without them."""
        if not self.has_point:
            return ""
        where = f"{self.latitude:.6f}/{self.longitude:.6f}"
        return (
            f"https://www.openstreetmap.org/?mlat={self.latitude:.6f}&mlon={self.longitude:.6f}"
            f"#map=17/{where}"
        )

    @property
    def maps(self) -> tuple[tuple[str, str], ...]:
        """Map services by name, each with its link to this venue: by coordinates if there are any,
        else by postal address. They are loaded only on a click.
        """
        where = ", ".join(self.address_lines)
        if self.has_point:
            where = f"{self.latitude:.6f},{self.longitude:.6f}"
        if self.is_online or not where:
            return ()
        query = quote_plus(where)
        return (
            (
                "OpenStreetMap",
                self.map_url or f"https://www.openstreetmap.org/search?query={query}",
            ),
            ("Google Maps", f"https://www.google.com/maps/search/?api=1&query={query}"),
            ("Apple Maps", f"https://maps.apple.com/?q={query}"),
        )

    def check(self) -> None:
        """Raise ValidationError with a sentence per field. None of them repeats what was typed."""
        wrong = {}
        if self.kind not in Kind.values:
            wrong["kind"] = "Choose a venue or a link to join."
        if self.is_online and not self.join_url.startswith("https://"):
            wrong["join_url"] = "Enter a link that begins with https://."
        if not self.is_online and not self.name:
            wrong["name"] = "Enter the venue’s name."
        if (self.latitude is None) != (self.longitude is None):
            wrong["latitude"] = "Enter both latitude and longitude, or neither."
        if self.has_point and not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            wrong["latitude"] = "Enter a latitude from -90 to 90 and a longitude from -180 to 180."
        limits = {"name": NAME_LIMIT, "postcode": 20, "phone": 40, "join_url": TEXT_LIMIT}
        limits |= dict.fromkeys(("parking", "directions", "plan_b"), TEXT_LIMIT)
        for name, limit in limits.items():
            if len(getattr(self, name)) > limit:
                wrong[name] = f"Shorten this to {limit} characters; no more fit on the card."
        if len(self.lines) > 5 or any(len(line) > LINE_LIMIT for line in self.lines):
            wrong["lines"] = f"Enter at most five lines of {LINE_LIMIT} characters."
        if wrong:
            raise ValidationError(wrong)


@dataclass(frozen=True, repr=False)
class Picture:
    """What a page needs to show the picture: its description and size in pixels; and the SHA-256
    of the file in hexadecimal, which the seal covers (empty for old pictures).
    """

    alt: str
    width: int
    height: int
    sha256: str = ""

    def __repr__(self):
        return "<Picture: sealed>"


@sensitive_variables()
def packed(venue: VenueDetails) -> str:
    fields = {field.name: getattr(venue, field.name) for field in dataclasses.fields(venue)}
    return json.dumps(fields, ensure_ascii=False)


@sensitive_variables()
def unpacked(text: str) -> VenueDetails:
    """Fields added by a later version are empty; fields it dropped are ignored."""
    fields = json.loads(text)
    known = {field.name for field in dataclasses.fields(VenueDetails)}
    fields["lines"] = tuple(fields.get("lines", ()))
    return VenueDetails(**{name: value for name, value in fields.items() if name in known})
