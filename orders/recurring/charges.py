"""Turn each recurring charge into an ordinary paid order, once.

Whatever the source (a webhook, doubled or late, the reconciliation, the tick for pretend
payments), the invoice is read back first, and its id is unique on the payment. The rest is as for
every order: settling.py, the ledger, the kind's own `paid`, the receipt.
"""

from datetime import datetime, timedelta

from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of
from orders.books.ledger import ask
from orders.checkout import settling
from orders.checkout.placing import Buyer, place
from orders.lines.locks import brief
from orders.lines.recurring_kinds import item_of, next_month_or_year
from orders.models import Order, Payment, RecurringCharge, RecurringPayment, StripeEvent
from orders.payments.billing_words import FAILING, Invoiced, Subscribed
from orders.payments.stripe import GatewayRefused, gateway
from orders.recurring import agreements
from orders.recurring.billing import StripeBilling, billing_of

State = RecurringPayment.State
LONGER_THAN_ANY_CRASH = timedelta(days=3)  # the order of a charge is held between its two steps
AFTER_THE_END = "We charged this after it was canceled, so we are refunding it"
BY_A_STRAY = "We charged this twice by mistake, so we are refunding it"
LAST_TRY = "your card could not be charged"


def learn_invoice(invoice_id: str, *, at: datetime, event: StripeEvent | None = None) -> None:
    """Read an invoice back from Stripe and apply it.

    Raises what `follow` does, and GatewayUnavailable.
    """
    try:
        reported = StripeBilling(at).invoice(invoice_id)
    except GatewayRefused:  # not of this account
        reported = None
    follow(reported, at=at, event=event)


def learn_subscription(
    subscription_id: str, *, at: datetime, event: StripeEvent | None = None
) -> None:
    """The same for a subscription."""
    found = RecurringPayment.objects.filter(subscription_id=subscription_id).first()
    try:
        reported = billing_of(found, at=at).subscription(subscription_id) if found else None
    except GatewayRefused:  # Stripe no longer knows it: the next look ends it
        reported = None
    if reported:
        apply(found, reported, at=at)
    with brief():
        if event:
            event.save(force_insert=True)


def follow(
    reported: Invoiced | None,
    *,
    at: datetime,
    event: StripeEvent | None = None,
    actor: str = "Stripe",
) -> Order | None:
    """Apply an invoice as the gateway reports it now, and save its `event`. Idempotent.

    Returns the order it became; None if nothing was paid, or it is not ours. Raises
    GatewayUnavailable and Busy (call again), IntegrityError if the event was saved before.
    """
    found = _whose(reported) if reported else None
    if found is None or not reported.is_paid:
        if reported and found is None and reported.is_paid and "order" in reported.said:
            _ask_whose(reported, at=at)
        if found and reported.is_failing:
            _fails(found, reported, at=at)
        with brief():
            if event:
                event.save(force_insert=True)
        return None
    is_stray = reported.subscription_id != found.subscription_id
    why = _unwanted(found, reported, is_stray)
    payment = _payment_of(found, reported, why, at=at)
    session = reported.as_session(payment.order.number)
    order = settling.settle_session(payment, session, at=at, actor=actor, event=event)
    if is_stray:
        billing_of(found, at=at).stop(reported.subscription_id)
    charge = RecurringCharge.objects.select_related("order").get(invoice_id=reported.id)
    if charge.unwanted_because:
        give_back(charge, at=at)
    elif not is_stray:
        _goes_on(found, reported, at=at)
    return order


def _whose(reported: Invoiced) -> RecurringPayment | None:
    """Its recurring payment, by subscription, or by our metadata if a crash lost that id."""
    all_ours = RecurringPayment.objects.select_related("order")
    known = all_ours.filter(subscription_id=reported.subscription_id).first()
    if known or not reported.said.get("order"):
        return known
    found = all_ours.filter(order__number=reported.said["order"]).first()
    if found and found.subscription_id is None:
        unnoted = RecurringPayment.objects.filter(pk=found.pk, subscription_id=None)
        unnoted.update(subscription_id=reported.subscription_id)
        found.refresh_from_db(fields=["subscription_id"])
    return found


def give_back(charge: RecurringCharge, *, at: datetime) -> bool:
    """Refund an unwanted charge once; the tick repeats this until it is done."""
    if charge.order.state != Order.State.PAID:
        return False
    agreements.give_back(charge.order, None, charge.unwanted_because, at=at)
    return True


