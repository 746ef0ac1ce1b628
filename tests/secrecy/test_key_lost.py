"""The key is lost: every page, e-mail and command that meets it says so in a clear sentence, and
none of them breaks. And keys are changed without a loss.
"""

import io
import re

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client

from events import reveal
from events.models import (
    Commitment,
    Event,
    RevealMail,
    Ticket,
    VenuePicture,
)
from orders.models import Task
from tests.factories import proof_of_now
from tests.secrecy.addresses import addresses
from tests.secrecy.canaries import OTHER_VENUE, PICTURE_ALT, VENUE, found_in, picture
from tests.secrecy.keeping import everything_stored
from tests.secrecy.walking import leaks, walk
from tests.secrecy.world import AFTER, BEFORE, DAY, SECOND, Viewer, mail_holders

pytestmark = pytest.mark.django_db
NEW = "a key of the places' own, out of the safe of the office: 90b1c7"
OLD = "the key that the venues were sealed under, on a note that is gone: 5d81e4"
STRANGE = "another key, that sealed nothing of ours and is long enough: 77e0d2"


@pytest.fixture
def lost(world, settings):
    """Nobody kept the key of the venues. (With SECRET_KEY every link would be lost, too.)"""
    settings.VENUE_KEYS = [OLD]
    rotate()
    settings.VENUE_KEYS = [STRANGE]
    return world


@pytest.fixture
def desk(world):
    """Opens or sends a page of the event's desk as its keeper, who has just signed in."""
    client = Client(raise_request_exception=False)

    def ask(page, data=None, at=BEFORE):
        with time_machine.travel(at, tick=False):
            client.force_login(world.keeper)
            session = client.session
            session.update(proof_of_now(world.keeper))
            session.save()
            url = f"/admin/events/event/{world.event.pk}/{page}/"
            return client.post(url, data, follow=True) if data else client.get(url)

    world.keeper.user_permissions.add(*_permissions("view_event", "change_event"))
    return ask


def _permissions(*names):
    return Permission.objects.filter(content_type__app_label="events", codename__in=names)


def own_paths(world, viewer) -> set[str]:
    """What is asked by a link of one's own, and of the admin what is about the event."""
    marks = (viewer.ticket, viewer.order, viewer.door, f"/admin/events/event/{world.event.pk}/")
    return {
        address.path
        for address in addresses(world, viewer)
        if any(mark in address.path for mark in marks)
    }


def words_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- Those who are owed the venue --------------------------------------------------------------


@pytest.mark.parametrize("name", ["holder", "pupil of the class online", "door volunteer"])
def test_no_page_breaks_for_those_who_are_owed_it(lost, name):
    viewer = lost.viewers[name]
    answers = [
        answer
        for answer in walk(lost, viewer, at=AFTER, only=own_paths(lost, viewer))
        if answer.status != 404
    ]

    assert len(answers) > 3
    assert [answer.path for answer in answers if answer.status >= 500] == []
    assert leaks(answers) == []


def test_the_ticket_says_that_it_is_our_doing_and_whom_to_call(lost):
    Event.objects.filter(pk=lost.event.pk).update(help_phone="757-555-0199")
    with time_machine.travel(AFTER, tick=False):
        text = words_of(Client().get(f"/tickets/{lost.viewers['holder'].ticket}/"))

    assert "The envelope is late" in text
    assert "That is our fault, not yours" in text
    assert "Call 757-555-0199" in text


def test_no_email_goes_out_and_a_task_says_why_until_the_key_is_back(
    lost, settings, mailoutbox, log
):
    mail_holders(AFTER)

    assert mailoutbox == []
    task = Task.objects.get(key=f"reveal-without-its-key:{lost.event.pk}")
    assert "its key is missing" in task.text
    assert "Put the key back into VENUE_KEYS" in task.text
    assert found_in(log()) == []
    assert set(RevealMail.objects.values_list("state", flat=True)) == {"queued"}

    settings.VENUE_KEYS = [STRANGE, OLD]
    mail_holders(AFTER + DAY / 24)

    assert len(mailoutbox) == 3


# --- Staff -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "data", "words"),
    [
        ("venue", {"look": "yes"}, "The key to this venue is missing. Put the key it was sealed"),
        ("picture", {"look": "yes"}, "The key to this picture is missing"),
        ("seal", {"publish": "yes"}, "The key to this venue is missing"),
    ],
)
def test_staff_who_look_are_told_what_is_missing_and_what_to_do(lost, desk, page, data, words):
    answer = desk(page, data)

    assert answer.status_code < 500
    assert words in words_of(answer)
    assert found_in(answer.content) == []


