"""Acts that cannot be undone: a session of two hours ago is asked again who it is, nothing that
was typed is lost, and nothing happens until the act's own button is pressed with the proof.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.contrib.auth.models import Group
from django.core import mail
from django.urls import reverse

from events import reveal
from events.models import VenueAccess
from membership.accounts import mail as sign_in_mails
from membership.accounts import reauthenticate
from membership.models import ErasureRequest, Person, User
from orders.models import Refund
from pages.models import SiteSettings
from tests.factories import make_person

SIGNED_IN = datetime(2027, 5, 2, 14, 0, tzinfo=UTC)
LATER = SIGNED_IN + timedelta(hours=2)
SECOND = timedelta(seconds=1)


@pytest.fixture
def at():
    return SIGNED_IN


@pytest.fixture
def clock(settings):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(SIGNED_IN, tick=False) as traveller:
        yield traveller


def mailed_code() -> str:
    sign_in_mails.send_due(at=datetime.now(UTC))
    return re.search(r"^    (\d{4} \d{4})$", mail.outbox[-1].body, re.M)[1]


def asks(response) -> bool:
    return "A code is on its way to" in response.content.decode()


def url_of(name, *args):
    return reverse(f"admin:{name}", args=args)


# --- The reveal --------------------------------------------------------------------------------


def posted(client, url, **data):
    """A POST with the key that the page shows now, as a browser sends it."""
    page = client.get(url)
    return client.post(url, {"key": page.context["key"], **data})


@pytest.mark.parametrize("act", ["reveal_now", "hold", "release"])
def test_a_session_of_two_hours_ago_reveals_holds_and_releases_nothing(
    act, clock, sealed_soiree, sign_in, staff
):
    client = sign_in("events")
    if act == "release":
        reveal.hold(sealed_soiree, by=staff("director"), at=SIGNED_IN)
    VenueAccess.objects.all().delete()
    clock.move_to(LATER)
    url = url_of(f"events_event_{act}", sealed_soiree.pk)

    asked = posted(client, url)
    before = VenueAccess.objects.count()
    done = posted(client, url, code=mailed_code())

    assert asks(asked)
    assert before == 0
    assert done.status_code == 302
    assert VenueAccess.objects.count() == 1


@pytest.mark.parametrize(
    ("age", "is_asked"),
    [
        (reauthenticate.RECENT - SECOND, False),
        (reauthenticate.RECENT, True),
        (reauthenticate.RECENT + SECOND, True),
    ],
)
def test_a_sign_in_serves_as_proof_for_ten_minutes(age, is_asked, clock, sealed_soiree, sign_in):
    client = sign_in("events")
    clock.move_to(SIGNED_IN + age)

    response = posted(client, url_of("events_event_hold", sealed_soiree.pk))

    assert asks(response) is is_asked
    sealed_soiree.refresh_from_db()
    assert (sealed_soiree.reveal_held_at is None) is is_asked


# --- Money -------------------------------------------------------------------------------------


@pytest.fixture
def limit(db):
    def set_to(cents):
        SiteSettings.objects.update_or_create(pk=1, defaults={"refund_proof_cents": cents})

    return set_to


def refund(client, order, amount, **data):
    form = {"what": "order", "amount": amount, "reason": "They asked.", "yes": "1", **data}
    return client.post(url_of("orders_order_refund", order.pk), form)


@pytest.mark.parametrize(
    ("amount", "is_asked"), [("49.99", False), ("50.00", False), ("50.01", True)]
)
def test_more_than_the_sum_in_the_settings_goes_back_only_with_fresh_proof(
    amount, is_asked, clock, paid, sign_in, limit
):
    limit(5_000)
    client = sign_in("treasurer")
    clock.move_to(LATER)

    response = refund(client, paid, amount)

    assert asks(response) is is_asked
    assert Refund.objects.exists() is not is_asked
    if is_asked:
        assert "They asked." in response.content.decode()
        assert refund(client, paid, amount, code=mailed_code()).status_code == 302
        assert Refund.objects.get().cents == 5_001


def test_many_small_refunds_are_no_way_around_the_sum(clock, paid, sign_in, limit):
    limit(5_000)
    client = sign_in("treasurer")
    clock.move_to(LATER)

    answers = [refund(client, paid, amount) for amount in ("30", "20", "0.01")]
    clock.shift(timedelta(hours=1))
    after_an_hour = refund(client, paid, "30")

    assert [asks(answer) for answer in answers] == [False, False, True]
    assert not asks(after_an_hour)
    assert Refund.objects.count() == 3


def test_the_sum_is_shown_among_all_settings(sign_in, limit):
    limit(12_345)

    page = sign_in("director").get(reverse("admin:settings")).content.decode()

    assert "Refunding more than $123.45 within an hour requires a fresh sign-in." in page


def test_an_event_is_not_canceled_with_all_its_money_by_an_open_browser(
    clock, soiree, paid, sign_in
):
    client = sign_in("director")
    clock.move_to(LATER)
    url = url_of("events_event_cancel", soiree.pk)
    data = {"note": "The river rose.", "money": "everybody"}

    asked = posted(client, url, **data)
    soiree.refresh_from_db()
    before = soiree.is_canceled
    posted(client, url, **data, code=mailed_code())
    soiree.refresh_from_db()

    assert asks(asked) and "The river rose." in asked.content.decode()
    assert (before, soiree.is_canceled) == (False, True)


# --- What somebody may do ----------------------------------------------------------------------


def form_of(user, **changed):
    return {"email": user.email, "name": user.name, "is_active": "on"} | changed


def group(name):
    return Group.objects.get(name=name).pk


@pytest.fixture
def colleague(staff):
    return staff("door")


@pytest.mark.parametrize(
    "changed",
    [
        {"is_staff": "on", "groups": "director"},
        {"is_staff": "on"},
        {},
        {"is_staff": "on", "groups": "door", "is_active": ""},
    ],
    ids=["another group", "no group", "out of the admin", "not active"],
)
def test_an_open_browser_gives_nobody_another_group_and_takes_none(
    changed, clock, colleague, sign_in
):
    client = sign_in("director")
    clock.move_to(LATER)
    url = url_of("membership_user_change", colleague.pk)
    data = form_of(colleague, **{**changed, "name": "Dora Door"})
    if "groups" in changed:
        data["groups"] = group(changed["groups"])

    asked = client.post(url, data)

    colleague.refresh_from_db()
    assert asks(asked)
    assert colleague.name == "Door"
    assert (colleague.is_staff, colleague.is_active) == (True, True)
    assert [one.name for one in colleague.groups.all()] == ["door"]
    carried = dict(asked.context["typed"])
    assert carried["name"] == "Dora Door"

    done = client.post(url, carried | {"code": mailed_code()})
    colleague.refresh_from_db()
    assert done.status_code == 302
    assert colleague.name == "Dora Door"
    assert colleague.is_staff is ("is_staff" in changed)
    assert colleague.is_active is (changed.get("is_active", "on") == "on")


def test_a_wrong_code_keeps_everything_that_was_typed_and_asks_again(clock, colleague, sign_in):
    client = sign_in("director")
    clock.move_to(LATER)
    url = url_of("membership_user_change", colleague.pk)
    asked = client.post(url, form_of(colleague, is_staff="on", groups=group("director")))

    wrong = client.post(url, dict(asked.context["typed"]) | {"code": "1234 5678"})

    assert "That’s not the code" in wrong.content.decode()
    assert wrong.context["typed"] == asked.context["typed"]
    assert "Groups: director." in wrong.content.decode()
    assert [one.name for one in colleague.groups.all()] == ["door"]


def test_a_name_alone_is_changed_without_a_question(clock, colleague, sign_in):
    client = sign_in("director")
    clock.move_to(LATER)
    data = form_of(colleague, is_staff="on", groups=group("door"), name="Dora Door")

    answer = client.post(url_of("membership_user_change", colleague.pk), data)

    assert answer.status_code == 302
    assert User.objects.get(pk=colleague.pk).name == "Dora Door"


def test_an_open_browser_makes_nobody_a_new_colleague(clock, sign_in):
    client = sign_in("director")
    clock.move_to(LATER)
    data = {"email": "new@nsca.example", "name": "New", "is_active": "on", "is_staff": "on"}

    asked = client.post(url_of("membership_user_add"), data)

    assert asks(asked)
    assert not User.objects.filter(email="new@nsca.example").exists()


def test_an_open_browser_forgets_nobody_s_second_factor(clock, colleague, sign_in):
    TOTP.activate(colleague, "JBSWY3DPEHPK3PXP")
    client = sign_in("director")
    clock.move_to(LATER)
    url = url_of("membership_user_forget", colleague.pk)

    asked = client.post(url)

    assert asks(asked)
    assert colleague.authenticator_set.exists()
    assert client.post(url, {"code": mailed_code()}).status_code == 302
    assert not colleague.authenticator_set.exists()


# --- People leave the site ---------------------------------------------------------------------

EXPORTS = {
    "orders_order_export": "treasurer",
    "orders_ledgerentry_export": "treasurer",
    "membership_person_export": "members",
    "events_ticket_export": "events",
    "events_addonsold_export": "events",
    "pages_message_export": "members",
    "pages_subscriber_export": "members",
}


def test_every_list_that_can_be_exported_is_named_here():
    from django.contrib import admin

    with_export = {
        f"{model._meta.app_label}_{model._meta.model_name}_export"
        for model, desk in admin.site._registry.items()
        if getattr(desk, "resource_class", None)
    }

    assert with_export == {*EXPORTS}


@pytest.mark.parametrize(("name", "who"), EXPORTS.items())
def test_nobody_s_open_browser_takes_a_list_away(name, who, clock, sign_in, one_of_each, paid):
    client = sign_in(who)
    clock.move_to(LATER)

    opened = client.get(url_of(name))
    asked = client.post(url_of(name))

    assert opened.headers["Content-Type"].startswith("text/html")
    assert asks(asked) and not asks(opened)
    assert client.post(url_of(name), {"code": mailed_code()}).headers["Content-Type"] == (
        "text/csv; charset=utf-8"
    )


@pytest.mark.parametrize(
    ("name", "query"),
    [("labels", ""), ("first_access", "?csv=1"), ("place_cards", "?paper=a4")],
)
def test_nobody_s_open_browser_takes_the_guests_of_an_event_away(
    name, query, clock, sign_in, soiree, paid
):
    client = sign_in("events")
    clock.move_to(LATER)
    url = url_of(f"events_event_{name}", soiree.pk) + query

    opened, asked = client.get(url), client.post(url)

    assert opened.headers["Content-Type"].startswith("text/html")
    assert asks(asked)
    given = client.post(url, {"code": mailed_code()})
    assert given.headers["Content-Type"].split(";")[0] in ("text/csv", "application/pdf")


def test_nobody_is_erased_by_an_open_browser(clock, sign_in):
    ada = make_person(name="Ada Ellery", email="ada@ellery.example")
    client = sign_in("director")
    clock.move_to(LATER)
    url = url_of("membership_person_erase", ada.pk)
    data = {"number": str(ada.member_number or ada.pk)}

    asked = client.post(url, data)
    still = Person.objects.get(pk=ada.pk).name
    client.post(url, data | {"code": mailed_code()})

    assert asks(asked) and f'value="{data["number"]}"' in asked.content.decode()
    assert still == "Ada Ellery"
    assert Person.objects.get(pk=ada.pk).erased_at is not None
    assert not ErasureRequest.objects.exists()


@pytest.mark.parametrize("by", ["its page", "the list"])
def test_nobody_is_deleted_by_an_open_browser(by, clock, sign_in):
    ada = make_person(name="Ada Ellery", email="ada@ellery.example")
    client = sign_in("director")
    clock.move_to(LATER)
    url, data = url_of("membership_person_delete", ada.pk), {"post": "yes"}
    if by == "the list":
        url = url_of("membership_person_changelist")
        data |= {"action": "delete_selected", "_selected_action": ada.pk}

    asked = client.post(url, data)
    still = Person.objects.filter(pk=ada.pk).exists()
    client.post(url, dict(asked.context["typed"]) | {"code": mailed_code()})

    assert asks(asked) and still
    assert not Person.objects.filter(pk=ada.pk).exists()


# --- Ways to prove it --------------------------------------------------------------------------


def test_an_authenticator_proves_it_without_a_mail(
    clock, colleague, staff, sign_in, sealed_soiree
):
    secret = "JBSWY3DPEHPK3PXP"  # noqa: S105 of this test alone
    TOTP.activate(staff("events"), secret)
    client = sign_in("events")
    clock.move_to(LATER)
    code = format_hotp_value(hotp_value(secret, next(iter(counters()))))

    done = posted(client, url_of("events_event_hold", sealed_soiree.pk), code=code)

    assert done.status_code == 302


def test_a_passkey_that_was_not_asked_for_proves_nothing(clock, sign_in, sealed_soiree):
    client = sign_in("events")
    clock.move_to(LATER)
    url = url_of("events_event_hold", sealed_soiree.pk)

    for answer in ("{}", "no json", '{"id": "x", "rawId": "x", "type": "public-key"}'):
        refused = posted(client, url, credential=answer)
        assert "That passkey didn’t work." in refused.content.decode()
    sealed_soiree.refresh_from_db()
    assert sealed_soiree.reveal_held_at is None
