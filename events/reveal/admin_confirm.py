"""The page before a venue is saved: old and new side by side, with questions about what belongs
to the old address. What was typed travels in the form; nothing is stored.
"""

from dataclasses import dataclass

from django.http import QueryDict
from django.views.decorators.debug import sensitive_variables

from events import reveal
from events.reveal.forms import VenueForm
from events.venue.address import BELONGS
from events.venue.details import VenueDetails
from events.venue.envelope import PICTURE
from nsca.lib.secrets.sealing import SealingError

WAS = "was_"  # prefix of a field's name: what was typed before we asked again
OURS = ("keep", "asked", "confirmed", "_back", "shown", "csrfmiddlewaretoken", "code")
LABELS = {
    "name": "Name",
    "lines": "Address",
    "postcode": "ZIP code",
    "point": "Coordinates",
    "directions": "Directions",
    "parking": "Parking",
    "plan_b": "If it rains",
    "phone": "Phone at the venue",
    "join_url": "Link to join",
}


@dataclass(frozen=True, repr=False)
class Row:
    """One line of the comparison. `fields`: what we ask for again; empty where nothing is."""

    key: str
    label: str
    old: str
    new: str
    fields: tuple = ()

    @property
    def is_changed(self) -> bool:
        return self.old != self.new


def typed_again(posted: QueryDict) -> QueryDict:
    """A form that comes back from this page. What was checked as still right keeps its value;
    going back restores everything as it was typed.
    """
    data = posted.copy()
    goes_back = "_back" in posted
    for key, names in BELONGS.items():
        for name in names:
            is_kept = key in posted.getlist("keep") or (goes_back and not posted.get(name))
            if is_kept and WAS + name in posted:
                data[name] = posted[WAS + name]
    return data


def questions(event, venue: VenueDetails, posted: QueryDict, *, by) -> list[str]:
    """What to ask before a venue is saved: keys of what was carried over from the old address and
    not yet confirmed for the new one.
    """
    kept, asked = posted.getlist("keep"), posted.getlist("asked")
    return [
        key
        for key in reveal.left_over(event, venue, by=by)
        if key not in kept and not (key == PICTURE and key in asked)
    ]


def drops_the_picture(posted: QueryDict) -> bool:
    """Whether staff were asked if the picture fits the new address, and did not say so."""
    return PICTURE in posted.getlist("asked") and PICTURE not in posted.getlist("keep")


@sensitive_variables()
def context(request, event, form: VenueForm, asks: list[str]) -> dict:
    """What the page shows. It shows the old venue, so it is logged as an access."""
    try:
        old = reveal.look(event, by=request.user, at=request.now) or VenueDetails()
    except SealingError:
        old = VenueDetails()
    new, blank = form.venue(), VenueForm(auto_id="again_%s")
    rows = []
    for key, label in LABELS.items():
        fields = tuple(blank[name] for name in BELONGS.get(key, ())) if key in asks else ()
        row = Row(key, label, _said(old, key), _said(new, key), fields)
        if row.old or row.new:
            rows.append(row)
    again = {name for key in asks for name in BELONGS.get(key, ())}
    data = form.data
    typed = [
        (name, value)
        for name in data
        if name not in OURS and name not in again and not name.startswith(WAS)
        for value in data.getlist(name)
    ]
    typed += [(WAS + name, data.get(name, "")) for name in sorted(again)]
    typed += [("keep", key) for key in data.getlist("keep")]
    typed += [("asked", key) for key in sorted({*data.getlist("asked"), *asks})]
    return {"rows": rows, "asks": asks, "asks_picture": PICTURE in asks, "typed": typed}


@sensitive_variables()
def _said(venue: VenueDetails, key: str) -> str:
    if key == "point":
        return f"{venue.latitude:.6f}, {venue.longitude:.6f}" if venue.has_point else ""
    value = getattr(venue, key)
    return "\n".join(value) if key == "lines" else value
