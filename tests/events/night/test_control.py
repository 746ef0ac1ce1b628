"""Mission control says what the door would do, counts everybody once, and shows no place."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from events import reveal
from events.models import Event, RevealMail
from events.night import admin_control as control_admin
from events.night.knowledge import KINDS, knowledge
from events.reveal import Allowed, Sealed, would_open, would_open_for_volunteer
from nsca.desk.groups import ensure_groups
from tests.events.reveal_kit import DAY, LONG_BEFORE, STARTS, VENUE, T
from tests.events.viewers import company
from tests.factories import make_event, make_hint, make_ticket, make_user
from tests.markup import flat
from tests.row_counts import counts

pytestmark = pytest.mark.django_db
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
WATCH = ("events.view_event", "events.view_revealmail", "events.view_ticket")
KEEP = (*WATCH, "events.see_venue", "events.hold_reveal")


@pytest.fixture
def keeper(db):
    ensure_groups()
    return make_user("keeper@nsca.example", name="Kay", is_staff=True, permissions=KEEP)


@pytest.fixture
def soiree(keeper):
    event = make_event(starts_at=STARTS, lead=DAY, slug="soiree", publish_at=LONG_BEFORE)
    reveal.write_venue(event, VENUE, by=keeper, at=LONG_BEFORE)
    return event


@pytest.fixture
def watch(soiree, keeper):
    """A function that opens mission control as somebody at an instant."""

    def look(at, *, user=keeper, event=soiree, **query):
        page = query.pop("page", "reveal")
        with time_machine.travel(at, tick=False):
            client = Client()
            client.force_login(user)
            return client.get(reverse(f"admin:events_event_{page}", args=[event.pk]), query)

    return look


def at_words(at):
    """What the form sends for an instant."""
    names = ("at_0", "at_1", "at_2")
    widget = control_admin.InstantForm().fields["at"].widget
    return dict(zip(names, widget.decompress(at), strict=True))


# --- Who knows what ----------------------------------------------------------------------------


def told_by_the_door(event, at):
    """Of every kind of viewer, with real rows: whether the door would open."""
    with company(event, KINDS, at=at) as people:
        return {
            somebody.kind.name: isinstance(
                would_open_for_volunteer(event, somebody.link, at=at)
                if somebody.link
                else would_open(event, somebody.viewer, at=at),
                Allowed,
            )
            for somebody in people
        }


def told_by_the_desk(event, at):
    rows = {row.kind.name: row.is_revealed for row in knowledge(event, at=at)}
    assert rows.pop("keeper") is True
    return rows


@pytest.mark.parametrize("audience", Event.Audience.values)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"reveal_held_at": T - HOUR},
        {"volunteers_at": T - 2 * HOUR},
        {"state": Event.State.DRAFT},
        {"state": Event.State.CANCELED},
    ],
    ids=["plain", "held", "volunteers early", "draft", "canceled"],
)
@pytest.mark.parametrize(
    "at",
    [T - 3 * HOUR, T - HOUR, T - SECOND, T, T + HOUR, STARTS + DAY],
    ids=["long before", "an hour before", "a second before", "T", "after", "over"],
)
def test_the_admin_says_what_the_door_says_to_real_people_of_each_kind(
    soiree, audience, changes, at
):
    Event.objects.filter(pk=soiree.pk).update(audience=audience, **changes)
    soiree.refresh_from_db()

    assert told_by_the_desk(soiree, at) == told_by_the_door(soiree, at)


def test_the_exact_second_decides(soiree):
    before = {row.kind.name: row.words for row in knowledge(soiree, at=T - SECOND)}
    after = {row.kind.name: row.words for row in knowledge(soiree, at=T)}

    assert (before["holder"], after["holder"]) == ("the area", "the venue")
    assert before["visitor"] == after["visitor"] == "the area"


def test_cards_are_counted_for_those_who_may_read_them(soiree):
    make_hint(soiree, opens_at=T - 5 * DAY)
    make_hint(soiree, opens_at=T - 4 * DAY, audience="holders")

    words = {row.kind.name: row.words for row in knowledge(soiree, at=T - DAY)}

    assert (words["visitor"], words["holder"]) == ("the area and one hint", "the area and 2 hints")


def test_before_it_is_published_visitors_know_nothing(soiree):
    Event.objects.update(publish_at=T - DAY)
    soiree.refresh_from_db()

    words = {row.kind.name: row.words for row in knowledge(soiree, at=T - 2 * DAY)}

    assert words["visitor"] == "nothing: the event is not published"


def test_asking_writes_nothing_and_never_touches_the_venue(soiree, django_assert_num_queries):
    before = counts()

    with django_assert_num_queries(2) as asked:
        knowledge(soiree, at=T)

    assert not any("venue" in query["sql"] for query in asked)
    assert counts() == before


def test_a_company_is_gone_when_its_block_ends(soiree):
    before = counts()

    with company(soiree, KINDS, at=T) as people:
        during = counts()

    assert len(people) == len(KINDS)
    assert during != before
    assert counts() == before


def test_what_one_kind_knows_is_what_a_company_of_all_kinds_would_be_told(soiree):
    """The list of kinds has one row each, and the door's own words of why not."""
    with company(soiree, KINDS, at=T) as people:
        [former] = [each for each in people if each.kind.name == "former"]
        answer = would_open(soiree, former.viewer, at=T)

    assert isinstance(answer, Sealed)
    assert [row.kind for row in knowledge(soiree, at=T)][:-1] == list(KINDS)


