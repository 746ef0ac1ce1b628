"""A draft that nobody needs goes, with all that is its own; what others hang on is kept."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events.changes.discarding import MayNotBeDiscarded, discard
from events.models import (
    Choice,
    DoorLink,
    Event,
    Hint,
    PromoCode,
    Scan,
    Table,
    Ticket,
    TicketType,
    WaitlistEntry,
)
from events.public.duplicating import duplicate
from tests.factories import make_ticket

YES = {"post": "yes"}


@pytest.fixture
def draft(soiree, staff, at):
    """This year's from last year's, with a code, a table laid and a link for a volunteer."""
    code = PromoCode.objects.create(event=soiree, code="TEN", percent_off=10)
    code.ticket_types.add(soiree.ticket_types.get())
    copy = duplicate(soiree, starts_at=at + timedelta(days=365), by=staff("events"), at=at)
    Table.objects.create(event=copy, number=1, name="The Elms", opened_at=at)
    DoorLink.objects.create(
        event=copy, name="Ruth", opens_at=at, ends_at=at + timedelta(hours=9), created_at=at,
        created_by=staff("events"),
    )  # fmt: skip
    return copy


def address_of(event):
    return reverse("admin:events_event_delete", args=[event.pk])


def test_the_page_that_asks_names_what_goes_with_a_draft(sign_in, draft):
    page = sign_in("events").get(address_of(draft)).content.decode()

    assert "Are you sure" in page
    for words in ("Ticket types: Chair", "Suppers: Garden box", "Promo codes: TEN"):
        assert words in page


def test_a_draft_goes_with_its_parts_and_the_event_it_was_made_from_stays(sign_in, draft, soiree):
    response = sign_in("events").post(address_of(draft), YES)

    assert response.status_code == 302
    assert [*Event.objects.all()] == [soiree]
    for part in (TicketType, Choice, Hint, PromoCode):
        assert [row.event for row in part.objects.all()] == [soiree]
    assert not Table.objects.exists()
    assert not DoorLink.objects.exists()
    assert draft.history.model.objects.filter(id=draft.pk, history_type="-").count() == 1


def a_published_event(draft, at):
    Event.objects.filter(pk=draft.pk).update(state=Event.State.PUBLISHED)


def a_held_order(draft, at):
    make_ticket(draft, ticket_type=draft.ticket_types.get(), state="held")


def a_refunded_ticket(draft, at):
    make_ticket(draft, ticket_type=draft.ticket_types.get(), canceled_at=at)


def an_entry(draft, at):
    WaitlistEntry.objects.create(event=draft, name="Ben", email="b@x.example", joined_at=at)


def a_captain(draft, at):
    Table.objects.create(
        event=draft, name="Eight", kind=Table.Kind.OPEN, opened_at=at, held_until=at,
        ticket_type=draft.ticket_types.get(),
    )  # fmt: skip


def a_reading(draft, at):
    elsewhere = make_ticket(draft.duplicated_from)
    Scan.objects.create(ticket=elsewhere, at=at, link=draft.door_links.get())


@pytest.mark.parametrize(
    "what, words",
    [
        (a_published_event, "Only drafts can be deleted"),
        (a_held_order, "It has orders or was announced"),
        (a_refunded_ticket, "It has orders or was announced"),
        (an_entry, "Somebody is on its waitlist"),
        (a_captain, "Guests or volunteers have used its links"),
        (a_reading, "Guests or volunteers have used its links"),
    ],
)
def test_what_others_hang_on_is_kept_with_a_sentence(what, words, sign_in, draft, at):
    what(draft, at)
    client = sign_in("events")

    page = client.post(address_of(draft), YES).content.decode()

    assert words in page
    assert Event.objects.filter(pk=draft.pk).exists()
    assert TicketType.objects.filter(event=draft).exists()
    draft.refresh_from_db()
    with pytest.raises(MayNotBeDiscarded):
        discard(draft, at=draft.starts_at)


def test_several_drafts_go_at_once_and_one_sold_event_keeps_them_all(sign_in, draft, soiree):
    client = sign_in("events")
    act = {"action": "delete_selected", "post": "yes"}
    chosen = [draft.pk, soiree.pk]
    client.post(reverse("admin:events_event_changelist"), {**act, "_selected_action": chosen})
    assert Event.objects.count() == 2

    client.post(reverse("admin:events_event_changelist"), {**act, "_selected_action": draft.pk})

    assert [*Event.objects.all()] == [soiree]
    assert not Ticket.objects.exists()
