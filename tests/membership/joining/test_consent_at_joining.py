"""E-mails are asked for at joining: a box each, ticked for nobody, and one yes is enough."""

import re

import pytest
import time_machine
from post_office.models import Email

from membership.models import Consent, GiftMembership, Person
from orders.models import Order
from pages.models import Subscriber
from pages.newsletter import subscribing
from tests.factories import make_member as make_signed_in
from tests.membership.joining.test_pages import join_form
from tests.membership.terms.test_dues import NOON, make_member, make_tier, settle_by_pretending

pytestmark = pytest.mark.django_db
BOXES = ["wants_newsletter", "wants_events"]


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def paid(client, **changed):
    """Join with the form and pay; return the recorded consents."""
    client.post("/join/", join_form(**changed))
    settle_by_pretending(Order.objects.get(), NOON)
    rows = Consent.objects.order_by("topic")
    return [(row.person.name, row.topic, row.how, row.is_given) for row in rows]


def test_each_box_stands_alone_and_is_ticked_for_nobody(client):
    make_tier()

    page = client.get("/join/").text

    for name in BOXES:
        (box,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert 'type="checkbox"' in box and "checked" not in box


@pytest.mark.parametrize(
    ("ticked", "topics"),
    [
        ([], []),
        (["wants_newsletter"], ["newsletter"]),
        (["wants_events"], ["events"]),
        (BOXES, ["events", "newsletter"]),
    ],
)
def test_what_was_ticked_is_agreed_to_and_nothing_else(client, ticked, topics):
    make_tier()

    rows = paid(client, **dict.fromkeys(ticked, "on"))

    assert rows == [("Ada Ellery", topic, "joining", True) for topic in topics]
    words = Consent.objects.filter(topic="events").values_list("words", flat=True)
    assert all("When tickets go on sale" in each for each in words)


def test_an_address_that_nobody_proved_is_asked_in_its_own_mailbox(client):
    make_tier()

    paid(client, wants_newsletter="on")

    assert not Subscriber.objects.get(email="ada@example.org").is_subscribed
    assert Email.objects.filter(subject__icontains="newsletter").count() == 1


def test_nobody_decides_for_a_member_by_typing_their_address(client):
    make_member("Ada Ellery", "ada@example.org")

    rows = paid(client, wants_newsletter="on", wants_events="on")

    assert rows == []
    assert not Subscriber.objects.get().is_subscribed  # its mailbox is asked, and may say no


def test_a_member_s_signed_in_tick_needs_no_second_yes(client):
    ada = make_signed_in()
    client.force_login(ada)

    page = client.post("/membership/e-mails/", {"newsletter": "on"}, follow=True).text

    assert Subscriber.objects.get(email="ada@ellery.example").is_subscribed
    subjects = list(Email.objects.values_list("subject", flat=True))
    assert len(subjects) == 1 and "Use the link in it to start" not in page
    assert not any("newsletter/confirm" in email.message for email in Email.objects.all())


def test_an_address_that_staff_typed_is_still_asked(client):
    ada = make_signed_in()
    Person.objects.update(email="typed@ellery.example")
    client.force_login(ada)

    page = client.post("/membership/e-mails/", {"newsletter": "on"}, follow=True).text

    assert not Subscriber.objects.get(email="typed@ellery.example").is_subscribed
    assert "Use the link in it to start the newsletter" in page


def test_who_renews_signed_in_ticks_once(client):
    ada = make_signed_in("ada@example.org", ends_on=NOON.date().replace(year=2026, month=12))
    make_tier("Patron", 12_500)
    client.force_login(ada)

    paid(client, tier="patron", wants_newsletter="on")

    assert Subscriber.objects.get(email="ada@example.org").is_subscribed


def test_who_left_the_list_comes_back_with_a_new_link_and_one_tick():
    first = subscribing.subscribe(email="Ada@example.org", at=NOON)
    subscribing.leave(token=first.token, at=NOON)

    again = subscribing.subscribe(email="ada@example.org", at=NOON)
    subscribing.subscribe(email="ada@example.org", at=NOON)

    assert again.is_subscribed and again.token != first.token
    assert Email.objects.count() == 2  # a welcome each time, and none for who is on it


def test_who_takes_up_a_gift_is_asked_too(client):
    gift = GiftMembership(tier=make_tier(), begins_on=NOON.date(), created_at=NOON)
    gift.giver_name, gift.recipient_name = "Bo", "Li"
    line = {"kind": "dues", "subject_id": gift.tier_id, "unit_cents": 4000}
    from tests.factories import make_order

    gift.line = make_order(state="paid", lines=[line]).lines.get()
    gift.save()
    ada = make_signed_in("li@example.org", starts_on=NOON.date())
    client.force_login(ada)

    page = client.get(gift.get_absolute_url()).text
    assert all(f'name="{name}"' in page for name in BOXES)
