"""The place does not get out: every address, every kind of viewer, a second before T and after."""

import io
import logging

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from post_office.models import Email

from events import reveal, sender
from events.models import Event
from nsca.logs import JsonFormatter
from tests.secrecy.addresses import NoSample, addresses, patterns
from tests.secrecy.canaries import OTHER_PLACE, PLACE, found_in
from tests.secrecy.walking import everything_stored, leaks, walk
from tests.secrecy.world import SECOND, T, Viewer, build

pytestmark = pytest.mark.django_db
BEFORE, AFTER = T - SECOND, T + SECOND
VIEWERS = [
    "visitor",
    "holder",
    "holder of another event",
    "buyer who has not paid",
    "guest who was refunded",
    "guest in dispute",
    "guest who gave the ticket away",
    "new holder",
    "somebody who is offered a ticket",
    "party that waits",
    "door volunteer",
    "editor",
    "treasurer",
    "members",
    "door",
]
HOLDERS = ["holder", "new holder"]
TOLD_AT_T = [*HOLDERS, "door volunteer"]  # who has no instant of their own here
HOLDERS_OWN = {"tickets:detail", "tickets:pdf", "tickets:calendar"}


@pytest.fixture
def world(settings, mailoutbox):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return build()


@pytest.fixture
def log(caplog):
    """Everything that is logged, down to debugging, with the arguments of every line."""
    caplog.set_level(logging.DEBUG)

    def text():
        lines = [f"{record.getMessage()} {record.args!r}" for record in caplog.records]
        return "\n".join([caplog.text, *lines])

    return text


def tell_holders(at):
    reveal.publish_due(at=at)
    while sender.send_due(at=at):
        pass


class NoChance:
    """Stands in for `secrets` where tokens are made."""

    choice = staticmethod(lambda letters: letters[0])
    token_urlsafe = staticmethod(lambda size: "x" * size)


def touches_of_the_place(answers):
    """Queries that name the table of places: none may be made for an outsider before T."""
    return [f"{a.path}: {sql}" for a in answers for sql in a.asked if '"events_venue"' in sql]


# --- The walk ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWERS)
def test_a_second_before_t_nobody_finds_the_place_anywhere(world, name, log, mailoutbox):
    tell_holders(BEFORE)
    answers = walk(world, world.viewers[name], at=BEFORE)

    assert [f"{a.path}: {a.status}" for a in answers if a.status >= 500] == []
    assert leaks(answers) == []
    assert touches_of_the_place(answers) == []
    assert found_in(log()) == []
    assert found_in(everything_stored()) == []
    assert mailoutbox == []


@pytest.mark.parametrize("name", [name for name in VIEWERS if name not in TOLD_AT_T])
def test_a_second_after_t_nobody_but_a_holder_finds_it(world, name, log):
    tell_holders(AFTER)
    answers = walk(world, world.viewers[name], at=AFTER)

    assert leaks(answers) == []
    assert found_in(log()) == []
    assert found_in(everything_stored()) == []


@pytest.mark.parametrize("name", HOLDERS)
def test_a_second_after_t_a_holder_finds_it_on_the_ticket_in_each_of_its_forms(world, name):
    answers = walk(world, world.viewers[name], at=AFTER)

    told = {answer.name: answer.canaries for answer in answers if answer.canaries}
    assert set(told) == HOLDERS_OWN
    for name, canaries in told.items():
        assert {PLACE.name, *PLACE.lines, PLACE.directions} <= set(canaries), name
    assert "its coordinates" in told["tickets:calendar"]
    for answer in answers:
        if answer.canaries:
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "ETag" not in answer.headers


def test_a_second_after_t_a_door_volunteer_finds_it_on_the_door_s_first_page_alone(world):
    answers = walk(world, world.viewers["door volunteer"], at=AFTER)

    told = {answer.name: answer for answer in answers if answer.canaries}
    assert set(told) == {"door:home"}
    assert {PLACE.name, *PLACE.lines} <= set(told["door:home"].canaries)
    assert told["door:home"].headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("off", "is_told"), [(-SECOND, False), (SECOND - SECOND, True), (SECOND, True)]
)
def test_door_volunteers_may_have_an_instant_of_their_own(world, off, is_told):
    own = T - 48 * 3600 * SECOND
    Event.objects.filter(pk=world.event.pk).update(volunteers_at=own)

    answers = walk(world, world.viewers["door volunteer"], at=own + off)

    assert {answer.name for answer in answers if answer.canaries} == (
        {"door:home"} if is_told else set()
    )
    assert bool(touches_of_the_place(answers)) is is_told


