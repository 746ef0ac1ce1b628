"""A venue that changes: silent before T, CHANGED after it, wiped if off (docs/reveal.md §6)."""

from datetime import timedelta

import pytest
from post_office.models import Attachment, Email

from events import reveal
from events.changes.canceling import cancel
from events.models import (
    Commitment,
    Event,
    FormerVenue,
    RevealMail,
    Ticket,
    Venue,
    VenueAccess,
    VenuePicture,
)
from events.reveal import VISITOR, Viewer, reveal_for, sender
from events.venue.details import VenueDetails
from nsca.lib.secrets.sealing import seal
from orders.models import Task
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, OTHER_VENUE, STARTS, TICK, VENUE, T
from tests.factories import make_event, make_ticket
from tests.markup import flat

pytestmark = pytest.mark.django_db
THIRD_PLACE = VenueDetails(name="Boat House", lines=("3 Quay Street",), postcode="23510")
STRUCK = "<del>Chart House Lawn, 12 Ropewalk, Norfolk, Virginia 23510</del>"
LATER = T + DAY / 4


def write(event, venue, keeper, at):
    reveal.write_venue(event, venue, by=keeper, at=at)


def opened(event, ticket, at):
    viewer = Viewer(tokens=frozenset({ticket.token}))
    return reveal_for(Event.objects.get(pk=event.pk), viewer, at=at)


# --- At the boundary ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at, version, struck",
    [(T - TICK, 0, None), (T, 2, VENUE), (T + TICK, 2, VENUE)],
)
def test_a_change_is_silent_until_t_and_a_new_version_from_t_on(
    soiree, ticket, keeper, at, version, struck
):
    write(soiree, OTHER_VENUE, keeper, at)

    shown = opened(soiree, ticket, T + DAY / 2)
    assert Event.objects.get().reveal_version == version
    assert (shown.venue, shown.struck, shown.is_changed) == (OTHER_VENUE, struck, bool(struck))
    assert FormerVenue.objects.count() == (1 if struck else 0)


def test_the_audit_row_says_changed_and_not_what(soiree, keeper):
    write(soiree, OTHER_VENUE, keeper, T - TICK)

    look = VenueAccess.objects.latest("pk")
    words = [str(getattr(look, field.attname)) for field in VenueAccess._meta.concrete_fields]
    assert (look.act, look.user) == ("changed", keeper)
    assert [word for word in words if "Pagoda" in word or "Chart" in word] == []


def test_before_t_a_page_and_a_file_of_a_changed_venue_are_the_same_to_the_byte(
    client, soiree, ticket, keeper, travel
):
    travel(T - DAY)
    addresses = [f"/tickets/{ticket.token}/", "/events/soiree/", "/events/soiree/event.ics"]
    before = [client.get(address).content for address in addresses]

    write(soiree, OTHER_VENUE, keeper, T - DAY)
    write(soiree, THIRD_PLACE, keeper, T - DAY)
    travel(T - DAY)

    assert [client.get(address).content for address in addresses] == before


# --- Told again --------------------------------------------------------------------------------


def test_the_page_says_changed_and_strikes_the_old_venue_through(
    client, soiree, ticket, keeper, travel
):
    reveal.publish_due(at=T)
    write(soiree, OTHER_VENUE, keeper, LATER)
    travel(LATER)

    page = flat(client.get(f"/tickets/{ticket.token}/").content.decode())

    assert "The location has changed" in page
    assert f"replaces the one before: {STRUCK}" in page  # words, not a line alone
    assert page.count("Chart House") == 1
    assert "Pagoda Garden" in page


def test_the_email_has_changed_first_in_its_subject_and_names_no_old_venue(
    soiree, ticket, keeper, emails
):
    reveal.publish_due(at=T)
    sender.send_due(at=T)
    write(soiree, OTHER_VENUE, keeper, LATER)

    sender.send_due(at=LATER)

    first, second = emails
    assert not first.subject.startswith("CHANGED")
    assert second.subject == "CHANGED: the location of Soirée en Blanc"
    assert "Pagoda Garden" in second.body
    assert "Chart House" not in second.body + second.alternatives[0].content


def test_unsent_emails_about_the_old_venue_are_superseded(soiree, ticket, keeper, emails):
    reveal.publish_due(at=T)

    write(soiree, OTHER_VENUE, keeper, LATER)
    sender.send_due(at=LATER)

    states = RevealMail.objects.order_by("version").values_list("version", "state")
    assert list(states) == [(1, "superseded"), (2, "sent")]
    # Nobody had the first mail: there is nothing that they should forget.
    assert [email.subject for email in emails] == ["Soirée en Blanc: the location is revealed"]


