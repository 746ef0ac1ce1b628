"""The reports of membership: every number is the length of the list behind it."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache

from membership.insight.charts import bars, scale
from membership.insight.reports import Month, people_report
from membership.insight.reports_money import money_report
from membership.models import (
    FavoriteCity,
    HardshipPrice,
    Household,
    HouseholdMember,
    Person,
    Term,
    Tier,
)
from nsca.desk.groups import ensure_groups
from orders.books.ledger import LedgerEntry
from tests.factories import make_city, make_line, make_order, make_payment, make_person, make_user

TODAY = date(2027, 4, 1)
NOON = datetime(2027, 4, 1, 16, 0, tzinfo=UTC)  # noon in Norfolk

pytestmark = pytest.mark.django_db


def tier(slug="family", dues_cents=6000):
    found, _ = Tier.objects.get_or_create(
        slug=slug, defaults={"name": slug.title(), "dues_cents": dues_cents}
    )
    return found


def holds(person, *spans, level="family", **fields):
    """Terms of the person's household: pairs of days, as texts."""
    for starts_on, ends_on in spans:
        Term.objects.create(
            household=person.household, tier=tier(level), starts_on=starts_on, ends_on=ends_on,
            reason="for a test", **fields,
        )  # fmt: skip
    return person


def flow(name, month, on=TODAY) -> int:
    return len(people_report(on).sets[f"{name}-{month}"])


# --- People ------------------------------------------------------------------------------------


