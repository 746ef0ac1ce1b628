"""What is forgotten, when, and what stays: each rule just before its hour, at it, and after."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.management import call_command
from post_office import mail as outbox
from post_office.models import STATUS, Attachment, Email

from events.models import Ticket, WaitlistEntry
from membership.accounts import sign_in
from membership.models import FavoriteCity, Household, Person, SignInCode, Term, Tier
from nsca.lib.retention import FORGOTTEN
from nsca.ops import retention
from orders.models import Line, Order, Payment
from pages.models import Message, RetentionRule, Subscriber
from tests.factories import (
    NOON,
    make_city,
    make_event,
    make_line,
    make_order,
    make_payment,
    make_person,
    make_ticket,
    make_user,
)

pytestmark = pytest.mark.django_db
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
AROUND = pytest.mark.parametrize(
    ("off", "goes"), [(-SECOND, False), (timedelta(0), True), (SECOND, True)]
)


def forget(name, at) -> int:
    """What is due at an instant by one rule is counted, forgotten, and then not due any more."""
    (rule,) = [each for each in retention.kept() if each.rule.name == name]
    due = rule.due(at)
    assert rule.forget(at) == due
    assert rule.due(at) == 0
    return due


def abandoned(**fields):
    fields.setdefault("state", Order.State.EXPIRED)
    return make_order(
        at=NOON - DAY, expired_at=NOON, buyer_phone="757", note="called", lines=(), **fields
    )


# --- Orders ------------------------------------------------------------------------------------


@AROUND
def test_who_never_paid_is_forgotten_30_days_after_the_order_expired(off, goes):
    order = abandoned()
    make_line(order, kind=Line.Kind.DUES, label="Family", details={"name": "Ada Ellery"})

    forget("abandoned-orders", NOON + 30 * DAY + off)

    order.refresh_from_db()
    assert (order.buyer_name == FORGOTTEN) is goes
    assert (order.buyer_email + order.buyer_phone + order.note == "") is goes
    assert (order.lines.get().details == {}) is goes
    assert order.number and order.total_cents == 5000


def test_the_guests_of_an_abandoned_order_go_with_it():
    order = abandoned()
    ticket = make_ticket(
        make_event(), order=order, guest_name="Ben", guest_email="ben@x.example",
        needs="nuts", access="a wheelchair", postal_address="1 Main St",
    )  # fmt: skip

    forget("abandoned-orders", NOON + 30 * DAY)

    ticket.refresh_from_db()
    told = (ticket.guest_name, ticket.guest_email, ticket.needs, ticket.access)
    assert (*told, ticket.postal_address) == ("",) * 5


@pytest.mark.parametrize("state", [Order.State.HELD, Order.State.PAID])
def test_orders_that_are_held_or_paid_keep_their_buyer(state):
    order = make_order(state=state, at=NOON)

    assert forget("abandoned-orders", NOON + 4000 * DAY) == 0
    order.refresh_from_db()
    assert order.buyer_name == "Ada Ellery"


def test_an_order_that_money_came_for_keeps_its_buyer_though_it_expired():
    order = abandoned()
    make_line(order)
    make_payment(order, state=Payment.State.PAID)

    assert forget("abandoned-orders", NOON + 4000 * DAY) == 0


def test_a_thousand_orders_are_forgotten_in_bites(monkeypatch):
    from orders.books import retention as of_orders

    monkeypatch.setattr(of_orders, "A_BITE", 2)
    for _ in range(5):
        abandoned()

    assert forget("abandoned-orders", NOON + 30 * DAY) == 5


# --- Events ------------------------------------------------------------------------------------


@AROUND
def test_allergies_and_access_are_forgotten_two_weeks_after_the_event(off, goes):
    event = make_event(starts_at=NOON)
    make_ticket(event, guest_name="Ben", needs="nuts")
    make_ticket(event, access="a wheelchair")
    make_ticket(event, guest_name="Cy")

    forget("guests-notes", event.ends_at + 14 * DAY + off)

    told = {(ticket.needs, ticket.access) for ticket in Ticket.objects.all()}
    assert (told == {("", "")}) is goes
    assert Ticket.objects.filter(guest_name="Ben").exists()


@AROUND
def test_addresses_of_kits_are_forgotten_a_month_after_the_event(off, goes):
    event = make_event(starts_at=NOON)
    ticket = make_ticket(event, postal_address="1 Main St")

    forget("kit-addresses", event.ends_at + 30 * DAY + off)

    ticket.refresh_from_db()
    assert (ticket.postal_address == "") is goes


@AROUND
def test_who_waited_is_forgotten_90_days_after_the_event(off, goes):
    event = make_event(starts_at=NOON)
    entry = {"event": event, "joined_at": NOON - DAY}
    WaitlistEntry.objects.create(name="Ben", email="ben@x.example", **entry)
    WaitlistEntry.objects.create(name="Cy", email="cy@x.example", offer=abandoned(), **entry)
    WaitlistEntry.objects.create(name="Di", email="di@x.example", offer=abandoned(), **entry)

    forget("waiting-lists", event.ends_at + 90 * DAY + off)

    names = [entry.name + entry.email for entry in WaitlistEntry.objects.all()]
    assert (names == [FORGOTTEN, FORGOTTEN]) is goes


# --- Members -----------------------------------------------------------------------------------


@AROUND
def test_what_is_kept_of_a_sign_in_goes_after_a_day(off, goes):
    sign_in.ask("ada@ellery.example", network="n", at=NOON)

    forget("sign-in-codes", NOON + DAY + off)

    assert SignInCode.objects.exists() is not goes


@pytest.fixture
def child():
    """A child of twelve, whose family was a member until March 31, 2027."""
    parent = make_person(name="Ada Ellery", email="ada@ellery.example")
    kit = make_person(
        parent.household, name="Kit", phone="757", born_on=date(2015, 3, 1), guardian=parent
    )
    Household.objects.update(created_at=NOON - 800 * DAY)
    FavoriteCity.objects.create(person=kit, city=make_city())
    tier = Tier.objects.create(slug="family", name="Family")
    Term.objects.create(
        household=parent.household, tier=tier, reason="for a test",
        starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31),
    )  # fmt: skip
    return kit


@pytest.mark.parametrize(
    ("on", "goes"),
    [(date(2028, 3, 30), False), (date(2028, 3, 31), True), (date(2028, 4, 1), True)],
)
def test_a_child_is_forgotten_a_year_after_the_family_s_last_day(child, on, goes):
    at = NOON.replace(year=on.year, month=on.month, day=on.day)

    forget("children", at)

    child.refresh_from_db()
    assert (child.name == FORGOTTEN) is goes
    assert ((child.phone, child.born_on, child.guardian) == ("", None, None)) is goes
    assert (child.erased_at == at) is goes
    assert child.favorite_cities.exists() is not goes
    assert (Person.history.filter(id=child.pk, name="Kit").exists()) is not goes
    assert Person.objects.get(name="Ada Ellery").email


def test_a_child_of_a_family_that_renewed_stays(child):
    Term.objects.create(
        household=child.household, tier=Tier.objects.get(), reason="again",
        starts_on=date(2027, 6, 1), ends_on=date(2028, 5, 31),
    )  # fmt: skip

    assert forget("children", NOON + 400 * DAY) == 0


def test_a_child_of_life_members_stays(child):
    Term.objects.update(ends_on=None)

    assert forget("children", NOON + 4000 * DAY) == 0


def test_a_term_that_was_ended_early_keeps_nobody(child):
    Term.objects.update(ended_on=date(2026, 6, 1))

    assert forget("children", NOON + 100 * DAY) == 1


def test_a_family_that_was_written_down_last_month_and_has_not_joined_yet_stays(child):
    Term.objects.all().delete()
    Household.objects.update(created_at=NOON - 30 * DAY)

    assert forget("children", NOON) == 0


@pytest.mark.parametrize(
    ("on", "goes"),
    [(date(2033, 3, 30), False), (date(2033, 3, 31), True), (date(2033, 4, 1), True)],
)
def test_a_birthday_is_forgotten_30_days_after_the_eighteenth(child, on, goes):
    forget("birthdays", NOON.replace(year=on.year, month=on.month, day=on.day))

    child.refresh_from_db()
    assert (child.born_on is None) is goes
    assert child.name == "Kit"
    assert Person.history.filter(id=child.pk, born_on__isnull=False).exists() is not goes


# --- Pages and e-mails -------------------------------------------------------------------------


def message(**fields):
    return Message.objects.create(
        name="Eve", email="eve@x.example", text="Hello", received_at=NOON - DAY,
        submission_key=f"key {Message.objects.count()}", **fields,
    )  # fmt: skip


@AROUND
def test_a_message_is_forgotten_a_year_after_it_was_answered(off, goes):
    message(answered_at=NOON)

    forget("contact-messages", NOON + 365 * DAY + off)

    assert Message.objects.exists() is not goes


def test_a_message_that_nobody_answered_stays():
    message()

    assert forget("contact-messages", NOON + 4000 * DAY) == 0


@AROUND
def test_an_address_that_never_confirmed_the_newsletter_goes_after_30_days(off, goes):
    Subscriber.objects.create(email="eve@x.example", asked_at=NOON)

    forget("unconfirmed-subscribers", NOON + 30 * DAY + off)

    assert Subscriber.objects.exists() is not goes


@pytest.mark.parametrize("stamps", [{"confirmed_at": NOON}, {"left_at": NOON}])
def test_whoever_confirmed_and_whoever_left_stays_known(stamps):
    Subscriber.objects.create(email="eve@x.example", asked_at=NOON, **stamps)

    assert forget("unconfirmed-subscribers", NOON + 4000 * DAY) == 0


@pytest.fixture
def email():
    email = outbox.send(
        recipients=["ada@ellery.example"], sender="staff@nsca.example",
        subject="Your receipt, N-1",
        message="https://x/orders/key/", html_message="<p>https://x/orders/key/</p>",
        attachments={"receipt.pdf": ContentFile(b"%PDF")},
    )  # fmt: skip
    Email.objects.update(status=STATUS.sent, last_updated=NOON)
    return email


@AROUND
def test_what_an_email_said_is_forgotten_180_days_after_it_left(email, off, goes):
    paper = Attachment.objects.get().file
    storage, name = paper.storage, paper.name

    forget("e-mails", NOON + 180 * DAY + off)

    email.refresh_from_db()
    assert (email.message + email.html_message == "") is goes
    assert Attachment.objects.exists() is not goes
    assert storage.exists(name) is not goes
    assert email.subject == "Your receipt, N-1" and email.to == ["ada@ellery.example"]


def test_an_email_that_still_waits_keeps_its_words(email):
    Email.objects.update(status=STATUS.queued)

    assert forget("e-mails", NOON + 4000 * DAY) == 0


# --- The numbers, the command, the ticker ------------------------------------------------------


def test_staff_s_number_holds_instead_of_the_site_s():
    RetentionRule.objects.create(rule="contact-messages", days=10)
    message(answered_at=NOON)

    assert retention.forget_due(NOON + 10 * DAY - SECOND) == {}
    assert retention.forget_due(NOON + 10 * DAY) == {"contact-messages": 1}


def test_no_number_goes_below_what_late_money_needs():
    RetentionRule.objects.create(rule="abandoned-orders", days=0)
    abandoned()

    assert retention.forget_due(NOON + 7 * DAY - SECOND) == {}
    assert retention.forget_due(NOON + 7 * DAY) == {"abandoned-orders": 1}


def test_one_rule_that_fails_does_not_stop_the_others(monkeypatch, caplog):
    def breaks(before, at):
        raise RuntimeError("Ada Ellery")

    broken = retention.Rule("broken", "what", "then", 1, lambda before: 1, breaks)
    monkeypatch.setattr(retention, "RULES", [broken, *retention.RULES])
    message(answered_at=NOON)

    assert retention.forget_due(NOON + 365 * DAY) == {"contact-messages": 1}
    assert "broken failed" in caplog.text


def test_the_command_says_what_is_due_and_does_it_only_without_dry_run(capsys):
    message(answered_at=NOON)
    with time_machine.travel(NOON + 365 * DAY, tick=False):
        call_command("forget_due", dry_run=True)
        assert Message.objects.count() == 1
        call_command("forget_due")

    lines = [line for line in capsys.readouterr().out.splitlines() if "Contact form" in line]
    assert [line.split()[0] for line in lines] == ["1", "1"]
    assert "erased 365 days after it was answered." in lines[0]
    assert not Message.objects.exists()


def test_the_ticker_forgets_once_a_day():
    with time_machine.travel(NOON + 365 * DAY, tick=False):
        call_command("tick")
        message(answered_at=NOON)
        call_command("tick")
        assert Message.objects.exists()
    with time_machine.travel(NOON + 366 * DAY, tick=False):
        call_command("tick")

    assert not Message.objects.exists()


def test_every_rule_says_what_from_when_and_has_a_name_of_its_own():
    names = [rule.name for rule in retention.RULES]

    assert len(set(names)) == len(names)
    assert all(rule.what and rule.since and rule.days >= rule.least for rule in retention.RULES)


# --- The page ----------------------------------------------------------------------------------

PAGE = "/admin/pages/retentionrule/"


@pytest.fixture
def director(client):
    client.force_login(make_user("d@nsca.example", is_staff=True, is_superuser=True))
    return client


def numbers(**changed) -> dict:
    return {each.rule.name: each.days for each in retention.kept()} | {
        name.replace("_", "-"): days for name, days in changed.items()
    }


def test_the_page_says_in_sentences_what_would_go_by_tomorrow(request):
    with time_machine.travel(NOON + 364 * DAY, tick=False):
        message(answered_at=NOON)
        page = request.getfixturevalue("director").get(PAGE).text

    assert "erased 365 days after it was answered.</strong>" in page
    assert "To be erased by tomorrow: 1." in page
    assert Message.objects.exists()


def test_a_number_that_is_changed_holds_and_is_noted(director):
    director.post(PAGE, numbers(contact_messages=100))

    assert [(row.rule, row.days) for row in RetentionRule.objects.all()] == [
        ("contact-messages", 100)
    ]
    assert "changed from 365 to 100 days" in LogEntry.objects.get().change_message


@pytest.mark.parametrize("days", [6, -1, 3651, "soon", ""])
def test_a_number_out_of_bounds_is_refused_with_the_form_kept(director, days):
    answer = director.post(PAGE, numbers(abandoned_orders=days))

    assert answer.status_code == 422
    assert not RetentionRule.objects.exists()


@pytest.mark.parametrize(
    ("permissions", "looks", "changes"),
    [
        ([], 403, 403),
        (["pages.view_retentionrule"], 200, 403),
        (["pages.change_retentionrule"], 200, 302),
    ],
)
def test_only_whoever_may_changes_the_numbers(client, permissions, looks, changes):
    user = make_user("c@nsca.example", is_staff=True, permissions=permissions)
    client.force_login(user)

    assert client.get(PAGE).status_code == looks
    assert client.post(PAGE, numbers(emails=99)).status_code == changes
