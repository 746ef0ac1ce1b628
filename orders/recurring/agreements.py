"""Recurring payments: dues that renew automatically, and gifts that repeat monthly or yearly.

The interface for pages that sell. They show a checkbox, unchecked at first, with the words of
`recurring_words.consent`. If it is checked, the order is placed with one more argument:

    words = recurring_words.consent([(tier.name, tier.dues_cents)], interval=YEAR, first_on=day)
    then = standing.asked(item, interval=YEAR, consent=words, at=request.now, household=household)
    order = place(items=[item, …], …, pays_now=True, then=then)
    return redirect(payment_url(order, at=request.now))

`asked` refuses (AlreadyRecurring) if a known household has one already. Everything else follows
from the order's payment, and the buyer sees one payment page: its Checkout saves the card, the
tick begins the agreement (orders/recurring/due.py), and each later charge becomes an ordinary paid
order (charges.py), so dues make a term and gifts get receipts as usual. An order that is never
paid leaves an agreement that never began.

`recurring_kinds.next_month_or_year(interval, on)` is the day of a gift's next charge; for dues,
`membership.joining.auto_renewal` has it, and the checkbox for a form. `of_household` and
`of_address` list the active ones for the member's page; their `get_absolute_url` is the page to
cancel or change the card without signing in.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from nsca.lib.mail import mail
from nsca.lib.text.money import known_sum
from nsca.lib.timing import day_of
from orders.books.ledger import ask
from orders.lines.kinds import Item, Refusal
from orders.lines.locks import brief
from orders.lines.recurring_kinds import NothingToRenew, kind_of
from orders.models import Order, RecurringPayment
from orders.payments.stripe import gateway
from orders.refunds import refunds
from orders.refunds.refund_amounts import NothingToRefund

YEAR, MONTH = RecurringPayment.Interval.YEAR, RecurringPayment.Interval.MONTH
State = RecurringPayment.State
SECOND = "there already was one"
TWICE = "Your membership already renews automatically, so we are refunding this second payment"


class AlreadyRecurring(Refusal):
    """The household's dues already renew automatically."""

    def __init__(self):
        super().__init__(
            "This membership already renews automatically. Uncheck the box, or manage "
            "auto-renewal on your membership page."
        )


def asked(
    item: Item,
    *,
    interval: RecurringPayment.Interval,
    consent: str,
    at: datetime,
    household_id: int | None = None,
    user=None,
) -> Callable[[Order], None]:
    """The argument for `place(then=…)` if the box was checked.

    It saves that `item` will be charged again, with the words shown and the instant. Raises
    AlreadyRecurring.
    """
    if household_id and of_household(household_id):
        raise AlreadyRecurring

    def write(order: Order) -> None:
        RecurringPayment.objects.create(
            kind=item.kind,
            interval=interval,
            order=order,
            household_id=household_id,
            user=user,
            buyer_name=order.buyer_name,
            buyer_email=order.buyer_email,
            subject_id=item.subject_id,
            label=item.label,
            cents=item.unit_cents * item.quantity,
            fair_value_cents=known_sum([item.fair_value_cents] * item.quantity),
            heading=item.heading,
            committee=item.committee,
            details=item.details,
            consent_text=consent,
            consented_at=at,
            method=gateway().method,
            is_sample=order.is_sample,
        )

    return write


def of_household(household_id: int) -> Sequence[RecurringPayment]:
    """The active one for a household's dues, if any."""
    return list(RecurringPayment.objects.living().filter(household_id=household_id))


def paid_by(user_id: int, emails: Sequence[str]) -> Sequence[RecurringPayment]:
    """Active ones for dues, for any household, paid by this user or these confirmed addresses."""
    theirs = Q(user=user_id) | Q(buyer_email__in=emails)
    dues = RecurringPayment.objects.living().filter(theirs, kind="dues")
    return list(dues.select_related("household").distinct())


def of_address(emails: Sequence[str]) -> Sequence[RecurringPayment]:
    """Active gifts paid by the owner of these (confirmed) addresses."""
    gifts = RecurringPayment.objects.living().filter(kind="gift", buyer_email__in=emails)
    return list(gifts.exclude(buyer_email=""))


