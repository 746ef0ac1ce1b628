"""What we know of children is seen by few: who keeps the members' list, and the director."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from tests.factories import NOON, make_person

LIST = "admin:membership_person_changelist"
FEW, OTHERS = ("members", "director"), ("treasurer",)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def family(db):
    """A parent, a child of twelve and one who is 18 today; by name."""
    parent = make_person(name="Ada Lovelace", email="ada@lovelace.example")
    return {
        "parent": parent,
        "child": make_person(
            parent.household, name="Kit Lovelace", born_on=date(2015, 3, 1), guardian=parent
        ),
        "grown": make_person(parent.household, name="Max Lovelace", born_on=date(2009, 4, 1)),
    }


def pages_of(person) -> list[str]:
    names = [f"admin:membership_person_{page}" for page in ("change", "history")]
    return [reverse(name, args=[person.pk]) for name in names]


@pytest.mark.parametrize(
    ("group", "sees"), [*((g, True) for g in FEW), *((g, False) for g in OTHERS)]
)
def test_the_list_and_its_search_show_children_to_few(sign_in, family, group, sees):
    desk = sign_in(group)

    for query in ("", "?q=Lovelace", "?q=Kit"):
        page = desk.get(reverse(LIST) + query).content.decode()
        assert ("Kit Lovelace" in page) is sees
    assert "Max Lovelace" in desk.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize("group", OTHERS)
def test_a_child_s_own_pages_are_not_there_for_others(sign_in, family, group):
    desk = sign_in(group)

    for page in pages_of(family["child"]):
        answer = desk.get(page, follow=True)
        assert "Kit" not in answer.content.decode()
    assert desk.get(pages_of(family["grown"])[0]).status_code == 200


@pytest.mark.parametrize("group", FEW)
def test_those_few_see_the_page(sign_in, family, group):
    assert sign_in(group).get(pages_of(family["child"])[0]).status_code == 200


@pytest.mark.parametrize("group", OTHERS)
def test_others_read_no_birthday_and_no_parent_on_anybody_s_page(sign_in, family, group):
    page = sign_in(group).get(pages_of(family["grown"])[0]).content.decode()

    assert "2009" not in page and "born on" not in page.lower()


@pytest.mark.parametrize("group", OTHERS)
def test_the_household_s_page_leaves_its_children_out_for_others(sign_in, family, group):
    home = reverse("admin:membership_household_change", args=[family["parent"].household.pk])

    page = sign_in(group).get(home).content.decode()

    assert "Kit" not in page


@pytest.mark.parametrize(("group", "sees"), [("members", True), ("treasurer", False)])
def test_what_is_taken_away_has_no_more_than_the_list(sign_in, family, group, sees):
    answer = sign_in(group).post(reverse("admin:membership_person_export"))

    assert ("Kit Lovelace" in answer.content.decode()) is sees
