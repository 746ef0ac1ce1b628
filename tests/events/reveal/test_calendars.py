"""Calendar files: what they say of where, to whom, and how they replace each other."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from post_office.models import Attachment, Email

from events import reveal
from events.models import Event, Ticket
from events.reveal.calendars import event_ics, subscription_ics, ticket_ics
from events.tickets import mail as ticket_mail
from tests.events.reveal_kit import DAY, OTHER_VENUE, STARTS, TICK, T
from tests.factories import make_city, make_event, make_ticket

pytestmark = pytest.mark.django_db
AREA = "Norfolk, ten minutes from downtown"
PLACE_LINE = "Chart House Lawn, 12 Ropewalk, Norfolk, Virginia 23510"


def read(content):
    calendar = Calendar.from_ical(content)
    (entry,) = calendar.walk("VEVENT")
    return calendar, entry


def of_ticket(ticket, at):
    fresh = Ticket.objects.select_related("event", "line__order").get(pk=ticket.pk)
    return read(ticket_ics(fresh, at=at))


@pytest.mark.parametrize(
    "at, location, sequence",
    [(T - TICK, AREA, 0), (T, PLACE_LINE, 1), (STARTS, PLACE_LINE, 1)],
)
def test_a_tickets_file_tells_the_venue_from_t_on_under_a_higher_sequence(
    ticket, at, location, sequence
):
    calendar, entry = of_ticket(ticket, at)

    assert (entry["LOCATION"], entry["SEQUENCE"]) == (location, sequence)
    assert calendar["METHOD"] == "PUBLISH"
    assert entry["DTSTAMP"].dt == at.replace(microsecond=0)


def test_the_uid_never_changes_and_the_sequence_never_falls(soiree, ticket, keeper):
    before = of_ticket(ticket, T - TICK)[1]
    opened = of_ticket(ticket, T)[1]
    reveal.publish_due(at=T)
    published = of_ticket(ticket, T + TICK)[1]
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T + DAY / 4)
    changed = of_ticket(ticket, T + DAY / 4)[1]
    Event.objects.filter(pk=soiree.pk).update(state="canceled")
    calendar, canceled = of_ticket(ticket, T + DAY / 2)

    entries = [before, opened, published, changed, canceled]
    assert len({entry["UID"] for entry in entries}) == 1
    assert [entry["SEQUENCE"] for entry in entries] == [0, 1, 1, 2, 3]
    assert changed["LOCATION"] == "Pagoda Garden, 265 West Tazewell Street 23510"
    assert (calendar["METHOD"], canceled["STATUS"]) == ("CANCEL", "CANCELLED")
    assert canceled["LOCATION"] == AREA


def test_geo_is_there_for_the_holder_after_t_and_never_before(ticket):
    assert "GEO" not in of_ticket(ticket, T - TICK)[1]
    assert of_ticket(ticket, T)[1]["GEO"].to_ical() == "36.846512;-76.291734"


@pytest.mark.parametrize("change", [{"canceled_at": T - DAY}, {"suspended_at": T - DAY}])
def test_a_ticket_that_is_off_takes_the_entry_away_and_tells_nothing(ticket, change):
    Ticket.objects.filter(pk=ticket.pk).update(**change)

    calendar, entry = of_ticket(ticket, T + DAY / 4)

    assert calendar["METHOD"] == "CANCEL"
    assert entry["LOCATION"] == AREA
    assert "Chart" not in calendar.to_ical().decode()


def test_a_held_reveal_keeps_the_area(soiree, ticket, keeper):
    reveal.hold(soiree, by=keeper, at=T - DAY)

    assert of_ticket(ticket, T)[1]["LOCATION"] == AREA


def test_the_link_in_a_file_is_the_public_page_and_not_the_ticket(ticket):
    calendar, entry = of_ticket(ticket, T)

    assert entry["URL"] == "http://testserver/events/soiree/"
    assert ticket.token not in calendar.to_ical().decode()


@pytest.mark.parametrize(
    "starts_at, local",
    [
        (datetime(2027, 3, 14, 22, tzinfo=UTC), "20270314T180000"),
        (datetime(2027, 11, 7, 23, tzinfo=UTC), "20271107T180000"),
        (datetime(2027, 1, 9, 23, tzinfo=UTC), "20270109T180000"),
    ],
)
def test_hours_stand_in_norfolks_time_with_its_rule(starts_at, local):
    event = make_event(starts_at=starts_at)

    calendar, entry = read(event_ics(event))

    (zone,) = calendar.walk("VTIMEZONE")
    assert f"DTSTART;TZID=America/New_York:{local}" in calendar.to_ical().decode()
    assert zone["TZID"] == "America/New_York"
    assert entry.start == starts_at


def test_an_old_event_without_an_hour_is_a_whole_day():
    event = make_event(starts_at=datetime(2023, 5, 18, 4, tzinfo=UTC), hour_is_known=False)

    assert b"DTSTART;VALUE=DATE:20230518" in event_ics(event)


@pytest.mark.parametrize("at", [T - TICK, T, STARTS + DAY])
def test_public_files_name_the_area_and_nothing_else_at_any_instant(client, soiree, at, travel):
    travel(at)

    files = [
        client.get(address).content.decode().replace("\r\n ", "")
        for address in ("/events/soiree/event.ics", "/events/calendar.ics")
    ]

    for text in files:
        assert "LOCATION:Norfolk\\, ten minutes from downtown" in text
        assert "Chart" not in text
        assert "GEO" not in text


def test_a_subscription_says_what_is_canceled():
    event = make_event(state="canceled", canceled_note="The storm has other plans.")

    _, entry = read(subscription_ics([event], name="Events"))

    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", 1)
    assert "The storm has other plans." in entry["DESCRIPTION"]


def test_a_city_has_its_own_calendar(client, travel):
    toulon = make_city("toulon")
    make_event(title="Bastille Day picnic", city=toulon)
    make_event(title="Tea in the garden")
    travel(STARTS - timedelta(days=60))

    response = client.get("/cities/toulon/calendar.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert [e["SUMMARY"] for e in Calendar.from_ical(response.content).walk("VEVENT")] == [
        "Bastille Day picnic"
    ]
    assert client.get("/cities/atlantis/calendar.ics").status_code == 404


def test_drafts_and_unborn_events_are_in_no_calendar(client, travel):
    make_event(title="Draft", state="draft")
    make_event(title="Unborn", publish_at=STARTS)
    travel(STARTS - timedelta(seconds=1))
    before = client.get("/events/calendar.ics")
    travel(STARTS)
    after = client.get("/events/calendar.ics")

    assert b"SUMMARY" not in before.content
    assert before["Cache-Control"] == "public, max-age=1"
    assert b"SUMMARY:Unborn" in after.content
    assert b"Draft" not in after.content


def test_a_holders_own_file_is_for_one_pair_of_eyes(ticket):
    other = make_ticket(ticket.event)

    assert of_ticket(ticket, T)[1]["UID"] != of_ticket(other, T)[1]["UID"]


def test_an_email_in_the_outbox_does_not_know_the_venue_even_after_t(soiree, ticket):
    ticket_mail.send_tickets(ticket.line.order, at=T + TICK)

    (attachment,) = Attachment.objects.all()
    content = attachment.file.read()
    email = Email.objects.get()
    entry = read(content)[1]
    assert (entry["LOCATION"], entry["SEQUENCE"]) == (AREA, 0)
    revealed = content.decode() + email.message + email.html_message
    assert [
        word for word in ("Chart House", "Ropewalk", "23510", "36.84") if word in revealed
    ] == []
    assert entry["UID"] == of_ticket(ticket, T + TICK)[1]["UID"]
    assert of_ticket(ticket, T + TICK)[1]["SEQUENCE"] > entry["SEQUENCE"]
