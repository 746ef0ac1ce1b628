"""What staff do to money: asked before it moves, by hand or by the gateway, and noted by name."""

import pytest
from django.core.management import call_command
from post_office.models import Email

from membership.models import Term, Tier
from orders.models import Order, Refund
from tests.admin.conftest import press
from tests.admin.test_acts import act


def test_the_page_says_what_a_refund_means_before_it_is_done(sign_in, soiree, paid):
    line = paid.lines.get()
    client = sign_in("treasurer")
    form = {"what": "single", "units": [f"{line.pk}-2"], "amount": "", "reason": "Ill"}

    asked = client.post(act("orders_order_refund", paid.pk), form).content.decode()
    nothing_yet = Refund.objects.exists()
    client.post(act("orders_order_refund", paid.pk), form | {"yes": "1"})

    assert "Ticket 2, " in asked
    assert "Refund $95" in asked
    assert "Refund cash and checks by hand" in asked
    assert not nothing_yet
    refund = Refund.objects.get()
    assert (refund.unit, refund.cents, refund.state) == (2, 9500, "succeeded")
    assert soiree.tickets.valid().count() == 1


@pytest.mark.parametrize(
    "form, words",
    [
        ({"what": "single"}, "Check at least one ticket."),
        ({"what": "order", "units": "1"}, "For single tickets, choose"),
        ({"what": "single", "units": "1", "amount": "5"}, "A single ticket is refunded in full."),
    ],
)
def test_a_refund_form_that_contradicts_itself_is_not_guessed_at(sign_in, paid, form, words):
    if "units" in form:
        form = form | {"units": [f"{paid.lines.get().pk}-1"]}

    response = sign_in("treasurer").post(
        act("orders_order_refund", paid.pk), {"reason": "Ill", "yes": "1"} | form
    )

    assert words in response.content.decode()
    assert not Refund.objects.exists()


def test_mails_sent_again_lead_to_the_order(sign_in, paid, settings):
    """What the buyer suffered: the e-mail's button led nowhere."""
    sign_in("treasurer").post(act("orders_order_send_again", paid.pk))

    email = Email.objects.get(subject__startswith="Your receipt")
    url = f"{settings.SITE_URL}{paid.get_absolute_url()}"
    assert f'href="{url}"' in email.html_message
    assert 'href=""' not in email.html_message


@pytest.fixture
def check(paid):
    paid.payments.update(method="check")
    return paid


def test_a_check_that_comes_back_and_is_made_good(sign_in, soiree, check):
    client = sign_in("treasurer")

    client.post(act("orders_order_bounced", check.pk))
    resting = soiree.tickets.valid().count()
    client.post(act("orders_order_make_good", check.pk), {"method": "cash"})

    assert (resting, soiree.tickets.valid().count()) == (0, 2)
    assert [(p.method, p.state) for p in check.payments.all()] == [
        ("check", "bounced"),
        ("cash", "paid"),
    ]
    actors = {entry.actor for entry in check.ledger.all()}
    assert actors == {"treasurer@nsca.example"}


def test_a_check_that_came_back_for_good_is_canceled(sign_in, soiree, check):
    client = sign_in("treasurer")
    client.post(act("orders_order_bounced", check.pk))

    client.post(act("orders_order_give_up", check.pk), {"reason": "No answer"})

    assert soiree.tickets.filter(canceled_at=None).count() == 0
    assert check.ledger.last().entry == "canceled"


@pytest.mark.parametrize("name", ["bounced", "make_good", "give_up", "received", "handed_back"])
def test_acts_that_do_not_fit_are_refused(sign_in, paid, name):
    assert sign_in("treasurer").post(act(f"orders_order_{name}", paid.pk)).status_code == 403


def test_the_director_cancels_and_refunds_everybody(sign_in, soiree, paid):
    client = sign_in("director")

    page = client.get(act("events_event_cancel", soiree.pk)).content.decode()
    press(
        client,
        act("events_event_cancel", soiree.pk),
        {"note": "The storm.", "money": "everybody"},
    )
    before = client.get(act("events_event_refunds", soiree.pk)).content.decode()
    call_command("tick")
    after = client.get(act("events_event_refunds", soiree.pk)).content.decode()
    client.post(act("orders_order_handed_back", paid.pk))
    change = client.get(act("events_event_change", soiree.pk)).content.decode()

    assert "1 order, 2 guests, $190" in page
    assert "0 of 1 orders refunded." in before
    assert "1 of 1 orders refunded." in after
    assert "Refunds: 1 of 1" in change
    assert Refund.objects.get().state == "succeeded"


def test_not_yet_is_decided_later_on_the_page_of_refunds(sign_in, soiree, paid):
    client = sign_in("director")
    press(client, act("events_event_cancel", soiree.pk), {"note": "Rain.", "money": "not-yet"})
    asked = client.get(act("events_event_refunds", soiree.pk)).content.decode()

    client.post(act("events_event_refunds", soiree.pk))
    call_command("tick")

    assert "Refund everyone: $190" in asked
    assert Refund.objects.get().cents == 19_000


def test_guests_and_suppers_are_written_with_the_sale(sign_in, soiree):
    kind = soiree.ticket_types.get()
    choice = soiree.choices.first()

    sign_in("treasurer").post(
        act("events_event_sell", soiree.pk),
        {
            "channel": "cash",
            "buyer_name": "Cy",
            "guests": f"Ada Ellery; {choice.label[:6]}\n\nBen Okoro",
            f"kind_{kind.pk}": "2",
            "key": "k" * 20,
        },
    )

    first, second = soiree.tickets.order_by("number")
    assert (first.guest_name, first.choice) == ("Ada Ellery", choice)
    assert (second.guest_name, second.choice) == ("Ben Okoro", None)


@pytest.mark.parametrize(
    "guests, words",
    [("Ada; Caviar", "is not one of the suppers"), ("A\nB\nC", "more guests than seats")],
)
def test_a_supper_that_does_not_exist_is_said(sign_in, soiree, guests, words):
    kind = soiree.ticket_types.get()

    response = sign_in("treasurer").post(
        act("events_event_sell", soiree.pk),
        {"channel": "cash", "buyer_name": "Cy", "guests": guests, f"kind_{kind.pk}": "2"},
    )

    assert words in response.content.decode()
    assert not Order.objects.exists()


@pytest.fixture
def tier(db):
    return Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)


def test_dues_and_a_gift_by_check_are_one_order(sign_in, tier):
    sign_in("treasurer").post(
        act("membership_household_take"),
        {
            "channel": "check",
            "name": "Ada Ellery",
            "email": "ada@ellery.example",
            "tier": tier.pk,
            "gift": "25",
            "note": "No. 77",
            "key": "k" * 20,
        },
    )

    order = Order.objects.get()
    assert (order.state, order.channel) == ("paid", "check")
    assert sorted(line.kind for line in order.lines.all()) == ["dues", "gift"]
    assert Term.objects.get(line__order=order).household.people.get().name == "Ada Ellery"


def test_nothing_chosen_is_nothing_taken(sign_in, tier):
    response = sign_in("treasurer").post(
        act("membership_household_take"), {"channel": "cash", "name": "Ada", "key": "k" * 20}
    )

    assert "Choose dues or enter a gift." in response.content.decode()
    assert not Order.objects.exists()
