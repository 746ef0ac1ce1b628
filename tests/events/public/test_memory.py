"""After the event its page is its memory: pictures of those who agreed, thanks, and what guests
may still ask for. Before that nothing of it shows.
"""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from post_office.models import Email

from events.hints import opt_ins
from events.models import Event, EventPicture, OptIn, Ticket
from events.tickets import transfers
from tests.events.reveal_kit import DAY, LONG_BEFORE, STARTS, TICK, T
from tests.factories import make_event, make_order, make_ticket

pytestmark = pytest.mark.django_db
ENDS = STARTS + timedelta(hours=3)
AFTER = ENDS + DAY
THANKS = "<p>Thank you, all who carried chairs.</p>"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def photograph():
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    return ContentFile(out.getvalue(), name="quay.jpg")


def make_picture(event, alt, **fields):
    return EventPicture.objects.create(event=event, image=photograph(), alt=alt, **fields)


@pytest.fixture
def tea():
    """An open event with thanks, one picture whose people agreed and one whose people did not."""
    event = make_event(starts_at=STARTS, slug="tea", thanks=THANKS)
    make_picture(event, "A long table in the garden", has_consent=True, credit="Bo")
    make_picture(event, "Two children with cake")
    return event


@pytest.fixture
def look(client, travel):
    def at(instant, address="/events/tea/"):
        travel(instant)
        response = client.get(address)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return at


# --- The event's own page ----------------------------------------------------------------------


@pytest.mark.parametrize("at, is_over", [(ENDS - TICK, False), (ENDS, True), (AFTER, True)])
def test_it_becomes_its_memory_the_moment_it_ends(tea, look, at, is_over):
    html = look(at)

    assert ("all who carried chairs" in html) is is_over
    assert ('alt="A long table in the garden"' in html) is is_over
    assert ("Picture: Bo" in html) is is_over


def test_before_it_ends_not_a_byte_depends_on_pictures_or_thanks(tea, look, client):
    with_them = look(ENDS - TICK)
    tea.pictures.all().delete()
    Event.objects.filter(pk=tea.pk).update(thanks="")

    assert look(ENDS - TICK) == with_them


def test_who_has_not_agreed_is_shown_to_nobody(tea, look):
    html = look(AFTER)

    assert "Two children" not in html
    assert html.count("<figure") == 1


def test_a_leave_that_is_withdrawn_takes_the_picture_off_the_page(tea, look):
    look(AFTER)
    tea.pictures.update(has_consent=False)

    html = look(AFTER)

    assert "A long table" not in html
    assert "No pictures yet." in html


def test_whoever_is_on_a_picture_is_told_how_to_get_off_it(tea, look):
    assert 'Rather not be in one? <a href="/contact/">Tell us</a>' in look(AFTER)


def test_pictures_stand_in_the_order_that_staff_chose(tea, look):
    make_picture(tea, "The door opens", has_consent=True, position=0)
    EventPicture.objects.filter(alt="A long table in the garden").update(position=5)

    html = look(AFTER)

    assert html.index("The door opens") < html.index("A long table")


def test_without_thanks_or_pictures_the_page_says_so_kindly(look):
    make_event(starts_at=STARTS, slug="tea")

    html = look(AFTER)

    assert "No pictures yet." in html
    assert "Thank you</h2>" not in html


def test_a_canceled_event_has_no_memory(tea, look):
    Event.objects.filter(pk=tea.pk).update(state="canceled")

    html = look(AFTER)

    assert "carried chairs" not in html
    assert "No pictures yet" not in html


def test_a_kept_page_ends_with_the_event(tea, client, travel):
    travel(ENDS - timedelta(seconds=30))

    assert client.get("/events/tea/")["Cache-Control"] == "public, max-age=30"


@pytest.mark.parametrize("audience, is_revealed", [("holders", False), ("after", True)])
def test_the_venue_is_remembered_only_where_everyone_may_know(soiree, look, audience, is_revealed):
    Event.objects.filter(pk=soiree.pk).update(audience=audience)

    html = look(AFTER, "/events/soiree/")

    assert ("Chart House Lawn" in html) is is_revealed
    assert ("It was here" in html) is is_revealed
    assert "Sealed since" not in html


# --- The ticket of someone who was there -------------------------------------------------------


def receipt_of(ticket):
    return f"/tickets/{ticket.token}/receipt/"


