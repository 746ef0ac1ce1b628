"""How the venue is kept: at rest, by its few keepers, and when it changes."""

import copy
import pickle
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from events import reveal
from events.models import Event, RevealMail, Venue, VenueAccess
from events.reveal import NotPermitted, NoVenue, Viewer, reveal_for
from events.venue.details import VenueDetails, packed, unpacked
from nsca.lib.secrets.sealing import KeyLost, TooLong, WrongEnvelope, seal, unseal
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, OTHER_VENUE, STARTS, TICK, VENUE, T
from tests.factories import make_event, make_ticket, make_user

pytestmark = pytest.mark.django_db


def acts(event):
    return list(event.venue_accesses.order_by("pk").values_list("act", flat=True))


def by_link(ticket):
    return Viewer(tokens=frozenset({ticket.token}))


# --- At rest -----------------------------------------------------------------------------------


def test_the_row_holds_nothing_readable(soiree):
    sealed = bytes(Venue.objects.get(event=soiree).sealed)

    assert b"Chart" not in sealed
    assert b"23510" not in sealed


def test_every_envelope_has_the_same_size(soiree, keeper):
    other = make_event(lead=DAY)
    reveal.write_venue(other, VenueDetails(name="X"), by=keeper, at=LONG_BEFORE)

    sizes = {len(bytes(sealed)) for sealed in Venue.objects.values_list("sealed", flat=True)}

    assert len(sizes) == 1


def test_swapped_rows_open_nothing(soiree, keeper):
    other = make_event(lead=DAY)
    reveal.write_venue(other, OTHER_VENUE, by=keeper, at=LONG_BEFORE)
    Venue.objects.filter(event=soiree).update(sealed=Venue.objects.get(event=other).sealed)

    with pytest.raises(WrongEnvelope):
        reveal.look(soiree, by=keeper, at=LONG_BEFORE)


def test_a_lost_key_is_a_sentence_without_the_venue(soiree, keeper, settings):
    settings.SECRET_KEY = "a new key that nobody kept the old one of: 2b8e4f"

    with pytest.raises(KeyLost, match="VENUE_KEYS") as caught:
        reveal.look(soiree, by=keeper, at=LONG_BEFORE)
    assert caught.value.__cause__ is None
    assert "Chart" not in str(caught.value)


def test_more_than_fits_is_refused_and_not_cut():
    with pytest.raises(TooLong):
        seal("x" * 9000, bound_to="event 1", at=T)


def test_every_field_comes_out_as_it_went_in():
    assert unpacked(packed(VENUE)) == VENUE
    assert unpacked(packed(LINK)) == LINK
    assert unseal(seal(packed(VENUE), bound_to="x", at=T), bound_to="x") == packed(VENUE)


def test_a_venue_shows_itself_to_no_log_and_goes_into_no_cache():
    assert "Chart" not in f"{VENUE!r} {VENUE!s} {[VENUE]}"
    with pytest.raises(TypeError):
        pickle.dumps(VENUE)
    with pytest.raises(TypeError):
        copy.copy(VENUE)


def test_a_key_can_be_introduced_and_the_old_one_retired(soiree, keeper, settings):
    settings.VENUE_KEYS = ["a key of the places' own, kept in the safe: 71c0"]
    out = StringIO()
    call_command("rotate_venue_keys", stdout=out)
    settings.SECRET_KEY = "the site's own key has changed since then: 0a44"

    assert out.getvalue() == "1 venue encrypted with the newest key.\n"
    assert reveal.look(soiree, by=keeper, at=LONG_BEFORE) == VENUE


def test_rotation_without_the_old_key_changes_nothing(soiree, settings):
    before = bytes(Venue.objects.get(event=soiree).sealed)
    settings.SECRET_KEY = "not the key that sealed it, but long enough: 55e1"

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("rotate_venue_keys")
    assert bytes(Venue.objects.get(event=soiree).sealed) == before


# --- Keepers -----------------------------------------------------------------------------------


def test_each_look_and_each_change_leaves_a_row(soiree, keeper):
    reveal.look(soiree, by=keeper, at=LONG_BEFORE)
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=LONG_BEFORE + DAY)

    assert acts(soiree) == ["changed", "looked", "changed"]
    assert soiree.venue_accesses.first().user == keeper


@pytest.mark.parametrize(
    "act",
    [
        lambda event, who: reveal.look(event, by=who, at=T),
        lambda event, who: reveal.has_venue(event, by=who),
        lambda event, who: reveal.write_venue(event, OTHER_VENUE, by=who, at=T),
        lambda event, who: reveal.hold(event, by=who, at=T),
        lambda event, who: reveal.release(event, by=who, at=T),
        lambda event, who: reveal.reveal_now(event, by=who, at=LONG_BEFORE),
    ],
)
def test_an_editor_without_the_permission_may_do_none_of_it(soiree, act):
    editor = make_user("editor@nsca.example", is_staff=True, permissions=("events.change_event",))
    before = acts(soiree)

    with pytest.raises(NotPermitted):
        act(soiree, editor)
    assert acts(soiree) == before


def test_the_same_venue_again_is_no_change(soiree, keeper):
    assert reveal.write_venue(soiree, VENUE, by=keeper, at=LONG_BEFORE + DAY) is False
    assert Venue.objects.get(event=soiree).sealed_at == LONG_BEFORE


def test_before_t_a_change_does_not_touch_the_public_record(soiree, keeper):
    before = Event.objects.values().get(pk=soiree.pk)
    histories = soiree.history.count()

    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T - TICK)

    assert Event.objects.values().get(pk=soiree.pk) == before
    assert soiree.history.count() == histories


