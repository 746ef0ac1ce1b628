"""What a till charged for a standing order becomes an ordinary paid order, once.

Whoever says it (a webhook, doubled or late, the reconciliation, the pretend till's tick), the
invoice is read back first, and its name is unique on the payment. From there the way is the one of
every order: settle.py, the ledger, the kind's own `paid`, the receipt.
"""

from datetime import datetime, timedelta

from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of
from orders.books.ledger import ask
from orders.checkout import settling as settle
from orders.checkout.placing import Buyer, place
from orders.lines.locks import brief
from orders.lines.recurring_kinds import item_of, next_month_or_year
from orders.models import Order, Payment, StandingCharge, StandingOrder, StripeEvent
from orders.payments.billing_words import FAILING, Invoiced, Subscribed
from orders.payments.stripe import TillRefused, till
from orders.recurring import agreements as standing
from orders.recurring.billing import StripeBilling, billing_of

State = StandingOrder.State
LONGER_THAN_ANY_CRASH = timedelta(days=3)  # the order of a charge is held between its two steps
AFTER_THE_END = "It had been cancelled before this charge, so the money goes back"
BY_A_STRAY = "It was charged a second time by mistake, so the money goes back"
LAST_TRY = "the card could not be charged"


def learn_invoice(invoice_id: str, *, at: datetime, event: StripeEvent | None = None) -> None:
    """Read an invoice back from Stripe and follow it. Raises what `follow` does, and
    TillUnavailable.
    """
    try:
        told = StripeBilling(at).invoice(invoice_id)
    except TillRefused:  # none of this account's
        told = None
    follow(told, at=at, event=event)


def learn_subscription(
    subscription_id: str, *, at: datetime, event: StripeEvent | None = None
) -> None:
    """The same for a subscription."""
    found = StandingOrder.objects.filter(subscription_id=subscription_id).first()
    try:
        told = billing_of(found, at=at).subscription(subscription_id) if found else None
    except TillRefused:  # it is not known there any more: the next look ends it
        told = None
    if told:
        apply(found, told, at=at)
    with brief():
        if event:
            event.save(force_insert=True)


def follow(
    told: Invoiced | None, *, at: datetime, event: StripeEvent | None = None, actor: str = "Stripe"
) -> Order | None:
    """Let an invoice, as the till says it is now, have its effect here. The same word twice
    changes nothing; `event`, unsaved, is written with the effect.

    The order that it became; None where nothing was paid, or it is none of ours. Raises
    TillUnavailable and Busy (call again), IntegrityError where the event was written before.
    """
    found = _whose(told) if told else None
    if found is None or not told.is_paid:
        if told and found is None and told.is_paid and "order" in told.said:
            _ask_whose(told, at=at)
        if found and told.is_failing:
            _fails(found, told, at=at)
        with brief():
            if event:
                event.save(force_insert=True)
        return None
    is_stray = told.subscription_id != found.subscription_id
    why = _unwanted(found, told, is_stray)
    payment = _payment_of(found, told, why, at=at)
    session = told.as_session(payment.order.number)
    order = settle.settle_session(payment, session, at=at, actor=actor, event=event)
    if is_stray:
        billing_of(found, at=at).stop(told.subscription_id)
    charge = StandingCharge.objects.select_related("order").get(invoice_id=told.id)
    if charge.unwanted_because:
        give_back(charge, at=at)
    elif not is_stray:
        _goes_on(found, told, at=at)
    return order


def _whose(told: Invoiced) -> StandingOrder | None:
    """Its standing order: by the subscription, or, where a crash lost that name, by what we told
    Stripe of it; and then it is written down.
    """
    all_ours = StandingOrder.objects.select_related("order")
    known = all_ours.filter(subscription_id=told.subscription_id).first()
    if known or not told.said.get("order"):
        return known
    found = all_ours.filter(order__number=told.said["order"]).first()
    if found and found.subscription_id is None:
        unnoted = StandingOrder.objects.filter(pk=found.pk, subscription_id=None)
        unnoted.update(subscription_id=told.subscription_id)
        found.refresh_from_db(fields=["subscription_id"])
    return found


def give_back(charge: StandingCharge, *, at: datetime) -> bool:
    """Money that should not have come goes back, once; the tick says it again until it is done."""
    if charge.order.state != Order.State.PAID:
        return False
    standing.give_back(charge.order, None, charge.unwanted_because, at=at)
    return True


