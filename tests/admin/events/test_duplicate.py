"""Last year's Soirée becomes this year's in one act."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from events.models import AddOn, Event, Hint, PromoCode, Venue, WaitlistEntry
from events.public.duplicating import duplicate
from tests.admin.conftest import make_event

DAY = timedelta(days=1)
NEXT_YEAR = datetime(2027, 5, 20, 22, tzinfo=UTC)  # 6:00 p.m. EDT


@pytest.fixture
def copy(sealed_soiree, staff, at):
    kind = sealed_soiree.ticket_types.get()
    PromoCode.objects.create(event=sealed_soiree, code="TEN", percent_off=10).ticket_types.add(
        kind
    )
    WaitlistEntry.objects.create(
        event=sealed_soiree, name="Ben", email="b@x.example", joined_at=at
    )
    AddOn.objects.create(event=sealed_soiree, name="Wine", price_cents=2800, capacity=9)
    sealed_soiree.choices.update(price_cents=1200, fair_value_cents=900)
    return duplicate(sealed_soiree, starts_at=NEXT_YEAR, by=staff("events"), at=at)


def test_a_copy_is_a_draft_with_its_own_address(copy, sealed_soiree):
    assert copy.state == Event.State.DRAFT
    assert copy.slug == "2027-soiree-en-blanc"
    assert copy.starts_at == NEXT_YEAR
    assert copy.ends_at - copy.starts_at == sealed_soiree.ends_at - sealed_soiree.starts_at
    assert copy.duplicated_from == sealed_soiree


def test_a_copy_keeps_texts_kinds_suppers_add_ons_and_codes(copy, sealed_soiree):
    assert (copy.title, copy.area, copy.lead, copy.capacity) == (
        sealed_soiree.title, sealed_soiree.area, sealed_soiree.lead, 40,
    )  # fmt: skip
    assert [(k.name, k.price_cents) for k in copy.ticket_types.all()] == [("Chair", 9500)]
    suppers = copy.choices.values_list("label", "price_cents", "fair_value_cents")
    assert list(suppers) == [("Garden box", 1200, 900)]
    assert list(copy.add_ons.values_list("name", "price_cents", "capacity")) == [("Wine", 2800, 9)]
    assert [k.event for k in copy.promo_codes.get().ticket_types.all()] == [copy]


def test_a_copy_has_no_venue_no_orders_no_waitlist_and_no_reveal(copy):
    assert not Venue.objects.filter(event=copy).exists()
    assert not copy.tickets.exists()
    assert not copy.waitlist.exists()
    assert (copy.reveal_version, copy.revealed_at, copy.reveal_held_at) == (0, None, None)


def test_hints_come_without_their_instants(copy):
    assert [(hint.text, hint.opens_at) for hint in copy.hints.all()] == [
        ("You will hear water.", None)
    ]
    assert Hint.objects.exclude(event=copy).get().opens_at is not None


def test_other_hours_keep_their_distance_by_the_wall_clock(db, staff, at):
    """Sales opened at 10:00 a.m. EST for an evening in EDT: they open at 10:00 a.m. again."""
    start = datetime(2026, 5, 21, 22, tzinfo=UTC)
    old = make_event(at, starts_at=start, sales_open_at=datetime(2026, 3, 2, 15, tzinfo=UTC))

    new = duplicate(old, starts_at=NEXT_YEAR, by=staff("events"), at=at)

    assert new.sales_open_at == datetime(2027, 3, 1, 15, tzinfo=UTC)  # 10:00 a.m. EST


def test_a_second_copy_of_a_year_gets_a_number(copy, sealed_soiree, at):
    second = duplicate(sealed_soiree, starts_at=NEXT_YEAR, by=None, at=at)

    assert second.slug == "2027-soiree-en-blanc-2"


def test_staff_duplicate_with_one_form(sign_in, soiree):
    client = sign_in("events")

    response = client.post(
        reverse("admin:events_event_duplicate", args=[soiree.pk]),
        {"starts_at_0": "2027-05-20", "starts_at_1": "18:00", "starts_at_2": ""},
    )

    copy = Event.objects.get(slug="2027-soiree-en-blanc")
    assert response.headers["Location"] == reverse("admin:events_event_change", args=[copy.pk])
    assert copy.starts_at == NEXT_YEAR


def test_those_who_may_not_add_events_may_not_duplicate(sign_in, soiree):
    response = sign_in("door").get(reverse("admin:events_event_duplicate", args=[soiree.pk]))

    assert response.status_code == 403
