"""After a restored backup the tickets that were mailed work again."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from events.changes import canceling as canceling
from events.models import Event, Ticket
from events.tickets import recovery
from membership.models import Term, Tier
from membership.terms.dues import Joining, dues_item
from nsca.lib.secrets import codes, link_tokens
from orders.checkout import settling
from orders.checkout.placing import Buyer, payment_url, place
from orders.models import Order, Task
from orders.payments import stripe as gateway
from orders.reconciling.reconciling import reconcile
from tests.events.selling import hold, left_of
from tests.factories import NOON, make_event, make_ticket_type, make_user
from tests.fakes.stripe import SECRET, fake_stripe

pytestmark = pytest.mark.django_db
NEXT_DAY = NOON + timedelta(hours=20)


@pytest.fixture(autouse=True)
def stripe(settings, monkeypatch):
    cache.clear()
    with fake_stripe(NOON.timestamp()) as (fake, address):
        settings.STRIPE_SECRET_KEY = "sk_test_fake"
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_BASE = address
        monkeypatch.setattr(gateway, "TIMEOUTS", (1, 2))
        yield fake


@pytest.fixture
def event():
    return make_event(slug="tea")


@pytest.fixture
def seat(event):
    return make_ticket_type(event, capacity=10)


def known_by(order):
    tickets = Ticket.objects.filter(line__order=order).order_by("line__position", "number")
    return list(tickets.values_list("token", "code"))


def pay(stripe, order):
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    return order


def forget(order):
    """As if it had never been here: what is left in the database is someone else's order."""
    Order.objects.filter(pk=order.pk).update(
        number="N-ELSE-ELSE", token=link_tokens.new("order"), state="expired", expired_at=NOON
    )
    order.payments.update(session_id="cs_elsewhere", intent_id="pi_elsewhere", state="expired")
    for ticket in Ticket.objects.filter(line__order=order):
        ticket.token, ticket.code = link_tokens.new("ticket"), codes.spoken_code()
        ticket.save()


def test_tickets_come_back_with_their_links_and_codes(stripe, event, seat):
    order = pay(stripe, hold(event, (seat, 2), (make_ticket_type(event, name="Patron"), 1)))
    before = known_by(order)
    forget(order)

    reconcile(NEXT_DAY)

    again = Order.objects.get(number=order.number)
    assert known_by(again) == before
    assert Ticket.objects.valid().filter(line__order=again).count() == 3


def test_links_differ_from_sale_to_sale_and_from_seat_to_seat(event, seat):
    seats = known_by(hold(event, (seat, 3))) + known_by(hold(event, (seat, 3)))

    assert len({token for token, _code in seats}) == len({code for _token, code in seats}) == 6
    assert all(len(token) == 40 for token, _code in seats)


def test_two_seats_never_share_a_code(event, seat, monkeypatch):
    first = hold(event, (seat, 1))
    [(_token, taken)] = known_by(first)
    derived = codes.derived_code
    monkeypatch.setattr(
        recovery, "derived_code", lambda *seat: derived(*seat) if seat[-1] else taken
    )

    second = hold(event, (seat, 2))

    assert len({code for _token, code in known_by(first) + known_by(second)}) == 3


def test_other_keys_make_other_links(settings):
    settings.SECRET_KEY = "one key, quite long enough for this"
    first = link_tokens.following("ticket", "order", 0, 1)
    settings.SECRET_KEY = "another key, as long as the first was"

    assert first != link_tokens.following("ticket", "order", 0, 1)
    assert link_tokens.name_in("ticket", first) is None

    settings.SECRET_KEY_FALLBACKS = ["one key, quite long enough for this"]
    assert link_tokens.name_in("ticket", first)


