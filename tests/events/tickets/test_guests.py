"""What is said about guests until the caterer's instant, from the ticket and from the order."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from post_office.models import Email

from events.models import Choice, Event, Slot, Ticket
from events.sales.refusals import ChoiceUnavailable
from events.tickets import guests as seating
from events.tickets import transfers
from events.tickets.guests import GuestsClosed, Said, change_guest
from orders.lines.locks import Busy
from tests.events.selling import sell, supper_guests
from tests.factories import NOON, make_event, make_order, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db
CLOSES = NOON + timedelta(days=10)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def event(travel):
    travel(NOON)
    cache.clear()
    event = make_event(choices_close_at=CLOSES, help_phone="757-555-0100")
    make_ticket_type(event)
    Choice.objects.create(event=event, label="Salmon box")
    Choice.objects.create(event=event, label="Garden box")
    return event


@pytest.fixture
def order(event):
    """Ada's order for two."""
    return sell(event, (event.ticket_types.get(), 2))


def tickets_of(order):
    return list(Ticket.objects.filter(line__order=order).order_by("number"))


def said(name="", *, needs="", access="", choice_id=None, email=""):
    return Said(name=name, needs=needs, access=access, choice_id=choice_id, email=email)


def form_of(order, **fields):
    """The buyer's form as the page holds it; `fields` as "1_name", counted from 1."""
    tickets = tickets_of(order)
    data = {}
    for number, ticket in enumerate(tickets, start=1):
        for name in ("name", "email", "choice", "needs", "access"):
            data[f"t{ticket.pk}_{name}"] = fields.get(f"{name}_{number}", "")
    return data


def address_of(order):
    return f"/tickets/guests/{order.token}/"


def text_of(response):
    return " ".join(response.content.decode().split())


# --- The rule ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at, is_open", [(CLOSES - MICROSECOND, True), (CLOSES, False), (CLOSES + MICROSECOND, False)]
)
def test_guests_are_named_until_the_caterer_s_instant_and_not_at_it(event, order, at, is_open):
    first, second = tickets_of(order)
    words = {first.pk: said("Ada"), second.pk: said("Ben")}

    if is_open:
        seating.name_guests(order, words, at=at)
    else:
        with pytest.raises(GuestsClosed):
            seating.name_guests(order, words, at=at)

    assert [t.guest_name for t in tickets_of(order)] == (["Ada", "Ben"] if is_open else ["", ""])


def test_without_a_caterer_s_instant_the_start_is_the_end(event):
    event.choices_close_at = None

    assert seating.is_open(event, event.starts_at - MICROSECOND)
    assert not seating.is_open(event, event.starts_at)


def test_a_transferred_ticket_is_no_longer_the_buyer_s_to_name(event, order):
    first, second = tickets_of(order)
    Ticket.objects.filter(pk=first.pk).update(given_on_at=NOON)

    with pytest.raises(GuestsClosed):
        seating.name_guests(order, {first.pk: said("Eve"), second.pk: said("Ben")}, at=NOON)

    assert [t.guest_name for t in tickets_of(order)] == ["", ""]


def test_its_new_holder_names_the_guest_on_the_ticket(event, order):
    first, _ = tickets_of(order)
    Ticket.objects.filter(pk=first.pk).update(given_on_at=NOON)

    seating.change_guest(first, name="Eve", needs="", access="Ramp", choice_id=None, at=NOON)

    assert (first.guest_name, first.access) == ("Eve", "Ramp")


def test_nobody_names_the_guests_of_another_order(event, order):
    stranger = make_ticket(event)

    with pytest.raises(GuestsClosed):
        seating.name_guests(order, {stranger.pk: said("Eve")}, at=NOON)


def test_what_was_refunded_has_no_guest(event, order):
    first, _ = tickets_of(order)
    Ticket.objects.filter(pk=first.pk).update(canceled_at=NOON)

    with pytest.raises(GuestsClosed):
        seating.name_guests(order, {first.pk: said("Ada")}, at=NOON)


# --- Suppers -----------------------------------------------------------------------------------


@pytest.fixture
def salmon(event):
    """Two salmon boxes; one is eaten by someone else."""
    salmon = event.choices.get(label="Salmon box")
    Choice.objects.filter(pk=salmon.pk).update(capacity=2)
    sell(event, (event.ticket_types.get(), 1), guests=supper_guests(salmon))
    return salmon


