"""Who is a member on a date, and what a payment of dues does."""

from datetime import UTC, date, datetime, timedelta

import pytest

from membership.joining.renewals import LinkIsDead, initials, make_renewal_link, open_renewal_link
from membership.models import Household, Person, RenewalLink, Term, Tier, User
from membership.terms.dues import Joining, NoDuesSet, add_person, dues_item, is_member
from membership.terms.years import next_start, year_from
from orders.checkout.placing import Buyer, payment_url, place
from orders.models import Order
from tests.factories import make_person

NOON = datetime(2027, 5, 1, 16, 0, tzinfo=UTC)  # noon in Norfolk
TODAY = date(2027, 5, 1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def make_tier(name="Individual", dues_cents=4000, **fields):
    return Tier.objects.create(name=name, slug=name.lower(), dues_cents=dues_cents, **fields)


def make_member(name="Ada", email="ada@example.org", *, ends_on=None, starts_on=None, **term):
    household = Household.objects.create(name=name)
    user = User.objects.create_user(email, name=name) if email else None
    person = make_person(household, name=name, email=email, user=user)
    tier = Tier.objects.filter(slug="individual").first() or make_tier()
    Term.objects.create(
        household=household,
        tier=tier,
        starts_on=starts_on or date(2026, 5, 2),
        ends_on=ends_on,
        reason="for the test",
        **term,
    )
    return person


def join(tier, joining, *, at=NOON, pay=True):
    order = place(
        items=[dues_item(tier, joining)],
        buyer=Buyer(joining.name, joining.email),
        submission_key=f"{joining.name}-{at.isoformat()}-{'k' * 20}",
        at=at,
    )
    if pay:
        settle_by_pretending(order, at)
    return order


def settle_by_pretending(order, at):
    """Pay at the pretend gateway, as the buttons of its page do."""
    from orders.checkout import settling
    from orders.payments import stripe as gateway

    payment_url(order, at=at)
    payment = order.payments.get()
    gateway.gateway().pay(payment, at=at)
    settling.settle(payment.session_id, at=at)
    order.refresh_from_db()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2027, 5, 1), date(2028, 4, 30)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 27)),
        (date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_year_ends_on_the_day_before_its_anniversary(start, end):
    assert year_from(start) == end


@pytest.mark.parametrize(
    ("on", "member"),
    [
        (date(2027, 4, 30), False),
        (date(2027, 5, 1), True),
        (date(2028, 4, 30), True),
        (date(2028, 5, 1), False),
    ],
)
def test_a_member_is_one_from_the_first_day_through_the_last(on, member):
    ada = make_member(starts_on=date(2027, 5, 1), ends_on=date(2028, 4, 30))

    assert is_member(ada.user, on) is member
    assert Term.objects.current(on).exists() is member
    assert Term.objects.get().is_current(on) is member


def test_a_term_for_life_never_ends():
    ada = make_member(starts_on=date(1999, 1, 1), ends_on=None)

    assert is_member(ada.user, date(2099, 1, 1))


def test_a_term_that_was_ended_early_holds_no_more():
    ada = make_member(starts_on=date(2027, 5, 1), ends_on=date(2028, 4, 30), ended_on=TODAY)

    assert not is_member(ada.user, TODAY + DAY)


@pytest.mark.parametrize(
    ("old_end", "start"),
    [
        (date(2027, 6, 30), date(2027, 7, 1)),  # two months early
        (date(2027, 5, 1), date(2027, 5, 2)),  # on the last day
        (date(2027, 4, 30), date(2027, 5, 1)),  # a day late
        (date(2027, 4, 1), date(2027, 4, 2)),  # the last day of grace
        (date(2027, 3, 31), date(2027, 5, 1)),  # past grace
    ],
)
def test_a_renewal_runs_on_from_the_old_end_until_grace_is_over(old_end, start):
    ada = make_member(ends_on=old_end)

    assert next_start(ada.household, TODAY, grace=timedelta(days=30)) == start


@pytest.mark.django_db(transaction=True)
def test_joining_makes_a_household_a_sign_in_and_a_term_once_the_money_is_here():
    tier = make_tier("Family", 6500, max_people=4)
    joining = Joining("Ada Ellery", "Ada@Example.org", others=("Ben Ellery",))

    order = join(tier, joining, pay=False)
    before = (Person.objects.count(), Term.objects.count())
    settle_by_pretending(order, NOON)

    assert before == (0, 0)
    assert order.state == Order.State.PAID
    people = list(
        Person.objects.order_by("member_number").values_list("name", "email", "member_number")
    )
    assert people == [("Ada Ellery", "ada@example.org", 100_001), ("Ben Ellery", "", 100_002)]
    term = Term.objects.get()
    assert (term.starts_on, term.ends_on, term.line.order) == (TODAY, date(2028, 4, 30), order)
    assert is_member(User.objects.get(email="ada@example.org"), TODAY)


@pytest.mark.django_db(transaction=True)
def test_dues_from_a_known_address_go_to_the_known_household():
    ada = make_member(ends_on=date(2027, 6, 30))

    join(make_tier("Patron", 15000), Joining("A. Ellery", "ADA@example.org"))

    assert Household.objects.count() == 1
    newest = ada.household.terms.order_by("-starts_on").first()
    assert (newest.tier.name, newest.starts_on) == ("Patron", date(2027, 7, 1))


@pytest.mark.django_db(transaction=True)
def test_two_payments_for_one_year_are_two_years():
    tier = make_tier()

    join(tier, Joining("Ada", "ada@example.org"))
    join(tier, Joining("Ada", "ada@example.org"), at=NOON + timedelta(minutes=5))

    starts = list(Term.objects.order_by("starts_on").values_list("starts_on", flat=True))
    assert starts == [TODAY, date(2028, 5, 1)]


def test_a_level_without_dues_cannot_be_bought():
    with pytest.raises(NoDuesSet):
        dues_item(make_tier(dues_cents=None), Joining("Ada", "ada@example.org"))


@pytest.mark.parametrize(
    ("wait", "opens"),
    [(timedelta(0), True), (60 * DAY - timedelta(seconds=1), True), (60 * DAY, False)],
)
def test_a_renewal_link_opens_until_it_is_out_of_date(wait, opens):
    link = make_renewal_link(make_member(ends_on=date(2027, 6, 30)).household, at=NOON)

    if opens:
        assert open_renewal_link(link.token, at=NOON + wait) == link
    else:
        with pytest.raises(LinkIsDead):
            open_renewal_link(link.token, at=NOON + wait)


@pytest.mark.django_db(transaction=True)
def test_a_renewal_link_is_dead_after_use():
    ada = make_member(ends_on=date(2027, 6, 30))
    link = make_renewal_link(ada.household, at=NOON)
    joining = Joining(
        "Ada", "ada@example.org", household_id=ada.household.pk, renewal_link_id=link.pk
    )

    join(Tier.objects.get(), joining)

    assert RenewalLink.objects.get().used_at is not None
    with pytest.raises(LinkIsDead):
        open_renewal_link(link.token, at=NOON + DAY)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Marcus Ellery", "M. E."), ("Ada", "A."), ("Jo van der Berg", "J. V. D. B.")],
)
def test_a_renewal_page_shows_initials_and_no_name(name, shown):
    assert initials(name) == shown


