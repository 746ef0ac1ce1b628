"""The way from the admin to the site: to public pages for everybody, to a guest's own never."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from events.models import Ticket
from orders.models import Order
from tests.events.door_kit import make_door_link
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
    """Regular expressions, too: one of a dozen e-mails could keep a worker busy for hours."""
    client = sign_in("editor")
    lists = reverse("admin:events_event_changelist")
    odd = ("_to_field=hints", "_to_field=%2B", "title__regex=(", "slug__iregex=(a%2B)%2B$")

    assert [client.get(f"{lists}?{each}").status_code for each in odd] == [400] * 4
    assert client.get(f"{lists}?_to_field=id").status_code == 200


@pytest.mark.parametrize(
    ("group", "model", "question"),
    [
        ("door", "events_ticket", "token__startswith={ticket}"),  # after T it opens the venue
        ("treasurer", "events_ticket", "token__contains={ticket}"),
        ("members", "orders_order", "token__startswith={order}"),
        ("door", "events_doorlink", "token__startswith={link}"),
        ("treasurer", "post_office_email", "message__contains=123"),  # a sign-in code
        ("treasurer", "post_office_email", "subject__startswith=1"),
        ("members", "membership_user", "password__startswith=pbkdf2"),
    ],
)
def test_no_key_can_be_read_out_of_a_list_letter_by_letter(
    group, model, question, sign_in, ticket, soiree, staff
):
    hours = {"opens_at": soiree.starts_at, "ends_at": soiree.ends_at}
    link = make_door_link(soiree, created_by=staff("events"), **hours)
    keys = {
        "ticket": ticket.token[:1],
        "order": ticket.line.order.token[:1],
        "link": link.token[0],
    }
    url = f"{reverse(f'admin:{model}_changelist')}?{question.format(**keys)}"

    assert sign_in(group).get(url).status_code == 400


def test_every_list_answers_what_its_filters_ask_and_nothing_else(sign_in, soiree, rf):
    request = rf.get("/")
    request.user = AnonymousUser()

    for model, desk in site._registry.items():
        filters = [each[0] if isinstance(each, tuple) else each for each in desk.list_filter]
        asked = {each.split("__")[0] for each in filters if isinstance(each, str)}
        asked |= {desk.date_hierarchy, model._meta.pk.name}
        fields = {*model._meta.get_fields(include_hidden=True)}
        answered = {field.name for field in fields if desk.lookup_allowed(
            f"{field.name}__gt", "1", request)}  # fmt: skip
        assert answered <= asked, model
    held = sign_in("director").get(reverse("admin:orders_order_changelist") + "?state__exact=held")
    dated = reverse("admin:events_event_changelist") + "?starts_at__year=2027&when=upcoming"
    assert [held.status_code, sign_in("editor").get(dated).status_code] == [200, 200]