def test_the_ticket_leads_to_the_memory_the_list_of_next_year_and_the_receipt(ticket, look):
    html = look(AFTER, ticket.get_absolute_url())

    assert 'are on <a href="/events/soiree/">its page</a>' in html
    assert "Yes, e-mail me" in html
    assert "E-mail the receipt link" in html
    assert "It was here" in html
    assert "How to get there" not in html


def test_before_the_event_is_over_none_of_it_is_there(ticket, look):
    html = look(ENDS - TICK, ticket.get_absolute_url())

    for words in ("Yes, e-mail me", "receipt link", "its own page"):
        assert words not in html


def test_a_guest_asks_to_be_asked_first_and_takes_it_back(ticket, look, client):
    look(AFTER, ticket.get_absolute_url())

    client.post(f"/tickets/{ticket.token}/e-mails/", {"kind": "first_access", "act": "ask"})
    assert "We’ll e-mail you next year before tickets go on sale." in look(
        AFTER, ticket.get_absolute_url()
    )
    client.post(f"/tickets/{ticket.token}/e-mails/", {"kind": "first_access", "act": "leave"})

    assert "Yes, e-mail me" in look(AFTER, ticket.get_absolute_url())
    assert opt_ins.invited(ticket.event) == []


def test_nobody_can_ask_before_the_event_is_over(ticket, client, travel):
    travel(ENDS - TICK)

    client.post(f"/tickets/{ticket.token}/e-mails/", {"kind": "first_access", "act": "ask"})

    assert OptIn.objects.count() == 0


def test_each_address_is_invited_once_the_earliest_first(soiree):
    def guest(email, name, hour):
        order = make_order(state="paid", lines=(), buyer_email=email, buyer_name=name)
        opt_ins.ask(
            make_ticket(soiree, order=order),
            OptIn.Kind.FIRST_ACCESS,
            at=AFTER + timedelta(hours=hour),
        )

    guest("ben@x.example", "Ben", 2)
    guest("ada@x.example", "Ada", 1)
    guest("BEN@x.example", "Ben again", 3)

    assert [(address, name) for address, name, _at in opt_ins.invited(soiree)] == [
        ("ada@x.example", "Ada"),
        ("ben@x.example", "Ben"),
    ]


# --- The receipt -------------------------------------------------------------------------------


def test_the_receipt_s_link_goes_to_the_buyer_and_to_nobody_else(ticket, client, travel):
    """The ticket's link may lie with a guest; the receipt opens the whole order."""
    travel(AFTER)

    response = client.post(receipt_of(ticket), follow=True)

    email = Email.objects.get()
    order = ticket.line.order
    assert email.to == ["Ada Ellery <ada@ellery.example>"]
    assert f"http://testserver/orders/{order.token}/receipt/" in email.message
    assert f"/orders/{order.token}/receipt/" in email.html_message
    assert order.token not in response.content.decode()
    assert "The receipt is on its way" in response.content.decode()


def test_before_the_event_is_over_no_receipt_is_mailed(ticket, client, travel):
    travel(ENDS - TICK)

    client.post(receipt_of(ticket))

    assert Email.objects.count() == 0


def test_the_friend_who_was_given_the_ticket_asks_for_no_receipt(ticket, client, travel, look):
    given = transfers.offer(ticket, to_email="ben@okoro.example", at=LONG_BEFORE)
    own = transfers.accept(given, name="Ben", at=LONG_BEFORE)
    Email.objects.all().delete()

    html = look(AFTER, own.get_absolute_url())
    client.post(receipt_of(own))

    assert "E-mail the receipt link" not in html
    assert Email.objects.count() == 0


def test_nobody_s_mailbox_is_filled_with_receipts(ticket, client, travel):
    travel(AFTER)

    for _ in range(5):
        response = client.post(receipt_of(ticket), follow=True)

    assert Email.objects.count() == 3
    assert "We already sent it several times today." in response.content.decode()


def test_a_free_seat_has_no_receipt(soiree, look):
    free = make_ticket(soiree)
    free.line.unit_cents = 0
    free.line.save()

    assert "receipt link" not in look(AFTER, free.get_absolute_url())


@pytest.mark.parametrize("field", ["canceled_at", "suspended_at"])
def test_a_ticket_that_was_taken_back_is_shown_no_venue_afterwards(ticket, look, field):
    Ticket.objects.filter(pk=ticket.pk).update(**{field: T - DAY})

    assert "Chart House" not in look(AFTER, ticket.get_absolute_url())
