"""Erasure: the name goes from every table, the amounts stay, and nobody is surprised."""

import json
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import EmailField
from post_office.models import STATUS, Email

from events.models import Scan, Table, Ticket, Transfer, WaitlistEntry
from membership.accounts import sign_in
from membership.models import (
    Address,
    Consent,
    ErasureRequest,
    GiftInKind,
    GiftMembership,
    Household,
    Person,
    Stamp,
    Statement,
    Term,
    Tier,
)
from membership.people import consents, directory
from membership.portal import passport
from membership.privacy import erasure
from membership.terms.dues import Joining, dues_item
from orders.models import Order
from pages.models import Message, Subscriber
from tests.factories import (
    NOON,
    make_city,
    make_event,
    make_member,
    make_order,
    make_person,
    make_ticket,
    make_ticket_type,
    make_user,
)

pytestmark = pytest.mark.django_db
NAME, HERS, PHONE = "Ada Lovisa Ellery", "ada@ellery.example", "757 555 0123"
OTHER = "ada.work@ellery.example"
DAY = timedelta(days=1)


@pytest.fixture
def ada():
    """A member with something in every corner, all of it in the past."""
    user = make_member(name=NAME)
    person = user.people.get()
    person.name, person.phone, person.email = NAME, PHONE, HERS
    person.member_number = 100_123
    person.save()
    Household.objects.update(
        name=NAME, postal_address=f"{NAME}\n1 Main Street", note=f"Call {PHONE}"
    )
    Address.objects.create(person=person, email=OTHER, confirmed_at=NOON)
    return person


def fill(person):
    """One row at least in every table that keeps something of people."""
    city = make_city()
    event = make_event(city=city, starts_at=NOON - 40 * DAY)
    kind = make_ticket_type(event)
    order = make_order(
        state="paid", at=NOON - 60 * DAY, buyer_name=NAME, buyer_email=HERS.title(),
        buyer_phone=PHONE, note=f"{NAME} paid at the door", user=person.user, lines=(),
        payments=False,
    )  # fmt: skip
    joining = Joining(name=NAME, email=HERS, phone=PHONE, others=("Ben",))
    tier = Tier.objects.get()
    tier.dues_cents = 4000
    item = dues_item(tier, joining)
    line = order.lines.create(
        kind="dues", label=item.label, unit_cents=4000, subject_id=tier.pk, details=item.details
    )
    Term.objects.create(
        household=person.household, tier=tier, line=line, starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31), ended_on=date(2026, 6, 1), ended_because=f"{NAME} asked",
    )  # fmt: skip
    ticket = make_ticket(
        event, order=order, ticket_type=kind, guest_name=NAME, guest_email=OTHER, needs="No nuts",
        access="Step-free", postal_address=f"{NAME}, 1 Main Street",
    )  # fmt: skip
    Scan.objects.create(ticket=ticket, act="in", at=NOON - 40 * DAY)
    given = make_ticket(
        event, ticket_type=kind, guest_name=NAME, guest_email=HERS, transfer_count=1
    )
    Transfer.objects.create(
        ticket=given, to_name=NAME, to_email=HERS, offered_at=NOON, ends_at=NOON + DAY
    )
    WaitlistEntry.objects.create(
        event=event, ticket_type=kind, name=NAME, email=HERS, joined_at=NOON - 50 * DAY
    )
    Table.objects.create(
        event=event, name=f"{NAME}’s table", captain_name=NAME, captain_email=HERS,
        opened_at=NOON - 50 * DAY,
    )  # fmt: skip
    Message.objects.create(
        name=NAME, email=OTHER, text="Hello", submission_key="k", received_at=NOON
    )
    Subscriber.objects.create(email=HERS, asked_at=NOON, confirmed_at=NOON)
    for to, words in (
        (HERS, "Dear you"),
        ("ben@x.example", f"{NAME} gives you a ticket"),
        ("staff@x.example", f"Answer {OTHER}"),
    ):
        Email.objects.create(
            from_email="us@x.example",
            to=[to],
            subject="A letter",
            message=words,
            status=STATUS.sent,
        )
    GiftInKind.objects.create(
        giver_name=NAME, giver_email=HERS, description="A piano", received_on=date(2026, 5, 1),
        recorded_by=make_user("office@x.example"),
    )  # fmt: skip
    gift = order.lines.create(kind="gift", label="A membership", unit_cents=4000, position=2)
    GiftMembership.objects.create(
        line=gift, tier=tier, giver_name=NAME, recipient_name=NAME, recipient_email=OTHER,
        message=f"From {NAME}", begins_on=NOON.date(), created_at=NOON, asked_email=HERS,
    )  # fmt: skip
    sign_in.ask(HERS, network="127.0.0.1", at=NOON)
    consents.decide(person, {"news_flash": True}, at=NOON)
    directory.put(person, shows_email=True, shows_phone=True, at=NOON)
    passport.show(person, shows_name=True, at=NOON)
    Stamp.objects.create(
        person=person, city=city, kind="hosting", on=NOON.date(), recorded_at=NOON
    )
    LogEntry.objects.create(
        user=make_user("director@x.example"),
        content_type=ContentType.objects.get_for_model(Person),
        object_id=str(person.pk), object_repr=NAME, action_flag=CHANGE,
        change_message=json.dumps([{"changed": {"name": "e-mail", "object": HERS}}]),
    )  # fmt: skip
    return order