def test_after_two_changes_the_last_told_venue_is_struck(soiree, ticket, keeper):
    reveal.publish_due(at=T)
    write(soiree, OTHER_VENUE, keeper, LATER)
    write(soiree, THIRD_PLACE, keeper, LATER + TICK)

    shown = opened(soiree, ticket, LATER + DAY / 4)

    assert (shown.venue, shown.struck, shown.version) == (THIRD_PLACE, OTHER_VENUE, 3)


def test_new_words_about_parking_strike_no_venue_through(soiree, ticket, keeper):
    reveal.publish_due(at=T)
    parked = VenueDetails(**{**VENUE.__dict__, "parking": "The lot on Bute Street"})

    write(soiree, parked, keeper, LATER)

    shown = opened(soiree, ticket, LATER)
    assert (shown.is_changed, shown.struck) == (True, None)


def test_a_venue_entered_and_replaced_under_one_hold_was_told_to_nobody(soiree, ticket, keeper):
    reveal.publish_due(at=T)
    reveal.hold(soiree, by=keeper, at=LATER)
    write(soiree, OTHER_VENUE, keeper, LATER + TICK)
    write(soiree, THIRD_PLACE, keeper, LATER + 2 * TICK)
    reveal.release(soiree, by=keeper, at=LATER + DAY / 4)

    shown = opened(soiree, ticket, LATER + DAY / 4)

    assert (shown.venue, shown.struck) == (THIRD_PLACE, VENUE)


def test_an_old_link_to_join_is_struck_without_its_address(client, lesson, keeper, travel):
    ticket = make_ticket(lesson)
    reveal.publish_due(at=T)
    other = VenueDetails(kind="online", name="The class", join_url="https://meet.example/j/112233")
    write(lesson, other, keeper, LATER)
    travel(LATER)

    page = client.get(f"/tickets/{ticket.token}/").content.decode()

    assert "<del>The class</del>" in page
    assert "998877" not in page
    assert LINK.join_url != other.join_url


def test_everyone_reads_the_struck_place_only_where_everyone_was_told_it(
    client, soiree, keeper, travel
):
    Event.objects.update(audience=Event.Audience.EVERYONE_AT_T)
    reveal.publish_due(at=T)
    write(Event.objects.get(), OTHER_VENUE, keeper, LATER)
    travel(LATER)
    revealed = client.get("/events/soiree/").content.decode()

    Event.objects.update(audience=Event.Audience.EVERYONE_AFTER)
    travel(STARTS + DAY)
    after = client.get("/events/soiree/").content.decode()

    assert STRUCK in revealed
    assert "Chart House" not in after
    assert "Pagoda Garden" in after


def test_a_former_venue_is_as_secret_as_the_present_one(soiree, ticket, keeper):
    reveal.publish_due(at=T)
    write(soiree, OTHER_VENUE, keeper, LATER)

    assert not reveal_for(Event.objects.get(), VISITOR, at=LATER).is_open
    assert b"Chart" not in bytes(FormerVenue.objects.get().sealed)


def test_a_former_venue_survives_a_new_key_and_a_lost_one_hides_only_itself(
    soiree, ticket, keeper, settings
):
    reveal.publish_due(at=T)
    write(soiree, OTHER_VENUE, keeper, LATER)
    settings.VENUE_KEYS = ["a key of the places' own, kept in the safe: 71c0"]
    reveal.reseal_all()
    settings.SECRET_KEY = "the site's own key has changed since then: 0a44"
    ticket = Ticket.objects.get(pk=ticket.pk)  # its link follows from that key
    assert opened(soiree, ticket, LATER).struck == VENUE

    FormerVenue.objects.update(sealed=seal("{}", bound_to="something else", at=T))
    assert (opened(soiree, ticket, LATER).venue, opened(soiree, ticket, LATER).struck) == (
        OTHER_VENUE, None,
    )  # fmt: skip


# --- Hold --------------------------------------------------------------------------------------


def test_a_hold_shuts_the_page_within_one_request(client, soiree, ticket, keeper, travel):
    travel(LATER)
    before = client.get(f"/tickets/{ticket.token}/").content.decode()

    reveal.hold(soiree, by=keeper, at=LATER)
    after = client.get(f"/tickets/{ticket.token}/").content.decode()

    assert "Chart House" in before
    assert "Chart House" not in after
    assert "The committee is holding it" in after


def test_a_hold_in_the_middle_of_a_batch_lets_no_email_of_it_out_after_the_hold(
    soiree, keeper, emails, monkeypatch
):
    for number in range(5):
        make_ticket(soiree, guest_email=f"guest{number}@x.example")
    reveal.publish_due(at=T)
    send = sender.make_message

    def hold_after_two(*args, **kwargs):
        if len(emails) == 1:  # the second is in hand
            reveal.hold(soiree, by=keeper, at=T)
        return send(*args, **kwargs)

    monkeypatch.setattr(sender, "make_message", hold_after_two)
    sender.send_due(at=T)
    sender.send_due(at=T + DAY / 8)

    assert len(emails) == 2  # one before it, one that was in hand
    assert RevealMail.objects.filter(state="queued").count() == 3


