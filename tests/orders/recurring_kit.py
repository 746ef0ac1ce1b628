"""A year and a month of standing orders, with the fake of Stripe and its clock."""

from datetime import UTC, datetime

from post_office.models import Email

from orders.checkout import confirmations, settling
from orders.checkout.placing import payment_url
from orders.lines.kinds import Item
from orders.models import Line, Order, RecurringPayment
from orders.payments.stripe import read_event
from orders.reconciling import webhooks
from orders.recurring import due as recurring_round
from orders.recurring.agreements import MONTH, asked
from tests.factories import NOON
from tests.orders.conftest import buy

WORDS = "Charge this card $50 every month, next on May 1, 2027, until I cancel."
HEARD = (
    "invoice.paid", "invoice.payment_failed", "customer.subscription.updated",
    "customer.subscription.deleted", "charge.dispute.created",
)  # fmt: skip


def gift_item(cents=5000):
    return Item(kind=Line.Kind.GIFT, label="Gift to Toulon", unit_cents=cents, heading="Gifts")


def ask(*, item=None, interval=MONTH, key="a form, opened once", at=NOON, **fields):
    """The buyer ticked the box; the order is placed and not yet paid."""
    item = item or gift_item()
    then = asked(item, interval=interval, consent=WORDS, at=at, **fields)
    return buy(item, key=key, at=at, pays_now=True, then=then)


def pay(stripe, order, *, at=NOON):
    payment_url(order, at=at)
    payment = order.payments.get(state="open")
    stripe.pay(payment.session_id)
    settling.settle(payment.session_id, at=at)
    return Order.objects.get(pk=order.pk)


def agree(stripe, **choices):
    """The buyer ticked the box and paid; the standing order, begun by a tick."""
    order = pay(stripe, ask(**choices), at=choices.get("at", NOON))
    recurring_round.tick(choices.get("at", NOON))
    confirmations.write_due(choices.get("at", NOON))
    stripe.events.clear()
    return RecurringPayment.objects.get(order=order)


def clock(stripe):
    return datetime.fromtimestamp(stripe.now, UTC)


def hear(stripe, *, times=1, backwards=False, forget=True):
    """Every event of ours reaches the webhook, now."""
    due = [event for event in stripe.events.values() if event["type"] in HEARD]
    for event in (due[::-1] if backwards else due) * times:
        webhooks.receive(read_event(*_signed(stripe, event)), at=clock(stripe))
    confirmations.write_due(clock(stripe))
    if forget:
        stripe.events.clear()


def _signed(stripe, event):
    body, signature = stripe.signed(event)
    return body.encode(), signature


def live_through(stripe, days, *, hears=True, step=1):
    """So many days at a time: Stripe's clock, its webhooks, and our tick."""
    for _ in range(0, days, step):
        stripe.pass_days(step)
        if hears:
            hear(stripe)
        recurring_round.tick(clock(stripe))


def charges(row):
    """(cents, order's state, payment's state) of each charge, oldest first."""
    return [
        (payment.amount_cents, charge.order.state, payment.state)
        for charge in row.charges.all()
        for payment in charge.order.payments.all()
    ]


def subjects(*words):
    """Subjects of the e-mails about the standing order, oldest first."""
    all_of_them = Email.objects.order_by("pk").values_list("subject", flat=True)
    return [subject for subject in all_of_them if any(word in subject for word in words)]


def fresh(row):
    return RecurringPayment.objects.get(pk=row.pk)


def subscription(stripe, row):
    return stripe.subscriptions[fresh(row).subscription_id]
