"""What is due for recurring payments: begin, notify, move, reprice, stop.

It never matches a fixed day, but finds what is due and not done yet, however late. The gateway is
asked outside transactions; if it is silent, the next round asks again.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q

from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of, to_instant
from orders.books.ledger import ask
from orders.lines.locks import Busy, brief
from orders.lines.recurring_kinds import NothingToRenew, item_of, kind_of
from orders.models import ChargeMail, Dispute, Payment, RecurringCharge, RecurringPayment
from orders.payments.stripe import GatewayRefused, GatewayUnavailable
from orders.recurring import agreements
from orders.recurring.billing import billing_of
from orders.recurring.billing_pretend import PretendBilling
from orders.recurring.charges import apply, follow, give_back

log = logging.getLogger(__name__)

State = RecurringPayment.State
NOTICE_FROM, NOTICE_AT_LEAST = timedelta(days=45), timedelta(days=30)  # before each yearly charge
LOOKED_AT_EVERY = timedelta(hours=6)
CHARGED_AT = time(10)  # in Norfolk, during office hours
AT_A_TIME = 20  # rows of each step in a round


def tick(at: datetime) -> int:
    """Do everything due. Returns how much was done."""
    done = agreements.forget_unpaid(at=at) + agreements.revive()
    done += _each(_unbegun(), lambda row: agreements.begin(row, at=at))
    done += _each(_second(), lambda row: agreements.undo(row, at=at))
    for charge in _unwanted():
        done += give_back(charge, at=at)
    for rows, act in (
        (_unmade(at), make),
        (_unseen(at), look),
        (_disputed(), end_disputed),
        (_unmailed(at), mail_charge),
        (_pretend_due(at), charge_pretend),
        (_unstopped(), stop),
    ):
        done += _each(rows, lambda row, act=act: act(row, at=at))
    return done


def _each(rows, act: Callable[[RecurringPayment], object]) -> int:
    done = 0
    for row in rows.select_related("order").order_by("pk")[:AT_A_TIME]:
        try:
            done += bool(act(row))
        except GatewayRefused as error:
            log.warning("recurring payment %s: %s", row.pk, type(error).__name__)
        except GatewayUnavailable:
            break  # don't ask a silent gateway once for each
        except Busy:
            log.warning("recurring payment %s waits for a lock", row.pk)
    return done


def charged_at(on: date) -> datetime:
    """The instant of a charge on a day."""
    return to_instant(datetime.combine(on, CHARGED_AT))


# --- Begun -------------------------------------------------------------------------------------


def _unbegun():
    return RecurringPayment.objects.filter(state=State.ASKED, order__state="paid")


def _second():
    return RecurringPayment.objects.filter(
        state=State.ENDED, ended_because=agreements.SECOND, stopped_at=None
    )


def _unwanted():
    """Unwanted charges whose refund has not started."""
    unwanted = RecurringCharge.objects.exclude(unwanted_because="").select_related("order")
    return unwanted.filter(order__state="paid", order__payments__refunds=None)[:AT_A_TIME]


def _not_lately(at: datetime) -> Q:
    return Q(checked_at=None) | Q(checked_at__lte=at - LOOKED_AT_EVERY)


def _unmade(at: datetime):
    return RecurringPayment.objects.living().filter(_not_lately(at), subscription_id=None)


def make(row: RecurringPayment, *, at: datetime) -> bool:
    """Make its subscription at the gateway, with the key saved on the row.

    If the answer was lost and the gateway has forgotten the key, look for the subscription first.
    """
    billing = billing_of(row, at=at)
    try:
        payer = billing.payer(row.order.payments.filter(state=Payment.State.PAID).first())
        if not payer.customer_id:
            raise GatewayRefused
        RecurringPayment.objects.filter(pk=row.pk).update(customer_id=payer.customer_id)
        made = [each for each in billing.subscriptions_of(payer.customer_id) if _is_of(each, row)]
        found = next((each for each in made if not each.is_over), None)
        if made and not found:  # it was ended there; respect that
            return agreements.end(
                row, because="it was ended in Stripe", by="Stripe", at=at, template="ended"
            )
        first_at = charged_at(row.next_charge_on)
        found = found or billing.subscribe(row, payer, first_at=first_at)
    except GatewayRefused:
        RecurringPayment.objects.filter(pk=row.pk).update(checked_at=at)
        text = (
            f"Order {row.order.number}: its buyer agreed to be charged every {row.interval}, and "
            "Stripe refuses to set that up. The site tries again every six hours. If this task "
            "stays open, e-mail the buyer."
        )
        ask(f"recurring-refused:{row.pk}", text, at=at, order=row.order)
        return False
    noted = RecurringPayment.objects.living().filter(pk=row.pk, subscription_id=None)
    if not noted.update(subscription_id=found.id, item_id=found.item_id, checked_at=at):
        _stop_unless_noted(row, found.id, billing)
    return True


def _is_of(reported, row: RecurringPayment) -> bool:
    return reported.said.get("order") == row.order.number


def _stop_unless_noted(row: RecurringPayment, subscription_id: str, billing) -> None:
    """Stop a subscription if the row was canceled meanwhile, or another ticker was quicker."""
    if (
        not RecurringPayment.objects.living()
        .filter(pk=row.pk, subscription_id=subscription_id)
        .exists()
    ):
        billing.stop(subscription_id)


# --- Stopped -----------------------------------------------------------------------------------


def _unstopped():
    return RecurringPayment.objects.filter(
        state__in=RecurringPayment.OVER, stopped_at=None
    ).exclude(customer_id="", subscription_id=None)


def stop(row: RecurringPayment, *, at: datetime) -> bool:
    """Tell the gateway to stop charging, until it answers."""
    billing = billing_of(row, at=at)
    names = {row.subscription_id} if row.subscription_id else set()
    if row.customer_id:
        names |= {
            each.id
            for each in billing.subscriptions_of(row.customer_id)
            if _is_of(each, row) and not each.is_over
        }
    for name in sorted(names):
        try:
            billing.stop(name)
        except GatewayRefused:
            log.warning("recurring payment %s: the gateway does not know its subscription", row.pk)
    RecurringPayment.objects.filter(pk=row.pk).update(stopped_at=at)
    return True


# --- Looked at: is it still alive there, and is its day still right? ---------------------------


def _unseen(at: datetime):
    return RecurringPayment.objects.living().filter(_not_lately(at), subscription_id__isnull=False)


def look(row: RecurringPayment, *, at: datetime) -> bool:
    """Read it back, and adjust its next charge to what was paid or ended since."""
    billing = billing_of(row, at=at)
    RecurringPayment.objects.filter(pk=row.pk).update(checked_at=at)
    try:
        apply(row, billing.subscription(row.subscription_id), at=at)
    except GatewayRefused:
        agreements.end(
            row, because="Stripe no longer has it", by="Stripe", at=at, template="ended"
        )
    row.refresh_from_db()
    if row.state != State.ACTIVE:
        return True
    try:
        day = wanted_day(row, on=day_of(at))
    except NothingToRenew as why:
        return agreements.end(row, because=str(why), at=at, template="ended")
    if day != row.next_charge_on:
        _move(row, day, billing, at=at)
    reported = row.charge_mails.filter(charge_on=row.next_charge_on).first()
    if reported and reported.cents != row.cents:
        _reprice(row, reported.cents, billing, at=at)
    return True


def wanted_day(row: RecurringPayment, *, on: date) -> date:
    """The day the next charge should be. Raises NothingToRenew.

    A charge under way stays. An announced charge never moves earlier; an unannounced one leaves
    time for the notice.
    """
    day = row.next_charge_on
    if day <= on:
        return day
    due = kind_of(row).charge_on(row, on=on)
    if row.interval != RecurringPayment.Interval.YEAR:
        return due
    if row.charge_mails.filter(charge_on=day).exists():
        return max(due, day)
    return max(due, on + NOTICE_AT_LEAST)


def _move(row: RecurringPayment, day: date, billing, *, at: datetime) -> None:
    try:
        billing.move(row, charged_at(day))
    except GatewayRefused:
        _ask_to_help(row, f"the next charge can't be moved to {day:%B %-d, %Y}", at=at)
        return
    RecurringPayment.objects.living().filter(pk=row.pk).update(next_charge_on=day)
    row.next_charge_on = day


def _reprice(row: RecurringPayment, cents: int, billing, *, at: datetime) -> None:
    """An announced price applies from the next charge on, and not before."""
    try:
        billing.reprice(row, cents)
    except GatewayRefused:
        _ask_to_help(row, f"the price can't be changed to {dollars(cents)}", at=at)
        return
    RecurringPayment.objects.filter(pk=row.pk).update(cents=cents)


def _ask_to_help(row: RecurringPayment, what: str, *, at: datetime) -> None:
    text = f"Recurring payment of {row.buyer_name}, order {row.order.number}: {what} in Stripe."
    ask(f"recurring-stuck:{row.pk}:{row.next_charge_on}", text, at=at, order=row.order)


def _disputed():
    """Those with a disputed payment: nobody who disputed a charge is charged again."""
    open_or_lost = Dispute.objects.filter(status__in=[*Dispute.OPEN, Dispute.LOST])
    theirs = Q(payment__order=OuterRef("order")) | Q(
        payment__order__charge__recurring_payment=OuterRef("pk")
    )
    return RecurringPayment.objects.living().filter(Exists(open_or_lost.filter(theirs)))


def end_disputed(row: RecurringPayment, *, at: datetime) -> bool:
    because = "one of its payments was disputed"
    return agreements.end(row, because=because, at=at, template="ended")


# --- Told before each yearly charge ------------------------------------------------------------


def _unmailed(at: datetime):
    on = day_of(at)
    its_mail = ChargeMail.objects.filter(
        recurring_payment=OuterRef("pk"), charge_on=OuterRef("next_charge_on")
    )
    return RecurringPayment.objects.filter(
        state=State.ACTIVE,
        interval=RecurringPayment.Interval.YEAR,
        subscription_id__isnull=False,
        next_charge_on__lte=on + NOTICE_FROM,
        next_charge_on__gt=on,
    ).exclude(Exists(its_mail))


def mail_charge(row: RecurringPayment, *, at: datetime) -> bool:
    """Send the notice before a charge: when, how much, and how to cancel.

    If it is less than thirty days before, the charge moves.
    """
    look(row, at=at)  # what was paid or changed since the last look
    on = day_of(at)
    if row.state != State.ACTIVE or row.next_charge_on > on + NOTICE_FROM:
        return False
    cents = item_of(row, at=charged_at(row.next_charge_on)).unit_cents
    if not cents:
        return agreements.end(row, because="nothing is due anymore", at=at, template="ended")
    with brief():
        row = RecurringPayment.objects.select_for_update().get(pk=row.pk)
        reported, is_new = ChargeMail.objects.get_or_create(
            recurring_payment=row,
            charge_on=row.next_charge_on,
            defaults={"cents": cents, "posted_at": at},
        )
        if is_new and row.state == State.ACTIVE:
            agreements.post("notice", row, notice=reported, was_cents=row.cents)
    return is_new


# --- The pretend gateway's charges -------------------------------------------------------------


def _pretend_due(at: datetime):
    return RecurringPayment.objects.filter(
        state=State.ACTIVE,
        method=Payment.Method.PRETEND,
        subscription_id__isnull=False,
        next_charge_on__lte=day_of(at),
    )


def charge_pretend(row: RecurringPayment, *, at: datetime) -> bool:
    reported = PretendBilling().charge(row, at=at)
    return follow(reported, at=at, actor="pretend payments") is not None
