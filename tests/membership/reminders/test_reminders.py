"""Renewal reminders: due and not yet sent, once each, with the right words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from post_office.models import Email

from membership.models import (
    CommitteeChair,
    EmailSuppression,
    FavoriteCity,
    Household,
    HouseholdMember,
    Reminder,
    RenewalLink,
    Rules,
    Term,
    Tier,
)
from membership.people import suppressed
from membership.reminders import reminders
from membership.reminders.reminders import Plan, plan
from orders.models import RecurringPayment
from tests.factories import make_city, make_order, make_person, make_user

DAY = timedelta(days=1)
ENDS = date(2027, 6, 30)
RULES = Rules()

pytestmark = pytest.mark.django_db


def ten(on):
    """Ten in the morning of a day in Norfolk."""
    return datetime(on.year, on.month, on.day, 15, tzinfo=UTC)


@pytest.fixture
def family():
    return Tier.objects.create(name="Family", slug="family", dues_cents=6500, max_people=4)


@pytest.fixture
def ellerys(family):
    household = Household.objects.create(name="The Ellery family")
    make_person(household, name="Ada Ellery", email="ada@ellery.example")
    Term.objects.create(
        household=household, tier=family, starts_on=date(2026, 7, 1), ends_on=ENDS,
        reason="for the test",
    )  # fmt: skip
    return household


def emails():
    return [(email.to[0], email.subject) for email in Email.objects.order_by("pk")]


def steps(household):
    rows = Reminder.objects.filter(term__household=household).order_by("pk")
    return [(row.step, row.way) for row in rows]


# --- When --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_before", "step"),
    [
        (61, None),
        (60, "first"),
        (31, "first"),
        (30, "second"),
        (8, "second"),
        (7, "third"),
        (1, "third"),
        (0, "day"),
        (-13, "day"),
        (-14, "grace"),
        (-44, "grace"),
        (-45, "note"),
        (-75, "note"),
        (-76, None),
    ],
)
def test_a_step_is_due_from_its_day_until_the_next(ellerys, days_before, step):
    found = plan(ellerys.terms.get(), ENDS - days_before * DAY, rules=RULES, written=())

    assert (found and found.step) == step


def test_what_was_overtaken_in_a_silent_time_is_written_off_and_not_sent(ellerys):
    found = plan(ellerys.terms.get(), ENDS - 5 * DAY, rules=RULES, written=("first",))

    assert found == Plan("third", ("second",))


def test_a_step_is_sent_once_however_often_the_ticker_comes(ellerys):
    for hour in range(3):
        reminders.tick(ten(ENDS - 60 * DAY) + timedelta(hours=hour))

    assert emails() == [
        ("Ada Ellery <ada@ellery.example>", "Your membership is paid through June 30, 2027")
    ]
    assert steps(ellerys) == [("first", "mail")]


def test_a_whole_year_without_an_answer_is_six_letters_and_then_silence(ellerys):
    for day in range(-70, 200):
        reminders.tick(ten(ENDS + day * DAY))

    assert [subject for _, subject in emails()] == [
        "Your membership is paid through June 30, 2027",
        "Your membership is paid through June 30, 2027",
        "Your membership ends in 7 days",
        "Your membership ends today",
        "Your membership has ended: renew by July 30, 2027",
        "We miss you",
    ]


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        (datetime(2027, 5, 1, 12, 59, tzinfo=UTC), 0),  # 8:59 in Norfolk
        (datetime(2027, 5, 1, 13, 0, tzinfo=UTC), 1),  # 9:00
        (datetime(2027, 5, 1, 23, 59, tzinfo=UTC), 1),  # 19:59
        (datetime(2027, 5, 2, 0, 0, tzinfo=UTC), 0),  # 20:00
    ],
)
def test_nobody_is_reminded_at_night(ellerys, at, sent):
    assert reminders.tick(at) == sent


def test_after_a_silent_fortnight_one_letter_goes_out_and_not_three(ellerys):
    reminders.tick(ten(ENDS - 60 * DAY))
    reminders.tick(ten(ENDS))

    assert len(emails()) == 2
    assert steps(ellerys) == [
        ("first", "mail"), ("second", "none"), ("third", "none"), ("day", "mail"),
    ]  # fmt: skip


def test_two_letters_are_days_apart(ellerys):
    reminders.tick(ten(ENDS - 31 * DAY))  # the first, late
    reminders.tick(ten(ENDS - 30 * DAY))  # the second is due a day later

    assert len(emails()) == 1
    assert Reminder.objects.get(step="second").why_not == "The last reminder was only days ago."


def test_who_has_only_just_joined_is_left_alone(ellerys):
    ellerys.terms.update(starts_on=ENDS - 8 * DAY)

    reminders.tick(ten(ENDS - 7 * DAY))
    assert emails() == []
    reminders.tick(ten(ENDS))
    assert len(emails()) == 1


def test_staff_set_the_days(ellerys):
    Rules(first_reminder_days=90).save()

    assert reminders.tick(ten(ENDS - 90 * DAY)) == 1


@pytest.mark.parametrize("days", [{"first_reminder_days": 30}, {"note_days": 14}])
def test_days_in_a_wrong_order_are_refused(days):
    with pytest.raises(Exception, match="reminders_come_in_their_order|CHECK"):
        Rules(**days).save()


# --- Who ---------------------------------------------------------------------------------------


def test_who_has_renewed_hears_no_more(ellerys, family):
    ellerys.terms.create(
        tier=family, starts_on=ENDS + DAY, ends_on=date(2028, 6, 30), reason="paid"
    )

    assert reminders.tick(ten(ENDS)) == 0
    assert reminders.tick(ten(date(2028, 6, 30))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"ends_on": None},
        {"starts_on": ENDS - 30 * DAY, "ends_on": ENDS + 30 * DAY, "ended_on": ENDS + 2 * DAY},
    ],
    ids=["for life", "left by a decision"],
)
def test_who_is_a_member_for_life_or_has_left_is_not_reminded(ellerys, family, change):
    row = {"starts_on": ENDS - 30 * DAY, "ends_on": ENDS, **change}
    ellerys.terms.create(tier=family, reason="the board", **row)

    assert reminders.tick(ten(ENDS + 3 * DAY)) == 0


def test_the_dead_and_children_are_not_written_to(ellerys):
    ellerys.people.update(died_on=date(2027, 1, 1))
    make_person(ellerys, name="Cleo", email="cleo@ellery.example", born_on=date(2015, 1, 1))

    assert reminders.tick(ten(ENDS)) == 0
    assert Reminder.objects.get(step="day").why_not == "The household has no adult to write to."


def test_the_survivor_is_written_to(ellerys):
    ellerys.people.update(died_on=date(2027, 1, 1))
    make_person(ellerys, name="Ben Ellery", email="ben@ellery.example")

    reminders.tick(ten(ENDS))

    assert [to for to, _ in emails()] == ["Ben Ellery <ben@ellery.example>"]


def test_an_address_to_which_no_mail_goes_gets_a_letter_on_paper(ellerys):
    ellerys.postal_address = "1 Bay Street\nNorfolk"
    ellerys.save()
    suppressed.note("ADA@ellery.example", EmailSuppression.Kind.BOUNCED, at=ten(ENDS - DAY))

    reminders.tick(ten(ENDS))

    assert emails() == []
    assert steps(ellerys)[-1] == ("day", "letter")


def test_who_cannot_be_reached_at_all_is_on_a_list(ellerys):
    ellerys.people.update(email="")

    reminders.tick(ten(ENDS))

    assert [row.step for row in reminders.unreached(ENDS, rules=RULES)] == ["day"]


def test_a_member_through_another_household_is_left_alone(ellerys, family):
    okoros = Household.objects.create(name="The Okoro family")
    okoros.terms.create(
        tier=family, starts_on=ENDS - 9 * DAY, ends_on=ENDS + 300 * DAY, reason="paid"
    )
    HouseholdMember.objects.create(person=ellerys.people.get(), household=okoros, is_home=False)

    assert reminders.tick(ten(ENDS)) == 0


@pytest.mark.parametrize(
    ("state", "ended_days_ago", "sent"),
    [("active", None, 0), ("failing", None, 0), ("ended", 5, 0), ("ended", 6, 1), (None, None, 1)],
)
def test_while_an_agreement_writes_we_are_silent(ellerys, state, ended_days_ago, sent):
    if state:
        ended = ended_days_ago and ten(ENDS - ended_days_ago * DAY)
        RecurringPayment.objects.create(
            kind="dues", interval="year", state=state, household=ellerys, label="Dues", cents=6500,
            order=make_order(state="paid"), consent_text="Yes.", consented_at=ten(ENDS),
            began_at=ten(ENDS), next_charge_on=ENDS, ended_at=ended,
        )  # fmt: skip

    assert reminders.tick(ten(ENDS)) == sent


# --- What --------------------------------------------------------------------------------------


def test_the_words_are_those_of_the_hour_in_which_it_is_sent(ellerys, family):
    reminders.tick(ten(ENDS - 60 * DAY))
    family.dues_cents = 7000
    family.save()
    reminders.tick(ten(ENDS - 3 * DAY))
    reminders.tick(ten(ENDS + 20 * DAY))

    first, third, grace = Email.objects.order_by("pk")
    assert "A year of Family costs $65." in first.message
    assert "A year of Family costs $70." in third.message
    assert (
        "If you renew by July 30, 2027, your new year starts right after that day" in grace.message
    )


def test_a_level_that_is_not_offered_any_more_has_no_price(ellerys, family):
    family.is_offered = False
    family.save()

    reminders.tick(ten(ENDS))

    assert "We no longer offer Family" in Email.objects.get().message


def test_each_letter_has_a_link_of_its_own_that_outlives_the_reminders(ellerys):
    reminders.tick(ten(ENDS - 60 * DAY))
    reminders.tick(ten(ENDS - 30 * DAY))

    links = RenewalLink.objects.order_by("pk")
    assert [link.token in email.message for link, email in zip(links, _mails(), strict=True)] == [
        True,
        True,
    ]
    assert all(link.valid_until > ten(ENDS + 60 * DAY) for link in links)


def _mails():
    return Email.objects.order_by("pk")


def test_the_note_is_a_person_s_and_the_answer_goes_to_them(ellerys):
    toulon, tema = make_city("toulon"), make_city("tema", country_code="gh")
    CommitteeChair.objects.create(
        user=make_user("chair@tema.example", name="Kofi Asante"), city=tema, writes_to_expired=True
    )
    CommitteeChair.objects.create(
        user=make_user("chair@toulon.example", name="Marie Duval"), city=toulon,
        writes_to_expired=True,
    )  # fmt: skip
    FavoriteCity.objects.create(person=ellerys.people.get(), city=toulon)

    reminders.tick(ten(ENDS + 45 * DAY))

    note = Email.objects.get()
    assert note.headers["Reply-To"] == "chair@toulon.example"
    assert "I’m writing for the Toulon committee" in note.message
    assert "Marie Duval\nToulon committee" in note.message


def test_without_a_chair_the_note_is_the_association_s(ellerys):
    reminders.tick(ten(ENDS + 45 * DAY))

    note = Email.objects.get()
    assert "Reply-To" not in (note.headers or {})
    assert "I’m writing to say" in note.message


def test_a_letter_that_cannot_be_written_leaves_no_row(ellerys, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("post_office.mail.send", fails)
        with pytest.raises(RuntimeError):
            reminders.tick(ten(ENDS))
    assert Reminder.objects.count() == 0

    assert reminders.tick(ten(ENDS)) == 1
