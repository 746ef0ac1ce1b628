"""A year for somebody else: its morning, its code, whose it becomes, and that it is never lost."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from post_office.models import Email

from membership.gift_memberships.forms import GiveMembershipForm
from membership.models import GiftMembership, Household, Person, Term, Tier
from membership.terms import gift_memberships
from membership.terms.dues import Joining
from membership.terms.gift_memberships import GiftUnavailable, HasLife, find, take_up, tick
from nsca.lib.models import Throttle
from orders.checkout import confirmations
from orders.checkout.placing import Buyer, place
from orders.models import Order, Task
from orders.refunds import refunds
from tests.factories import make_person
from tests.membership.terms.test_dues import (
    DAY,
    NOON,
    TODAY,
    make_member,
    make_tier,
    settle_by_pretending,
)

paying = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db

CHRISTMAS = date(2027, 12, 25)
CHRISTMAS_MORNING = datetime(2027, 12, 25, 13, 0, tzinfo=UTC)  # eight o'clock in Norfolk
SECOND = timedelta(seconds=1)


def given(*, begins_on=CHRISTMAS, email="ruth@example.org", at=NOON, message="Enjoy!"):
    """Ada gave Ruth a year, and it is paid for."""
    tier = Tier.objects.filter(slug="individual").first() or make_tier()
    item = gift_memberships.gift_item(
        tier,
        Joining("Ada Ellery", "ada@example.org"),
        recipient_name="Ruth Okoro",
        recipient_email=email,
        message=message,
        begins_on=begins_on,
    )
    order = place(
        items=[item],
        buyer=Buyer("Ada Ellery", "ada@example.org"),
        submission_key=f"{begins_on}-{email}-{'k' * 20}",
        at=at,
    )
    settle_by_pretending(order, at)
    return GiftMembership.objects.select_related("line__order", "tier").get(line__order=order)


def ruth(**fields):
    return Joining("Ruth Okoro", "ruth@example.org", **fields)


# --- Paying and writing ------------------------------------------------------------------------


@paying
def test_paying_for_it_makes_nobody_a_member():
    gift = given()

    assert gift.is_waiting and GiftMembership.objects.waiting().get() == gift
    assert (Term.objects.count(), Person.objects.count()) == (0, 0)


@paying
def test_the_giver_reads_when_the_email_goes_and_where_the_card_is():
    gift = given()
    confirmations.write_due(NOON)

    text = Email.objects.get(to__contains="ada@example.org").message

    assert "We’ll e-mail ruth@example.org on the morning of December 25, 2027." in text
    assert f"/join/card/{gift.token}/" in text


@paying
@pytest.mark.parametrize(
    ("at", "emails"),
    [(CHRISTMAS_MORNING - SECOND, 0), (CHRISTMAS_MORNING, 1), (CHRISTMAS_MORNING + DAY, 1)],
)
def test_the_email_goes_out_on_the_chosen_morning_once(at, emails):
    given()

    tick(at)
    tick(at)

    sent = Email.objects.filter(to__contains="ruth@example.org")
    assert sent.count() == emails
    assert all("Enjoy!" in email.message and "$" not in email.message for email in sent)


@paying
def test_without_an_address_no_email_goes_and_the_giver_has_the_card(client):
    gift = given(email="")

    tick(CHRISTMAS_MORNING)

    assert GiftMembership.objects.get().mailed_at is None
    assert gift.code in client.get(f"/join/card/{gift.token}/").text
    pdf = client.get(f"/join/card/{gift.token}/card.pdf")
    assert pdf.content.startswith(b"%PDF")


@paying
@pytest.mark.parametrize(
    ("wait", "emails"), [(30 * DAY - SECOND, 1), (30 * DAY, 2), (60 * DAY, 2)]
)
def test_who_does_not_take_it_up_is_reminded_once(wait, emails):
    given()
    tick(CHRISTMAS_MORNING)

    tick(CHRISTMAS_MORNING + wait)
    tick(CHRISTMAS_MORNING + wait)

    assert Email.objects.filter(to__contains="ruth@example.org").count() == emails


@paying
@pytest.mark.parametrize(("days", "asked"), [(89, False), (90, True)])
def test_staff_are_asked_where_it_waits_for_three_months(days, asked):
    given(email="")

    tick(CHRISTMAS_MORNING + days * DAY)

    assert Task.objects.filter(text__contains="has not been claimed yet").exists() is asked


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        ("2027-04-29", "That day has passed"),
        ("2027-04-30", ""),  # midnight passed meanwhile
        ("2027-05-01", ""),
        ("2028-05-01", ""),
        ("2028-05-02", "within the next year"),
        ("", "Choose the day."),
    ],
)
def test_the_day_is_within_a_year(day, refused):
    make_tier()
    form = GiveMembershipForm(
        {
            "submission_key": "k" * 40,
            "tier": "individual",
            "recipient_name": "Ruth",
            "begins_on": day,
            "name": "Ada",
            "email": "ada@example.org",
        },
        tiers=Tier.objects.all(),
        on=TODAY,
    )

    assert form.is_valid() is (not refused)
    assert refused in str(form.errors)


@pytest.mark.parametrize("field", ["recipient_name", "message", "name"])
def test_the_email_carries_no_advertisement(client, field):
    make_tier()

    page = client.post("/join/gift/", {field: "Cheap pills at www.pills.example"})

    assert page.status_code == 422
    assert "leave out addresses and links" in page.text


# --- Taking it up ------------------------------------------------------------------------------


@paying
@pytest.mark.parametrize(
    ("claimed", "starts_on"),
    [
        (datetime(2027, 12, 24, 17, tzinfo=UTC), CHRISTMAS),  # before the day: on the day
        (datetime(2027, 12, 25, 17, tzinfo=UTC), CHRISTMAS),
        (datetime(2027, 12, 26, 17, tzinfo=UTC), date(2027, 12, 26)),  # later: no day is lost
        (datetime(2030, 1, 1, 17, tzinfo=UTC), date(2030, 1, 1)),  # it never runs out
    ],
)
def test_the_year_begins_on_the_chosen_day_or_when_it_is_taken_up(claimed, starts_on):
    term = take_up(given(), ruth(), at=claimed)

    assert term.starts_on == starts_on
    assert term.household.people.get().email == "ruth@example.org"


@paying
def test_a_member_gets_it_as_the_next_year():
    member = make_member("Ruth Okoro", "ruth@example.org", ends_on=date(2028, 6, 30))

    term = take_up(given(), ruth(), at=CHRISTMAS_MORNING)

    assert (term.household, term.starts_on) == (member.household, date(2028, 7, 1))
    assert Household.objects.count() == 1


@paying
def test_it_is_taken_up_once():
    gift = given()
    take_up(gift, ruth(), at=NOON)

    with pytest.raises(GiftUnavailable):
        take_up(gift, Joining("Eve", "eve@example.org"), at=NOON)

    assert Term.objects.count() == 1


@paying
def test_a_member_for_life_is_told_kindly_and_the_gift_stays():
    make_member("Ruth Okoro", "ruth@example.org")
    gift = given()

    with pytest.raises(HasLife):
        take_up(gift, ruth(), at=NOON)

    assert GiftMembership.objects.get().is_waiting


@paying
def test_a_gift_that_was_given_back_is_not_taken_up(client):
    gift = given()
    refunds.give_back(
        order=gift.line.order, line=gift.line, reason="asked", at=NOON + timedelta(hours=1)
    )

    with pytest.raises(GiftUnavailable):
        take_up(gift, ruth(), at=NOON + DAY)

    tick(CHRISTMAS_MORNING)
    assert not Email.objects.filter(to__contains="ruth@example.org").exists()
    assert "was refunded" in client.get(gift.get_absolute_url()).text


@paying
def test_a_refund_after_it_was_taken_up_ends_the_term():
    gift = given()
    take_up(gift, ruth(), at=NOON)

    refunds.give_back(order=gift.line.order, line=gift.line, reason="asked", at=NOON + DAY)

    assert not Term.objects.whole().exists()


# --- The pages ---------------------------------------------------------------------------------


CLAIM = {"name": "Ruth Okoro", "email": "Ruth@Example.org", "adult": "on", "rows_shown": "1"}


def code_in_the_mail():
    email = Email.objects.filter(subject__startswith="Your code").latest("pk")
    return email.message.split()[0]


@paying
def test_the_code_stands_in_no_subject_which_a_locked_phone_and_the_log_show(client):
    client.post(given().get_absolute_url(), CLAIM)

    code = code_in_the_mail()

    assert len(code) == 8 and code.isdigit()
    assert not Email.objects.filter(subject__contains=code).exists()


@paying
def test_it_is_taken_up_with_a_code_mailed_to_the_address(client):
    gift = given()
    path = gift.get_absolute_url()

    asked = client.post(path, CLAIM)
    done = client.post(path, CLAIM | {"code": code_in_the_mail()})

    assert asked.status_code == 200 and "A code is on its way to" in asked.text
    assert done.status_code == 302
    assert Term.objects.get().household.people.get().email == "ruth@example.org"
    assert "This gift has been claimed." in client.get(path).text
    assert "Okoro" not in client.get(path).text


@paying
def test_six_hundred_wrong_codes_of_strangers_keep_nobody_from_a_gift(client):
    gift = given()
    Throttle.objects.create(
        key=f"gift-code:all:{int(NOON.timestamp()) // 600}",
        spent=600,
        ends_at=NOON + timedelta(minutes=10),
    )

    with time_machine.travel(NOON, tick=False):
        answer = client.post("/join/claim/", {"code": gift.code})

    assert (answer.status_code, answer.url) == (302, gift.get_absolute_url())


@paying
def test_a_wrong_code_takes_nothing_up_and_the_sixth_try_is_none(client):
    gift = given()
    path = gift.get_absolute_url()
    client.post(path, CLAIM)
    right = code_in_the_mail()
    wrong = str((int(right) + 1) % 10**8).zfill(8)

    tries = [client.post(path, CLAIM | {"code": wrong}) for _ in range(5)]
    late = client.post(path, CLAIM | {"code": right})

    assert all("That’s not the code we e-mailed." in page.text for page in tries)
    assert "That code no longer works" in late.text
    assert Term.objects.count() == 0


@paying
@pytest.mark.parametrize(
    ("wait", "opens"),
    [(timedelta(minutes=10) - SECOND, True), (timedelta(minutes=10), False)],
)
def test_a_code_is_good_for_ten_minutes(client, wait, opens):
    path = given().get_absolute_url()
    with time_machine.travel(NOON, tick=False):
        client.post(path, CLAIM)
        code = code_in_the_mail()

    with time_machine.travel(NOON + wait, tick=False):
        client.post(path, CLAIM | {"code": code})

    assert Term.objects.exists() is opens


@paying
def test_a_code_proves_only_the_address_it_went_to(client):
    path = given().get_absolute_url()
    client.post(path, CLAIM)

    client.post(path, CLAIM | {"email": "eve@example.org", "code": code_in_the_mail()})

    assert Term.objects.count() == 0


@paying
def test_codes_to_one_address_are_few(client):
    gift = given()

    with time_machine.travel(NOON, tick=False):
        for _ in range(5):
            client.post(gift.get_absolute_url(), CLAIM | {"again": "1"})
        more = client.post(gift.get_absolute_url(), CLAIM | {"again": "1"})

    assert more.status_code == 429


@paying
def test_who_is_signed_in_needs_no_code_and_it_goes_to_their_own_household(client):
    member = make_member("Ruth Okoro", "ruth@example.org", ends_on=date(2099, 6, 30))
    client.force_login(member.user)
    gift = given()

    client.post(gift.get_absolute_url(), {"name": "Ruth Okoro", "email": "eve@example.org"})

    assert Term.objects.get(line=gift.line).household == member.household


@paying
def test_a_known_address_answers_as_an_unknown_one_until_it_is_proven(client):
    make_member("Ruth Okoro", "ruth@example.org", ends_on=date(2099, 6, 30))
    gift = given()

    pages = [
        client.post(gift.get_absolute_url(), CLAIM | {"email": email})
        for email in ("ruth@example.org", "nora@example.org")
    ]
    texts = [re.sub(r"\w+@example", "x@example", page.text) for page in pages]

    assert texts[0] == texts[1]


@paying
@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "no dash"])
def test_a_code_is_found_as_people_type_it(typed):
    gift = given()
    code = {"lower": gift.code.lower(), "no dash": gift.code.replace("-", " ")}.get(typed)

    assert find(code or typed.format(gift.code)) == gift


@paying
def test_codes_are_not_guessed_at_speed(client):
    given()

    with time_machine.travel(NOON, tick=False):
        pages = [client.post("/join/claim/", {"code": "CDF4-GHJ6"}) for _ in range(21)]

    assert [page.status_code for page in pages] == [422] * 20 + [429]


@paying
def test_a_look_at_the_page_changes_nothing(client):
    gift = given()

    page = client.get(gift.get_absolute_url())

    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert (Term.objects.count(), Email.objects.filter(to__contains="ruth").count()) == (0, 0)


@paying
def test_a_membership_is_given_on_one_page(client):
    make_tier()

    with time_machine.travel(NOON, tick=False):
        answer = client.post(
            "/join/gift/",
            {
                "submission_key": "k" * 40,
                "tier": "individual",
                "recipient_name": "Ruth Okoro",
                "recipient_email": "Ruth@example.org",
                "begins_on": "12/25/2027",
                "name": "Ada Ellery",
                "email": "ada@example.org",
                "gift": "10",
            },
        )

    assert answer.status_code == 302
    assert Order.objects.get().total_cents == 5000


# --- Who is not there any more -----------------------------------------------------------------


@pytest.mark.parametrize("died, emails", [(True, 0), (False, 1)])
def test_no_email_goes_to_who_died_and_staff_are_asked(died, emails):
    person = make_person(name="Ruth Okoro", email="Ruth@example.org")
    person.died_on = CHRISTMAS - timedelta(days=9) if died else None
    person.save()
    given()

    assert gift_memberships.tick(CHRISTMAS_MORNING) == emails
    assert Task.objects.filter(text__contains="has died").exists() is died
    assert gift_memberships.tick(CHRISTMAS_MORNING + timedelta(hours=1)) == 0


def test_who_was_forgotten_is_not_reminded():
    gift = given()
    gift_memberships.tick(CHRISTMAS_MORNING)
    GiftMembership.objects.update(recipient_email="")  # as kept_here leaves it

    assert gift_memberships.tick(CHRISTMAS_MORNING + timedelta(days=40)) == 0
    gift.refresh_from_db()
    assert "hand it over" in gift_memberships.how_it_goes(gift)
