"""Somebody died: every letter to the name ends, what was theirs alone is charged no more, and
their tickets are spoken of with the family.
"""

from datetime import UTC, date, datetime

import pytest
from post_office.models import Email

from membership.models import Consent, Household, Listing
from membership.people import bereavement, consents
from orders.models import Order, RecurringPayment, Task
from tests.factories import (
    make_event,
    make_order,
    make_person,
    make_ticket,
    make_ticket_type,
    make_user,
)

NOON = datetime(2027, 3, 1, 17, tzinfo=UTC)
TODAY = date(2027, 3, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tess():
    return make_user("tess@nsca.example")


@pytest.fixture
def ellerys():
    return Household.objects.create(name="The Ellery family")


@pytest.fixture
def ada(ellerys):
    return make_person(ellerys, email="ada@ellery.example")


def agreeing(topic):
    return [person.name for person in Consent.objects.agreeing(topic)]


def make_agreement(household=None, *, kind="gift", email="ada@ellery.example"):
    order = make_order(at=NOON, state=Order.State.PAID, buyer_email=email)
    return RecurringPayment.objects.create(
        kind=kind,
        interval="month",
        state=RecurringPayment.State.ACTIVE,
        order=order,
        household=household,
        buyer_name="Ada Ellery",
        buyer_email=email,
        label="A gift each month",
        cents=1000,
        consent_text="I agree.",
        consented_at=NOON,
        began_at=NOON,
        next_charge_on=date(2027, 4, 1),
    )


def test_every_list_is_left_and_no_member_finds_them(ada, tess):
    consents.decide(ada, {"events": True, "news_flash": True}, at=NOON)
    Listing.objects.create(person=ada, shows_phone=True, listed_at=NOON)

    row = bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)

    ada.refresh_from_db()
    assert Consent.objects.agreeing("events").count() == 0
    assert not Consent.objects.last_of(ada)["events"].is_given
    assert not Listing.objects.exists()

    bereavement.undo(row, by=tess, at=NOON)

    assert agreeing("events") == agreeing("news_flash") == ["Ada Ellery"]
    assert Listing.objects.get().shows_phone


def test_a_gift_that_was_theirs_alone_is_charged_no_more_and_no_email_says_so(ada, tess):
    agreement = make_agreement()
    Email.objects.all().delete()

    bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)

    agreement.refresh_from_db()
    assert agreement.state == RecurringPayment.State.ENDED
    assert not Email.objects.exists()


def test_a_gift_from_an_address_that_others_read_goes_on(ada, ellerys, tess):
    agreement = make_agreement()
    make_person(ellerys, name="Ben Ellery", email="ada@ellery.example")

    bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)

    agreement.refresh_from_db()
    assert agreement.state == RecurringPayment.State.ACTIVE


@pytest.mark.parametrize(
    "widower, state", [("ben@ellery.example", "active"), ("", "ended"), (None, "ended")]
)
def test_dues_renew_by_themselves_while_somebody_grown_is_left_whom_we_can_tell(
    ada, ellerys, tess, widower, state
):
    agreement = make_agreement(ellerys, kind="dues")
    make_person(ellerys, name="Cleo Ellery", born_on=date(2015, 1, 1))
    if widower is not None:
        make_person(ellerys, name="Ben Ellery", email=widower)

    bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)

    agreement.refresh_from_db()
    assert agreement.state == state


def test_what_is_written_of_dues_that_renew_goes_to_who_is_left(ada, ellerys, tess):
    agreement = make_agreement(ellerys, kind="dues")
    make_person(ellerys, name="Ben Ellery", email="ben@ellery.example")

    row = bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)
    agreement.refresh_from_db()
    assert (agreement.buyer_name, agreement.buyer_email) == ("Ben Ellery", "ben@ellery.example")

    bereavement.undo(row, by=tess, at=NOON)
    agreement.refresh_from_db()
    assert (agreement.buyer_name, agreement.buyer_email) == ("Ada Ellery", "ada@ellery.example")


def test_their_tickets_are_a_task_and_stay_valid(ada, tess):
    event = make_event()
    make_ticket_type(event)
    order = make_order(state="paid", lines=(), payments=False, buyer_email="ADA@ellery.example")
    ticket = make_ticket(event, order=order)
    make_ticket(event, order=order)

    row = bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)

    task = Task.objects.get()
    assert order.number in task.text
    assert event.title in task.text
    assert ticket in event.tickets.valid()
    bereavement.undo(row, by=tess, at=NOON)
    task.refresh_from_db()
    assert task.done_at == NOON
