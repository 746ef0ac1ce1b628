"""A changed address: what belonged to the old one is asked for again, and a far point is asked
about.
"""

import io
import re
from html import unescape

import pytest
from django.urls import reverse
from PIL import Image

from events import reveal
from events.models import Event, Ticket
from events.reveal.calendars import ticket_ics
from events.venue.address import is_elsewhere, left_over
from tests.admin.conftest import press

OLD = {
    "kind": "venue",
    "name": "Chart House Lawn",
    "lines": "12 Ropewalk\nNorfolk, Virginia",
    "postcode": "23510",
    "latitude": "36.846512",
    "longitude": "-76.291734",
    "phone": "757-555-0142",
    "parking": "The garage on Boush Street",
    "directions": "The gate is on the river side.",
    "plan_b": "",
    "join_url": "",
    "seal": "yes",
}
MOVED = OLD | {"name": "Pagoda Garden", "lines": "265 West Tazewell Street"}
ASKED = ["directions", "parking", "phone", "point"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(staff):
    return staff("events")


@pytest.fixture
def client_of_keeper(sign_in):
    return sign_in("events")


def venue_page(event):
    return reverse("admin:events_event_venue", args=[event.pk])


def write_old(event, keeper, at):
    details = reveal.VenueDetails(
        name=OLD["name"], lines=tuple(OLD["lines"].splitlines()), postcode="23510",
        latitude=36.846512, longitude=-76.291734, phone=OLD["phone"], parking=OLD["parking"],
        directions=OLD["directions"],
    )  # fmt: skip
    reveal.write_venue(event, details, by=keeper, at=at)


@pytest.fixture
def revealed(soiree, paid, keeper, at):
    """Its place was revealed an hour ago."""
    Event.objects.filter(pk=soiree.pk).update(
        starts_at=at + soiree.lead, ends_at=at + 2 * soiree.lead
    )
    soiree.refresh_from_db()
    write_old(soiree, keeper, at - soiree.lead)
    reveal.publish_due(at=at)
    soiree.refresh_from_db()
    return soiree


@pytest.fixture
def sealed_early(soiree, keeper, at):
    write_old(soiree, keeper, at)
    return soiree


def hidden(response):
    """The fields that travel unseen on the page of questions, as a browser sends them."""
    found = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode()
    )
    fields = {}
    for name, value in found:
        fields.setdefault(unescape(name), []).append(unescape(value))
    return fields


def key_of(response):
    return re.search(r'name="confirmed"\s+value="([^"]*)"', response.content.decode())[1]


def answered(client, event, response, **answers):
    fields = {**hidden(response), "confirmed": key_of(response), **answers}
    fields.pop("csrfmiddlewaretoken", None)
    return client.post(venue_page(event), fields)


def venue(event, keeper, at):
    return reveal.look(event, by=keeper, at=at)


# --- What is asked -----------------------------------------------------------------------------


def test_a_guest_is_not_led_to_the_old_spot_by_the_new_address(
    client_of_keeper, revealed, keeper, at
):
    """GEO and the way once led to the old venue after CHANGED was mailed."""
    page = press(client_of_keeper, venue_page(revealed), MOVED)
    saved = answered(client_of_keeper, revealed, page, latitude="", longitude="", directions="",
                     parking="", phone="")  # fmt: skip

    revealed.refresh_from_db()
    ticket = Ticket.objects.select_related("event", "line__order").first()
    calendar = ticket_ics(ticket, at=at).decode()
    assert (page.status_code, saved.status_code) == (200, 302)
    assert "Pagoda Garden" in calendar
    assert "GEO" not in calendar
    assert "river side" not in calendar
    assert venue(revealed, keeper, at) == reveal.VenueDetails(
        name="Pagoda Garden", lines=("265 West Tazewell Street",), postcode="23510"
    )


