"""The call list's own page: taken, ticked off and taken back by plain forms."""

import pytest
from django.urls import reverse

from events import reveal
from events.models import Event, RevealMail, Ticket
from events.night.admin_calls import url_of_calls
from events.venue.details import VenueDetails
from tests.admin.conftest import CANARY, DAY
from tests.factories import make_line, make_order


@pytest.fixture
def revealed(soiree, staff, at):
    """The evening, told a minute ago: Bob has no address, Ada's e-mail is queued."""
    Event.objects.filter(pk=soiree.pk).update(starts_at=at + DAY, lead=DAY, ends_at=at + 2 * DAY)
    event = Event.objects.get(pk=soiree.pk)
    venue = VenueDetails(name=CANARY, lines=("7 Canary Street",))
    reveal.write_venue(event, venue, by=staff("director"), at=at - DAY)
    for name, email in (("Bob", ""), ("Ada", "ada@x.example")):
        order = make_order(
            at=at, state="paid", lines=(), payments=False, buyer_name=f"{name} Ellery",
            buyer_email=email, buyer_phone="(757) 555-0100",
        )  # fmt: skip
        line = make_line(order, kind="ticket", label="C")
        kind = event.ticket_types.get()
        Ticket.objects.create(event=event, ticket_type=kind, number=1, line=line)
    reveal.publish_due(at=at)
    return Event.objects.get(pk=soiree.pk)


def press(client, event, act, **more):
    key = Ticket.objects.get(line__order__buyer_name="Bob Ellery").pk
    return client.post(url_of_calls(event), {"act": act, "key": key, **more}, follow=True)


def test_a_guest_is_called_only_by_who_took_the_call(sign_in, revealed):
    client = sign_in("events")

    before = client.get(url_of_calls(revealed)).content.decode()
    taken = press(client, revealed, "take").content.decode()

    assert "Bob Ellery" in before
    assert "Ada Ellery" not in before
    assert "tel:" not in before
    assert 'href="tel:7575550100"' in taken
    assert "Bob Ellery is yours to call." in taken


def test_who_took_a_call_lands_on_its_number_and_afterwards_on_the_list(sign_in, revealed):
    client = sign_in("events")

    taken = press(client, revealed, "take")
    ticked = press(client, revealed, "reached")

    assert taken.redirect_chain == [(f"{url_of_calls(revealed)}#mine", 302)]
    assert 'id="mine"' in taken.content.decode()
    assert ticked.redirect_chain == [(f"{url_of_calls(revealed)}#calls", 302)]


def test_a_colleague_sees_that_somebody_is_calling_and_finds_no_number_to_tap(
    sign_in, revealed, client
):
    press(sign_in("events"), revealed, "take")

    sign_in("director")
    theirs = client.get(url_of_calls(revealed)).content.decode()
    refused = press(client, revealed, "take").content.decode()

    assert "<strong>Events is calling</strong>" in theirs
    assert "tel:" not in theirs
    assert "Events is already calling them." in refused


def test_ticked_off_and_taken_back(sign_in, revealed):
    client = sign_in("events")
    press(client, revealed, "take")
    ticked = press(client, revealed, "reached").content.decode()
    back = press(client, revealed, "take_back").content.decode()

    assert "Knows from a phone call." in ticked
    assert "Nobody to call" in ticked
    assert "Bob Ellery is back on the list." in back
    assert "Knows from a phone call." not in back


def test_no_answer_is_counted_and_the_page_asks_again_by_itself_when_one_is_free(
    sign_in, revealed
):
    client = sign_in("events")

    taken = press(client, revealed, "take")
    after = press(client, revealed, "no_answer")

    assert "Refresh" not in taken.headers
    assert after.headers["Refresh"] == "30"
    assert "1 unanswered call, the last 0" in after.content.decode()


def test_an_address_is_corrected_and_mailed_again(sign_in, revealed):
    client = sign_in("events")
    Ticket.objects.filter(line__order__buyer_name="Bob Ellery").update(guest_email="b@x.example")

    page = press(client, revealed, "mail_again").content.decode()

    assert "Bob Ellery gets the e-mail again" in page


def test_an_email_that_came_back_to_the_office_is_marked_among_the_told(sign_in, revealed):
    client = sign_in("events")
    RevealMail.objects.filter(ticket__line__order__buyer_name="Ada Ellery").update(
        state="sent", sent_at=revealed.revealed_at
    )
    list_of_told = f"{reverse('admin:events_event_numbers', args=[revealed.pk])}?of=mailed"
    page = client.get(list_of_told).content.decode()
    ada = Ticket.objects.get(line__order__buyer_name="Ada Ellery").pk

    after = client.post(url_of_calls(revealed), {"act": "came_back", "key": ada}, follow=True)

    assert f'name="key" value="{ada}"' in page
    assert "tel:" not in page
    assert "counts as bounced" in after.content.decode()
    assert "E-mail bounced. Doesn’t know yet." in after.content.decode()
    assert "The e-mail bounced" not in client.get(list_of_told).content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {}, {"act": "take"}, {"act": "take", "key": "x"}, {"act": "burn", "key": "1"},
        {"act": "take", "key": "²"}, {"act": "take", "key": "9" * 5000},
        {"act": "came_back", "key": "9" * 19},
    ],
)  # fmt: skip
def test_a_form_that_says_nothing_sensible_does_nothing(sign_in, revealed, form):
    response = sign_in("events").post(url_of_calls(revealed), form)

    assert (response.status_code, response.url) == (302, url_of_calls(revealed))


def test_before_t_the_list_is_empty_and_says_when_it_fills(sign_in, sealed_soiree):
    page = sign_in("events").get(url_of_calls(sealed_soiree)).content.decode()

    assert "Nobody to call yet" in page
    assert "After the reveal, guests" in page


def test_no_word_of_the_venue_stands_on_it(sign_in, revealed):
    client = sign_in("events")

    pages = [client.get(url_of_calls(revealed)), press(client, revealed, "take")]

    assert [CANARY in page.content.decode() for page in pages] == [False, False]
    assert reverse("admin:events_event_venue", args=[revealed.pk]) in pages[1].content.decode()


@pytest.mark.parametrize("group", ["treasurer", "editor", "members", "door"])
def test_nobody_else_sees_or_takes_a_call(sign_in, revealed, group):
    client = sign_in(group)

    assert client.get(url_of_calls(revealed)).status_code == 403
    assert press(client, revealed, "take").status_code == 403


def test_what_would_go_wrong_is_read_at_any_time(sign_in, sealed_soiree):
    url = reverse("admin:events_event_preflight", args=[sealed_soiree.pk])

    page = sign_in("events").get(url).content.decode()

    assert "The venue lacks" in page
    assert "Fix it" in page
    assert CANARY not in page


def test_once_it_is_told_there_is_nothing_to_check(sign_in, revealed):
    url = reverse("admin:events_event_preflight", args=[revealed.pk])

    assert "Nothing to check" in sign_in("director").get(url).content.decode()
