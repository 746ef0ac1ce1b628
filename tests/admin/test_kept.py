"""What must be kept is kept, and refusals are sentences."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from events.models import Ticket
from membership.models import Household, User
from nsca.desk.groups import GROUPS, NEVER_DELETED, ensure_groups, of_director
from orders.models import LedgerEntry, Line, Order, Payment, Refund, Task
from tests.factories import make_line, make_order


@pytest.mark.parametrize("model", [Order, Payment, Refund, LedgerEntry, Task, Ticket, User])
def test_nobody_deletes_what_has_money_or_names_on_it(model, rf, django_user_model):
    request = rf.get("/")
    request.user = django_user_model(is_superuser=True, is_active=True, is_staff=True)

    desk = admin.site._registry[model]

    assert not desk.has_delete_permission(request)
    assert "delete_selected" not in desk.get_actions(request)


def test_no_group_holds_a_permission_to_delete_them():
    names = set().union(of_director(), *GROUPS.values())

    deleting = {name.partition(".")[2] for name in names if ".delete_" in name}
    assert deleting & {f"delete_{model}" for model in NEVER_DELETED} == set()


def test_a_household_with_terms_is_kept_with_a_sentence(sign_in, one_of_each):
    household = Household.objects.get()
    client = sign_in("members")
    url = reverse("admin:membership_household_delete", args=[household.pk])

    asked = client.get(url)
    forced = client.post(url, {"post": "yes"})

    assert "can’t be deleted, because other records depend on it" in asked.content.decode()
    assert forced.status_code == 200
    assert Household.objects.exists()


def test_an_event_with_sold_seats_is_kept_with_a_sentence(sign_in, soiree, at):
    kind = soiree.ticket_types.get()
    order = make_order(at=at, state="paid", lines=(), payments=False)
    line = make_line(order, kind="ticket", label="C")
    Ticket.objects.create(event=soiree, ticket_type=kind, line=line, number=1)

    response = sign_in("events").post(
        reverse("admin:events_event_delete", args=[soiree.pk]), {"post": "yes"}
    )

    assert "can’t be deleted, because other records depend on it" in response.content.decode()


def test_a_refusal_of_the_database_itself_is_a_sentence_too(sign_in, soiree, monkeypatch):
    """Between the question and the yes somebody bought a seat."""
    from django.db.models import ProtectedError

    desk = admin.site._registry[type(soiree)]

    def refuse(request, obj):
        raise ProtectedError("kept", {obj})

    monkeypatch.setattr(desk, "delete_model", refuse)
    monkeypatch.setattr(desk, "get_deleted_objects", lambda objs, request: ([], {}, set(), []))

    response = sign_in("events").post(
        reverse("admin:events_event_delete", args=[soiree.pk]), {"post": "yes"}, follow=True
    )

    assert "be deleted, because money, tickets or somebody" in response.content.decode()


def test_groups_are_brought_to_what_is_written_and_a_second_time_changes_nothing(groups):
    editor = Group.objects.get(name="editor")
    editor.permissions.clear()

    assert ensure_groups() == ["editor"]
    assert ensure_groups() == []
    assert editor.permissions.filter(codename="change_page").exists()


def test_the_settings_are_one_row_never_added_never_deleted(sign_in, one_of_each):
    client = sign_in("editor")

    listed = client.get(reverse("admin:pages_sitesettings_changelist"))

    assert listed.headers["Location"] == reverse("admin:pages_sitesettings_change", args=[1])
    assert client.get(reverse("admin:pages_sitesettings_add")).status_code == 403
    assert client.post(reverse("admin:pages_sitesettings_delete", args=[1])).status_code == 403


def test_lines_of_orders_are_shown_and_not_edited(sign_in, at, groups):
    order = make_order(at=at, state="paid", lines=[{"label": "A gift for Toulon"}])

    body = (
        sign_in("treasurer")
        .get(reverse("admin:orders_order_change", args=[order.pk]))
        .content.decode()
    )

    assert "A gift for Toulon" in body
    assert Line not in admin.site._registry