def test_the_last_supper_is_had_by_one_guest_of_a_party(order, salmon):
    first, second = tickets_of(order)

    seating.name_guests(order, {first.pk: said("Ada", choice_id=salmon.pk)}, at=NOON)
    with pytest.raises(ChoiceUnavailable):
        seating.name_guests(order, {second.pk: said("Ben", choice_id=salmon.pk)}, at=NOON)

    assert [t.choice for t in tickets_of(order)] == [salmon, None]


def test_a_party_that_wants_more_suppers_than_there_are_gets_none_of_them(order, salmon):
    words = {t.pk: said("Guest", choice_id=salmon.pk) for t in tickets_of(order)}

    with pytest.raises(ChoiceUnavailable):
        seating.name_guests(order, words, at=NOON)

    assert [t.choice for t in tickets_of(order)] == [None, None]


def test_a_count_that_someone_overtook_does_not_sell_the_last_supper_again(
    order, salmon, monkeypatch
):
    """Counted before the other was there, written after: the number behind the count says no."""
    first, second = tickets_of(order)
    seating.name_guests(order, {first.pk: said(choice_id=salmon.pk)}, at=NOON)
    monkeypatch.setattr(seating, "_check_suppers", lambda *counted: None)

    with pytest.raises(Busy):
        seating.name_guests(order, {second.pk: said(choice_id=salmon.pk)}, at=NOON)

    assert [t.choice for t in tickets_of(order)] == [salmon, None]


def test_two_guests_of_a_party_change_suppers_with_each_other(event, order, salmon):
    garden = event.choices.get(label="Garden box")
    first, second = tickets_of(order)
    seating.name_guests(
        order,
        {first.pk: said(choice_id=salmon.pk), second.pk: said(choice_id=garden.pk)},
        at=NOON,
    )

    seating.name_guests(
        order,
        {first.pk: said(choice_id=garden.pk), second.pk: said(choice_id=salmon.pk)},
        at=NOON,
    )

    assert [t.choice for t in tickets_of(order)] == [garden, salmon]


def test_who_has_a_supper_keeps_it_when_the_caterer_lowers_the_limit(order, salmon):
    first, _ = tickets_of(order)
    seating.name_guests(order, {first.pk: said("Ada", choice_id=salmon.pk)}, at=NOON)
    Choice.objects.filter(pk=salmon.pk).update(capacity=1)

    seating.name_guests(order, {first.pk: said("Ada E.", choice_id=salmon.pk)}, at=NOON)

    assert tickets_of(order)[0].guest_name == "Ada E."


def test_a_supper_that_is_given_up_is_there_for_the_next(event, order, salmon):
    first, second = tickets_of(order)
    seating.name_guests(order, {first.pk: said(choice_id=salmon.pk)}, at=NOON)
    seating.name_guests(order, {first.pk: said(choice_id=None)}, at=NOON)

    seating.name_guests(order, {second.pk: said(choice_id=salmon.pk)}, at=NOON)

    taken = Slot.objects.filter(scarce=f"supper {salmon.pk}")
    assert sorted(taken.values_list("number", flat=True)) == [1, 2]


# --- E-mails -----------------------------------------------------------------------------------


def test_a_guest_with_an_address_gets_a_ticket_by_mail_once(order):
    first, second = tickets_of(order)
    Email.objects.all().delete()
    words = {first.pk: said("Ada"), second.pk: said("Ben", email="ben@okoro.example")}

    mailed = seating.name_guests(order, words, at=NOON)
    again = seating.name_guests(order, words, at=NOON)

    assert (mailed, again) == ([second], [])
    email = Email.objects.get()
    assert email.to == ["Ben <ben@okoro.example>"]
    assert second.token in email.message
    assert first.token not in email.message


def test_a_guest_at_a_new_address_gets_the_ticket_there(order):
    first, _ = tickets_of(order)
    seating.name_guests(order, {first.pk: said("Ben", email="ben@okoro.example")}, at=NOON)
    Email.objects.all().delete()

    seating.name_guests(order, {first.pk: said("Ben", email="ben@new.example")}, at=NOON)

    assert Email.objects.get().to == ["Ben <ben@new.example>"]


def test_the_buyer_is_not_written_to_about_a_ticket_they_have(order):
    first, _ = tickets_of(order)
    Email.objects.all().delete()

    seating.name_guests(order, {first.pk: said("Ada", email="Ada@Ellery.example")}, at=NOON)

    assert not Email.objects.exists()


