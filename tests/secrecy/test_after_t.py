"""From T on those who are owed the venue find it, by the same search that found nothing before;
nobody else does.
"""

import pytest
from post_office.models import Email

from events.models import Event
from tests.secrecy.canaries import LINK, VENUE, found_in
from tests.secrecy.channels import TELLS
from tests.secrecy.keeping import everything_stored
from tests.secrecy.walking import leaks, touches_of_the_venue, walk
from tests.secrecy.world import (
    AFTER,
    GUESTS,
    SECOND,
    STAFF,
    STRANGERS,
    TOLD_AT_T,
    T,
    mail_holders,
)

pytestmark = pytest.mark.django_db


class Outsiders:
    """Viewers who are never told."""

    names: tuple[str, ...] = ()

    def test_a_second_after_t_they_find_nothing_and_nothing_is_kept(self, world, log):
        mail_holders(AFTER)
        found = {name: leaks(walk(world, world.viewers[name], at=AFTER)) for name in self.names}

        assert found == {name: [] for name in self.names}
        assert found_in(log()) == []
        assert found_in(everything_stored()) == []


class TestStrangers(Outsiders):
    names = tuple(name for name in STRANGERS if name not in TOLD_AT_T)


class TestGuests(Outsiders):
    names = tuple(name for name in GUESTS if name not in TOLD_AT_T)


class TestEditorAndTreasurer(Outsiders):
    names = STAFF[:2]


class TestOtherStaff(Outsiders):
    names = STAFF[2:]


@pytest.mark.parametrize(("name", "at"), [("holder", T), ("new holder", AFTER)])
def test_from_t_on_a_holder_finds_it_on_the_ticket_in_each_of_its_forms(world, name, at, log):
    answers = walk(world, world.viewers[name], at=at)

    assert found_in(log()) == []  # a template tells its log what it looks for, and where
    revealed = {answer.name: answer.canaries for answer in answers if answer.canaries}
    assert set(revealed) == TELLS["a holder"]
    for name in ("tickets:detail", "tickets:pdf", "tickets:calendar"):
        assert {VENUE.name, *VENUE.lines, VENUE.directions} <= set(revealed[name]), name
    assert "its picture" in revealed["tickets:picture"]
    assert "its coordinates" in revealed["tickets:calendar"]
    assert {VENUE.phone, VENUE.parking, VENUE.plan_b} <= set(revealed["tickets:detail"])
    for answer in answers:
        if answer.canaries:
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "ETag" not in answer.headers


def test_from_t_on_a_pupil_finds_the_link_and_no_venue(world):
    answers = walk(world, world.viewers["pupil of the class online"], at=T)

    revealed = {answer.name: answer.canaries for answer in answers if answer.canaries}
    assert set(revealed) == TELLS["a pupil"]
    assert LINK.join_url in revealed["tickets:detail"]
    assert LINK.join_url in revealed["tickets:calendar"]
    words = {LINK.name, LINK.join_url, LINK.directions}
    assert {word for canaries in revealed.values() for word in canaries} <= words


def test_a_second_after_t_a_door_volunteer_finds_it_on_the_door_s_first_page_alone(world):
    answers = walk(world, world.viewers["door volunteer"], at=AFTER)

    revealed = {answer.name: answer for answer in answers if answer.canaries}
    assert set(revealed) == TELLS["a door volunteer"]
    assert {VENUE.name, *VENUE.lines} <= set(revealed["door:home"].canaries)
    assert revealed["door:home"].headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("off", "is_revealed"), [(-SECOND, False), (SECOND - SECOND, True), (SECOND, True)]
)
def test_door_volunteers_may_have_an_instant_of_their_own(world, off, is_revealed):
    own = T - 48 * 3600 * SECOND
    Event.objects.filter(pk=world.event.pk).update(volunteers_at=own)

    home = f"/door/{world.viewers['door volunteer'].door}/"
    answers = walk(world, world.viewers["door volunteer"], at=own + off, only={home})

    assert [bool(answer.canaries) for answer in answers] == [is_revealed]
    assert bool(touches_of_the_venue(answers)) is is_revealed


def test_a_second_after_t_one_mail_tells_each_holder_and_nothing_of_it_is_kept(
    world, log, mailoutbox
):
    kept = Email.objects.count()
    mail_holders(AFTER)

    revealed = [email for email in mailoutbox if found_in(email.message().as_bytes())]
    by_address = {email.to[0].split("<")[1].rstrip(">"): email for email in revealed}
    assert set(by_address) == {
        "holder@guest.example", "new-holder@guest.example",
        "pupil-of-the-class-online@guest.example",
    }  # fmt: skip
    assert LINK.join_url in found_in(by_address["pupil-of-the-class-online@guest.example"].body)
    email = by_address["holder@guest.example"]
    assert {VENUE.name, *VENUE.lines} <= set(found_in(email.body))
    assert {VENUE.name, *VENUE.lines} <= set(found_in(email.alternatives[0].content))
    assert "its coordinates" in found_in(email.attachments[0].content)
    assert found_in(email.subject) == []
    assert mailoutbox == revealed
    assert Email.objects.count() == kept
    assert found_in(log()) == []
    assert found_in(everything_stored()) == []
