"""Sample orders, through the functions that sell: placed, paid by pretend payment, settled.

Every act may be repeated: the submission key identifies an order, and nothing is done twice.
Payments are pretend even if Stripe has test keys: no sample meets a real bank.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from membership.models import User
from orders.checkout import placing as checkout
from orders.checkout import settling
from orders.checkout.placing import HOLD, Buyer
from orders.lines.kinds import Item
from orders.models import Order, Payment
from orders.payments.stripe import SESSION_LIFE, PretendGateway

AT_THE_GATEWAY = timedelta(minutes=3)  # how long a buyer looks for their card


def key_of(name: str) -> str:
    """The submission key of a sample order: we can find it again, nobody can guess it."""
    return salted_hmac("nsca.demo", name, algorithm="sha256").hexdigest()


def order_of(name: str) -> Order:
    """Raises Order.DoesNotExist."""
    return Order.objects.get(submission_key=key_of(name))


def hold(
    name: str,
    *,
    items: Sequence[Item],
    buyer: Buyer,
    at: datetime,
    terms_text: str = "",
    length: timedelta = HOLD,
) -> Order:
    """Placed and not paid."""
    return checkout.place(
        items=items,
        buyer=buyer,
        submission_key=key_of(name),
        at=at,
        terms_text=terms_text,
        user=User.objects.filter(email=buyer.email).first() if buyer.email else None,
        is_sample=True,
        hold=length,
    )


def buy(name: str, *, at: datetime, **wanted) -> Order:
    """Placed at `at` and paid a few minutes later."""
    order = hold(name, at=at, **wanted)
    if order.state != Order.State.HELD:
        return order
    paid_at = at + AT_THE_GATEWAY
    if order.total_cents == 0:
        checkout.payment_url(order, at=paid_at)  # nothing to pay: this settles it
    else:
        press_pay(order, at=paid_at)
        arrive(order, at=paid_at)
    order.refresh_from_db()
    return order


def press_pay(order: Order, *, at: datetime) -> None:
    """The buyer has pressed Pay; we have not heard back yet."""
    if order.payments.exists():
        return
    payment = Payment(
        order=order,
        method=Payment.Method.PRETEND,
        amount_cents=order.total_cents,
        opened_at=at,
        expires_at=at + SESSION_LIFE,
    )
    PretendGateway().open(payment)  # also sets the session's name
    payment.save()
    PretendGateway().pay(payment, at=at)


def arrive(order: Order, *, at: datetime) -> None:
    """The gateway's answer is here, in time or late."""
    payment = order.payments.get(method=Payment.Method.PRETEND)
    settling.settle(payment.session_id, at=at, actor="buyer")


def lapse(order: Order) -> None:
    """The hold expired and its seats went back."""
    settling.lapse(order, at=order.held_until)


def by_staff(
    name: str,
    *,
    items: Sequence[Item],
    buyer: Buyer,
    channel: Order.Channel,
    by: User,
    at: datetime,
    note: str,
) -> Order:
    """Recorded by staff, without a card."""
    return checkout.record_offline(
        items=items,
        buyer=buyer,
        channel=channel,
        by=by,
        at=at,
        note=note,
        submission_key=key_of(name),
        is_sample=True,
    )