# --- The page ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "headline"),
    [
        (T - timedelta(days=3, hours=2), "In 3 days and 2 hours"),
        (T - timedelta(minutes=4, seconds=10), "In 4 minutes and 10 seconds"),
        (T - SECOND, "In 1 second"),
        (T, "Due now"),
        (STARTS + DAY, "Never revealed"),
    ],
)
def test_the_countdown_is_said_as_one_says_it(soiree, at, headline):
    assert control_admin.summary(soiree, at=at)[0] == headline


def test_held_told_and_canceled_are_said_first(soiree, keeper):
    reveal.hold(soiree, by=keeper, at=T - HOUR)
    held = control_admin.summary(soiree, at=T)[0]
    reveal.release(soiree, by=keeper, at=T)
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    revealed = control_admin.summary(soiree, at=T + 2 * HOUR)
    soiree.state = Event.State.CANCELED

    assert held == "On hold"
    assert revealed[0] == "Revealed"
    assert "2 hours ago" in revealed[1]
    assert control_admin.summary(soiree, at=T)[0] == "Canceled"


def test_any_instant_is_picked_by_address(watch):
    page = watch(LONG_BEFORE, **at_words(T))

    assert page.context["is_picked"] is True
    assert page.context["at"] == T
    most, *_ = page.context["groups"]
    assert [row.kind.name for row in most] == ["holder", "volunteer"]
    assert most[0].words == "the venue"


def test_an_instant_that_is_none_is_a_sentence(watch):
    page = watch(LONG_BEFORE, at_0="2027-02-31", at_1="18:00")

    assert page.status_code == 422
    assert "errorlist" in page.content.decode()


def test_around_t_it_asks_again_every_few_seconds_and_else_each_minute(watch):
    pauses = [watch(at).context["pause"] for at in (T - 3 * HOUR, T - HOUR, T + HOUR)]

    assert pauses == [60, 10, 10]


def test_without_a_script_the_page_loads_itself_anew_unless_it_is_kept_still(watch):
    alone = '<noscript><meta http-equiv="refresh" content="10"></noscript>'

    live, still = watch(T).content.decode(), watch(T, still="yes").content.decode()

    assert alone in live
    assert "http-equiv" not in still
    assert "data-every" not in still


def test_numbers_have_their_lists_and_every_ticket_is_counted_once(soiree, watch):
    states = ["sent", "sent", "queued", "bounced", "failed", "no_address"]
    tickets = [make_ticket(soiree, guest_name=f"Guest {number}") for number in range(len(states))]
    reveal.publish_due(at=T)
    for ticket, state in zip(tickets, states, strict=True):
        sent_at = T if state in ("sent", "bounced") else None
        RevealMail.objects.filter(ticket=ticket).update(state=state, sent_at=sent_at, attempts=1)

    page = watch(T + HOUR)
    behind = watch(T + HOUR, page="numbers", of="bounced").content.decode()

    assert {number.key: number.count for number in page.context["numbers"]} == {
        "mailed": 2, "queued": 0, "unknown": 1, "bounced": 1, "failed": 2, "called": 0,
        "opened": 0,
    }  # fmt: skip
    assert "Guest 3" in behind
    assert "Guest 4" not in behind


def test_the_number_of_queries_does_not_grow_with_the_guests(
    soiree, watch, django_assert_max_num_queries
):
    make_ticket(soiree)
    reveal.publish_due(at=T)
    watch(T + HOUR)
    with django_assert_max_num_queries(60) as few:
        watch(T + HOUR)
    for _ in range(30):
        make_ticket(soiree)
    with django_assert_max_num_queries(60) as many:
        watch(T + HOUR)

    assert len(many) == len(few)


@pytest.mark.parametrize("at", [T - SECOND, T, T + HOUR])
def test_it_never_shows_the_venue(watch, at):
    reveal.publish_due(at=at)
    page = watch(at).content.decode()

    for word in (VENUE.name, VENUE.lines[0], VENUE.postcode, VENUE.phone, "36.84"):
        assert word not in page


def test_whether_there_is_a_venue_is_told_to_those_who_may_see_it_alone(soiree, watch, keeper):
    watcher = make_user("watcher@nsca.example", is_staff=True, permissions=WATCH)
    empty = make_event(starts_at=STARTS, lead=DAY, publish_at=LONG_BEFORE)

    assert "The venue is entered." in flat(watch(T - DAY).content.decode())
    assert "The venue isn’t entered yet." in watch(T - DAY, event=empty).content.decode()
    with_venue = watch(T - DAY, user=watcher).content.decode()
    assert "place is" not in with_venue
    assert "Who looked" not in with_venue


def test_each_button_leads_to_a_page_that_asks_and_only_where_one_may(soiree, watch, keeper):
    watcher = make_user("watcher@nsca.example", is_staff=True, permissions=WATCH)

    own = [act.label for act in watch(T - DAY).context["acts"]]
    others = [act.label for act in watch(T - DAY, user=watcher).context["acts"]]
    reveal.hold(soiree, by=keeper, at=T - HOUR)
    held = [act.label for act in watch(T - HOUR).context["acts"]]
    reveal.release(soiree, by=keeper, at=T)
    reveal.publish_due(at=T)
    revealed = [act.label for act in watch(T + HOUR).context["acts"]]

    assert own == [
        "Pre-flight", "Dry run", "Hold the reveal", "Reveal now", "Venue",
        "Word check",
    ]  # fmt: skip
    assert others == []
    assert "Release the hold" in held
    assert "Reveal now" not in revealed
    assert revealed[0] == "Call list: 0"
    assert "Change the venue" in revealed


def test_who_may_not_watch_is_refused(soiree, watch):
    editor = make_user("e@nsca.example", is_staff=True, permissions=("events.view_event",))

    assert watch(T, user=editor).status_code == 403