def test_the_word_check_says_it_and_its_nightly_round_passes_over_it(lost, desk):
    answer = desk("word-check", {"check": "yes"})
    with time_machine.travel(BEFORE, tick=False):
        call_command("tick")

    assert "The key to this venue is missing" in words_of(answer)
    assert "Not readable" in words_of(desk("word-check"))


@pytest.mark.parametrize("page", ["reveal", "venue", "picture", "seal", "hints", "preflight"])
@pytest.mark.parametrize("at", [BEFORE, AFTER])
def test_no_page_of_the_event_breaks(lost, desk, page, at):
    assert desk(page, at=at).status_code in (200, 403)


def test_no_page_of_the_admin_breaks(lost):
    keeper = Viewer("keeper", user=lost.keeper, is_staff=True)

    answers = walk(lost, keeper, at=AFTER, only=own_paths(lost, keeper))

    assert len(answers) > 30
    assert [answer.path for answer in answers if answer.status >= 500] == []


def test_the_venue_can_be_entered_again_and_the_evening_goes_on(lost, mailoutbox):
    reveal.write_venue(lost.event, VENUE, by=lost.keeper, at=BEFORE)
    reveal.write_picture(lost.event, picture(), PICTURE_ALT, by=lost.keeper, at=BEFORE)
    mail_holders(AFTER)

    assert any(found_in(email.body) for email in mailoutbox)


# --- Keys are changed --------------------------------------------------------------------------


def rotate(*options) -> str:
    out = io.StringIO()
    call_command("rotate_venue_keys", *options, stdout=out)
    return out.getvalue()


def everything_sealed(world) -> tuple:
    event = Event.objects.get(pk=world.event.pk)
    by, at = world.keeper, AFTER
    return (
        reveal.look(event, by=by, at=at),
        reveal.look_at_picture(event, by=by, at=at),
        reveal.look(Event.objects.get(pk=world.lesson.pk), by=by, at=at),
    )


def test_a_key_is_changed_by_one_command_and_the_old_one_is_not_needed_any_more(world, settings):
    """For the venue, its picture, the salt of its seal, and a former venue."""
    mail_holders(AFTER)
    event = Event.objects.get(pk=world.event.pk)
    reveal.write_venue(event, OTHER_VENUE, by=world.keeper, at=AFTER)
    before = everything_sealed(world)
    assert before[0] == OTHER_VENUE

    settings.VENUE_KEYS = [NEW]
    assert rotate() == "2 venues encrypted with the newest key.\n"
    ticket = Ticket.objects.get(token=world.viewers["holder"].ticket)
    first_key, settings.SECRET_KEY = settings.SECRET_KEY, STRANGE

    assert everything_sealed(world) == before
    link = Ticket.objects.get(pk=ticket.pk).token  # it follows from the new key
    holder = reveal.Viewer(tokens=frozenset({link}))
    opened = reveal.reveal_for(event, holder, at=AFTER + SECOND)
    assert (opened.venue, opened.former) == (OTHER_VENUE, VENUE)
    settings.SECRET_KEY = first_key  # so that the outbox can be read
    assert found_in(everything_stored()) == []


def test_without_the_old_key_nothing_is_changed_and_the_events_are_named(lost, settings):
    settings.VENUE_KEYS = [NEW]
    sealed = everything_stored()

    with pytest.raises(CommandError) as caught:
        rotate()

    words = str(caught.value)
    assert f"The key for the venue of “{lost.event}” and of “{lost.lesson}” is missing" in words
    assert "or enter the venue again. Nothing was changed." in words
    assert caught.value.__cause__ is None
    assert everything_stored() == sealed


def test_what_nobody_can_enter_again_is_given_up_only_on_request(lost, settings):
    for event in (lost.event, lost.lesson):
        reveal.write_venue(event, OTHER_VENUE, by=lost.keeper, at=BEFORE)
    settings.VENUE_KEYS = [NEW, STRANGE]

    with pytest.raises(CommandError) as caught:
        rotate()
    assert "1 × venue picture, 1 × salt of a seal" in str(caught.value)
    assert "--drop-lost. Nothing was changed." in str(caught.value)
    assert VenuePicture.objects.count() == 1

    assert rotate("--drop-lost") == "2 venues encrypted with the newest key.\n"
    assert VenuePicture.objects.count() == 0
    assert [bytes(salt) for salt in Commitment.objects.values_list("salt", flat=True)][0] == b""
    assert Commitment.objects.filter(published_at__isnull=False).count() == 1
