"""Pages about a reveal that lay open while a colleague did something: nobody says yes to what they
have not read.
"""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from events import reveal
from events.models import Event
from events.venue.details import VenueDetails
from nsca.lib.timing import NORFOLK
from tests.admin.conftest import DAY, press
from tests.admin.events.test_saving import typed_again
from tests.admin.events.test_venue import FORM, form_data
from tests.factories import make_ticket, make_ticket_type

ACTS = ("hold", "release", "reveal_now")
OTHER = VenueDetails(name="Quillmoth Yard", lines=("9 Quillmoth Street",), postcode="23510")


def act(name, event):
    return reverse(f"admin:events_event_{name}", args=[event.pk])


def key_on(client, url):
    return {"key": client.get(url).context["key"]}


def text(response):
    return " ".join(response.content.decode().replace("&#x27;", "'").split())


@pytest.fixture
def ann(staff):
    """The colleague who is quicker."""
    user = staff("director")
    user.name = "Ann Ellery"
    user.save(update_fields=["name"])
    return user


@pytest.fixture
def now():
    return Event.objects.get


# --- The fault ---------------------------------------------------------------------------------


def test_reveal_now_that_lay_open_does_not_override_a_colleagues_hold(
    sign_in, sealed_soiree, ann, at, now
):
    client, url = sign_in("events"), act("reveal_now", sealed_soiree)
    read = key_on(client, url)
    reveal.hold(sealed_soiree, by=ann, at=at)

    answer = client.post(url, read)

    assert answer.status_code == 409
    assert "held by Ann Ellery since" in text(answer)
    assert "Release the hold first." in text(answer)
    assert act("release", sealed_soiree) in text(answer)
    assert (now().reveal_held_at, now().opens_at) == (at, sealed_soiree.opens_at)


def test_while_a_colleague_holds_it_reveal_now_is_not_offered(sign_in, sealed_soiree, ann, at):
    client = sign_in("events")
    control = act("reveal", sealed_soiree)
    before = text(client.get(control))
    reveal.hold(sealed_soiree, by=ann, at=at)

    with time_machine.travel(at + timedelta(minutes=1), tick=False):
        page, asked = client.get(control), client.get(act("reveal_now", sealed_soiree))

    assert act("reveal_now", sealed_soiree) in before
    assert act("reveal_now", sealed_soiree) not in text(page)
    assert "held by Ann Ellery since" in text(page)
    assert asked.status_code == 200
    assert '<form method="post" novalidate>' not in text(asked)


def test_the_release_page_says_who_holds_it_and_since_when(sign_in, sealed_soiree, ann, now):
    five_twelve = sealed_soiree.opens_at.replace(hour=21, minute=12) - DAY  # UTC
    reveal.hold(sealed_soiree, by=ann, at=five_twelve)
    with time_machine.travel(five_twelve + timedelta(minutes=30), tick=False):
        today = text(sign_in("events").get(act("release", sealed_soiree)))
    with time_machine.travel(five_twelve + DAY, tick=False):
        later = text(sign_in("events").get(act("release", sealed_soiree)))

    hour = five_twelve.astimezone(NORFOLK).hour % 12
    assert f"The reveal has been held by Ann Ellery since {hour}:12 p.m. " in today.replace(
        "</p>", " "
    )
    assert f" at {hour}:12 p.m." in later


def test_reveal_now_names_the_event_and_how_early_it_is(sign_in, sealed_soiree):
    with time_machine.travel(sealed_soiree.opens_at - 18 * DAY, tick=False):
        page = sign_in("events").get(act("reveal_now", sealed_soiree))

    assert page.context["title"] == "Reveal “Soirée en Blanc” now, 18 days early"
    assert "18 days early" in text(page)


# --- Every page that acts on a reveal, and everything it depends on ----------------------------


def a_hold(event, who, at):
    reveal.hold(event, by=who, at=at)


def a_move(event, who, at):
    Event.objects.filter(pk=event.pk).update(
        starts_at=event.starts_at + DAY, ends_at=event.ends_at + DAY
    )


def a_version(event, who, at):
    Event.objects.filter(pk=event.pk).update(reveal_version=1, revealed_at=at)


def another_venue(event, who, at):
    reveal.write_venue(event, OTHER, by=who, at=at + timedelta(minutes=1))


def a_purchase(event, who, at):
    make_ticket(event)


@pytest.mark.parametrize("name", ["hold", "reveal_now", "cancel", "venue"])
@pytest.mark.parametrize(
    "meanwhile, words",
    [
        (a_hold, "held by Ann Ellery"),
        (a_move, "The event now starts on"),
        (a_version, "The venue was revealed."),
    ],
)
def test_a_page_that_lay_open_is_refused_and_says_what_changed(
    name, meanwhile, words, sign_in, sealed_soiree, ann, at, now
):
    client, url = sign_in("events"), act(name, sealed_soiree)
    data = {"venue": FORM, "cancel": {"note": "The storm."}}.get(name, {})
    if name == "venue":
        read = {"key": client.post(url, {"look": "yes"}).context["key"]}
    else:
        read = key_on(client, url)
    meanwhile(sealed_soiree, ann, at)
    before = Event.objects.values().get()

    answer = client.post(url, data | read)

    assert answer.status_code == 409
    assert words in text(answer)
    assert Event.objects.values().get() == before
    assert reveal.look(sealed_soiree, by=ann, at=at).name != OTHER.name


