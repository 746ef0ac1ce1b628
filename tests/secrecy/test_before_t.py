"""A second before T nobody finds a word of the venue, and nothing that anybody gets depends on it.

Each kind of viewer asks for every address three times: with this place, with another and with
none. The walks are made once a class, so that the workers of a run can share the classes.
"""

import pytest
import time_machine
from django.test import Client

from tests.secrecy.addresses import MADE_FOR_ALL
from tests.secrecy.canaries import found_in
from tests.secrecy.walking import (
    Walks,
    differing,
    leaks,
    said_why,
    three_walks,
    touches_of_the_venue,
    walk,
)
from tests.secrecy.world import AFTER, BEFORE, GUESTS, STAFF, STRANGERS, Viewer, mail_holders

pytestmark = pytest.mark.django_db


class Walked:
    """What holds for each of some viewers."""

    names: tuple[str, ...] = ()

    @pytest.fixture(scope="class")
    @classmethod
    def walks(cls, request, evening) -> Walks:
        return three_walks(evening, request.cls.names, at=BEFORE)

    def test_no_answer_holds_a_word_of_it(self, walks):
        assert said_why(walks.ours, leaks) == {}

    def test_no_answer_is_an_error(self, walks):
        errors = {f"{a.path}: {a.status}" for _, a in walks.all if a.status >= 500}

        assert errors == set()

    def test_no_query_touches_a_table_of_venues(self, walks):
        for kept in (walks.ours, walks.others, walks.none):
            assert said_why(kept, touches_of_the_venue) == {}

    def test_with_another_venue_and_with_none_every_answer_is_the_same(self, walks):
        """To the byte, to the header, to the cookie, to the number of queries."""
        for name in self.names:
            assert differing(walks.ours[name], walks.none[name]) == set(), name
            pages = {answer.path for answer in walks.others[name]}
            none = [answer for answer in walks.none[name] if answer.path in pages]
            assert differing(walks.others[name], none) == set(), name

    def test_nothing_of_it_is_logged_or_kept(self, walks):
        assert walks.logged
        assert found_in(walks.logged) == []
        assert found_in(walks.stored) == []


class TestStrangers(Walked):
    names = STRANGERS

    def test_what_staff_do_not_ask_for_again_is_public_and_the_same_for_all(self, walks):
        public = [a for a in walks.ours["visitor"] if a.name in MADE_FOR_ALL and a.status == 200]

        assert {answer.name for answer in public} == MADE_FOR_ALL
        assert [a.path for a in public if "public" not in a.headers["Cache-Control"]] == []


class TestGuests(Walked):
    names = GUESTS


class TestEditors(Walked):
    names = STAFF[:1]


class TestTreasurers(Walked):
    names = STAFF[1:2]


class TestMembersStaff(Walked):
    names = STAFF[2:3]


class TestDoorStaff(Walked):
    names = STAFF[3:]


# --- E-mails, and those who may see it ---------------------------------------------------------


def test_the_ticker_tells_nobody(world, mailoutbox):
    mail_holders(BEFORE)

    assert mailoutbox == []


def test_the_keepers_themselves_see_it_only_where_they_ask_for_it(world):
    keeper = Viewer("keeper", user=world.keeper, is_staff=True)
    type(world.keeper).objects.filter(pk=world.keeper.pk).update(is_superuser=True)
    world.keeper.refresh_from_db()  # a change of rights ends every session begun before

    assert leaks(walk(world, keeper, at=BEFORE)) == []


def test_an_editor_cannot_ask_for_a_look(world):
    client = Client()
    with time_machine.travel(BEFORE, tick=False):
        client.force_login(world.viewers["editor"].user)
        answers = [
            client.post(f"/admin/events/event/{world.event.pk}/{page}/", {"look": "1"})
            for page in ("venue", "picture", "seal", "word-check")
        ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert found_in(b"".join(answer.content for answer in answers)) == []
    assert world.event.venue_accesses.count() == 0


def test_the_walk_would_see_a_difference(world):
    """The same comparison, where there is one to see: a holder's answers before T and after."""
    holder = world.viewers["holder"]
    ticket = f"/tickets/{holder.ticket}/"

    before = walk(world, holder, at=BEFORE, only={ticket})
    after = walk(world, holder, at=AFTER, only={ticket})

    assert differing(before, after) == {ticket}
    assert touches_of_the_venue(before) == []
    assert touches_of_the_venue(after) != []
    assert leaks(after) != []
