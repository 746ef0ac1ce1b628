"""The call list: whom neither mail nor page has told, and nobody is called by two at once."""

from datetime import timedelta

import pytest

from events import reveal
from events.models import Call, Event, RevealMail, Ticket
from events.night import calls, tally
from events.night.calls import BeingCalled, NotYours, Why, call_list
from events.reveal import mails_owed
from orders.lines.kinds import Refusal
from tests.events.reveal_kit import OTHER_VENUE, TICK, T
from tests.factories import make_order, make_ticket, make_user
from tests.threads import race

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = T + 20 * MINUTE
QUIET = T + 2 * HOUR


@pytest.fixture
def ben(db):
    return make_user("ben@nsca.example", is_staff=True, name="Ben Volunteer")


@pytest.fixture
def cleo(db):
    return make_user("cleo@nsca.example", is_staff=True, name="Cleo Volunteer")


@pytest.fixture
def evening(soiree):
    """Told at T: five holders, of whom an e-mail has reached the first, and who has not opened."""
    people = [
        ("Ada", "ada@x.example", "sent"),
        ("Bob", "", "no_address"),
        ("Cat", "cat@x.example", "failed"),
        ("Dan", "dan@x.example", "bounced"),
        ("Eve", "eve@x.example", "queued"),
    ]
    for name, email, _state in people:
        order = make_order(
            state="paid", lines=(), payments=False, buyer_name=name, buyer_email=email,
            buyer_phone="757-555-01" + str(len(name) + ord(name[0])),
        )  # fmt: skip
        make_ticket(soiree, order=order)
    reveal.publish_due(at=T)
    for name, _email, state in people:
        rows = RevealMail.objects.filter(ticket__line__order__buyer_name=name)
        rows.update(state=state, sent_at=T if state in ("sent", "bounced") else None)
    return Event.objects.get(pk=soiree.pk)


def key_of(name):
    return Ticket.objects.get(line__order__buyer_name=name).pk


def names(entries):
    return [entry.name for entry in entries]


def seen_by(name, version=1):
    Ticket.objects.filter(pk=key_of(name)).update(seen_version=version, seen_open_at=T)


# --- Who is on it ------------------------------------------------------------------------------


def test_whom_no_email_reached_stands_on_it_the_most_pressing_first(evening):
    found = call_list(evening, at=LATER)

    assert [(entry.name, entry.why) for entry in found.pressing] == [
        ("Bob", Why.NO_ADDRESS),
        ("Cat", Why.FAILED),
        ("Dan", Why.BOUNCED),
        ("Eve", Why.UNKNOWN),
    ]
    assert (found.quiet, found.learned, found.holders, found.count) == ([], [], 5, 4)


@pytest.mark.parametrize(
    ("at", "on_it"), [(T + 10 * MINUTE - TICK, False), (T + 10 * MINUTE, True)]
)
def test_an_email_that_is_stuck_for_ten_minutes_is_called(evening, at, on_it):
    assert ("Eve" in names(call_list(evening, at=at).pressing)) is on_it


@pytest.mark.parametrize(("at", "quiet"), [(QUIET - TICK, []), (QUIET, ["Ada"])])
def test_who_was_mailed_and_never_opened_anything_is_found_two_hours_after_t(evening, at, quiet):
    assert names(call_list(evening, at=at).quiet) == quiet


def test_who_opened_the_page_is_told_though_mail_failed(evening):
    seen_by("Cat")
    seen_by("Ada")

    found = call_list(evening, at=QUIET)

    assert names(found.pressing) == ["Bob", "Dan", "Eve"]
    assert [(entry.name, entry.learned) for entry in found.learned] == [("Cat", ("page",))]
    assert found.quiet == []


def test_a_look_at_an_older_venue_is_no_look_at_the_new_one(evening, keeper):
    seen_by("Bob")
    reveal.write_venue(evening, OTHER_VENUE, by=keeper, at=LATER)
    evening.refresh_from_db()

    assert names(call_list(evening, at=LATER + HOUR).pressing)[0] == "Bob"


@pytest.mark.parametrize(
    "change",
    [{"reveal_version": 0}, {"reveal_held_at": T}, {"state": "canceled"}, {"ends_at": LATER}],
)
def test_before_t_and_while_it_is_held_or_over_nobody_is_called(evening, change):
    Event.objects.filter(pk=evening.pk).update(starts_at=T, **change)

    assert call_list(Event.objects.get(pk=evening.pk), at=LATER).count == 0