def whole_database() -> dict[str, str]:
    """Every table, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = "\n".join(map(str, cursor.fetchall()))
    return found


def tables_with(*words) -> dict[str, list[str]]:
    return {
        table: hits
        for table, text in whole_database().items()
        if (hits := [word for word in words if word.casefold() in text.casefold()])
    }


def test_afterward_no_table_has_the_name_or_an_address(client, ada):
    client.force_login(ada.user)
    fill(ada)
    before = tables_with(NAME, HERS, OTHER, PHONE)

    erasure.forget(ada, at=NOON)

    assert tables_with(NAME, HERS, OTHER, PHONE) == {}
    assert {
        "membership_person", "membership_historicalperson", "membership_household",
        "orders_order", "orders_line", "events_ticket", "events_transfer", "events_table",
        "events_waitlistentry", "pages_message", "pages_subscriber", "post_office_email",
        "membership_giftinkind", "membership_user", "account_emailaddress", "django_admin_log",
    } <= before.keys()  # fmt: skip


def test_the_amounts_stay_under_a_number(ada):
    order = fill(ada)
    total = order.total_cents

    assert erasure.forget(ada, at=NOON) == "Former member 100123"

    order.refresh_from_db()
    assert (order.buyer_name, order.buyer_email, order.user) == ("Former member 100123", "", None)
    assert (order.total_cents, order.state) == (total, "paid")
    assert Ticket.objects.count() == 2 and Scan.objects.count() == 1


def test_others_keep_their_rows(ada):
    make_order(state="paid", buyer_name="Ben Okoro", buyer_email="ben@okoro.example")
    ben = make_person(ada.household, name="Ben Okoro", email="ben@okoro.example")
    Household.objects.update(name=NAME)

    erasure.forget(ada, at=NOON)

    assert Order.objects.get().buyer_name == "Ben Okoro"
    assert list(ben.households.values_list("name", flat=True)) == ["Ben Okoro"]
    assert ada.household_members.count() == 0


def test_a_name_on_a_friends_ticket_or_a_cash_order_is_erased_after_the_event(ada):
    over, ahead = make_event(starts_at=NOON - DAY), make_event(starts_at=NOON + DAY)
    for event in (over, ahead):
        kind = make_ticket_type(event)
        theirs = make_order(state="paid", buyer_name="Cy", buyer_email="cy@x.example")
        make_ticket(event, ticket_type=kind, guest_name=NAME, order=theirs)
    make_order(state="paid", buyer_name=NAME, buyer_email="")

    erasure.forget(ada, at=NOON)

    names = dict(Ticket.objects.values_list("event", "guest_name"))
    assert names == {over.pk: "", ahead.pk: NAME}
    assert not Order.objects.filter(buyer_name=NAME).exists()


def test_another_person_keeps_a_shared_address(ada):
    ben = make_person(name="Ben Okoro", email=HERS, user=ada.user)
    mine = make_order(state="paid", buyer_name=NAME, buyer_email=HERS)
    his = make_order(state="paid", buyer_name="Ben Okoro", buyer_email=HERS)

    erasure.forget(ada, at=NOON)

    mine.refresh_from_db()
    his.refresh_from_db()
    ben.refresh_from_db()
    assert (mine.buyer_email, his.buyer_email) == ("", HERS)
    assert ben.user.is_active and ben.user.email == HERS
    assert tables_with(NAME) == {}


def test_sign_in_and_sessions_are_gone(client, ada):
    client.force_login(ada.user)

    erasure.forget(ada, at=NOON)

    ada.user.refresh_from_db()
    assert (ada.user.is_active, ada.user.has_usable_password()) == (False, False)
    assert EmailAddress.objects.count() == 0 and Session.objects.count() == 0
    assert client.get("/membership/").status_code == 302


def test_consents_stay_without_a_name(ada):
    consents.decide(ada, {"events": True}, at=NOON)

    erasure.forget(ada, at=NOON + DAY)

    assert [(row.is_given, row.how) for row in Consent.objects.order_by("pk")] == [
        (True, "member"),
        (False, "erased"),
    ]
    assert list(Consent.objects.agreeing("events")) == []


@pytest.mark.parametrize("on, stays", [(date(2030, 12, 31), True), (date(2031, 1, 1), False)])
def test_a_gift_statement_stays_as_issued_for_four_years(ada, on, stays):
    statement = Statement.objects.create(
        number="2026-00001", serial=1, kind="year", year=2026, giver=f"person:{ada.pk}",
        person=ada, name=NAME, email=HERS, total_cents=30_000, content={"to": NAME},
        sha256="0" * 64, issued_at=NOON, checked_at=NOON,
    )  # fmt: skip
    erasure.forget(ada, at=NOON)

    erasure.tick(NOON.replace(year=on.year, month=on.month, day=on.day))

    statement.refresh_from_db()
    assert (statement.name == NAME) is stays
    assert tables_with(NAME) == ({"membership_statement": [NAME]} if stays else {})
    assert (statement.number, statement.total_cents) == ("2026-00001", 30_000)


def test_erasing_twice_changes_nothing(ada):
    first = erasure.forget(ada, at=NOON)

    assert erasure.forget(ada, at=NOON + DAY) == first
    assert Person.objects.get().erased_at == NOON


# --- asking for it -----------------------------------------------------------------------------


def test_a_request_gives_a_week_and_sends_an_e_mail(ada):
    erasure_request = erasure.ask(ada, at=NOON)

    assert erasure_request.due_at == NOON + 7 * DAY
    email = Email.objects.get()
    assert email.to == [HERS]
    assert "April 8, 2027" in email.message and "/membership/data/" in email.message


@pytest.mark.parametrize(
    "later, is_done", [(7 * DAY - timedelta(seconds=1), False), (7 * DAY, True)]
)
def test_a_request_is_carried_out_after_a_week(ada, later, is_done):
    erasure.ask(ada, at=NOON)

    erasure.tick(NOON + later)

    assert (Person.objects.get().erased_at is not None) is is_done


def test_a_request_can_be_canceled(client, ada):
    erasure.ask(ada, at=NOON)
    client.force_login(ada.user)

    client.post("/membership/data/keep/", {"person": ada.pk})
    erasure.tick(NOON + 30 * DAY)

    assert ErasureRequest.objects.count() == 0
    assert Person.objects.get().name == NAME


def test_erasure_waits_for_an_upcoming_ticket(ada):
    event = make_event(starts_at=NOON + 50 * DAY)
    make_ticket(event, guest_name=NAME, guest_email=HERS)

    erasure_request = erasure.ask(ada, at=NOON)
    erasure.tick(NOON + 8 * DAY)
    during = Person.objects.get().erased_at
    erasure.tick(event.ends_at + DAY)

    assert erasure_request.due_at == event.ends_at + DAY
    assert during is None
    assert Person.objects.get().erased_at == event.ends_at + DAY


def test_a_ticket_bought_meanwhile_moves_the_date(ada):
    erasure.ask(ada, at=NOON)
    event = make_event(starts_at=NOON + 50 * DAY)
    make_ticket(event, guest_email=HERS)

    erasure.tick(NOON + 7 * DAY)

    assert ErasureRequest.objects.get().due_at == event.ends_at + DAY


def test_an_unsent_e_mail_to_someone_else_is_not_lost(ada):
    email = Email.objects.create(
        from_email="us@x.example", to=["ben@x.example"], subject="!",
        message=f"{NAME} gives you a ticket",
        status=STATUS.queued,
    )  # fmt: skip
    erasure.ask(ada, at=NOON)

    erasure.tick(NOON + 7 * DAY)
    waited = Email.objects.filter(pk=email.pk).exists()
    Email.objects.filter(pk=email.pk).update(status=STATUS.sent)
    erasure.tick(NOON + 9 * DAY)

    assert waited
    assert not Email.objects.filter(pk=email.pk).exists()
    assert Person.objects.get().erased_at == NOON + 9 * DAY


def test_staff_must_end_their_staff_sign_in_first(client, ada):
    ada.user.is_staff = True
    ada.user.save()

    with pytest.raises(erasure.NotYet):
        erasure.ask(ada, at=NOON)


def test_the_page_says_what_goes_and_stays_and_asks_for_a_code(client, ada):
    client.force_login(ada.user)

    page = client.get(f"/membership/data/erase/{ada.pk}/").text
    asked = client.post(f"/membership/data/erase/{ada.pk}/")

    assert "What we erase" in page and "What stays" in page and "Former member 100123" in page
    assert "A code is on its way" in asked.text
    assert ErasureRequest.objects.count() == 0


def test_a_parent_may_ask_for_a_child_but_no_adult(client, ada):
    cy = make_person(ada.household, name="Cy", born_on=date.today() - 3650 * DAY, guardian=ada)
    ben = make_person(ada.household, name="Ben")
    client.force_login(ada.user)

    assert client.get(f"/membership/data/erase/{cy.pk}/").status_code == 200
    assert client.get(f"/membership/data/erase/{ben.pk}/").status_code == 404


def test_every_table_with_an_address_is_listed_here():
    """A new model with an address needs a PersonalData, a row above, and its name here."""
    found = {
        model._meta.label
        for model in apps.get_models()
        if any(isinstance(field, EmailField) for field in model._meta.concrete_fields)
        and not model._meta.model_name.startswith("historical")
    }

    assert found - KNOWN == set()


KNOWN = {
    "account.EmailAddress", "cities.City", "events.HintMail", "events.MoveMail",
    "events.RevealMail",
    "events.Table", "events.Ticket", "events.Transfer",
    "events.WaitlistEntry", "membership.Address", "membership.EmailSuppression",
    "membership.GiftInKind", "membership.GiftMembership", "membership.MailingRecipient",
    "membership.Person", "membership.SignInCode", "membership.Statement", "membership.Tribute",
    "membership.User", "orders.Order", "orders.RecurringPayment", "pages.Message",
    "pages.SiteSettings", "pages.Subscriber", "post_office.Email",
}  # fmt: skip
