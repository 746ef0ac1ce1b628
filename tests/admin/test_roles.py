"""Each group sees its own work and nothing else."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.factories import make_line, make_order

ALL = {f"{m._meta.app_label}.{m._meta.object_name}" for m in admin.site._registry}
SEES = {
    "director": ALL,
    "events": {
        "events.Event", "events.Ticket", "events.AddOnSold", "events.WaitlistEntry",
        "events.DoorLink", "events.Scan", "events.VenueAccess",
        "orders.Order", "orders.Task", "pages.Message",
    },
    "treasurer": {
        "orders.Order", "orders.Task", "orders.Payment", "orders.Refund", "orders.LedgerEntry",
        "orders.Payout", "orders.Deposit", "membership.GiftMembership",
        "events.Event", "events.Ticket", "events.AddOnSold", "membership.Person",
        "membership.Household", "membership.Term", "membership.Tier", "post_office.Email",
        "membership.Fund", "membership.GiftFigure", "membership.GiftInKind",
        "membership.Statement", "membership.Tribute", "orders.RecurringPayment",
    },
    "members": {
        "membership.Person", "membership.Household", "membership.Term", "membership.Tier",
        "membership.Benefit", "membership.CommitteeChair", "membership.Reminder",
        "membership.Rules", "membership.User",
        "membership.EmailSuppression", "membership.Fund", "membership.GiftInKind",
        "membership.Mailing", "membership.Stamp", "membership.Statement",
        "membership.Tribute", "orders.RecurringPayment",
        "membership.GiftMembership",
        "orders.Order", "orders.Task", "pages.Message", "pages.Subscriber",
    },
    "editor": {
        "pages.Page", "pages.Post", "pages.Redirect", "pages.SiteSettings", "pages.OpenQuestion",
        "pages.Synonym", "pages.Message", "pages.Subscriber", "cities.City", "cities.Welcome",
        "events.Event",
        "membership.Tier", "membership.Benefit", "membership.Fund", "membership.GiftFigure",
    },
    "door": {
        "events.Event", "events.Ticket", "events.AddOnSold", "events.DoorLink", "events.Scan",
    },
}  # fmt: skip


def url_of(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.mark.parametrize("group", SEES)
def test_a_group_sees_its_own_lists_and_no_others(group, sign_in, one_of_each):
    client = sign_in(group)

    answers = {
        f"{model._meta.app_label}.{model._meta.object_name}": client.get(
            url_of(model, "changelist"), follow=True
        ).status_code
        for model in admin.site._registry
    }

    assert {name for name, status in answers.items() if status == 200} == SEES[group]
    assert {status for name, status in answers.items() if name not in SEES[group]} <= {403}


@pytest.mark.parametrize("group", SEES)
def test_home_lists_a_group_s_models_and_no_others(group, sign_in, one_of_each):
    client = sign_in(group)

    jobs = client.get(reverse("admin:index")).context["app_list"]

    listed = {
        f"{model['model']._meta.app_label}.{model['model']._meta.object_name}"
        for job in jobs
        for model in job["models"]
        if "model" in model  # a report is a page of its own, and no list
    }
    assert listed == SEES[group]


def test_every_page_of_every_model_opens_for_the_director(sign_in, one_of_each, at):
    order = make_order(at=at, state="paid", lines=[{}])
    make_line(order, label="=SUM(A1)", unit_cents=100)
    client = sign_in("director")

    wrong = []
    for model, desk in admin.site._registry.items():
        urls = [url_of(model, "changelist")]
        row = model._default_manager.first()
        if row:
            urls += [url_of(model, "change", row.pk), url_of(model, "history", row.pk)]
        if desk.has_add_permission(type("R", (), {"user": client.session and row_user(client)})()):
            urls.append(url_of(model, "add"))
        for url in urls:
            status = client.get(url, follow=True).status_code
            if status != 200:
                wrong.append((url, status))

    assert wrong == []


def row_user(client):
    from membership.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


@pytest.mark.parametrize(
    ("group", "allowed"),
    [("director", True), ("events", True), ("treasurer", False), ("members", False),
     ("editor", False), ("door", False)],
)  # fmt: skip
def test_the_envelope_is_for_those_with_the_permission(group, allowed, sign_in, soiree):
    response = sign_in(group).get(reverse("admin:events_event_venue", args=[soiree.pk]))

    assert (response.status_code == 200) is allowed


def test_somebody_without_work_here_is_told_so_and_not_sent_in_circles(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("guest@x.example"))

    response = client.get(reverse("admin:index"), follow=True)

    assert response.status_code == 403
    assert "which has no staff access" in response.content.decode()


def test_the_admin_s_door_is_the_site_s_own_sign_in(client, db):
    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "next=%2Fadmin%2F" in response.redirect_chain[-1][0].replace("/", "%2F")