def test_who_gave_the_ticket_on_or_back_is_not_called(evening):
    Ticket.objects.filter(pk=key_of("Bob")).update(canceled_at=LATER)
    Ticket.objects.filter(pk=key_of("Cat")).update(
        transfer_count=1, guest_name="Nia New", guest_email="nia@x.example"
    )
    mails_owed.owe_late_holders(at=LATER)

    found = call_list(evening, at=LATER + HOUR)

    nia = next(entry for entry in found.pressing if entry.name == "Nia New")
    assert sorted(names(found.pressing)) == ["Dan", "Eve", "Nia New"]
    assert (nia.why, nia.phone, nia.buyer) == (Why.UNKNOWN, "", "")


def test_four_tickets_of_one_holder_are_one_call(soiree, ben):
    order = make_order(state="paid", lines=(), buyer_email="", buyer_phone=" 757 555-0100 ")
    first = make_ticket(soiree, order=order)
    for _ in range(3):
        make_ticket(soiree, order=order)
    reveal.publish_due(at=T)
    event = Event.objects.get(pk=soiree.pk)

    [entry] = call_list(event, at=T).pressing
    calls.take(event, entry.key, by=ben, at=T)
    calls.reached(event, entry.key, by=ben, at=T)

    assert (entry.key, len(entry.tickets), entry.phone, entry.dial) == (
        first.pk, 4, "757 555-0100", "7575550100",
    )  # fmt: skip
    found = call_list(event, at=T)
    assert (found.count, [entry.learned for entry in found.learned]) == (0, [("call",)])


def test_the_list_costs_two_queries_however_long(evening, django_assert_num_queries):
    for number in range(20):
        make_ticket(evening, guest_email=f"g{number}@x.example")
    mails_owed.owe_late_holders(at=T)

    with django_assert_num_queries(2):
        found = call_list(evening, at=LATER)

    assert found.count == 24


# --- Two volunteers ----------------------------------------------------------------------------


def test_a_call_is_one_volunteers_for_five_minutes(evening, ben, cleo):
    calls.take(evening, key_of("Bob"), by=ben, at=LATER)

    with pytest.raises(BeingCalled, match="Ben Volunteer is already calling"):
        calls.take(evening, key_of("Bob"), by=cleo, at=LATER + 5 * MINUTE - TICK)
    calls.take(evening, key_of("Bob"), by=cleo, at=LATER + 5 * MINUTE)

    call = Call.objects.get()
    assert (call.caller, call.leased_until) == (cleo, LATER + 10 * MINUTE)


def test_who_has_taken_a_call_may_take_it_again(evening, ben):
    for minutes in (0, 4):
        calls.take(evening, key_of("Bob"), by=ben, at=LATER + minutes * MINUTE)

    assert Call.objects.get().leased_until == LATER + 9 * MINUTE


def test_only_who_took_the_call_ticks_it_off(evening, ben, cleo):
    with pytest.raises(NotYours):
        calls.reached(evening, key_of("Bob"), by=ben, at=LATER)
    calls.take(evening, key_of("Bob"), by=ben, at=LATER)
    with pytest.raises(NotYours):
        calls.reached(evening, key_of("Bob"), by=cleo, at=LATER)

    calls.reached(evening, key_of("Bob"), by=ben, at=LATER)

    found = call_list(evening, at=LATER)
    assert "Bob" not in names(found.pressing)
    assert [(entry.name, entry.learned) for entry in found.learned] == [("Bob", ("call",))]
    assert tally.numbers(evening)["called"] == 1


def test_a_call_that_lasted_longer_than_its_lease_is_still_ticked_off(evening, ben):
    calls.take(evening, key_of("Bob"), by=ben, at=LATER)

    calls.reached(evening, key_of("Bob"), by=ben, at=LATER + 30 * MINUTE)

    assert names(call_list(evening, at=LATER).learned) == ["Bob"]


def test_ticked_off_by_mistake_it_is_taken_back(evening, ben, cleo):
    calls.take(evening, key_of("Bob"), by=ben, at=LATER)
    calls.reached(evening, key_of("Bob"), by=ben, at=LATER)

    calls.take_back(evening, key_of("Bob"), at=LATER)

    assert "Bob" in names(call_list(evening, at=LATER).pressing)
    calls.take(evening, key_of("Bob"), by=cleo, at=LATER)