def _payment_of(found: StandingOrder, told: Invoiced, why: str, *, at: datetime) -> Payment:
    """The payment of the order that this charge became, written now where it is the first word of
    it; `why` it is unwanted, or "".

    Charged may be what was agreed to, or what a notice named since; an order for anything else is
    written at the agreed price, and settle.py asks a person about the difference.
    """
    prices = {found.cents, *found.notices.values_list("cents", flat=True)}
    cents = told.cents if told.cents in prices else found.cents

    def write(order: Order) -> None:
        Payment.objects.create(
            order=order,
            method=found.method,
            amount_cents=cents,
            session_id=told.id,
            livemode=till().livemode,
            opened_at=at,
            expires_at=order.held_until,
        )
        StandingCharge.objects.create(
            standing=found,
            order=order,
            invoice_id=told.id,
            charged_at=told.paid_at or at,
            unwanted_because=why,
        )

    order = place(
        items=[item_of(found, cents=cents, at=at)],
        buyer=Buyer(found.buyer_name, found.buyer_email),
        submission_key=f"standing-charge:{told.id}"[:64],
        at=at,
        user=found.user,
        is_sample=found.is_sample,
        hold=LONGER_THAN_ANY_CRASH,
        then=write,
    )
    return order.payments.select_related("order").get(session_id=told.id)


def _unwanted(found: StandingOrder, told: Invoiced, is_stray: bool) -> str:
    """Why this money should not have come, or ""."""
    if is_stray:
        return BY_A_STRAY
    is_over = found.state in StandingOrder.OVER
    return AFTER_THE_END if is_over and (told.paid_at or found.ended_at) >= found.ended_at else ""


def _goes_on(found: StandingOrder, told: Invoiced, *, at: datetime) -> None:
    """Paid: it is well, and the next charge is a year or a month on."""
    if found.method == Payment.Method.PRETEND:
        on = next_month_or_year(found.interval, found.next_charge_on)
        same = StandingOrder.objects.filter(pk=found.pk, next_charge_on=found.next_charge_on)
        same.update(next_charge_on=on)
        return
    apply(found, billing_of(found, at=at).subscription(told.subscription_id), at=at)


def apply(found: StandingOrder, told: Subscribed, *, at: datetime) -> None:
    """What the till says of a subscription becomes true here."""
    if told.is_over or told.state == "unpaid":
        because = LAST_TRY if told.state == "unpaid" else "it was ended at Stripe"
        if found.state == State.FAILING:
            because = LAST_TRY
        standing.end(found, because=because, by="Stripe", at=at, letter="ended")
        return
    with brief():
        row = StandingOrder.objects.select_for_update().get(pk=found.pk)
        if not row.is_living:
            return
        if told.state in FAILING:
            if row.state != State.FAILING:
                row.state, row.failing_since = State.FAILING, at
        else:
            row.state, row.failing_since = State.ACTIVE, None
            if told.next_charge_at:
                row.next_charge_on = day_of(told.next_charge_at)
        row.item_id = told.item_id or row.item_id
        row.save()


def _fails(found: StandingOrder, told: Invoiced, *, at: datetime) -> None:
    """The card was refused. Stripe tries it again on days of its own; we say so once a charge, and
    after the last try the standing order ends and ordinary reminders take over.
    """
    if told.subscription_id != found.subscription_id:
        return
    if told.next_try_at is None:
        standing.end(found, because=LAST_TRY, by="Stripe", at=at, letter="ended")
        return
    with brief():
        row = StandingOrder.objects.select_for_update().get(pk=found.pk)
        if not row.is_living:
            return
        if row.state != State.FAILING:
            row.state, row.failing_since = State.FAILING, at
        if row.told_failing_of != told.id:
            row.told_failing_of = told.id
            standing.post("failing", row, next_try_at=told.next_try_at, cents=told.cents)
        row.save()


def _ask_whose(told: Invoiced, *, at: datetime) -> None:
    """Money came for an agreement that is not here: a restored backup. Always a person's."""
    text = (
        f"Stripe charged {dollars(told.cents)} for a standing order that began with order "
        f"{told.said['order']} and is not here any more. Look at {told.id} in Stripe: record the "
        "payment by hand, and cancel the subscription there if nobody knows of it."
    )
    ask(f"unknown-charge:{told.id}", text, at=at)