def test_a_second_after_t_one_mail_tells_each_holder_and_nothing_of_it_is_kept(
    world, log, mailoutbox
):
    tell_holders(AFTER)

    told = [letter for letter in mailoutbox if found_in(letter.message().as_bytes())]
    assert [letter.to for letter in told] == [
        ["Ada Ellery <holder@guest.example>"],
        ["Nia New <new-holder@guest.example>"],
    ]
    letter = told[0]
    assert {PLACE.name, *PLACE.lines} <= set(found_in(letter.body))
    assert {PLACE.name, *PLACE.lines} <= set(found_in(letter.alternatives[0].content))
    assert "its coordinates" in found_in(letter.attachments[0].content)
    assert found_in(letter.subject) == []
    assert mailoutbox == told
    assert Email.objects.count() == 0
    assert found_in(log()) == []
    assert found_in(everything_stored()) == []


def test_the_keepers_themselves_see_it_only_where_they_ask_for_it(world):
    keeper = Viewer("keeper", user=world.keeper, is_staff=True)
    world.keeper.is_superuser = True
    world.keeper.save()

    assert leaks(walk(world, keeper, at=BEFORE)) == []


def test_an_editor_cannot_ask_for_a_look(world):
    client = Client()
    with time_machine.travel(BEFORE, tick=False):
        client.force_login(world.viewers["editor"].user)
        response = client.post(f"/admin/events/event/{world.event.pk}/place/", {"look": "1"})

    assert response.status_code == 403
    assert found_in(response.content) == []
    assert world.event.venue_looks.count() == 0


# --- The same to the byte ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["visitor", "holder", "door volunteer", "editor", "treasurer"])
def test_with_this_place_or_another_or_none_every_answer_is_the_same_to_the_byte(
    world, name, monkeypatch
):
    # A form's own key, a code on a previewed ticket: random by intent, so here they are not.
    monkeypatch.setattr("nsca.lib.codes.secrets", NoChance)
    viewer = world.viewers[name]
    walk(world, viewer, at=BEFORE)  # whatever is made once is made

    seen = []
    for place in (PLACE, OTHER_PLACE, None):
        world.put(place)
        seen.append({(a.name, a.path): a.likeness for a in walk(world, viewer, at=BEFORE)})

    ours, other, none = seen
    assert [key for key in ours if ours[key] != other.get(key)] == []
    assert [key for key in ours if ours[key] != none.get(key)] == []


# --- At rest -------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [BEFORE, AFTER])
def test_a_dump_holds_nothing_readable(world, at):
    tell_holders(at)
    out = io.StringIO()

    call_command("dumpdata", stdout=out)

    assert len(out.getvalue()) > 10_000
    assert found_in(out.getvalue()) == []


def test_an_error_while_the_place_is_in_hand_tells_neither_the_page_nor_the_log(
    world, caplog, monkeypatch
):
    def broken(*args, **kwargs):
        raise RuntimeError("the template is broken")

    monkeypatch.setattr("events.views_ticket.render", broken)
    client = Client(raise_request_exception=False)

    with time_machine.travel(AFTER, tick=False):
        response = client.get(f"/tickets/{world.viewers['holder'].ticket}/")

    lines = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    assert response.status_code == 500
    assert "RuntimeError" in lines
    assert found_in(response.content) == []
    assert found_in(lines) == []
    assert found_in(caplog.text) == []


def test_even_the_page_for_developers_hides_it(world, monkeypatch, settings):
    settings.DEBUG = True

    def broken(*args, **kwargs):
        raise RuntimeError("the template is broken")

    monkeypatch.setattr("events.views_ticket.render", broken)
    client = Client(raise_request_exception=False)

    with time_machine.travel(AFTER, tick=False):
        response = client.get(f"/tickets/{world.viewers['holder'].ticket}/")

    assert b"RuntimeError" in response.content
    assert found_in(response.content) == []


# --- The net itself ------------------------------------------------------------------------------


def test_a_new_address_without_a_sample_fails_and_says_what_to_do(world, monkeypatch):
    strange = [*patterns(), ("events:oracle", "events/oracle/<str:token>/", 1)]
    monkeypatch.setattr("tests.secrecy.addresses.patterns", lambda: iter(strange))

    with pytest.raises(NoSample, match="Give it a sample"):
        list(addresses(world, world.viewers["visitor"]))


@pytest.mark.parametrize(
    "leak",
    [
        "<p>Quillmoth &amp; Zephyr’s Ropery</p>",
        "/map?q=Quillmoth+%26+Zephyr%E2%80%99s+Ropery",
        "UXVpbGxtb3RoICYgWmVwaHly",
        "htomlliuQ",
        "36.847",
        "-76.29155",
        "QUILLMOTH",
        "LOCATION:Quillmo\r\n th",
        '{"zip": "83917"}',
        "7719 Xanthic Ferry Wynd",
    ],
)
def test_the_net_catches_every_shape(leak):
    assert found_in(leak) != []


def test_the_net_does_not_catch_what_is_no_leak():
    assert found_in("Norfolk, ten minutes from downtown; 36.85° N, 76.29° W; order 1839172") == []
