"""“What will happen if I save”: the sentences, their numbers, and when nothing need be asked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import reveal
from events.changes import foresight
from events.models import DoorLink, Event
from events.reveal.outlook import foresee_venue
from tests.events.moving_kit import FRIDAY, MINUTE, mover, wait
from tests.events.reveal_kit import DAY, STARTS, TICK, VENUE, T
from tests.factories import make_event, make_ticket

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SAYS_NOTHING = ()
T_WORDS = "Wednesday, May 19, 2027 at 6:00 p.m. EDT"
HIDDEN = "and nobody can buy. 4 guests have tickets."


def foresee(event, at, **changes):
    before = Event.objects.get(pk=event.pk)
    return foresight.foresee(before, foresight.as_changed(before, changes), at=at)


def text(outlook):
    return " ".join(outlook.sentences)


@pytest.fixture
def crowd(soiree):
    """Three guests with two addresses, one without any, and one party that waits."""
    make_ticket(soiree)
    make_ticket(soiree)
    make_ticket(soiree, guest_email="bo@okoro.example")
    silent = make_ticket(soiree).line.order
    silent.buyer_email = ""
    silent.save(update_fields=["buyer_email"])
    wait(soiree)
    return soiree


# --- The start ---------------------------------------------------------------------------------


def test_a_new_start_says_the_new_t_and_to_how_many(crowd):
    at = T - HOUR

    outlook = foresee(crowd, at, starts_at=STARTS - HOUR + 3 * MINUTE, ends_at=STARTS + HOUR)

    new_t = "Wednesday, May 19, 2027 at 5:03 p.m. EDT"
    assert f"This reveals the venue in 3 minutes, on {new_t}, to 4 people." in outlook.sentences
    assert outlook.reveals_now is False


def test_a_new_start_says_who_is_written_to_and_who_must_be_called(crowd):
    outlook = foresee(crowd, T - DAY, starts_at=FRIDAY, ends_at=FRIDAY + HOUR)

    assert outlook.sentences[0] == (
        "It starts on Friday, May 21, 2027 at 6:00 p.m. EDT instead of Thursday, May 20, 2027 "
        "at 6:00 p.m. EDT."
    )
    assert "4 guests get an e-mail (2 e-mails, one per address)" in text(outlook)
    assert "1 party on the waitlist gets an e-mail." in outlook.sentences
    assert "1 ticket has no e-mail address: a task asks to call." in outlook.sentences
    assert (outlook.mailed, outlook.button) == (5, "Save and e-mail 5 people")


@pytest.mark.parametrize("late, at_once", [(TICK, False), (timedelta(0), True), (-TICK, True)])
def test_a_t_that_has_come_by_the_new_start_needs_a_yes_of_its_own(crowd, late, at_once):
    at = T - HOUR

    outlook = foresee(crowd, at, starts_at=at + DAY + late, ends_at=STARTS + HOUR)

    assert outlook.reveals_now is at_once
    assert ("reveals the venue at once, to 4 people" in text(outlook)) is at_once
    assert outlook.is_confirmed({"confirmed": outlook.key}) is not at_once
    assert outlook.is_confirmed({"confirmed": outlook.key, "yes_reveal": "on"})


def test_the_yes_names_whom_the_venue_is_told_to(crowd):
    now = foresee(crowd, T - HOUR, lead=2 * DAY)
    everyone = foresee(crowd, T - HOUR, lead=2 * DAY, audience="everyone")

    assert now.yes_words == "Yes, reveal the venue now, to 4 people"
    assert everyone.yes_words == "Yes, reveal the venue now, to everyone, including 4 guests"


def test_a_reveal_at_once_says_how_many_emails_leave_and_not_that_nobody_is_written_to(crowd):
    outlook = foresee(crowd, T - HOUR, lead=2 * DAY)
    public = foresee(crowd, T - HOUR, lead=None)

    assert "2 e-mails with the venue will go out in minutes." in outlook.sentences
    assert "No e-mail goes out" not in text(outlook)
    assert "go out in minutes" not in text(public)
    assert "No e-mail goes out, although 5 people" in text(public)


def test_what_was_told_is_said_to_stay_told(crowd):
    reveal.publish_due(at=T)

    outlook = foresee(crowd, T + HOUR, starts_at=FRIDAY, ends_at=FRIDAY + HOUR, lead=2 * DAY)

    assert "The venue stays revealed; nobody gets a second e-mail." in (outlook.sentences)
    assert outlook.reveals_now is False


def test_door_links_that_follow_are_counted(soiree):
    by = mover()
    hours = {"opens_at": T, "ends_at": STARTS, "created_at": T}
    DoorLink.objects.create(event=soiree, name="West gate", created_by=by, **hours)
    DoorLink.objects.create(event=soiree, name="East gate", created_by=by, **hours)

    outlook = foresee(soiree, T - DAY, starts_at=FRIDAY, ends_at=FRIDAY + HOUR)

    assert "2 door links move to the new hours." in outlook.sentences


# --- Everything else that touches guests -------------------------------------------------------


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"audience": "everyone"}, "Who learns the venue: everyone, from the reveal on."),
        (
            {"lead": 2 * HOUR},
            "This reveals the venue in 46 hours, on Thursday, May 20, 2027 at 4:00 p.m. EDT, "
            "to 4 people.",
        ),
        (
            {"area": "Portsmouth"},
            "The public area changes to “Portsmouth” on its page and in every calendar file.",
        ),
        (
            {"state": "draft"},
            f"Its page disappears, {HIDDEN}",
        ),
        (
            {"publish_at": T},
            f"Its page disappears until {T_WORDS}, {HIDDEN}",
        ),
        (
            {"sales_close_at": T - HOUR},
            "Tickets are sold until Wednesday, May 19, 2027 at 5:00 p.m. EDT.",
        ),
        (
            {"sales_close_at": T - 2 * DAY},
            "Tickets are sold until Monday, May 17, 2027 at 6:00 p.m. EDT, which has passed.",
        ),
        (
            {"sales_close_at": T + HOUR},
            "That is after the reveal: guests who buy then see the venue at once.",
        ),
        (
            {"sales_open_at": T - HOUR},
            "Sales stop, and open again on Wednesday, May 19, 2027 at 5:00 p.m. EDT.",
        ),
        (
            {"refunds_until": T},
            f"Buyers may return tickets online (4 tickets) until {T_WORDS}.",
        ),
        (
            {"refunds_until": STARTS, "refunds_after_reveal": True},
            "That is after the reveal: they could learn the venue, then return.",
        ),
        (
            {"transfers_after_reveal": True},
            "That is after the reveal: guests who know the venue may transfer.",
        ),
        ({"volunteers_at": T}, f"0 door volunteers learn the venue on {T_WORDS}."),
        (
            {"capacity": 60},
            "There are 60 seats instead of 40. 1 party on the waitlist is offered the new seats, "
            "in its turn.",
        ),
        ({"choices_close_at": None}, "Guests may change names and suppers without a deadline."),
        ({"tables_until": T}, f"Open tables are held until {T_WORDS}."),
        (
            {"doors_at": STARTS - HOUR},
            "The doors open on Thursday, May 20, 2027 at 5:00 p.m. EDT.",
        ),
        ({"ends_at": STARTS + HOUR}, "It ends on Thursday, May 20, 2027 at 7:00 p.m. EDT."),
    ],
)  # fmt: skip
def test_every_change_that_touches_guests_is_said_in_a_sentence(crowd, changes, sentence):
    Event.objects.update(capacity=40, choices_close_at=T)

    outlook = foresee(crowd, T - DAY, **changes)

    assert sentence in outlook.sentences
    assert outlook.is_worth_asking


def test_refunds_taken_away_are_said_to_how_many(crowd):
    Event.objects.update(refunds_until=T)

    outlook = foresee(crowd, T - DAY, refunds_until=None)

    assert "4 people with a ticket can no longer return it online; staff still can." in (
        outlook.sentences
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Soirée"}, {"summary": "New."}, {"body": "<p>x</p>"}, {"bring": "A lantern"},
        {"dress": "White"}, {"help_phone": "757-555-0101"}, {"offer_hours": 12}, {},
    ],
)  # fmt: skip
def test_words_and_what_touches_nobody_are_saved_without_a_question(crowd, changes):
    assert foresee(crowd, T - DAY, **changes).sentences == SAYS_NOTHING


def test_a_draft_that_nobody_knows_is_changed_without_a_question():
    draft = make_event(starts_at=STARTS, lead=DAY, state="draft")

    assert foresee(draft, T - DAY, starts_at=FRIDAY, capacity=9).sentences == SAYS_NOTHING


def test_a_draft_with_guests_is_asked_about():
    draft = make_event(starts_at=STARTS, lead=DAY, state="draft")
    make_ticket(draft)

    outlook = foresee(draft, T - DAY, state="published")

    assert "Its page appears at once. 1 guest has a ticket already." in outlook.sentences


def test_what_is_over_is_changed_without_a_question(crowd):
    at = STARTS + 30 * DAY

    assert foresee(crowd, at, starts_at=STARTS + HOUR, capacity=3).sentences == SAYS_NOTHING


def test_an_event_that_is_published_with_its_t_in_the_past_asks_too():
    draft = make_event(starts_at=STARTS, lead=DAY, state="draft")

    outlook = foresee(draft, T, state="published")

    assert outlook.reveals_now
    assert foresee(draft, T - TICK, state="published").sentences == SAYS_NOTHING


# --- A limit below what is sold ----------------------------------------------------------------


def test_a_limit_says_what_is_taken_of_it(crowd):
    low = foresight.Limit("The room", 3, 4)
    wide = foresight.Limit("“Chair”", 9, 4)
    before = Event.objects.get()

    outlook = foresight.foresee(before, before, at=T - DAY, limits=[low, wide])

    assert outlook.sentences[:2] == (
        "The room would be limited to 3, but 4 are sold or being paid for. Nobody loses theirs; "
        "no more are sold until enough are returned.",
        "“Chair” would be limited to 9; 4 are sold or being paid for.",
    )


# --- The venue ---------------------------------------------------------------------------------


@pytest.mark.parametrize("at, asks", [(T - TICK, False), (T, True), (T + TICK, True)])
def test_writing_the_venue_is_silent_before_t_and_asked_about_from_t_on(crowd, at, asks):
    assert foresee_venue(Event.objects.get(), at=at).is_worth_asking is asks


def test_another_venue_after_t_says_to_how_many_and_that_it_is_for_good(crowd):
    outlook = foresee_venue(Event.objects.get(), at=T)

    assert "4 guests will get 2 e-mails about the change; the subject begins with CHANGED." in (
        text(outlook)
    )
    assert outlook.sentences[-1] == "This can’t be undone."
    assert outlook.mailed == 4


def test_under_a_hold_another_venue_is_told_to_nobody_yet(crowd, keeper):
    reveal.publish_due(at=T)
    reveal.hold(crowd, by=keeper, at=T)

    outlook = foresee_venue(Event.objects.get(), at=T + HOUR)

    assert outlook.sentences[0].startswith(
        "The reveal has been held by keeper@nsca.example since 6:00 p.m.: nobody sees the venue"
    )
    assert "at once" not in text(outlook)
    assert (outlook.mailed, outlook.button) == (0, "Save")


# --- Canceling ---------------------------------------------------------------------------------


def test_canceling_says_how_many_are_told_and_what_becomes_of_the_venue(crowd, settings):
    settings.CANCELLED_PLACE_DAYS = 30

    sentences = foresight.foresee_canceling(Event.objects.get(), at=T - TICK)
    after = foresight.foresee_canceling(Event.objects.get(), at=T)

    assert sentences == [
        "Its page says that it is canceled, and sales stop.",
        "4 guests get an e-mail (2 e-mails, one per address) with a calendar file that removes "
        "the entry.",
        "1 party on the waitlist gets an e-mail, and the waitlist closes.",
        "1 ticket has no e-mail address: a task asks to call.",
        "The venue is never revealed, and is wiped after 30 days.",
        "This can’t be undone.",
    ]
    assert after[-2].startswith("The venue has been revealed to 4 people. Their pages close")


# --- The key -----------------------------------------------------------------------------------


def test_what_was_read_is_no_yes_to_something_else(crowd):
    read = foresee(crowd, T - DAY, starts_at=FRIDAY, ends_at=FRIDAY + HOUR)
    yes = {"confirmed": read.key}
    later = foresee(crowd, T - DAY + MINUTE, starts_at=FRIDAY, ends_at=FRIDAY + HOUR)
    other = foresee(crowd, T - DAY, starts_at=FRIDAY + HOUR, ends_at=FRIDAY + 2 * HOUR)
    make_ticket(crowd)
    bought = foresee(crowd, T - DAY, starts_at=FRIDAY, ends_at=FRIDAY + HOUR)

    assert [outlook.is_confirmed(yes) for outlook in (read, later, other, bought)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_no_sentence_says_a_word_of_the_venue(crowd):
    outlooks = [
        foresee(crowd, at, starts_at=FRIDAY, ends_at=FRIDAY + HOUR, lead=None, area="Here")
        for at in (T - DAY, T, T + HOUR)
    ]
    words = " ".join(map(text, outlooks)) + text(foresee_venue(crowd, at=T))

    secret = [VENUE.name, *VENUE.lines[:1], VENUE.postcode, VENUE.phone, VENUE.parking]
    assert [word for word in secret if word in words] == []


def test_before_t_the_question_asks_no_table_of_venues(crowd):
    before = Event.objects.get()
    after = foresight.as_changed(before, {"starts_at": FRIDAY, "ends_at": FRIDAY + HOUR})

    with CaptureQueriesContext(connection) as queries:
        foresight.foresee(before, after, at=T - TICK)

    assert [q for q in queries.captured_queries if "venue" in q["sql"]] == []