# --- The page ----------------------------------------------------------------------------------


def test_the_order_s_page_leads_to_the_guests(client, order):
    assert address_of(order) in text_of(client.get(f"/orders/{order.token}/"))


def test_the_buyer_names_all_guests_in_one_form(client, event, order):
    salmon = event.choices.get(label="Salmon box")
    data = form_of(
        order,
        name_1="Ada Ellery",
        choice_1=str(salmon.pk),
        needs_1="nuts",
        name_2="Ben Okoro",
        access_2="A wheelchair",
        email_2="ben@okoro.example",
    )

    response = client.post(address_of(order), data, follow=True)

    ada, ben = tickets_of(order)
    assert (ada.guest_name, ada.choice, ada.needs) == ("Ada Ellery", salmon, "nuts")
    assert (ben.guest_name, ben.access) == ("Ben Okoro", "A wheelchair")
    assert "We e-mailed one guest a ticket." in text_of(response)


def test_a_form_with_an_error_keeps_everything_and_writes_nothing(client, order):
    data = form_of(order, name_1="Ada Ellery", name_2="Ben", email_2="ben")

    response = client.post(address_of(order), data)

    assert response.status_code == 422
    assert 'value="Ada Ellery"' in text_of(response)
    assert 'value="ben"' in text_of(response)
    assert [t.guest_name for t in tickets_of(order)] == ["", ""]


def test_a_supper_that_has_run_out_is_said_beside_who_chose_it(client, order, salmon):
    data = form_of(order, name_1="Ada", choice_1=str(salmon.pk), choice_2=str(salmon.pk))

    response = client.post(address_of(order), data)

    assert "“Salmon box” is sold out" in text_of(response)
    assert 'value="Ada"' in text_of(response)
    assert [t.choice for t in tickets_of(order)] == [None, None]


def test_after_the_caterer_s_instant_the_page_shows_whom_to_call(client, order, travel):
    travel(CLOSES)

    shown = text_of(client.get(address_of(order)))
    client.post(address_of(order), form_of(order, name_1="Late"))

    assert 'href="tel:757-555-0100"' in shown
    assert "<form" not in shown.split("<main")[1]
    assert [t.guest_name for t in tickets_of(order)] == ["", ""]


def test_a_transferred_ticket_shows_nobody(client, order):
    first, _ = tickets_of(order)
    Ticket.objects.filter(pk=first.pk).update(given_on_at=NOON, guest_name="Zuleika", needs="nuts")

    shown = text_of(client.get(address_of(order)))

    assert "Transferred" in shown
    assert "Zuleika" not in shown
    assert first.token not in shown


def test_an_order_that_is_not_paid_names_nobody(client, event):
    order = make_order(lines=())
    make_ticket(event, order=order)

    assert client.get(address_of(order)).status_code == 404


def test_an_unknown_address_is_not_there(client, event):
    assert client.get("/tickets/guests/nobodys-link-000000000000000000/").status_code == 404


def test_the_page_is_private(client, order):
    response = client.get(address_of(order))

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_a_guest_s_mailbox_is_not_filled_from_here(client, order):
    for number in range(4):
        data = form_of(order, email_1=f"ben{number}@okoro.example")
        response = client.post(address_of(order), data)

    assert "Too many changes or e-mails." in text_of(response)


def test_a_canceled_event_s_guests_are_not_changed(client, order):
    Event.objects.update(state=Event.State.CANCELED)

    client.post(address_of(order), form_of(order, name_1="Late"))

    assert [t.guest_name for t in tickets_of(order)] == ["", ""]


def test_who_gave_the_ticket_on_meanwhile_changes_nothing_of_it(event):
    """The old holder's page was open while the new one accepted."""
    ticket = make_ticket(event, guest_name="Ada Ellery")
    before = Ticket.objects.select_related("line").get(pk=ticket.pk)
    offer = transfers.offer(ticket, to_email="ben@okoro.example", at=NOON)
    transfers.accept(offer, name="Ben Okoro", at=NOON)

    with pytest.raises(GuestsClosed):
        change_guest(before, name="Mallory", needs="", choice_id=None, at=NOON)

    now = Ticket.objects.select_related("line").get(pk=ticket.pk)
    assert now.guest_name == "Ben Okoro"
    change_guest(now, name="Ben O.", needs="", choice_id=None, at=NOON)
    assert Ticket.objects.get(pk=ticket.pk).guest_name == "Ben O."