@pytest.mark.parametrize(
    "venue, field",
    [
        (VenueDetails(), "name"),
        (VenueDetails(name="x" * 121), "name"),
        (VenueDetails(name="Pier", latitude=36.8), "latitude"),
        (VenueDetails(name="Pier", latitude=136.8, longitude=0), "latitude"),
        (VenueDetails(name="Pier", lines=("a",) * 6), "lines"),
        (VenueDetails(name="Pier", directions="x" * 601), "directions"),
        (VenueDetails(kind="online", join_url="http://meet.example/1"), "join_url"),
        (VenueDetails(kind="boat", name="Pier"), "kind"),
    ],
)
def test_a_venue_that_cannot_be_is_refused_by_field(soiree, keeper, venue, field):
    with pytest.raises(ValidationError) as caught:
        reveal.write_venue(soiree, venue, by=keeper, at=LONG_BEFORE)

    assert list(caught.value.message_dict) == [field]


# --- Hold, release, now ------------------------------------------------------------------------


def test_reveal_now_makes_this_instant_t(soiree, ticket, keeper):
    now = T - timedelta(days=3, hours=1, microseconds=7)

    reveal.reveal_now(soiree, by=keeper, at=now)

    kept = Event.objects.get(pk=soiree.pk)
    assert (kept.opens_at, kept.reveal_held_at) == (now, None)
    assert reveal_for(kept, by_link(ticket), at=now).is_open
    assert list(Event.objects.due_to_reveal(now)) == [kept]
    assert acts(soiree) == ["changed", "opened"]


def test_reveal_now_does_not_set_aside_the_hold_of_a_colleague(soiree, keeper):
    reveal.hold(soiree, by=keeper, at=T - DAY)
    before = acts(soiree)

    for at in (T - DAY / 2, T + DAY / 2):
        with pytest.raises(reveal.NotNow, match="held by keeper.* Release the hold first"):
            reveal.reveal_now(soiree, by=keeper, at=at)

    kept = Event.objects.get(pk=soiree.pk)
    assert (kept.opens_at, kept.reveal_held_at) == (T, T - DAY)
    assert acts(soiree) == before


def test_reveal_now_of_an_event_that_a_colleague_moved_opens_at_this_instant(soiree, keeper):
    """The lead was reckoned from the start that this page had read: a day's move was a day."""
    now = T - timedelta(days=3)
    Event.objects.filter(pk=soiree.pk).update(
        starts_at=soiree.starts_at + DAY, ends_at=soiree.ends_at + DAY
    )

    reveal.reveal_now(soiree, by=keeper, at=now)

    assert Event.objects.get(pk=soiree.pk).opens_at == now


def test_a_second_hold_does_not_say_that_it_began_now(soiree, keeper):
    reveal.hold(soiree, by=keeper, at=T - DAY)

    with pytest.raises(reveal.NotNow, match="already on hold"):
        reveal.hold(soiree, by=keeper, at=T)

    assert Event.objects.get(pk=soiree.pk).reveal_held_at == T - DAY


def test_what_nobody_holds_is_not_released(soiree, keeper):
    with pytest.raises(reveal.NotNow, match="not on hold"):
        reveal.release(soiree, by=keeper, at=T)


@pytest.mark.parametrize(
    "changes, at, words",
    [
        ({"state": "draft"}, T - DAY, "draft"),
        ({}, T, "has passed"),
        ({}, STARTS + 2 * DAY, "over"),
    ],
)
def test_what_cannot_be_revealed_early_is_not(soiree, keeper, changes, at, words):
    Event.objects.filter(pk=soiree.pk).update(**changes)

    with pytest.raises(reveal.NotNow, match=words):
        reveal.reveal_now(soiree, by=keeper, at=at)


def test_an_empty_envelope_cannot_be_opened(keeper):
    with pytest.raises(NoVenue, match="Enter it first"):
        reveal.reveal_now(make_event(lead=DAY), by=keeper, at=LONG_BEFORE)


# --- Changes after T ---------------------------------------------------------------------------


def test_a_change_after_t_is_the_next_version_and_supersedes_what_is_unsent(
    soiree, ticket, keeper
):
    reveal.publish_due(at=T)

    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T + DAY / 4)

    rows = RevealMail.objects.order_by("version").values_list("version", "state")
    assert list(rows) == [(1, "superseded"), (2, "queued")]
    shown = reveal_for(Event.objects.get(pk=soiree.pk), by_link(ticket), at=T + DAY / 4)
    assert (shown.venue, shown.is_changed, shown.version) == (OTHER_VENUE, True, 2)


def test_a_change_after_t_counts_as_one_even_where_the_ticker_was_down(soiree, ticket, keeper):
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T)

    assert soiree.reveal_version == 2
    assert RevealMail.objects.get(state="queued").version == 2


def test_a_change_before_t_is_silent(soiree, ticket, keeper):
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T - TICK)

    assert (soiree.reveal_version, RevealMail.objects.count()) == (0, 0)
    assert reveal_for(soiree, by_link(ticket), at=T).is_changed is False


def test_a_venue_entered_late_is_told_as_the_first(keeper):
    event = make_event(starts_at=T + DAY, lead=DAY)
    make_ticket(event)
    assert reveal.publish_due(at=T) == 0

    reveal.write_venue(event, VENUE, by=keeper, at=T + DAY / 2)

    assert reveal.publish_due(at=T + DAY / 2) == 1
    assert RevealMail.objects.get().version == 1


def test_looks_cannot_say_what_was_seen():
    fields = {field.name for field in VenueAccess._meta.fields}

    assert fields == {"id", "event", "user", "link", "act", "at", "seen_at"}
