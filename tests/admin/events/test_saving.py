"""The page between an event's form and its saving: it says what will happen first."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from events import reveal
from events.models import Event, Move, MoveMail, TicketType, WaitlistEntry
from nsca.lib.timing import NORFOLK
from tests.admin.conftest import CANARY, DAY, press
from tests.admin.events.test_venue import form_data

QUARTER = timedelta(minutes=15)
ASKED = "Nothing is saved yet. If you save:"


def change_of(event):
    return reverse("admin:events_event_change", args=[event.pk])


def stored():
    return Event.objects.values().get()


@pytest.fixture
def form(sign_in, soiree):
    """A function: post the event's form with some fields changed, as events staff."""
    client = sign_in("events")
    url = change_of(soiree)
    data = form_data(client, url)

    def post(**changes):
        return client.post(url, data | changes)

    later = (soiree.starts_at + QUARTER).astimezone(NORFOLK)
    post.client, post.url = client, url
    post.later = {"starts_at_0": f"{later:%Y-%m-%d}", "starts_at_1": f"{later:%H:%M}"}
    return post


def a_minute_on(form):
    hour, minute = form.later["starts_at_1"].split(":")
    return f"{hour}:{(int(minute) + 1) % 60:02d}"


def sentences(response):
    return " ".join(response.context["outlook"].sentences)


def typed_again(response):
    """What a browser sends when the second button is pressed: every hidden field of the page."""
    rows = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode()
    )
    data = {}
    for name, value in rows:
        data.setdefault(name, []).append(unescape(value))
    return data | {"confirmed": response.context["outlook"].key}


# --- Asked, and nothing saved ------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        "later", {"lead": "12"}, {"audience": "everyone"}, {"capacity": "30"},
        {"state": "draft"}, {"area": "Portsmouth"},
        {"sales_close_at_0": "2027-01-01", "sales_close_at_1": "12:00"},
        {"ticket_types-0-capacity": "1"},
        {"ticket_types-0-sales_close_at_0": "2020-01-01",
         "ticket_types-0-sales_close_at_1": "12:00"},
        {"ticket_types-0-is_offered": ""},
    ],
)  # fmt: skip
def test_what_touches_guests_is_asked_first_and_saved_by_the_second_button(form, paid, changes):
    before = stored(), list(TicketType.objects.values())

    asked = form(**(form.later if changes == "later" else changes))
    meanwhile = stored(), list(TicketType.objects.values())
    saved = form.client.post(form.url, typed_again(asked))

    assert ASKED in asked.content.decode()
    assert meanwhile == before
    assert saved.status_code == 302
    assert (stored(), list(TicketType.objects.values())) != before


def test_refunds_opened_are_asked_about_too(form, paid, soiree):
    until = (soiree.opens_at - timedelta(hours=1)).astimezone(NORFOLK)

    asked = form(refunds_until_0=f"{until:%Y-%m-%d}", refunds_until_1=f"{until:%H:%M}")

    assert "Buyers may return tickets online (2 tickets) until" in sentences(asked)


def test_words_are_saved_at_once(form, paid):
    response = form(summary="New words.", bring="A lantern")

    assert response.status_code == 302
    assert stored()["summary"] == "New words."


def test_the_sentences_name_the_people(form, paid, soiree, at):
    WaitlistEntry.objects.create(
        event=soiree, name="Eve", email="eve@x.example", joined_at=at - DAY
    )

    asked = form(**form.later)

    assert "2 guests get an e-mail (2 e-mails" in sentences(asked)
    assert "1 party on the waitlist gets an e-mail." in sentences(asked)
    assert "“Move to another day”" in sentences(asked)
    assert "Save and e-mail 3 people" in asked.content.decode()


def test_a_limit_below_what_is_sold_is_said_before_and_not_only_after(form, paid):
    asked = form(**{"capacity": "1", "ticket_types-0-capacity": "1"})

    assert "The event would be limited to 1, but 2 are sold or being paid for." in sentences(asked)
    assert "“Chair” would be limited to 1, but 2 are sold or being paid for." in sentences(asked)