# --- Canceled ----------------------------------------------------------------------------------


@pytest.fixture
def full(soiree, ticket, keeper):
    """With a picture, a seal and a former venue: everything there is to wipe."""
    reveal.publish_seal(soiree, by=keeper, at=LONG_BEFORE)
    VenuePicture.objects.create(
        event=soiree, about=seal("{}", bound_to="x", at=T), sealed=b"x", sealed_at=T
    )
    reveal.publish_due(at=T)
    write(soiree, OTHER_VENUE, keeper, LATER)
    return soiree


def call_off(event, keeper, at):
    cancel(Event.objects.get(pk=event.pk), note="Off.", by=keeper, at=at)


def kept(event):
    return [
        model.objects.filter(event=event).count() for model in (Venue, VenuePicture, FormerVenue)
    ]


@pytest.mark.parametrize(
    "late, left", [(-TICK, [1, 1, 1]), (timedelta(0), [0, 0, 0]), (TICK, [0, 0, 0])]
)
def test_the_venue_of_a_canceled_event_is_wiped_after_its_days_and_not_before(
    full, keeper, settings, late, left
):
    settings.CANCELLED_PLACE_DAYS = 30
    call_off(full, keeper, LATER)

    reveal.wipe_due(LATER + timedelta(days=30) + late)

    assert kept(full) == left
    has_salt = [bool(row.salt) for row in Commitment.objects.filter(event=full)]
    assert any(has_salt) is (left[0] == 1)


def test_wiping_is_noted_once_and_by_nobody(full, keeper):
    call_off(full, keeper, LATER)
    at = LATER + timedelta(days=400)

    counts = [reveal.wipe_due(at), reveal.wipe_due(at)]

    assert counts == [1, 0]
    [look] = VenueAccess.objects.filter(act="wiped")
    assert (look.user, look.who) == (None, "The site")


def test_a_picture_is_wiped_also_where_no_venue_was_ever_entered(keeper):
    """It may have been put in before the venue, or after the venue was wiped."""
    event = make_event(starts_at=STARTS, lead=DAY, slug="pictured")
    VenuePicture.objects.create(event=event, about=b"x", sealed=b"x", sealed_at=T)
    call_off(event, keeper, LATER)

    assert reveal.wipe_due(LATER + timedelta(days=400)) == 1
    assert kept(event) == [0, 0, 0]
    assert VenueAccess.objects.filter(event=event, act="wiped").count() == 1


def test_nothing_is_wiped_of_an_event_that_is_on_however_old(full):
    assert reveal.wipe_due(LATER + timedelta(days=400)) == 0
    assert kept(full) == [1, 1, 1]


@pytest.mark.parametrize("at", [T - TICK, T, STARTS])
def test_canceled_before_t_the_venue_is_told_to_nobody_ever(
    client, soiree, ticket, keeper, emails, travel, at
):
    call_off(soiree, keeper, T - DAY)

    reveal.publish_due(at=at)
    sender.send_due(at=at)
    travel(at)
    page = client.get(f"/tickets/{ticket.token}/").content.decode()

    assert opened(soiree, ticket, at) is None
    assert (RevealMail.objects.count(), emails) == (0, [])
    assert "Chart House" not in page


def test_canceled_after_t_closes_the_page_and_takes_the_entry_away(soiree, ticket, keeper):
    reveal.publish_due(at=T)

    call_off(soiree, keeper, LATER)

    email = Email.objects.get()
    content = Attachment.objects.get().file.read().decode()
    assert opened(soiree, ticket, LATER) is None
    assert RevealMail.objects.get().state == "superseded"
    assert email.subject == "Soirée en Blanc on May 20, 2027 is canceled"
    assert "METHOD:CANCEL" in content
    assert "SEQUENCE:2" in content
    assert "Chart" not in content + email.message + email.html_message


def test_a_canceled_event_stays_struck_out_in_the_public_calendar(client, soiree, keeper, travel):
    call_off(soiree, keeper, LATER)

    travel(STARTS + 100 * DAY)
    calendar = client.get("/events/calendar.ics").content.decode()

    assert "STATUS:CANCELLED" in calendar
    assert Ticket.objects.count() == 0


def test_an_event_that_is_canceled_asks_to_call_whom_no_email_reaches(keeper):
    event = make_event(starts_at=STARTS, lead=DAY)
    ticket = make_ticket(event)
    ticket.line.order.buyer_email = ""
    ticket.line.order.save(update_fields=["buyer_email"])

    call_off(event, keeper, LATER)

    tasks = Task.objects.filter(key=f"event-canceled-untold:{event.pk}")
    assert ["1 ticket has no e-mail address" in task.text for task in tasks] == [True]
