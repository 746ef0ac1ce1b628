"""A refund of dues asks what becomes of the membership."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from post_office.models import Email

from membership.giving.gifts import gift_item
from membership.models import Household, Tier
from membership.terms.dues import Joining, dues_item
from orders.checkout.placing import Buyer, record_offline
from orders.models import Order
from orders.refunds import refunds
from tests.factories import make_person, make_user

PAID = datetime(2027, 5, 1, 16, tzinfo=UTC)
LATER = PAID + timedelta(days=30)
PAID_ON, LATER_ON = date(2027, 5, 1), date(2027, 5, 31)
LAST = date(2028, 4, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tess():
    return make_user("tess@nsca.example", is_staff=True, is_superuser=True)


@pytest.fixture
def ellerys():
    household = Household.objects.create(name="The Ellery family")
    make_person(household, name="Ada Ellery", email="ada@ellery.example")
    return household


@pytest.fixture
def order(ellerys, tess):
    tier = Tier.objects.create(name="Family", slug="family", dues_cents=6500)
    joining = Joining(name="Ada Ellery", email="ada@ellery.example", household_id=ellerys.pk)
    return record_offline(
        items=[dues_item(tier, joining)],
        buyer=Buyer("Ada Ellery", "ada@ellery.example"),
        channel=Order.Channel.CASH,
        by=tess,
        at=PAID,
    )


def member_days(household):
    """The first and the last day of membership; None where there is none."""
    real = household.terms.real().order_by("starts_on")
    days = [
        day
        for term in real
        for day in (
            term.starts_on,
            term.ended_on - timedelta(days=1) if term.ended_on else term.ends_on,
        )
    ]
    return (min(days), max(days)) if days else None


@pytest.mark.parametrize(
    ("becomes", "days"),
    [
        ("", (PAID_ON, LATER_ON - timedelta(days=1))),
        ("ends", (PAID_ON, LATER_ON - timedelta(days=1))),
        ("never", None),
        ("stays", (PAID_ON, LAST)),
    ],
)
def test_what_becomes_of_the_year_is_what_staff_answer(order, ellerys, tess, becomes, days):
    refunds.give_back(order=order, reason="Moved away", by=tess, at=LATER, becomes=becomes)

    assert member_days(ellerys) == days


@pytest.mark.parametrize(
    ("becomes", "words"),
    [
        ("", "Your membership has ended today."),
        ("ends", "Your membership has ended today."),
        ("never", "Your membership has ended today."),
        ("stays", "Your membership stays valid, as our gift."),
    ],
)
def test_the_refund_s_mail_says_what_becomes_of_the_membership(order, tess, becomes, words):
    refunds.give_back(order=order, reason="Moved away", by=tess, at=LATER, becomes=becomes)

    mail = Email.objects.order_by("-pk").first()
    assert words in mail.message and words in mail.html_message
    assert "ticket" not in mail.message.lower() + mail.html_message.lower()


def test_the_mail_of_a_refunded_renewal_says_that_the_present_year_goes_on(order, ellerys, tess):
    joining = Joining(name="Ada Ellery", email="ada@ellery.example", household_id=ellerys.pk)
    renewal = record_offline(
        items=[dues_item(Tier.objects.get(), joining)],
        buyer=Buyer("Ada Ellery", "ada@ellery.example"),
        channel=Order.Channel.CASH,
        by=tess,
        at=PAID,
    )

    refunds.give_back(order=renewal, reason="Moved away", by=tess, at=LATER)

    words = Email.objects.order_by("-pk").first().message
    assert "Your renewal is canceled. Your current membership is still valid." in words


def test_what_stays_has_the_name_of_who_decided_and_no_day_twice(order, ellerys, tess):
    refunds.give_back(order=order, reason="Ill", by=tess, at=LATER, becomes="stays")

    kept = ellerys.terms.get(line=None)
    assert kept.granted_by == tess
    assert kept.reason == f"Kept after the refund of order {order.number}"
    assert ellerys.terms.current(LATER_ON).count() == 1


def test_a_part_of_the_dues_leaves_the_year_alone_and_asks_nothing(order, ellerys, tess):
    refunds.give_back(order=order, cents=1000, reason="Cold", by=tess, at=LATER, becomes="never")

    assert member_days(ellerys) == (PAID_ON, LAST)


def test_staff_are_asked_on_the_page_that_says_what_it_means(order, ellerys, tess, client):
    url = reverse("admin:orders_order_refund", args=[order.pk])
    with time_machine.travel(LATER, tick=False):
        client.force_login(tess)
        first = client.get(url).content.decode()
        asked = client.post(url, {"what": "order", "amount": "", "reason": "Moved"})
        words = asked.content.decode()

        assert "After the refund" not in first
        assert "After the refund" in words
        assert re.search(r'value="ends"[^>]*checked', words)
        done = client.post(
            url,
            {"what": "order", "amount": "", "reason": "Moved", "yes": "1", "becomes": "never"},
            follow=True,
        )

    assert "Refunded $65." in done.content.decode()
    assert member_days(ellerys) is None


def test_a_gift_asks_nothing(tess, client):
    order = record_offline(
        items=[gift_item(5000)],
        buyer=Buyer("Ada", ""),
        channel=Order.Channel.CASH,
        by=tess,
        at=PAID,
    )
    url = reverse("admin:orders_order_refund", args=[order.pk])
    with time_machine.travel(LATER, tick=False):
        client.force_login(tess)
        asked = client.post(url, {"what": "order", "amount": "", "reason": "Moved"})

    assert asked.status_code == 200
    assert "becomes" not in asked.content.decode()