def test_a_kind_that_is_not_sold_any_more_says_what_stays_good(form, paid):
    asked = form(**{"ticket_types-0-is_offered": ""})

    assert "“Chair” is no longer sold; 2 seats sold or being paid for stay valid." in (
        sentences(asked)
    )


def test_what_was_typed_comes_along_whole(form, paid, soiree):
    body = '<p>A “long” table & <em>lanterns</em>.</p>\n<p>Line "two"</p>'

    asked = form(**form.later, body=body, bring="Cushions", summary="<b> & “so”")
    form.client.post(form.url, typed_again(asked))

    event = Event.objects.get()
    assert event.summary == "<b> & “so”"
    assert "A “long” table &amp; <em>lanterns</em>." in event.body
    assert event.bring == "Cushions"
    assert event.starts_at == soiree.starts_at + QUARTER
    assert [hint.text for hint in event.hints.all()] == ["You will hear water."]


def test_going_back_shows_the_form_as_it_was_typed_and_saves_nothing(form, paid):
    asked = form(**form.later, summary="Typed words.")
    data = typed_again(asked)
    data.pop("confirmed")

    back = form.client.post(form.url, data | {"_back": "yes"})

    page = back.content.decode()
    assert "Nothing is saved yet. Make your changes, then save." in page
    assert "Typed words." in page
    assert f'value="{form.later["starts_at_1"]}"' in page
    assert stored()["summary"] == "A supper in white."


def test_the_page_works_without_javascript_and_has_none(form, paid):
    page = form(**form.later).content.decode()

    main = page[page.index('id="content-main"') : page.index("</div></form>")]
    assert "<script" not in main
    assert 'method="post"' in main
    assert main.count("<button") == 2


# --- Not any more what was read ----------------------------------------------------------------


def test_somebody_who_bought_meanwhile_brings_the_page_again(form, paid, soiree):
    data = typed_again(form(**form.later))
    ticket = soiree.tickets.get(number=2)
    ticket.canceled_at = paid.placed_at
    ticket.save(update_fields=["canceled_at"])

    again = form.client.post(form.url, data)

    assert "Please check again" in again.content.decode()
    assert "1 guest gets an e-mail (1 e-mail" in sentences(again)
    assert Event.objects.get().starts_at == soiree.starts_at


def test_a_yes_to_one_change_is_no_yes_to_another(form, paid, soiree):
    data = typed_again(form(**form.later))

    again = form.client.post(form.url, data | {"starts_at_1": [a_minute_on(form)]})

    assert ASKED in again.content.decode()
    assert Event.objects.get().starts_at == soiree.starts_at


# --- The venue ---------------------------------------------------------------------------------


def test_a_new_start_says_when_the_venue_is_told_and_not_what_it_is(form, paid, sealed_soiree):
    asked = form(**form.later)

    assert "This reveals the venue in" in sentences(asked)
    assert "to 2 people." in sentences(asked)
    assert CANARY not in asked.content.decode()


