"""The sum beside the form is the gateway's: the browser asks for it, and asking takes nothing."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache

from events import reveal
from events.models import PromoCode, Ticket
from events.sales import views_live_sum as live_sum
from membership.models import Tier
from orders.models import Order
from tests.events.reveal_kit import VENUE
from tests.factories import NOON, make_event, make_ticket_type, make_user

pytestmark = pytest.mark.django_db
KEY = "a-key-of-a-form-of-thirty-two-or-more"
ASK = "/events/tea/tickets/sum/"
A_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def event():
    return make_event(slug="tea", title="Tea")


@pytest.fixture
def seat(event):
    return make_ticket_type(event, member_price_cents=5500, price_cents=6500)


def make_keeper():
    return make_user("keeper@nsca.example", permissions=("events.see_venue",))


def filled(seat, count="1", **fields):
    return {
        "submission_key": KEY, "name": "Ada Ellery", "email": "ada@ellery.example", "terms": "on",
        f"qty_{seat.pk}": count, **fields,
    }  # fmt: skip


def guests(said):
    return re.findall(r"Guest (\d+) Name", said["guests"])


def parts(response):
    assert response.status_code == 200
    found = re.findall(r'<(\w+) data-part="(\w+)">(.*?)</\1>\n', response.text, re.DOTALL)
    return {name: " ".join(re.sub("<[^>]+>", " ", text).split()) for _tag, name, text in found}


def test_who_joins_and_saves_reads_the_sum_that_the_gateway_asks(client, event, seat):
    Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)

    said = parts(client.post(ASK, filled(seat, join="individual")))
    client.post("/events/tea/tickets/", filled(seat, join="individual"))

    assert Order.objects.get().total_cents == 9500
    assert (said["total"], said["said"]) == ("$95", "Total: $95")
    assert "member price $55" in said["lines"] and "Individual" in said["lines"]


def test_it_says_the_lines_of_what_is_chosen_and_how_many_guests_there_are(client, event, seat):
    said = parts(client.post(ASK, filled(seat, "3", gift="10")))

    assert "3 × Tea: Seat at the long table $195" in said["lines"]
    assert "Gift to the association $10" in said["lines"]
    assert (said["total"], guests(said), said["trouble"]) == ("$205", ["1", "2", "3"], "")


def test_nothing_chosen_comes_to_nothing_and_one_guest_stays_unfolded(client, event, seat):
    said = parts(client.post(ASK, filled(seat, "0")))

    assert (said["total"], guests(said)) == ("$0", ["1"])
    assert "Nothing yet" in said["lines"]


def test_a_code_lowers_the_sum_and_one_that_is_unknown_is_said(client, event, seat):
    PromoCode.objects.create(event=event, code="FRIEND", percent_off=20)

    good = parts(client.post(ASK, filled(seat, code="friend")))
    bad = parts(client.post(ASK, filled(seat, code="FOE")))

    assert (good["total"], good["trouble"]) == ("$52", "")
    assert bad["total"] == "$65" and "FOE" in bad["trouble"]


def test_asking_holds_nothing_and_sets_no_cookie(client, event, seat):
    response = client.post(ASK, filled(seat, "2"))

    assert response.cookies == {}
    assert "no-store" in response.headers["Cache-Control"]
    assert (Order.objects.count(), Ticket.objects.count()) == (0, 0)


def test_it_is_asked_by_post_and_by_our_own_pages_alone(client, event, seat):
    stranger = {"Sec-Fetch-Site": "cross-site"}

    assert client.get(ASK).status_code == 405
    assert client.post(ASK, filled(seat), headers=stranger).status_code == 403
    assert client.post("/events/nothing/tickets/sum/", {}).status_code == 404


def test_it_is_not_asked_without_end(client, event, seat, monkeypatch):
    monkeypatch.setattr(live_sum, "SUMS_AN_ADDRESS", 10)

    answers = [client.post(ASK, filled(seat)).status_code for _ in range(13)]

    assert answers[:10] == [200] * 10
    assert answers[-1] == 429


def test_a_second_before_the_reveal_it_says_the_same_with_a_venue_and_without(client, noon):
    soiree = make_event(
        slug="tea",
        title="Tea",
        starts_at=NOON + timedelta(days=1),
        lead=timedelta(hours=24) - A_SECOND,
    )
    kind = make_ticket_type(soiree)
    without = client.post(ASK, filled(kind)).text
    reveal.write_venue(soiree, VENUE, by=make_keeper(), at=NOON)

    assert client.post(ASK, filled(kind)).text == without
    assert VENUE.name not in without


def test_no_script_of_the_site_does_sums_with_money():
    scripts = {path.name: path.read_text() for path in Path("static/js").glob("*.js")}

    assert [
        name for name, text in scripts.items() if re.search(r"cents|parseFloat|currency", text)
    ] == []
    page = "".join(path.read_text() for path in Path("templates").rglob("*.html"))
    assert re.findall(r"data-(?:price|fair|saving|extra)", page) == []