@pytest.mark.parametrize("name", ["release", "reveal_now", "cancel"])
def test_who_buys_meanwhile_makes_it_another_question(name, sign_in, sealed_soiree, ann, at):
    if name == "release":
        reveal.hold(sealed_soiree, by=ann, at=at)
    client, url = sign_in("events"), act(name, sealed_soiree)
    read = key_on(client, url)
    make_ticket_type(sealed_soiree, name="Another chair")
    before = Event.objects.values().get()
    a_purchase(sealed_soiree, ann, at)

    answer = client.post(url, read | {"note": "The storm."})

    assert answer.status_code == 409
    if name != "cancel":
        assert "1 person has a ticket now, instead of 0." in text(answer)
    assert Event.objects.values().get() == before


def test_who_buys_meanwhile_does_not_keep_anybody_from_the_brake(sign_in, sealed_soiree, ann, at):
    client, url = sign_in("events"), act("hold", sealed_soiree)
    read = key_on(client, url)
    a_purchase(sealed_soiree, ann, at)

    client.post(url, read)

    assert Event.objects.get().reveal_held_at is not None


def test_another_venue_in_the_envelope_is_another_question(sign_in, sealed_soiree, ann, at, now):
    client, url = sign_in("events"), act("reveal_now", sealed_soiree)
    read = key_on(client, url)
    another_venue(sealed_soiree, ann, at)

    answer = client.post(url, read)

    assert answer.status_code == 409
    assert "The venue was changed by Ann Ellery." in text(answer)
    assert now().opens_at == sealed_soiree.opens_at


def test_a_colleagues_venue_is_not_overwritten_by_a_page_that_lay_open(
    sign_in, sealed_soiree, ann, at
):
    client, url = sign_in("events"), act("venue", sealed_soiree)
    read = {"key": client.post(url, {"look": "yes"}).context["key"]}
    another_venue(sealed_soiree, ann, at)

    answer = client.post(url, FORM | read | {"parking": "Behind the quillmoths"})

    assert answer.status_code == 409
    assert "The venue was changed by Ann Ellery." in text(answer)
    assert "Behind the quillmoths" in text(answer)  # what was typed is kept
    assert reveal.look(sealed_soiree, by=ann, at=at) == OTHER
    again = client.post(url, FORM | {"key": answer.context["key"]})  # having read it
    assert again.status_code == 302


@pytest.mark.parametrize("name", [*ACTS, "cancel"])
@pytest.mark.parametrize("key", [None, "", "x", "x:y", "." * 5000])
def test_without_the_key_of_a_page_nothing_is_done(name, key, sign_in, sealed_soiree, ann, at):
    if name == "release":
        reveal.hold(sealed_soiree, by=ann, at=at)
    client, before = sign_in("events"), Event.objects.values().get()

    answer = client.post(
        act(name, sealed_soiree), {"note": "The storm."} | ({} if key is None else {"key": key})
    )

    assert answer.status_code == 409
    assert Event.objects.values().get() == before


def test_a_key_of_one_act_is_no_yes_to_another(sign_in, sealed_soiree):
    client = sign_in("events")
    read = key_on(client, act("hold", sealed_soiree))

    answer = client.post(act("reveal_now", sealed_soiree), read)

    assert (answer.status_code, Event.objects.get().lead) == (409, DAY)


def test_a_release_that_lay_open_does_not_release_the_next_hold(
    sign_in, sealed_soiree, ann, staff, at, now
):
    """Ben's hold was released, and Ann held it again for a reason of her own."""
    ben, minute = staff("events"), timedelta(minutes=1)
    reveal.hold(sealed_soiree, by=ben, at=at)
    client, url = sign_in("events"), act("release", sealed_soiree)
    read = key_on(client, url)
    reveal.release(sealed_soiree, by=ben, at=at + minute)
    reveal.hold(sealed_soiree, by=ann, at=at + 2 * minute)

    answer = client.post(url, read)

    assert (answer.status_code, now().reveal_held_at) == (409, at + 2 * minute)
    assert "held by Ann Ellery" in text(answer)


def test_a_confirmed_lead_says_which_hold_came_between(sign_in, sealed_soiree, ann, at, now):
    client, url = sign_in("events"), act("change", sealed_soiree)
    asked = client.post(url, form_data(client, url) | {"lead": "240"})
    yes = typed_again(asked) | {"yes_reveal": "on"}
    reveal.hold(sealed_soiree, by=ann, at=at)

    answer = client.post(url, yes)

    assert now().lead == DAY
    assert "The reveal has been held by Ann Ellery since" in text(answer)
    again = client.post(url, typed_again(answer))
    assert (again.status_code, now().lead) == (302, 10 * DAY)
    assert now().reveal_held_at == at


def test_a_confirmed_move_says_which_hold_came_between(sign_in, sealed_soiree, ann, at, now):
    client, url = sign_in("events"), act("move", sealed_soiree)
    later = (sealed_soiree.starts_at + 7 * DAY).astimezone(NORFOLK)
    typed = {"starts_at_0": f"{later:%Y-%m-%d}", "starts_at_1": f"{later:%H:%M}"}
    yes = typed_again(client.post(url, typed))
    reveal.hold(sealed_soiree, by=ann, at=at)

    answer = client.post(url, yes)

    assert now().starts_at == sealed_soiree.starts_at
    assert "The reveal has been held by Ann Ellery since" in text(answer)


def test_a_hold_in_the_very_moment_of_the_press_wins(sign_in, sealed_soiree, ann, at, monkeypatch):
    """Between what the page compares and the lock: the key is compared again under it."""
    client, url = sign_in("events"), act("reveal_now", sealed_soiree)
    real = reveal.reveal_now

    def overtaken(event, **how):
        reveal.hold(Event.objects.get(), by=ann, at=at)
        return real(event, **how)

    monkeypatch.setattr("events.reveal.admin.RevealNow.do", staticmethod(overtaken))
    answer = press(client, url)

    assert answer.status_code == 409
    assert Event.objects.get().reveal_held_at == at