def test_who_did_not_answer_stays_and_is_free_for_the_next(evening, ben, cleo):
    for volunteer in (ben, cleo):
        calls.take(evening, key_of("Bob"), by=volunteer, at=LATER)
        calls.not_reached(evening, key_of("Bob"), by=volunteer, at=LATER)

    entry = call_list(evening, at=LATER).pressing[0]
    assert (entry.name, entry.tries, entry.learned) == ("Bob", 2, ())


def test_a_call_that_is_left_is_free_at_once(evening, ben, cleo):
    calls.take(evening, key_of("Bob"), by=ben, at=LATER)
    calls.leave(evening, key_of("Bob"), by=ben, at=LATER)

    calls.take(evening, key_of("Bob"), by=cleo, at=LATER)

    assert Call.objects.get().tries == 0


def test_who_opened_the_page_meanwhile_is_nobodys_call(evening, ben):
    seen_by("Bob")

    with pytest.raises(Refusal, match="they know by now"):
        calls.take(evening, key_of("Bob"), by=ben, at=LATER)


def test_a_changed_venue_is_told_by_a_call_of_its_own(evening, ben, keeper):
    calls.take(evening, key_of("Bob"), by=ben, at=LATER)
    calls.reached(evening, key_of("Bob"), by=ben, at=LATER)
    reveal.write_venue(evening, OTHER_VENUE, by=keeper, at=LATER)
    evening.refresh_from_db()

    assert "Bob" in names(call_list(evening, at=LATER).pressing)


def test_a_corrected_address_is_mailed_once_more(evening):
    with pytest.raises(Refusal, match="no e-mail address"):
        calls.mail_again(evening, key_of("Bob"), at=LATER)
    Ticket.objects.filter(pk=key_of("Bob")).update(guest_email="bob@x.example")

    calls.mail_again(evening, key_of("Bob"), at=LATER)

    assert RevealMail.objects.get(ticket=key_of("Bob")).state == "queued"
    with pytest.raises(Refusal, match="already on its way"):
        calls.mail_again(evening, key_of("Bob"), at=LATER)


@pytest.mark.django_db(transaction=True)
def test_of_two_volunteers_who_press_at_once_one_has_the_call(soiree, ben, cleo):
    make_ticket(soiree, order=make_order(state="paid", lines=(), buyer_email=""))
    reveal.publish_due(at=T)
    event, key = Event.objects.get(pk=soiree.pk), Ticket.objects.get().pk

    won = race(*[
        lambda who=who: calls.take(event, key, by=who, at=LATER) for who in (ben, cleo) * 2
    ])  # fmt: skip

    caller = Call.objects.get().caller
    assert caller in (ben, cleo)
    assert won == 2  # twice the same volunteer


def test_an_email_in_the_office_s_mailbox_counts_as_not_told(evening):
    entry = calls.came_back(evening, key_of("Ada"), at=LATER)

    assert (entry.name, entry.why) == ("Ada", Why.BOUNCED)
    assert "Ada" in names(call_list(evening, at=LATER).pressing)
    with pytest.raises(Refusal, match="No e-mail to that guest has gone out"):
        calls.came_back(evening, key_of("Ada"), at=LATER)


# --- The numbers behind it ---------------------------------------------------------------------


def test_every_holder_is_in_exactly_one_of_the_five_numbers(evening):
    counts = tally.numbers(evening)

    assert counts == {
        "mailed": 1, "queued": 1, "unknown": 0, "bounced": 1, "failed": 2, "opened": 0,
        "called": 0, "all": 5,
    }  # fmt: skip
    for word in tally.STATES:
        assert tally.behind(evening, word).count() == counts[word]


def test_after_t_emails_wait_in_their_order_and_the_last_is_foretold(evening, settings):
    settings.MAIL_PER_HOUR = 2
    RevealMail.objects.update(state="queued")
    Ticket.objects.filter(pk=key_of("Bob")).update(guest_email="bob@x.example")

    assert tally.outlook(evening, at=T) == (
        "5 e-mails are waiting. They go out in the order the tickets were sold, at most 2 an "
        "hour; the last goes out on Wednesday, May 19, 2027 at 8:00 p.m. EDT."
    )
    settings.MAIL_PER_HOUR = 0
    assert tally.outlook(evening, at=T) == (
        "5 e-mails are waiting and go out now, in the order the tickets were sold."
    )