def test_the_page_is_the_same_whether_or_not_a_venue_is_entered(form, paid, soiree, staff, at):
    def asked():
        page = form(**form.later).content.decode()
        return re.sub(r'csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", page)

    before = asked()
    reveal.write_venue(soiree, reveal.VenueDetails(name=CANARY), by=staff("director"), at=at)

    assert asked() == before


def test_a_t_in_the_past_is_saved_with_an_explicit_yes_alone(form, paid, sealed_soiree):
    asked = form(lead="240")
    data = typed_again(asked)

    without = form.client.post(form.url, data)
    kept = Event.objects.get().lead
    with_yes = form.client.post(form.url, data | {"yes_reveal": "on"})

    assert "Yes, reveal the venue now, to 2 people" in asked.content.decode()
    assert (without.status_code, kept) == (422, sealed_soiree.lead)
    assert "Check the box to confirm, or go back." in without.content.decode()
    assert with_yes.status_code == 302
    assert Event.objects.get().lead == timedelta(hours=240)


def test_who_may_not_reveal_cannot_say_that_yes(sign_in, paid, soiree):
    """An editor publishes an event whose T has passed: the page does not even ask."""
    Event.objects.update(state="draft", lead=timedelta(days=10))
    client = sign_in("editor")
    data = form_data(client, change_of(soiree)) | {"state": "published", "yes_reveal": "on"}

    response = client.post(change_of(soiree), data)

    assert "Please ask someone who may reveal it." in response.content.decode()
    assert Event.objects.get().state == "draft"


def test_another_venue_after_t_is_asked_about_and_told_once_it_is_confirmed(
    sign_in, paid, sealed_soiree, at
):
    Event.objects.update(lead=timedelta(days=10))
    reveal.publish_due(at=at)
    client = sign_in("director")
    url = reverse("admin:events_event_venue", args=[sealed_soiree.pk])
    venue = {"kind": "venue", "name": "Quillmoth Yard", "seal": "yes"}

    asked = press(client, url, venue)
    version = Event.objects.get().reveal_version
    saved = client.post(url, typed_again(asked))

    assert "2 guests will get" in sentences(asked)
    assert "no-store" in asked.headers["Cache-Control"]
    assert (version, saved.status_code, Event.objects.get().reveal_version) == (1, 302, 2)


# --- What follows a new start in the form ------------------------------------------------------


def test_a_new_start_in_the_form_writes_the_emails_in_the_same_step(form, paid, soiree):
    data = typed_again(form(**form.later))

    form.client.post(form.url, data)

    event, move = Event.objects.get(), Move.objects.get()
    assert (move.from_starts_at, move.to_starts_at) == (soiree.starts_at, event.starts_at)
    assert move.made_by.email == "events@nsca.example"
    assert MoveMail.objects.count() == 2
    assert (event.moved_from, event.sequence) == (soiree.starts_at, 1)


def test_a_venue_that_was_told_stays_told_when_the_form_moves_the_start(
    form, paid, sealed_soiree, at
):
    Event.objects.update(lead=timedelta(days=10))
    reveal.publish_due(at=at)
    opens_at = Event.objects.get().opens_at
    later = sealed_soiree.starts_at + timedelta(days=20)

    asked = form(starts_at_0=f"{later:%Y-%m-%d}", ends_at_0=f"{later + DAY:%Y-%m-%d}", lead="240")
    form.client.post(form.url, typed_again(asked))

    assert "The venue stays revealed" in sentences(asked)
    assert Event.objects.get().opens_at <= at
    assert Event.objects.get().opens_at == opens_at


def test_a_new_event_is_saved_without_a_question(sign_in, groups, at):
    client = sign_in("events")
    url = reverse("admin:events_event_add")
    data = form_data(client, url) | {
        "title": "Tea", "slug": "tea", "kind": "gathering", "summary": "Tea.", "area": "Norfolk",
        "starts_at_0": "2030-05-20", "starts_at_1": "15:00",
        "ends_at_0": "2030-05-20", "ends_at_1": "17:00", "state": "published",
    }  # fmt: skip

    assert client.post(url, data).status_code == 302
    assert Event.objects.get().title == "Tea"


# --- The clocks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day, hour, words",
    [
        ("2027-03-14", "02:30", "Clocks skip this time"),
        ("2027-11-07", "01:30", "it happens twice. Choose which one."),
    ],
)
@pytest.mark.parametrize("field", ["starts_at", "sales_close_at", "refunds_until", "publish_at"])
def test_an_hour_that_does_not_exist_or_comes_twice_is_not_taken(form, field, day, hour, words):
    response = form(**{f"{field}_0": day, f"{field}_1": hour})

    assert words in response.content.decode()
    assert "outlook" not in (response.context or {})
