"""An offer of the waitlist as its party meets it: the price, the e-mails, the page."""

import pytest
import time_machine
from django.core.cache import cache
from post_office.models import Email

from events.models import Event
from events.waitlist import offers
from orders.checkout import settling
from orders.models import Order
from tests.browser.evening import make_member
from tests.events.reveal_kit import DAY, LONG_BEFORE
from tests.events.sales.test_buying import text_of
from tests.events.selling import ADA, left_of, sell
from tests.events.waitlist.test_offers import LATER, MINUTE, emails_to, free, offered, wait
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def event():
    return make_event(slug="tea")


@pytest.fixture
def seat(event):
    """One of four, all of them sold to Ada."""
    seat = make_ticket_type(event, capacity=4)
    sell(event, (seat, 4), at=NOON - DAY)
    return seat


# --- What it costs -----------------------------------------------------------------------------


def test_a_member_is_offered_the_member_price_as_often_as_it_holds(event, seat):
    seat.member_price_cents, seat.member_limit = 8500, 1
    seat.save()
    make_member("dee@x.example", "Dee")
    entry = wait(event, "dee", 2)
    free(seat, 2)

    offers.make_due(LATER)

    entry.refresh_from_db()
    assert entry.offer.total_cents == 8500 + 9500


def test_who_is_no_member_on_the_evening_pays_the_full_price(seat, event):
    seat.member_price_cents = 8500
    seat.save()
    Event.objects.update(starts_at=NOON + 300 * DAY, ends_at=NOON + 301 * DAY)
    event.refresh_from_db()
    make_member("dee@x.example", "Dee")  # until August
    entry = wait(event, "dee")
    free(seat, 1)

    offers.make_due(LATER)

    entry.refresh_from_db()
    assert entry.offer.total_cents == 9500


def test_a_party_at_the_limit_of_one_person_is_turned_down_and_blocks_nobody(event, seat):
    Event.objects.update(max_per_person=2)
    event.refresh_from_db()
    wait(event, "dee", 2)
    wait(event, "eli", 1, at=NOON + MINUTE)
    Order.objects.update(buyer_email="dee@x.example")
    free(seat, 2)

    assert offered() == {"eli": 1}
    email = emails_to("dee", "We could not offer you seats")[0]
    assert "The limit is 2 tickets per person for this event" in email.message
    assert left_of(seat, at=LATER) == 1


def test_a_party_is_offered_what_it_may_still_have(event, seat):
    Event.objects.update(max_per_person=3)
    event.refresh_from_db()
    wait(event, "dee", 2, fewest=1)
    Order.objects.update(buyer_email="dee@x.example")
    free(seat, 2)

    assert offered() == {"dee": 1}


# --- E-mails and pages -------------------------------------------------------------------------


def test_the_email_names_seats_price_and_deadline_and_leads_to_the_order(event, seat):
    entry = wait(event, "dee", 4, fewest=2)
    free(seat, 2)
    offers.make_due(LATER)
    entry.refresh_from_db()

    email = emails_to("dee", "2 seats for you")[0]

    for body in (email.message, email.html_message):
        assert "$190" in body
        assert "Friday, April 2, 2027 at 12:05 p.m. EDT" in body
        assert "You asked for 4" in body
        assert entry.offer.get_absolute_url() in body
        assert f"/events/waitlist/{entry.token}/" in body


def test_the_refund_terms_are_frozen_with_the_offer(event, seat):
    Event.objects.update(refund_policy="<p>Until a week before.</p>")
    entry = wait(event, "dee")
    free(seat, 1)
    offers.make_due(LATER)

    entry.refresh_from_db()
    assert "Until a week before." in entry.offer.terms_text


def test_one_s_own_page_shows_the_offer_and_its_deadline(client, event, seat):
    entry = wait(event, "dee", 2)
    free(seat, 2)
    offers.make_due(NOON)
    entry.refresh_from_db()

    words = text_of(page := client.get(f"/events/waitlist/{entry.token}/"))

    assert "2 seats for you" in words
    assert "$190, held for you until Friday, April 2, 2027 at 12:00 p.m. EDT" in words
    assert f'href="{entry.offer.get_absolute_url()}"' in page.content.decode()


def test_another_site_cannot_answer_for_anyone(client, event, seat):
    entry = wait(event, "dee")
    free(seat, 1)
    offers.make_due(NOON)

    response = client.post(
        f"/events/waitlist/{entry.token}/",
        {"act": "decline"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 403
    entry.refresh_from_db()
    assert entry.offer.is_held(NOON)


def test_no_email_and_no_page_of_an_offer_knows_the_place(client, soiree):
    Event.objects.update(slug="tea", sales_close_at=soiree.ends_at)
    soiree.refresh_from_db()
    seat = make_ticket_type(soiree, capacity=1)
    sell(soiree, (seat, 1), at=LONG_BEFORE, buyer=ADA)
    entry = wait(soiree, "dee", at=LONG_BEFORE)
    wait(soiree, "eli", at=LONG_BEFORE + MINUTE)
    free(seat, 1)
    offers.make_due(soiree.opens_at)
    entry.refresh_from_db()
    revealed = []
    with time_machine.travel(soiree.opens_at, tick=False):
        for address in (f"/events/waitlist/{entry.token}/", entry.offer.get_absolute_url()):
            revealed.append(client.get(address).content.decode())
    settling.sweep(entry.offer.held_until)
    offers.make_due(entry.offer.held_until)
    revealed += [
        m.message + m.html_message for m in Email.objects.filter(to__contains="x.example")
    ]

    assert len(revealed) >= 5
    for words in revealed:
        assert "Chart House" not in words
        assert "Ropewalk" not in words
