"""Members' admin pages in the browser: a check by keyboard in ten seconds, and a merge."""

import time
from datetime import date

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from membership.models import Person, Term, Tier
from nsca.desk.groups import ensure_groups
from orders.models import Payment
from tests.browser.conftest import signed_in
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db(transaction=True)
A_KEY = 0.25  # seconds an unhurried hand takes for one
FEW = 6  # keys: a second and a half of typing, the rest of ten is for finding the check's number


@pytest.fixture
def staff(clock):
    """A function that signs somebody of a group in on a page."""
    ensure_groups()

    def staff(page, group):
        user = make_user(f"{group}@nsca.example", name=group.title(), is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        return signed_in(page, user)

    return staff


@pytest.fixture
def ada(clock):
    tier = Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)
    person = make_person(name="Ada Ellery", email="ada@ellery.example", member_number=100_002)
    Term.objects.create(
        household=person.household, tier=tier, starts_on=date(2026, 3, 1),
        ends_on=date(2027, 2, 28), reason="board",
    )  # fmt: skip
    return person


class Hands:
    """A person at the keyboard, who counts keys and says each step."""

    def __init__(self, page):
        self.page, self.keys, self.steps = page, 0, []

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.steps.append(f"types {text}")

    def press(self, key):
        self.page.keyboard.press(key)
        self.keys += 1
        self.steps.append(f"presses {key}")


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_a_treasurer_records_a_check_in_ten_seconds_by_keyboard(open_page, staff, ada, scripts):
    desk = staff(open_page(java_script_enabled=scripts), "treasurer")
    desk.goto(f"/admin/membership/person/{ada.pk}/change/")
    hands, began = Hands(desk), time.monotonic()

    desk.get_by_role("link", name="Record a check").focus()
    hands.press("Enter")
    expect(desk.get_by_label("Check number")).to_be_focused()
    hands.type("1187")
    hands.press("Enter")
    expect(desk.get_by_text("recorded $40")).to_be_visible()

    seconds = time.monotonic() - began + hands.keys * A_KEY
    print(f"\n{', '.join(hands.steps)}: {hands.keys} keys, {seconds:.1f} s")
    payment = Payment.objects.get()
    assert (payment.method, payment.reference, payment.amount_cents) == ("check", "1187", 4000)
    assert ada.household.terms.count() == 2
    assert hands.keys <= FEW
    expect(desk.get_by_role("heading", name="Ada Ellery", exact=True)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_two_records_are_merged_and_the_merge_undone(open_page, staff, ada, scripts):
    twin = make_person(name="Ada Elery", email="ada@work.example", member_number=100_001)
    desk = staff(open_page(java_script_enabled=scripts, viewport={"width": 360, "height": 800}),
                 "members")  # fmt: skip
    desk.goto("/admin/membership/person/duplicates/")
    desk.get_by_role("link", name="Ada Ellery and Ada Elery").click()
    desk.get_by_role("group", name="E-mail").get_by_text("ada@ellery.example").click()
    desk.get_by_role("group", name="Name").get_by_text("Ada Ellery").click()
    desk.get_by_role("button", name="Merge the records").click()

    expect(desk.get_by_text("The records are merged")).to_be_visible()
    one = Person.objects.get()
    assert (one.pk, one.name, one.email, one.member_number) == (
        twin.pk, "Ada Ellery", "ada@ellery.example", 100_001,
    )  # fmt: skip
    assert one.household.terms.count() == 1

    desk.get_by_role("link", name="Undo the merge with Ada Ellery").click()
    desk.get_by_role("button", name="Undo the merge").click()

    expect(desk.get_by_text("They are two records again")).to_be_visible()
    assert {(p.name, p.email) for p in Person.objects.all()} == {
        ("Ada Ellery", "ada@ellery.example"),
        ("Ada Elery", "ada@work.example"),
    }