def test_one_too_many_is_good_and_is_said(stripe, event, seat):
    order = pay(stripe, hold(event, (seat, 6)))
    forget(order)
    hold(event, (seat, 5), at=NEXT_DAY)

    reconcile(NEXT_DAY)

    again = Order.objects.get(number=order.number)
    assert Ticket.objects.valid().filter(line__order=again).count() == 6
    assert left_of(seat, at=NEXT_DAY) == 0
    assert Task.objects.filter(key=f"too-many:{order.number}:{event.pk}").exists()


def test_a_ticket_type_that_the_backup_does_not_know_is_a_persons_business(stripe, event, seat):
    order = pay(stripe, hold(event, (seat, 1)))
    forget(order)
    [session] = stripe.sessions.values()
    revealed = session["metadata"]["lines_1"]
    session["metadata"]["lines_1"] = revealed.replace(f'"s":{seat.pk},', '"s":99999,')

    reconcile(NEXT_DAY)

    assert not Order.objects.filter(number=order.number).exists()
    assert "no longer in this database" in Task.objects.get().text


def test_dues_come_back_as_the_payers(stripe):
    tier = Tier.objects.create(name="Friend", slug="friend", dues_cents=4000)
    joining = Joining(name="Cleo Ames", email="cleo@ames.example", others=("Max Ames",))
    order = pay(
        stripe,
        place(
            items=[dues_item(tier, joining)],
            buyer=Buyer("Cleo Ames", "cleo@ames.example"),
            submission_key="the form of Cleo Ames",
            at=NOON,
        ),
    )
    assert "Max" not in str(stripe.sessions)
    forget(order)

    reconcile(NEXT_DAY)

    term = Term.objects.get()
    assert (term.tier, term.line.order.number) == (tier, order.number)
    assert term.household.people.get().email == "cleo@ames.example"


def test_stripe_hears_nothing_of_guests_and_suppers(stripe, event, seat):
    from events.sales.quotes import Guest

    pay(stripe, hold(event, (seat, 1), guests=[Guest("Zenobia", "z@guest.example", needs="nuts")]))

    assert not any(word in str(stripe.asked) for word in ("Zenobia", "z@guest", "nuts"))


# --- Money for an event that was canceled meanwhile --------------------------------------------


@pytest.fixture
def canceled(stripe, event, seat):
    """Held and paid; between the two the event was canceled."""
    order = hold(event, (seat, 1))
    payment_url(order, at=NOON)
    canceling.cancel(event, note="A storm.", by=make_user(is_staff=True), at=NOON)
    stripe.pay(order.payments.get().session_id)
    return order


def test_money_for_a_canceled_event_goes_back_automatically(stripe, canceled):
    settling.settle(canceled.payments.get().session_id, at=NOON + timedelta(minutes=5))

    canceled.refresh_from_db()
    assert canceled.state == "expired"
    assert [r["amount"] for r in stripe.refunds.values()] == [9500]
    assert not Ticket.objects.valid().exists()


@pytest.mark.parametrize("cents", [9500, 0])
def test_nobody_is_led_to_pay_for_a_canceled_event(stripe, event, seat, client, cents):
    seat.price_cents = cents
    seat.save()
    order = hold(event, (seat, 1))
    canceling.cancel(event, note="A storm.", by=make_user(is_staff=True), at=NOON)

    with time_machine.travel(NOON + timedelta(minutes=2), tick=False):
        response = client.post(f"/orders/{order.token}/pay/")

    order.refresh_from_db()
    assert (response.status_code, order.state) == (409, "held")
    assert f"{event.title} was canceled." in response.content.decode()
    assert stripe.asked == []


def test_its_buyer_is_emailed_why_and_waits_on_no_list(canceled, event):
    from post_office.models import Email

    settling.settle(canceled.payments.get().session_id, at=NOON + timedelta(minutes=5))

    email = Email.objects.get(subject__contains="on its way")
    assert f"{event.title} was canceled." in email.message
    assert "waitlist" not in email.message
    assert not Event.objects.get(pk=event.pk).waitlist.exists()
