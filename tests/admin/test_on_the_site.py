"""The way from the admin to the site: to public pages for everybody, to a guest's own never."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from events.models import Ticket
from orders.models import Order
from tests.factories import make_ticket


@pytest.fixture
def ticket(soiree):
    return make_ticket(soiree)


@pytest.mark.parametrize("group", ["door", "treasurer"])
def test_a_ticket_in_the_admin_does_not_lead_to_its_guest_s_page(group, sign_in, ticket):
    page = sign_in(group).get(reverse("admin:events_ticket_change", args=[ticket.pk]))

    assert page.status_code == 200
    assert ticket.token not in page.content.decode()
    assert "On the site" not in page.content.decode()


@pytest.mark.parametrize("group", ["treasurer", "members"])
def test_an_order_in_the_admin_does_not_lead_to_the_buyer_s_page(group, sign_in, ticket):
    order = ticket.line.order

    page = sign_in(group).get(reverse("admin:orders_order_change", args=[order.pk]))

    assert page.status_code == 200
    assert order.token not in page.content.decode()
    assert ticket.token not in page.content.decode()


@pytest.mark.parametrize("model", [Ticket, Order])
def test_no_address_of_the_admin_jumps_to_a_guest_s_page(model, sign_in, ticket):
    kind, row = ContentType.objects.get_for_model(model), model.objects.get()

    answer = sign_in("door").get(f"/admin/r/{kind.pk}/{row.pk}/", follow=True)

    assert answer.status_code == 404
    assert row.token not in str(answer.redirect_chain)


def test_an_event_in_the_admin_leads_straight_to_its_page(sign_in, soiree):
    page = sign_in("events").get(reverse("admin:events_event_change", args=[soiree.pk]))

    assert f'<a href="{soiree.get_absolute_url()}" class="viewsitelink">' in page.content.decode()


@pytest.mark.parametrize(
    ("group", "is_there"), [("events", True), ("editor", True), ("door", False)]
)
def test_preview_is_offered_to_those_who_may_preview(group, is_there, sign_in, soiree):
    page = sign_in(group).get(reverse("admin:events_event_change", args=[soiree.pk]))

    assert ("/preview/" in page.content.decode()) is is_there


def test_a_list_asked_for_what_is_none_of_its_columns_refuses(sign_in, soiree):
    """Regular expressions, too: one of a dozen letters could keep a worker busy for hours."""
    client = sign_in("editor")
    lists = reverse("admin:events_event_changelist")
    odd = ("_to_field=hints", "_to_field=%2B", "title__regex=(", "slug__iregex=(a%2B)%2B$")

    assert [client.get(f"{lists}?{each}").status_code for each in odd] == [400] * 4
    assert client.get(f"{lists}?_to_field=id").status_code == 200