def _payment_of(found: RecurringPayment, reported: Invoiced, why: str, *, at: datetime) -> Payment:
    """The payment of the order this charge became, created if new; `why` it is unwanted, or "".

    The charge may be the agreed price, or one a notice has named since. For anything else the
    order gets the agreed price, and settling.py creates a task about the difference.
    """
    prices = {found.cents, *found.charge_mails.values_list("cents", flat=True)}
    cents = reported.cents if reported.cents in prices else found.cents

    def write(order: Order) -> None:
        Payment.objects.create(
            order=order,
            method=found.method,
            amount_cents=cents,
            session_id=reported.id,
            livemode=gateway().livemode,
            opened_at=at,
            expires_at=order.held_until,
        )
        RecurringCharge.objects.create(
            recurring_payment=found,
            order=order,
            invoice_id=reported.id,
            charged_at=reported.paid_at or at,
            unwanted_because=why,
        )

    order = place(
        items=[item_of(found, cents=cents, at=at)],
        buyer=Buyer(found.buyer_name, found.buyer_email),
        submission_key=f"recurring-charge:{reported.id}"[:64],
        at=at,
        user=found.user,
        is_sample=found.is_sample,
        hold=LONGER_THAN_ANY_CRASH,
        then=write,
    )
    return order.payments.select_related("order").get(session_id=reported.id)


def _unwanted(found: RecurringPayment, reported: Invoiced, is_stray: bool) -> str:
    """Why this money should not have been charged, or ""."""
    if is_stray:
        return BY_A_STRAY
    is_over = found.state in RecurringPayment.OVER
    return (
        AFTER_THE_END if is_over and (reported.paid_at or found.ended_at) >= found.ended_at else ""
    )


def _goes_on(found: RecurringPayment, reported: Invoiced, *, at: datetime) -> None:
    """A charge was paid: note that all is well, and set the next one."""
    if found.method == Payment.Method.PRETEND:
        on = next_month_or_year(found.interval, found.next_charge_on)
        same = RecurringPayment.objects.filter(pk=found.pk, next_charge_on=found.next_charge_on)
        same.update(next_charge_on=on)
        return
    apply(found, billing_of(found, at=at).subscription(reported.subscription_id), at=at)


def apply(found: RecurringPayment, reported: Subscribed, *, at: datetime) -> None:
    """Apply what the gateway says about a subscription."""
    if reported.is_over or reported.state == "unpaid":
        because = LAST_TRY if reported.state == "unpaid" else "it was ended in Stripe"
        if found.state == State.FAILING:
            because = LAST_TRY
        agreements.end(found, because=because, by="Stripe", at=at, template="ended")
        return
    with brief():
        row = RecurringPayment.objects.select_for_update().get(pk=found.pk)
        if not row.is_living:
            return
        if reported.state in FAILING:
            if row.state != State.FAILING:
                row.state, row.failing_since = State.FAILING, at
        else:
            row.state, row.failing_since = State.ACTIVE, None
            if reported.next_charge_at:
                row.next_charge_on = day_of(reported.next_charge_at)
        row.item_id = reported.item_id or row.item_id
        row.save()


def _fails(found: RecurringPayment, reported: Invoiced, *, at: datetime) -> None:
    """The card was declined: e-mail once per charge, while Stripe retries on its own days.

    After the last try the recurring payment ends and ordinary reminders take over.
    """
    if reported.subscription_id != found.subscription_id:
        return
    if reported.next_try_at is None:
        agreements.end(found, because=LAST_TRY, by="Stripe", at=at, template="ended")
        return
    with brief():
        row = RecurringPayment.objects.select_for_update().get(pk=found.pk)
        if not row.is_living:
            return
        if row.state != State.FAILING:
            row.state, row.failing_since = State.FAILING, at
        if row.reported_failing_of != reported.id:
            row.reported_failing_of = reported.id
            agreements.post("failing", row, next_try_at=reported.next_try_at, cents=reported.cents)
        row.save()


def _ask_whose(reported: Invoiced, *, at: datetime) -> None:
    """Create a task for a charge without an agreement here, e.g. after a restored backup."""
    text = (
        f"Stripe charged {dollars(reported.cents)} for a recurring payment that began with order "
        f"{reported.said['order']} and is missing here. Look up {reported.id} in Stripe, record "
        "the payment by hand, and cancel the subscription there if nobody knows it."
    )
    ask(f"unknown-charge:{reported.id}", text, at=at)
