"""Who learns the venue, and from when on (docs/reveal.md §1 and §2)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import reveal
from events.models import Event, Ticket
from events.reveal import VISITOR, Opened, Sealed, Viewer, Why, reveal_for
from nsca.lib.secrets import link_tokens
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, STARTS, TICK, VENUE, T
from tests.factories import make_event, make_order, make_ticket, make_user

pytestmark = pytest.mark.django_db
JUST_BEFORE = T - TICK


def by_link(ticket):
    return Viewer(tokens=frozenset({ticket.token}))


@pytest.mark.parametrize(
    "at, is_open", [(JUST_BEFORE, False), (T, True), (T + TICK, True), (STARTS + 9 * DAY, True)]
)
def test_a_holder_learns_the_venue_exactly_at_t_and_for_ever(soiree, ticket, at, is_open):
    shown = reveal_for(soiree, by_link(ticket), at=at)

    assert shown.is_open is is_open


def test_what_a_holder_learns_is_the_venue_with_all_its_particulars(soiree, ticket):
    shown = reveal_for(soiree, by_link(ticket), at=T)

    assert shown.venue == VENUE
    assert [held.pk for held in shown.tickets] == [ticket.pk]
    assert shown.opens_at == T
    assert shown.is_changed is False


def test_before_t_everyone_gets_the_same_answer_and_it_names_the_instant(soiree, ticket):
    answers = [reveal_for(soiree, v, at=JUST_BEFORE) for v in (VISITOR, by_link(ticket))]

    assert answers == [Sealed(T), Sealed(T)]


def test_before_t_no_query_is_made_at_all(soiree, ticket, django_assert_num_queries):
    with django_assert_num_queries(0):
        reveal_for(soiree, by_link(ticket), at=JUST_BEFORE)


def test_after_t_a_visitor_costs_no_query_and_a_holder_one(soiree, ticket):
    with CaptureQueriesContext(
        connection,
    ) as by_visitor:
        reveal_for(soiree, VISITOR, at=T)
    with CaptureQueriesContext(connection) as by_holder:
        reveal_for(soiree, by_link(ticket), at=T)

    assert (len(by_visitor), len(by_holder)) == (0, 1)


def spoil(ticket, **fields):
    Ticket.objects.filter(pk=ticket.pk).update(**fields)


def another_link(ticket):
    spoil(ticket, token=link_tokens.new("ticket"))


def unpaid(ticket):
    order = ticket.line.order
    order.state, order.paid_at = "held", None
    order.save()


def expired(ticket):
    order = ticket.line.order
    order.state, order.paid_at, order.expired_at = "expired", None, T - DAY
    order.save()


@pytest.mark.parametrize(
    "what_happened",
    [
        pytest.param(unpaid, id="held and unpaid"),
        pytest.param(expired, id="expired"),
        pytest.param(lambda t: spoil(t, canceled_at=T - DAY), id="refunded before T"),
        pytest.param(lambda t: spoil(t, canceled_at=T + DAY / 4), id="refunded after T"),
        pytest.param(lambda t: spoil(t, suspended_at=T - DAY), id="disputed"),
        pytest.param(
            lambda t: spoil(t, token=link_tokens.new("ticket")), id="transferred: the link is dead"
        ),
    ],
)
def test_a_ticket_that_is_not_valid_opens_nothing(soiree, ticket, what_happened):
    old_link = by_link(ticket)
    what_happened(ticket)

    shown = reveal_for(soiree, old_link, at=T + DAY / 2)

    assert shown == Sealed(T, Why.NOT_YOURS)


@pytest.mark.parametrize("channel", ["online", "cash", "check", "invoice", "complimentary"])
def test_however_it_was_paid_a_paid_ticket_opens_it(soiree, channel):
    ticket = make_ticket(soiree, order=make_order(state="paid", channel=channel, lines=()))

    assert reveal_for(soiree, by_link(ticket), at=T).is_open


def test_a_ticket_of_another_event_opens_nothing(soiree):
    other = make_ticket(make_event(starts_at=STARTS, lead=DAY))

    assert reveal_for(soiree, by_link(other), at=T) == Sealed(T, Why.NOT_YOURS)


def test_of_an_order_with_one_ticket_given_back_the_other_still_opens_it(soiree):
    order = make_order(state="paid", lines=())
    kept, returned = make_ticket(soiree, order=order), make_ticket(soiree, order=order)
    spoil(returned, canceled_at=T - DAY)

    assert reveal_for(soiree, by_link(kept), at=T).is_open
    assert not reveal_for(soiree, by_link(returned), at=T).is_open


@pytest.mark.parametrize(
    "guest_email, user_email, is_confirmed, is_open",
    [
        ("", "ada@ellery.example", True, True),
        ("", "Ada@Ellery.example", True, True),
        ("", "ada@ellery.example", False, False),
        ("", "ben@ellery.example", True, False),
        ("ben@ellery.example", "ben@ellery.example", True, True),
        ("Ben@ellery.example", "ben@ellery.example", True, True),
        # The guest has an address of their own: the buyer is no longer the holder.
        ("ben@ellery.example", "ada@ellery.example", True, False),
    ],
)
def test_a_signed_in_holder_is_known_by_a_confirmed_address(
    soiree, guest_email, user_email, is_confirmed, is_open
):
    make_ticket(soiree, guest_email=guest_email)
    user = make_user(user_email, is_confirmed=is_confirmed)

    assert reveal_for(soiree, Viewer(user=user), at=T).is_open is is_open


def test_staff_who_may_look_learn_nothing_by_the_guests_door(soiree, keeper):
    assert reveal_for(soiree, Viewer(user=keeper), at=T) == Sealed(T, Why.NOT_YOURS)


@pytest.mark.parametrize(
    "audience, at, is_open",
    [
        (Event.Audience.HOLDERS, T, False),
        (Event.Audience.HOLDERS, STARTS + DAY, False),
        (Event.Audience.EVERYONE_AT_T, JUST_BEFORE, False),
        (Event.Audience.EVERYONE_AT_T, T, True),
        (Event.Audience.EVERYONE_AFTER, T, False),
        (Event.Audience.EVERYONE_AFTER, STARTS + timedelta(hours=3) - TICK, False),
        (Event.Audience.EVERYONE_AFTER, STARTS + timedelta(hours=3), True),
    ],
)
def test_a_visitor_learns_the_venue_when_the_audience_says_so(soiree, audience, at, is_open):
    soiree.audience = audience

    assert reveal_for(soiree, VISITOR, at=at).is_open is is_open


@pytest.mark.parametrize(
    "starts_local, t_utc, t_words",
    [
        # The clocks jump in the night before: 24 hours before 6 p.m. is 5 p.m.
        (
            datetime(2027, 3, 14, 22, tzinfo=UTC),
            datetime(2027, 3, 13, 22, tzinfo=UTC),
            "Saturday, March 13, 2027 at 5:00 p.m. EST",
        ),
        (
            datetime(2027, 11, 7, 23, tzinfo=UTC),
            datetime(2027, 11, 6, 23, tzinfo=UTC),
            "Saturday, November 6, 2027 at 7:00 p.m. EDT",
        ),
    ],
)
def test_24_hours_before_is_counted_in_utc_on_both_days_the_clocks_change(
    keeper, starts_local, t_utc, t_words
):
    from nsca.lib.timing import exactly, hour

    event = make_event(starts_at=starts_local, lead=DAY)
    ticket = make_ticket(event)
    reveal.write_venue(event, VENUE, by=keeper, at=LONG_BEFORE)

    assert hour(event.starts_at) == "6:00 p.m."
    assert (event.opens_at, exactly(event.opens_at)) == (t_utc, t_words)
    assert reveal_for(event, by_link(ticket), at=t_utc).is_open
    assert not reveal_for(event, by_link(ticket), at=t_utc - TICK).is_open


def test_the_database_finds_due_the_same_instant_as_the_door(soiree):
    due = [list(Event.objects.due_to_reveal(at)) for at in (JUST_BEFORE, T, T + TICK)]

    assert due == [[], [soiree], [soiree]]


def test_a_hold_closes_the_envelope_to_holders_and_release_opens_it(soiree, ticket, keeper):
    reveal.hold(soiree, by=keeper, at=T - DAY)
    held = reveal_for(soiree, by_link(ticket), at=T)
    reveal.release(soiree, by=keeper, at=T + TICK)

    assert held == Sealed(T, Why.HELD)
    assert reveal_for(soiree, by_link(ticket), at=T + TICK).is_open


def test_a_hold_is_not_told_before_t(soiree, keeper):
    reveal.hold(soiree, by=keeper, at=T - DAY)

    assert reveal_for(soiree, VISITOR, at=JUST_BEFORE) == Sealed(T)


def test_a_canceled_event_tells_nobody(soiree, ticket):
    soiree.state = Event.State.CANCELED

    assert reveal_for(soiree, by_link(ticket), at=T) is None


def test_a_draft_tells_nobody(soiree, ticket):
    soiree.state = Event.State.DRAFT

    assert reveal_for(soiree, by_link(ticket), at=T) == Sealed(T, Why.HELD)


def test_an_event_without_a_secret_is_open_to_everyone(keeper):
    tea = make_event()
    reveal.write_venue(tea, VENUE, by=keeper, at=LONG_BEFORE)

    shown = reveal_for(tea, VISITOR, at=LONG_BEFORE)

    assert isinstance(shown, Opened)
    assert shown.venue.name == "Chart House Lawn"


def test_an_event_without_a_secret_and_without_a_venue_keeps_nothing_back(db):
    assert reveal_for(make_event(), VISITOR, at=T) is None


def test_a_link_to_join_is_never_everybodys_even_without_a_lead(keeper):
    lesson = make_event(kind="online")
    ticket = make_ticket(lesson)
    reveal.write_venue(lesson, LINK, by=keeper, at=LONG_BEFORE)

    assert reveal_for(lesson, VISITOR, at=T) is None
    assert reveal_for(lesson, by_link(ticket), at=T).venue.join_url == LINK.join_url


def test_a_venue_that_nobody_entered_is_said_to_holders_and_not_to_others(db):
    event = make_event(starts_at=STARTS, lead=DAY)
    ticket = make_ticket(event)

    assert reveal_for(event, by_link(ticket), at=T) == Sealed(T, Why.MISSING)
    assert reveal_for(event, VISITOR, at=T) == Sealed(T, Why.NOT_YOURS)


def test_a_lost_key_is_a_sealed_envelope_and_not_an_error(soiree, ticket, settings):
    settings.SECRET_KEY = "another key, as after a careless restore: 9d3f7a6c5b"

    ticket.refresh_from_db()  # its link, which the same key makes, is another one now

    assert reveal_for(soiree, by_link(ticket), at=T) == Sealed(T, Why.LOST)