@pytest.mark.parametrize(
    ("email", "has_sign_in"),
    [("ben@example.org", True), ("", False)],
    ids=["with mail", "without"],
)
def test_a_person_entered_by_hand_gets_what_a_joiner_gets(admin_client, email, has_sign_in):
    household = Household.objects.create(name="Ellery")
    form = {
        "name": "Ben Ellery",
        "email": email,
        "household_members-TOTAL_FORMS": "1",
        "household_members-INITIAL_FORMS": "0",
        "household_members-0-household": household.pk,
        "household_members-0-is_home": "on",
        "addresses-TOTAL_FORMS": "0",
        "addresses-INITIAL_FORMS": "0",
        "favorite_cities-TOTAL_FORMS": "0",
        "favorite_cities-INITIAL_FORMS": "0",
    }

    admin_client.post("/admin/membership/person/add/", form)

    ben = Person.objects.get(name="Ben Ellery")
    assert ben.member_number == 100_001
    assert ben.household == household
    assert (ben.user is not None) is has_sign_in


def test_the_next_number_follows_the_highest_that_was_given():
    ada = make_member()
    Person.objects.filter(pk=ada.pk).update(member_number=100_417)

    cleo = add_person(ada.household, name="Cleo", at=NOON)

    assert cleo.member_number == 100_418
    assert set(ada.household.people.all()) == {ada, cleo}