def test_members_count_once_however_many_households_they_have():
    ada = holds(make_person(name="Ada"), ("2027-01-01", None))
    other = Household.objects.create(name="The Youngs")
    HouseholdMember.objects.create(person=ada, household=other, is_home=False)
    Term.objects.create(
        household=other, tier=tier("student"), starts_on="2027-01-01", ends_on=None, reason="x"
    )

    report = people_report(TODAY)

    assert report.members == 1
    assert [(words, count) for words, _key, count in report.by_level] == [
        ("Family", 1), ("Student", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ends_on", "members"), [("2027-03-31", 0), ("2027-04-01", 1), ("2027-04-02", 1)]
)
def test_a_member_counts_through_the_last_day(ends_on, members):
    holds(make_person(), ("2026-04-02", ends_on))

    assert people_report(TODAY).members == members


def test_favorite_cities_and_members_without_one():
    toulon = make_city("toulon")
    for name in ("Ada", "Bo"):
        person = holds(make_person(name=name), ("2027-01-01", None))
    FavoriteCity.objects.create(person=person, city=toulon)

    assert [(words, count) for words, _key, count in people_report(TODAY).by_city] == [
        ("Toulon", 1), ("No favorite city", 1),
    ]  # fmt: skip


def test_joining_renewing_returning_and_leaving_count_in_their_month():
    holds(
        make_person(name="Ada"),
        ("2024-05-01", "2025-04-30"),
        ("2025-05-01", "2026-04-30"),  # renewed
        ("2026-09-01", "2027-08-31"),  # came back, long after the grace
    )
    holds(make_person(name="Bo"), ("2026-01-15", "2027-01-14"))  # left
    holds(make_person(name="Cy"), ("2026-03-15", "2027-03-14"))  # still in grace

    assert flow("joined", "2024-05") == 1
    assert flow("renewed", "2025-05") == 1
    assert flow("left", "2026-04") == 1
    assert flow("came-back", "2026-09") == 1
    assert flow("left", "2027-01") == 1
    assert flow("left", "2027-03") == 0
    assert flow("left", "2027-03", on=date(2027, 4, 14)) == 1


@pytest.mark.parametrize(
    ("starts_on", "kind"), [("2026-05-30", "renewed"), ("2026-05-31", "renewed"),
                            ("2026-06-01", "came-back")]
)  # fmt: skip
def test_a_term_within_the_grace_period_is_a_renewal(starts_on, kind):
    """The last day was April 30, and there are thirty days of grace."""
    holds(make_person(), ("2025-05-01", "2026-04-30"), (starts_on, "2027-05-29"))

    assert flow(kind, starts_on[:7]) == 1


def test_a_change_of_level_is_no_renewal():
    ada = holds(make_person(), ("2026-05-01", "2027-04-30"))
    first = Term.objects.get()
    Term.objects.filter(pk=first.pk).update(ended_on="2026-09-01")
    Term.objects.create(
        household=ada.household, tier=tier("patron"), starts_on="2026-09-01",
        ends_on="2027-04-30", reason="x", continues=first,
    )  # fmt: skip

    assert flow("renewed", "2026-09") == 0
    assert people_report(TODAY).members == 1


def test_a_deceased_member_left_on_that_day():
    ada = holds(make_person(), ("2024-01-01", None))
    Person.objects.filter(pk=ada.pk).update(died_on=date(2027, 2, 3))

    assert flow("left", "2027-02") == 1
    assert people_report(TODAY).members == 0


def test_cohorts_count_members_on_each_anniversary():
    holds(make_person(name="Ada"), ("2024-02-29", "2025-02-28"), ("2025-03-01", "2027-02-28"))
    holds(make_person(name="Bo"), ("2024-03-01", "2025-02-28"))

    [cohort] = people_report(TODAY).cohorts

    assert (cohort.year, cohort.count) == (2024, 2)
    # Bo's last day was the day before the anniversary; the third one of both has been.
    assert cohort.kept == (1, 1, 0, None, None)


def test_the_questions_to_the_database_are_as_many_for_ten_people_as_for_one(
    django_assert_max_num_queries,
):
    for number in range(10):
        holds(make_person(name=f"P{number}"), ("2027-01-01", None))

    with django_assert_max_num_queries(6):
        people_report(TODAY)


# --- Money -------------------------------------------------------------------------------------


def paid(on: datetime, *, kind="dues", cents=6000):
    order = make_order(state="paid", at=on, lines=(), payments=False)
    make_line(order, kind=kind, label=kind, unit_cents=cents)
    payment = make_payment(order)
    LedgerEntry.objects.create(order=order, payment=payment, entry="paid", cents=cents, at=on)
    return order


def test_dues_and_gifts_count_in_their_month_in_norfolk():
    paid(datetime(2027, 4, 1, 3, 59, tzinfo=UTC))  # 11:59 p.m. of March 31
    paid(datetime(2027, 4, 1, 4, 0, tzinfo=UTC))
    paid(datetime(2026, 4, 5, 16, 0, tzinfo=UTC), cents=5000)
    paid(NOON, kind="gift", cents=2500)
    paid(NOON, kind="addon", cents=900)

    dues, gifts = money_report(TODAY).years

    assert (dues.this[2], dues.this[3], dues.last[3]) == (6000, 6000, 5000)
    assert (dues.this_total, dues.last_total, dues.last_so_far) == (12000, 5000, 5000)
    assert gifts.this_total == 2500


def test_expected_renewals_use_todays_prices():
    holds(make_person(name="Ada"), ("2026-05-01", "2027-04-30"))
    holds(make_person(name="Bo"), ("2026-05-01", "2027-04-30"), level="student")
    Tier.objects.filter(slug="student").update(dues_cents=2000)
    cy = holds(make_person(name="Cy"), ("2026-06-01", "2027-05-31"))
    HardshipPrice.objects.create(
        household=cy.household, tier=tier(), dues_cents=1000, valid_until="2027-12-31",
        reason="x", by=make_user("m@staff.example"), at=NOON,
    )  # fmt: skip
    holds(make_person(name="Dee"), ("2026-05-01", "2027-04-30"), ("2027-05-01", "2028-04-30"))
    holds(make_person(name="Eve"), ("2026-05-01", None))
    dead = holds(make_person(name="Fay"), ("2026-05-01", "2027-04-30"))
    Person.objects.filter(pk=dead.pk).update(died_on=TODAY)

    expected = {each.month.key: each for each in money_report(TODAY).expected}

    assert list(expected)[0] == "2027-04" and list(expected)[-1] == "2028-03"
    assert (expected["2027-04"].memberships, expected["2027-04"].cents) == (2, 8000)
    assert expected["2027-05"].cents == 1000
    assert money_report(TODAY).expected_cents == 9000


def test_a_level_without_dues_is_not_in_the_estimate():
    holds(make_person(), ("2026-05-01", "2027-04-30"), level="honorary")
    Tier.objects.update(dues_cents=None)

    [first, *_rest] = money_report(TODAY).expected

    assert (first.memberships, first.cents, first.unpriced) == (1, 0, 1)


# --- The page ----------------------------------------------------------------------------------


@pytest.fixture
def as_(client):
    ensure_groups()

    def sign_in(group):
        cache.clear()
        user = make_user(f"{group}@staff.example", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return client

    with time_machine.travel(NOON, tick=False):
        yield sign_in


PAGE = "/admin/membership/term/reports/"
PEOPLE, MONEY = 'id="report-levels"', 'id="report-expected"'


@pytest.mark.parametrize(
    ("group", "people", "money"),
    [("members", True, False), ("treasurer", False, True), ("director", True, True)],
)
def test_members_see_people_and_the_treasurer_money(group, people, money, as_):
    body = as_(group).get(PAGE).content.decode()

    assert (PEOPLE in body, MONEY in body) == (people, money)


@pytest.mark.parametrize("group", ["events", "editor", "door"])
def test_nobody_else_sees_any_of_it(group, as_):
    assert as_(group).get(PAGE).status_code == 403


def test_every_number_links_to_a_list_of_that_length(as_):
    holds(
        make_person(name="Ada"), ("2024-05-01", "2025-04-30"), ("2025-05-01", "2026-04-30"),
        ("2026-09-01", "2027-08-31"),
    )  # fmt: skip
    holds(make_person(name="Bo"), ("2026-01-15", "2027-01-14"))
    holds(make_person(name="Cy"), ("2027-03-15", "2028-03-14"))
    client = as_("director")
    body = client.get(PAGE).content.decode()
    numbers = re.findall(r'<a\s+href="(/admin/membership/person/\?report=[^"]+)">\s*(\d+)', body)

    lengths = {url: int(number) for url, number in numbers}
    assert len(lengths) > 8
    found = {url: client.get(url).context["cl"].result_count for url in lengths}
    assert found == lengths


@pytest.mark.parametrize("key", ["members", "ends-2027-04", "nothing", "level-99999", "x" * 99])
def test_a_number_they_may_not_see_lists_nobody(key, as_):
    holds(make_person(), ("2026-05-01", "2027-04-30"))
    client = as_("treasurer" if key == "members" else "members")

    answer = client.get(f"/admin/membership/person/?report={key}")

    assert answer.context["cl"].result_count == 0


@pytest.mark.parametrize("table", ["levels", "cities", "months", "cohorts", "dues", "expected"])
def test_each_table_can_be_downloaded_as_csv(table, as_):
    holds(make_person(), ("2026-05-01", "2027-04-30"))

    answer = as_("director").get(f"{PAGE}?csv={table}")

    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(answer.content.decode().strip().splitlines()) >= 2


def test_the_treasurer_cannot_download_people_as_csv(as_):
    assert as_("treasurer").get(f"{PAGE}?csv=levels").status_code == 404


def test_the_page_has_no_style_of_its_own(as_):
    holds(make_person(), ("2026-05-01", "2027-04-30"))

    body = as_("director").get(PAGE).content.decode()

    assert "<svg" in body
    assert " style=" not in body and "<style" not in body


# --- Charts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (3, 3), (4, 4), (5, 6), (9, 10), (41, 60), (1999, 2000)]
)
def test_the_axis_ends_at_a_round_number(most, top):
    assert scale(most)[0] == top


def test_no_bar_leaves_the_drawing():
    chart = bars("x", ["a", "b"], {"this": [3, -5], "last": [0, 2]})

    assert all(bar.y >= 0 and bar.y + bar.height <= chart.zero + 0.1 for bar in chart.bars)
    assert all(chart.left <= bar.x and bar.x + bar.width <= chart.right for bar in chart.bars)
    assert [bar.words for bar in chart.bars][0] == "this, a: 3"


def test_months_are_counted_over_the_turn_of_the_year():
    assert Month(2027, 1).plus(-1) == Month(2026, 12)
    assert Month(2026, 12).plus(2).key == "2027-02"