def begin(recurring_payment: RecurringPayment, *, at: datetime) -> bool:
    """The first payment is here, so the agreement is valid. True if it began now.

    A household with one already (two browser tabs) keeps that one; this one ends before it ever
    charges, and its dues are refunded (`undo`).
    """
    kind = kind_of(recurring_payment)
    with brief():
        recurring_payment = RecurringPayment.objects.select_for_update().get(
            pk=recurring_payment.pk
        )
        if (
            recurring_payment.state != State.ASKED
            or recurring_payment.order.state != Order.State.PAID
        ):
            return False
        household_id = kind.household_of(recurring_payment.order)
        recurring_payment.household_id = household_id or recurring_payment.household_id
        try:
            recurring_payment.next_charge_on = kind.charge_on(recurring_payment, on=day_of(at))
            recurring_payment.state, recurring_payment.began_at = State.ACTIVE, at
            with transaction.atomic():
                recurring_payment.save()
        except NothingToRenew as why:
            _write_end(recurring_payment, State.ENDED, by="the site", because=str(why), at=at)
        except IntegrityError:
            recurring_payment.began_at = recurring_payment.next_charge_on = None
            _write_end(recurring_payment, State.ENDED, by="the site", because=SECOND, at=at)
        else:
            post("begun", recurring_payment)
    return recurring_payment.is_living


def undo(recurring_payment: RecurringPayment, *, at: datetime) -> bool:
    """Refund the first payment of a second agreement; the tick repeats this until it is done."""
    give_back(
        recurring_payment.order,
        kind_of(recurring_payment).line_of(recurring_payment.order),
        TWICE,
        at=at,
    )
    return bool(RecurringPayment.objects.filter(pk=recurring_payment.pk).update(stopped_at=at))


def give_back(order: Order, line, reason: str, *, at: datetime) -> None:
    """Refund money that should not have been charged, e-mail the buyer and create a task."""
    try:
        refunds.give_back(order=order, line=line, reason=reason, at=at)
    except NothingToRefund:
        return
    text = f"Order {order.number}: {reason}. The refund was automatic; consider a call."
    ask(f"recurring-refund:{order.number}", text, at=at, order=order)


def cancel(recurring_payment: RecurringPayment, *, by: str, at: datetime) -> bool:
    """Cancel for somebody (`by`, in words). True if it ended now.

    It applies at once, even if the gateway is silent: the tick repeats it until it answers.
    """
    return _end(recurring_payment, State.CANCELED, by=by, because="", at=at, template="canceled")


def end(
    recurring_payment: RecurringPayment,
    *,
    because: str,
    at: datetime,
    by: str = "the site",
    template: str = "",
) -> bool:
    """End one that can't go on; `because` says why. True if it ended now."""
    return _end(recurring_payment, State.ENDED, by=by, because=because, at=at, template=template)


def _end(recurring_payment, state, *, by, because, at, template) -> bool:
    with brief():
        recurring_payment = RecurringPayment.objects.select_for_update().get(
            pk=recurring_payment.pk
        )
        if recurring_payment.state in RecurringPayment.OVER:
            return False
        _write_end(recurring_payment, state, by=by, because=because, at=at)
        if template:
            post(template, recurring_payment)
    return True


def _write_end(
    recurring_payment: RecurringPayment, state: str, *, by: str, because: str, at: datetime
):
    recurring_payment.state, recurring_payment.ended_at = state, at
    recurring_payment.ended_by, recurring_payment.ended_because = by[:150], because[:200]
    recurring_payment.save()


def forget_unpaid(*, at: datetime) -> int:
    """End agreements whose order was never paid. Returns how many.

    An expired order may still be paid late; then its agreement begins anyway (`revive`).
    """
    dead = RecurringPayment.objects.filter(state=State.ASKED, order__state=Order.State.EXPIRED)
    return dead.update(
        state=State.ENDED, ended_at=at, ended_by="the site", ended_because=NEVER_PAID
    )


def revive() -> int:
    """Revive agreements whose money came late."""
    late = RecurringPayment.objects.filter(
        state=State.ENDED, ended_because=NEVER_PAID, order__state=Order.State.PAID
    )
    return late.update(state=State.ASKED, ended_at=None, ended_by="", ended_because="")


NEVER_PAID = "the first payment never arrived"


def post(template: str, recurring_payment: RecurringPayment, **more) -> None:
    """Send an e-mail about a recurring payment, from templates/mail/recurring_…."""
    if recurring_payment.buyer_email:
        mail.post(
            f"recurring_{template}",
            to=recurring_payment.buyer_email,
            to_name=recurring_payment.buyer_name,
            context={
                "agreement": recurring_payment,
                "page_url": page_url(recurring_payment),
                **more,
            },
        )


def page_url(recurring_payment: RecurringPayment) -> str:
    """The address, for e-mails, of the page to see it, cancel it or change the card."""
    return settings.SITE_URL + recurring_payment.get_absolute_url()
