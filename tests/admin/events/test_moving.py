"""Staff move an event to its rain date: asked in sentences, done once, and counted afterwards."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events import reveal
from events.changes import mail as moving_mail
from events.models import Event, Hint, Move, MoveMail
from events.returns import return_limits
from events.reveal.admin import HOLD
from nsca.lib.timing import NORFOLK, exactly
from tests.admin.conftest import CANARY, DAY, make_event
from tests.admin.events.test_saving import sentences, typed_again

HOUR = timedelta(hours=1)


def instant(name, at):
    local = at.astimezone(NORFOLK)
    return {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M}"}


@pytest.fixture
def page(sign_in, soiree):
    """A function: post the move's form, as events staff."""
    client = sign_in("events")
    url = reverse("admin:events_event_move", args=[soiree.pk])

    def post(starts_at=soiree.starts_at + DAY, **fields):
        data = instant("starts_at", starts_at) | {"note": "The storm has the better of us."}
        return client.post(url, data | fields)

    post.client, post.url = client, url
    return post


def confirm(page, asked, **fields):
    return page.client.post(page.url, typed_again(asked) | fields)


def test_it_is_asked_first_and_done_by_the_second_button(page, paid, soiree):
    asked = page()
    before = Event.objects.get().starts_at
    done = confirm(page, asked)

    assert "2 guests get an e-mail (2 e-mails" in sentences(asked)
    assert "Save and e-mail 2 people" in asked.content.decode()
    assert (before, done.status_code) == (soiree.starts_at, 302)
    event, move = Event.objects.get(), Move.objects.get()
    assert event.starts_at == soiree.starts_at + DAY
    assert event.ends_at == soiree.ends_at + DAY  # it lasts as long as before
    assert (move.note, move.made_by.email) == (
        "The storm has the better of us.", "events@nsca.example",
    )  # fmt: skip
    assert MoveMail.objects.count() == 2


def test_pressing_twice_moves_and_tells_once(page, paid):
    asked = page()
    confirm(page, asked)

    again = confirm(page, asked)

    assert again.status_code == 422  # it begins then already
    assert (Move.objects.count(), MoveMail.objects.count()) == (1, 2)


def test_the_sentences_name_the_new_t_and_what_follows_and_what_stays(page, paid, soiree):
    kind = soiree.ticket_types.get()
    kind.sales_close_at = soiree.opens_at - HOUR
    kind.save()
    Event.objects.update(choices_close_at=soiree.opens_at)

    revealed = sentences(page())

    assert f"on {exactly(soiree.opens_at + DAY)}, to 2 people." in revealed
    assert "1 hint not shown yet moves with the start." in revealed
    assert f"The caterer’s deadline is {exactly(soiree.opens_at)}, as before." in revealed
    assert f"“Chair” is sold until {exactly(kind.sales_close_at)}, as before." in revealed
    assert "No refunds beyond those the event already offers." in revealed


def test_a_hint_that_would_be_turned_at_once_is_said(page, paid, soiree):
    revealed = sentences(page(soiree.starts_at - 2 * DAY))

    assert Hint.objects.count() == 1
    assert "1 hint would be shown at once." in revealed


def test_an_offer_of_refunds_is_said_kept_and_open_to_the_buyer(page, paid, soiree):
    until = soiree.opens_at

    asked = page(**instant("refunds_until", until))
    confirm(page, asked)

    assert f"Guests who ordered before now may return tickets online until {exactly(until)}." in (
        sentences(asked)
    )
    assert return_limits.returns_until(Event.objects.get(), paid.lines.get()) == until.replace(
        microsecond=0
    )


def test_an_offer_past_the_reveal_is_refused_until_the_box_is_ticked(page, paid, soiree):
    until = instant("refunds_until", soiree.starts_at + HOUR)

    refused = page(**until)
    asked = page(**until, refunds_after_reveal="on")

    assert refused.status_code == 422
    assert "could learn the venue" in refused.content.decode().replace("\n", " ")
    assert "That is after the reveal: 2 people could learn the venue, then return." in (
        sentences(asked)
    )


def test_a_t_in_the_past_needs_an_explicit_yes(page, paid, sealed_soiree, at):
    asked = page(at + 3 * HOUR)
    without = confirm(page, asked)
    kept = Event.objects.get().starts_at

    done = confirm(page, asked, yes_reveal="on")

    assert "reveals the venue at once, to 2 people" in sentences(asked)
    assert (without.status_code, kept) == (422, sealed_soiree.starts_at)
    assert done.status_code == 302
    assert Event.objects.get().opens_at < at