def test_old_and_new_stand_side_by_side_before_it_is_saved(client_of_keeper, revealed, keeper, at):
    page = press(client_of_keeper, venue_page(revealed), MOVED)

    html = page.content.decode()
    assert "Nothing is saved yet. The address is different." in html
    cells = [cell.strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", html, flags=re.DOTALL)]
    old = cells.index("12 Ropewalk<br>Norfolk, Virginia")
    assert cells[old + 1] == "265 West Tazewell Street"
    assert "36.846512, -76.291734" in cells
    assert hidden(page)["asked"] == ASKED
    assert "latitude" not in hidden(page)
    assert "CHANGED" in html
    assert Event.objects.get(pk=revealed.pk).reveal_version == 1
    assert venue(revealed, keeper, at).name == "Chart House Lawn"


def test_to_be_shown_the_old_one_is_a_look(client_of_keeper, revealed):
    before = revealed.venue_accesses.filter(act="looked").count()

    press(client_of_keeper, venue_page(revealed), MOVED)

    assert revealed.venue_accesses.filter(act="looked").count() == before + 1


def test_what_is_ticked_as_still_right_stays_and_what_is_typed_counts(
    client_of_keeper, revealed, keeper, at
):
    page = press(client_of_keeper, venue_page(revealed), MOVED)

    answered(client_of_keeper, revealed, page, keep=["parking", "phone"], latitude="36.8531",
             longitude="-76.2951", directions="By the pagoda.")  # fmt: skip

    details = venue(revealed, keeper, at)
    assert (details.parking, details.phone) == ("The garage on Boush Street", "757-555-0142")
    assert (details.latitude, details.longitude, details.directions) == (
        36.8531,
        -76.2951,
        "By the pagoda.",
    )


def test_who_types_the_old_point_again_without_a_tick_is_asked_again(client_of_keeper, revealed):
    page = press(client_of_keeper, venue_page(revealed), MOVED)

    again = answered(client_of_keeper, revealed, page, latitude="36.846512",
                     longitude="-76.291734", directions="", parking="", phone="")  # fmt: skip

    assert again.status_code == 200
    assert "please enter it again" in again.content.decode()


def test_who_goes_back_finds_all_that_was_typed(client_of_keeper, revealed):
    page = press(client_of_keeper, venue_page(revealed), MOVED)

    back = answered(client_of_keeper, revealed, page, _back="yes", latitude="", longitude="")

    html = back.content.decode()
    assert 'value="36.846512"' in html
    assert "The gate is on the river side." in html
    assert "Pagoda Garden" in html


def test_before_the_reveal_it_is_asked_as_well_and_is_silent(
    client_of_keeper, sealed_early, keeper, at
):
    page = press(client_of_keeper, venue_page(sealed_early), MOVED)
    answered(
        client_of_keeper, sealed_early, page, keep=["point", "directions", "parking", "phone"]
    )

    assert hidden(page)["asked"] == ASKED
    assert "If you save:" not in page.content.decode()
    details = venue(sealed_early, keeper, at)
    assert (details.name, details.latitude) == ("Pagoda Garden", 36.846512)
    assert Event.objects.get(pk=sealed_early.pk).reveal_version == 0


def test_a_better_sentence_at_the_same_address_is_not_asked_about(
    client_of_keeper, sealed_early, keeper, at
):
    saved = press(client_of_keeper, venue_page(sealed_early), OLD | {"directions": "Ring twice."})

    assert saved.status_code == 302
    assert venue(sealed_early, keeper, at).directions == "Ring twice."


@pytest.mark.parametrize(("keep", "is_kept"), [([], False), (["picture"], True)])
def test_the_picture_of_the_old_venue_is_asked_about_too(
    client_of_keeper, sealed_early, keeper, at, keep, is_kept
):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, "JPEG")
    file.seek(0)
    reveal.write_picture(sealed_early, file, "The gate", by=keeper, at=at)
    page = press(client_of_keeper, venue_page(sealed_early), MOVED)

    answered(
        client_of_keeper,
        sealed_early,
        page,
        keep=["point", "directions", "parking", "phone", *keep],
    )

    assert "It fits the new address" in page.content.decode()
    assert reveal.has_picture(sealed_early, by=keeper) is is_kept


VENUE = reveal.VenueDetails(
    name="A", lines=("1 Elm St", "Norfolk"), postcode="23510", latitude=1.0, longitude=2.0
)


@pytest.mark.parametrize(
    ("change", "is_other"),
    [
        ({}, False),
        ({"name": "B"}, False),  # another name for the same spot
        ({"lines": ("1 ELM ST,", "Norfolk")}, False),
        ({"lines": ("2 Elm St", "Norfolk")}, True),
        ({"postcode": "23507"}, True),
        ({"kind": "online"}, True),
    ],
)
def test_what_another_address_is(change, is_other):
    assert is_elsewhere(VENUE, reveal.VenueDetails(**vars(VENUE) | change)) is is_other


def test_a_vague_venue_without_an_address_is_known_by_its_name():
    park = reveal.VenueDetails(name="A park", directions="By the oak")

    assert left_over(park, reveal.VenueDetails(name="Another park", directions="By the oak")) == [
        "directions"
    ]
    assert left_over(None, park) == []


# --- Really? -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "is_asked"),
    [("37.7190", False), ("37.7194", True), ("-36.8465", True)],  # 60 miles north are 37.7192
)
def test_a_point_far_from_norfolk_asks_really(client_of_keeper, soiree, latitude, is_asked):
    far = OLD | {"latitude": latitude, "longitude": "-76.2859"}

    answer = press(client_of_keeper, venue_page(soiree), far)

    html = answer.content.decode()
    assert ("This point is" in html) is is_asked
    assert (f'value="{float(latitude)}"' in html or f'value="{latitude}"' in html) is is_asked
    assert ('name="is_far"' in html) is is_asked


def test_the_minus_sign_forgotten_is_told_with_the_miles(client_of_keeper, soiree):
    html = press(
        client_of_keeper, venue_page(soiree), OLD | {"longitude": "76.2859"}
    ).content.decode()

    assert re.search(r"This point is [67],\d{3} miles from Norfolk", html)


def test_who_ticks_the_box_is_believed(client_of_keeper, soiree, keeper, at):
    toulon = OLD | {"latitude": "43.1242", "longitude": "5.9280", "is_far": "on"}

    assert press(client_of_keeper, venue_page(soiree), toulon).status_code == 302
    assert venue(soiree, keeper, at).latitude == 43.1242
