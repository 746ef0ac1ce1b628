"""A rain date: tickets stay, T moves, what depends on the start follows (docs/reveal.md §6)."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from events import reveal
from events.changes import moving
from events.changes.moving import CannotMove
from events.models import DoorLink, Event, FormerVenue, Hint, Move, RevealMail, Ticket
from events.returns import return_limits, returning
from events.reveal import Viewer, reveal_for
from events.reveal.calendars import event_ics, ticket_ics
from tests.events.moving_kit import FRIDAY, FRIDAY_T, MINUTE, again, move, mover
from tests.events.reveal_kit import DAY, LONG_BEFORE, STARTS, TICK, T
from tests.factories import NOON, make_event, make_hint, make_order, make_ticket, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def shown(event, ticket, at):
    return reveal_for(again(event), Viewer(tokens=frozenset({ticket.token})), at=at)


def entry_of(content):
    calendar = Calendar.from_ical(content)
    return calendar["METHOD"], calendar.walk("VEVENT")[0]


def ticket_entry(ticket, at):
    fresh = Ticket.objects.select_related("event", "line__order").get(pk=ticket.pk)
    return entry_of(ticket_ics(fresh, at=at))


# --- T -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at, is_open",
    [
        (T, False), (FRIDAY_T - TICK, False), (FRIDAY_T, True), (FRIDAY_T + TICK, True),
    ],
)  # fmt: skip
def test_the_venue_of_a_moved_event_is_told_at_the_new_t_and_not_at_the_old(
    soiree, ticket, at, is_open
):
    move(soiree, at=T - DAY)

    assert again(soiree).opens_at == FRIDAY_T
    assert shown(soiree, ticket, at).is_open is is_open


def test_the_old_t_publishes_nothing_and_the_new_one_does(soiree, ticket):
    move(soiree, at=T - TICK)

    assert reveal.publish_due(at=T) == 0
    assert reveal.publish_due(at=FRIDAY_T) == 1
    assert RevealMail.objects.get().created_at == FRIDAY_T


@pytest.mark.parametrize(
    "start, lead, opens_at",
    [
        # Clocks go forward on March 14, 2027 and back on November 7: 24 hours are 24 hours.
        (datetime(2027, 3, 14, 22, tzinfo=UTC), DAY, datetime(2027, 3, 13, 22, tzinfo=UTC)),
        (datetime(2027, 11, 7, 23, tzinfo=UTC), DAY, datetime(2027, 11, 6, 23, tzinfo=UTC)),
    ],
)
def test_t_is_counted_in_hours_that_pass_on_the_days_the_clocks_change(start, lead, opens_at):
    event = make_event(starts_at=start - DAY, lead=lead)

    move(event, start, at=start - 10 * DAY)

    assert again(event).opens_at == opens_at


def test_doors_keep_their_distance_across_the_night_the_clocks_go_back():
    start = datetime(2027, 11, 6, 22, tzinfo=UTC)  # Saturday, 6 p.m. EDT
    event = make_event(starts_at=start, lead=DAY, doors_at=start - HOUR / 2)

    move(event, datetime(2027, 11, 7, 23, tzinfo=UTC), at=start - 3 * DAY)  # Sunday, 6 p.m. EST

    assert again(event).doors_at == datetime(2027, 11, 7, 22, 30, tzinfo=UTC)


# --- A venue that was told stays told ----------------------------------------------------------


@pytest.mark.parametrize("at", [T, T + DAY / 2])
def test_a_venue_that_was_told_stays_told_whether_or_not_the_ticker_ran(soiree, ticket, at):
    move(soiree, at=at)

    assert shown(soiree, ticket, at).is_open
    assert (again(soiree).opens_at, again(soiree).reveal_version) == (T, 1)
    assert FormerVenue.objects.count() == 0


def test_a_moment_before_t_it_was_not_told_and_is_sealed_again(soiree, ticket):
    move(soiree, at=T - TICK)

    assert not shown(soiree, ticket, T).is_open
    assert (again(soiree).opens_at, again(soiree).reveal_version) == (FRIDAY_T, 0)


def test_what_was_told_is_told_to_nobody_a_second_time(soiree, ticket):
    reveal.publish_due(at=T)
    RevealMail.objects.update(state="sent", sent_at=T)

    move(soiree, at=T + HOUR)
    reveal.publish_due(at=FRIDAY_T)

    assert RevealMail.objects.count() == 1


def test_a_reveal_that_was_held_at_t_has_told_nobody_and_gets_a_new_t(soiree, ticket, keeper):
    reveal.hold(soiree, by=keeper, at=T - HOUR)

    move(soiree, at=T + HOUR)
    reveal.release(again(soiree), by=keeper, at=T + 2 * HOUR)

    assert not shown(soiree, ticket, FRIDAY_T - TICK).is_open
    assert shown(soiree, ticket, FRIDAY_T).is_open


def test_refunds_transfers_and_sales_of_a_told_venue_stay_closed(soiree, ticket):
    Event.objects.filter(pk=soiree.pk).update(refunds_until=T)

    move(soiree, at=T + HOUR)

    kept = again(soiree)
    assert (kept.last_sale_at, kept.returns_until, kept.offered_back_until) == (T, T, T)


def test_an_earlier_start_after_the_reveal_leaves_t_where_it_was(soiree, ticket):
    move(soiree, STARTS - HOUR, at=T + HOUR)

    assert (again(soiree).opens_at, again(soiree).lead) == (T, DAY - HOUR)


# --- What follows ------------------------------------------------------------------------------


def test_tickets_keep_their_links_and_stay_valid(soiree, ticket):
    before = Ticket.objects.values().get(pk=ticket.pk)

    move(soiree, at=T - DAY)

    assert Ticket.objects.values().get(pk=ticket.pk) == before
    assert list(Ticket.objects.valid()) == [ticket]


def test_doors_and_the_volunteers_instant_follow_the_start(soiree):
    Event.objects.filter(pk=soiree.pk).update(
        doors_at=STARTS - HOUR / 2, volunteers_at=STARTS - 6 * HOUR, choices_close_at=T
    )

    move(soiree, at=T - DAY)

    kept = again(soiree)
    assert kept.doors_at == FRIDAY - HOUR / 2
    assert kept.volunteers_at == FRIDAY - 6 * HOUR
    assert kept.choices_close_at == T  # the caterer's word, not ours


def test_what_volunteers_have_learned_is_not_unlearned(soiree):
    learned = T - 2 * DAY
    Event.objects.filter(pk=soiree.pk).update(volunteers_at=learned)

    move(soiree, at=T - DAY)

    assert again(soiree).volunteers_at == learned


def test_hints_not_turned_yet_follow_and_turned_ones_stay(soiree):
    at = T - 3 * DAY
    now, later = make_hint(soiree, opens_at=at), make_hint(soiree, opens_at=at + TICK)
    undated = make_hint(soiree, opens_at=None)

    move(soiree, at=at)

    kept = {hint.pk: hint.opens_at for hint in Hint.objects.all()}
    assert kept == {now.pk: at, later.pk: at + TICK + DAY, undated.pk: None}


def test_door_links_are_good_around_the_new_hours_and_revoked_ones_stay_off(soiree):
    by = mover()
    fields = {
        "event": soiree, "opens_at": STARTS - HOUR, "ends_at": STARTS + 6 * HOUR, "created_by": by,
        "created_at": LONG_BEFORE,
    }  # fmt: skip
    good = DoorLink.objects.create(name="West gate", **fields)
    gone = DoorLink.objects.create(name="Lost phone", revoked_at=LONG_BEFORE, **fields)

    move(soiree, at=T - DAY, by=by)

    good.refresh_from_db()
    gone.refresh_from_db()
    assert (good.opens_at, good.ends_at) == (FRIDAY - HOUR, FRIDAY + 6 * HOUR)
    assert gone.opens_at == STARTS - HOUR


def test_the_first_announced_day_is_kept_for_the_page_until_it_is_the_day_again(soiree):
    move(soiree, at=T - 3 * DAY)
    assert again(soiree).moved_from == STARTS

    move(again(soiree), FRIDAY + DAY, at=T - 2 * DAY, by=make_user("b@x.example"))
    assert again(soiree).moved_from == STARTS

    move(again(soiree), STARTS, at=T - DAY, by=make_user("c@x.example"))
    assert again(soiree).moved_from is None


def test_history_says_who_moved_it(soiree):
    by = mover()

    move(soiree, at=T - DAY, by=by)

    newest = again(soiree).history.first()
    assert (newest.history_user, newest.starts_at) == (by, FRIDAY)


# --- Calendars ---------------------------------------------------------------------------------


def test_the_entry_in_a_calendar_moves_before_the_reveal_under_the_same_uid(soiree, ticket):
    before = ticket_entry(ticket, T - 2 * DAY)[1]

    move(soiree, at=T - DAY)
    method, after = ticket_entry(ticket, T - DAY)

    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert (method, after.start) == ("PUBLISH", FRIDAY)
    assert after["DTSTAMP"].dt == T - DAY
    assert after["LOCATION"] == before["LOCATION"] == soiree.area


def test_the_public_calendar_moves_too_and_says_from_where(soiree, travel):
    before = entry_of(event_ics(soiree))[1]
    travel(T - DAY)  # the stamp is when the public record was saved

    move(soiree, at=T - DAY)
    after = entry_of(event_ics(again(soiree)))[1]

    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert (after.start, after["DTSTAMP"].dt) == (FRIDAY, T - DAY)
    words = "Moved from Thursday, May 20, 2027 at 6:00 p.m. EDT."
    assert words in after["DESCRIPTION"]


def test_sequences_grow_through_every_kind_of_change(soiree, ticket, keeper):
    entries = [ticket_entry(ticket, T - 2 * DAY)]
    move(soiree, at=T - DAY)
    entries.append(ticket_entry(ticket, T - DAY))
    reveal.publish_due(at=FRIDAY_T)
    entries.append(ticket_entry(ticket, FRIDAY_T))
    move(again(soiree), FRIDAY + DAY, at=FRIDAY_T + HOUR, by=keeper)
    entries.append(ticket_entry(ticket, FRIDAY_T + HOUR))
    Event.objects.filter(pk=soiree.pk).update(state="canceled")
    entries.append(ticket_entry(ticket, FRIDAY_T + 2 * HOUR))

    assert [entry["SEQUENCE"] for _, entry in entries] == [0, 1, 2, 3, 4]
    assert len({entry["UID"] for _, entry in entries}) == 1
    assert entries[-1][0] == "CANCEL"
    assert entries[-2][1]["LOCATION"].startswith("Chart House Lawn")


def test_a_held_t_that_moves_into_the_future_takes_no_sequence_back(soiree, ticket, keeper):
    reveal.hold(soiree, by=keeper, at=T - HOUR)
    before = ticket_entry(ticket, T)[1]

    move(soiree, at=T + HOUR)

    assert ticket_entry(ticket, T + HOUR)[1]["SEQUENCE"] > before["SEQUENCE"]


# --- Refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"starts_at": T - DAY}, "is in the past"),
        ({"starts_at": STARTS}, "is already its start"),
        ({"ends_at": FRIDAY}, "ends before it starts"),
        ({"refunds_until": T - DAY}, "refund deadline is in the past"),
        ({"refunds_until": FRIDAY_T + TICK}, "return their seats"),
        ({"refunds_until": FRIDAY + TICK, "refunds_after_reveal": True}, "end by the start"),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_words_and_changes_nothing(soiree, fields, words):
    with pytest.raises(CannotMove, match=words):
        move(soiree, at=T - DAY, **fields)

    assert (again(soiree).starts_at, Move.objects.count()) == (STARTS, 0)


@pytest.mark.parametrize(
    "change, words",
    [({"state": "draft"}, "Just edit a draft"), ({"state": "canceled"}, "published")],
)
def test_only_a_published_event_is_moved(soiree, change, words):
    Event.objects.filter(pk=soiree.pk).update(**change)

    with pytest.raises(CannotMove, match=words):
        move(soiree, at=T - DAY)


def test_an_event_that_is_over_is_not_moved(soiree):
    with pytest.raises(CannotMove, match="over"):
        move(soiree, FRIDAY + 30 * DAY, at=soiree.ends_at)


def test_what_was_not_confirmed_any_more_is_not_done(soiree):
    row = moving.move(
        soiree,
        moving.Wanted(FRIDAY, FRIDAY + 3 * HOUR),
        by=mover(),
        at=T - DAY,
        still=lambda locked: False,
    )

    assert (row, again(soiree).starts_at) == (None, STARTS)


# --- Refunds until a set instant ---------------------------------------------------------------


def returns_until(event, ticket):
    return return_limits.returns_until(again(event), ticket.line)


def test_who_ordered_before_may_return_though_refunds_were_closed(soiree, ticket):
    assert returns_until(soiree, ticket) is None

    move(soiree, at=T - DAY, refunds_until=T)

    assert returns_until(soiree, ticket) == T


@pytest.mark.parametrize("at, units", [(T - TICK, 1), (T, 0), (T + TICK, 0)])
def test_the_offer_holds_until_its_instant_and_not_at_it(soiree, ticket, at, units):
    assert returning.returnable(ticket.line, at=T - DAY).units == ()

    move(soiree, at=T - DAY, refunds_until=T)

    assert len(returning.returnable(ticket.line, at=at).units) == units


def test_who_bought_knowing_the_new_day_has_no_such_offer(soiree):
    made = T - DAY
    orders = [make_order(state="paid", at=at, lines=()) for at in (made - TICK, made)]
    old, new = (make_ticket(soiree, order=order) for order in orders)

    move(soiree, at=made, refunds_until=T)

    assert returns_until(soiree, old) == T
    assert returns_until(soiree, new) is None


def test_an_offer_never_shortens_what_the_event_offers_anyhow(soiree, ticket):
    Event.objects.filter(pk=soiree.pk).update(refunds_until=FRIDAY_T)

    move(soiree, at=T - DAY, refunds_until=T)

    assert returns_until(soiree, ticket) == FRIDAY_T


def test_an_offer_ends_at_a_reveal_that_is_made_early_after_it(soiree, ticket, keeper):
    move(soiree, at=T - DAY, refunds_until=FRIDAY_T)
    now = T - DAY / 2

    reveal.reveal_now(again(soiree), by=keeper, at=now)

    assert returns_until(soiree, ticket) == now


def test_where_the_board_says_so_an_offer_reaches_past_the_reveal_up_to_the_start(soiree, ticket):
    move(soiree, at=T + HOUR, refunds_until=FRIDAY - MINUTE, refunds_after_reveal=True)

    assert returns_until(soiree, ticket) == FRIDAY - MINUTE


def test_the_offer_of_an_earlier_move_is_kept_after_the_next(soiree, ticket):
    move(soiree, at=T - 2 * DAY, refunds_until=T)

    move(again(soiree), FRIDAY + DAY, at=T - DAY, by=make_user("b@x.example"))

    assert returns_until(soiree, ticket) == T


def test_an_event_that_never_moved_asks_no_table_of_moves(
    soiree, ticket, django_assert_num_queries
):
    event, line = again(soiree), ticket.line
    assert line.order.placed_at == NOON

    with django_assert_num_queries(0):
        return_limits.returns_until(event, line)