def test_who_bought_meanwhile_brings_the_question_again(page, paid, soiree):
    asked = page()
    soiree.tickets.filter(number=2).update(canceled_at=paid.placed_at)

    again = confirm(page, asked)

    assert "Please check again" in again.content.decode()
    assert Move.objects.count() == 0


def test_going_back_keeps_what_was_typed(page, paid):
    data = typed_again(page())
    data.pop("confirmed")

    back = page.client.post(page.url, data | {"_back": "yes"})

    assert back.status_code == 200
    assert "The storm has the better of us." in back.content.decode()
    assert Move.objects.count() == 0


def test_nothing_on_any_of_its_pages_names_the_venue(page, paid, sealed_soiree):
    asked = page()
    done = confirm(page, asked)
    after = page.client.get(page.url)

    pages = [response.content.decode() for response in (asked, done, after)]
    assert [text for text in pages if CANARY in text] == []


def test_staff_see_how_many_have_been_told(page, paid, emails_go_nowhere):
    confirm(page, page())
    waiting = page.client.get(page.url).context["moves"][0]
    moving_mail.tick(Move.objects.get().made_at + timedelta(seconds=5))

    revealed = page.client.get(page.url)

    assert (waiting.sent, waiting.queued, waiting.failed) == (0, 2, 0)
    [move] = revealed.context["moves"]
    assert (move.sent, move.queued, move.failed) == (2, 0, 0)
    assert "Earlier moves" in revealed.content.decode()


@pytest.fixture
def emails_go_nowhere(settings):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


# --- The clocks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day, hour, words",
    [
        ("2027-03-14", "02:30", "Clocks skip this time"),
        ("2027-11-07", "01:30", "it happens twice. Choose which one."),
    ],
)
@pytest.mark.parametrize("field", ["starts_at", "ends_at", "refunds_until"])
def test_an_hour_that_does_not_exist_or_comes_twice_is_not_taken(
    page, paid, field, day, hour, words
):
    response = page(**{f"{field}_0": day, f"{field}_1": hour})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert Move.objects.count() == 0


@pytest.mark.parametrize("which, opens_at_utc", [("0", "05:30"), ("1", "06:30")])
def test_of_an_hour_that_comes_twice_the_chosen_one_is_taken(
    page, paid, soiree, which, opens_at_utc
):
    night = {"starts_at_0": "2027-11-07", "starts_at_1": "01:30", "starts_at_2": which}

    asked = page(**night)
    confirm(page, asked)

    start = Event.objects.get().starts_at
    assert f"{start:%Y-%m-%d %H:%M}" == f"2027-11-07 {opens_at_utc}"
    word = "EDT" if which == "0" else "EST"
    assert f"It starts on Sunday, November 7, 2027 at 1:30 a.m. {word}" in sentences(asked)
    assert f"on Saturday, November 6, 2027 at {1 + (which == '1')}:30 a.m. EDT" in sentences(asked)


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "group, status", [("events", 200), ("director", 200), ("editor", 403), ("treasurer", 403)]
)
def test_only_who_may_move_the_reveal_moves_a_secret_event(sign_in, soiree, group, status):
    url = reverse("admin:events_event_move", args=[soiree.pk])

    assert sign_in(group).get(url).status_code == status


def test_an_editor_moves_an_event_without_a_secret(sign_in, at, staff):
    tea = make_event(at, slug="tea", lead=None)

    assert not staff("editor").has_perm(HOLD)
    assert sign_in("editor").get(f"/admin/events/event/{tea.pk}/move/").status_code == 200


@pytest.mark.parametrize("change", [{"state": "draft"}, {"state": "canceled"}])
def test_a_draft_or_a_canceled_event_has_no_such_button(sign_in, soiree, change):
    client = sign_in("director")
    url = reverse("admin:events_event_move", args=[soiree.pk])
    form = reverse("admin:events_event_change", args=[soiree.pk])
    before = "Move to another day" in client.get(form).content.decode()

    Event.objects.update(**change)

    assert before
    assert "Move to another day" not in client.get(form).content.decode()
    assert client.get(url).status_code == 403


def test_a_venue_that_was_told_stays_told(page, paid, sealed_soiree, at):
    Event.objects.update(lead=10 * DAY)
    reveal.publish_due(at=at)

    asked = page(sealed_soiree.starts_at + 20 * DAY)
    confirm(page, asked)

    assert "The venue stays revealed" in sentences(asked)
    assert Event.objects.get().opens_at == sealed_soiree.starts_at - 10 * DAY
