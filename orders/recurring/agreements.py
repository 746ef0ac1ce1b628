"""Recurring payments: dues that renew automatically, and gifts that repeat monthly or yearly.

The interface for pages that sell. They show a checkbox, unchecked at first, with the words of
`recurring_words.consent`. If it is checked, the order is placed with one more argument:

    words = standing_words.consent([(tier.name, tier.dues_cents)], interval=YEAR, first_on=day)
    then = standing.asked(item, interval=YEAR, consent=words, at=request.now, household=household)
    order = place(items=[item, …], …, pays_now=True, then=then)
    return redirect(payment_url(order, at=request.now))

`asked` refuses (AlreadyStanding) if a known household has one already. Everything else follows
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
from orders.models import Order, StandingOrder
from orders.payments.stripe import till
from orders.refunds import refunds
from orders.refunds.refund_amounts import NothingToRefund

YEAR, MONTH = StandingOrder.Interval.YEAR, StandingOrder.Interval.MONTH
State = StandingOrder.State
SECOND = "there already was one"
TWICE = "Your membership already renews automatically, so we are refunding this second payment"


class AlreadyStanding(Refusal):
    """The household's dues already renew automatically."""

    def __init__(self):
        super().__init__(
            "This membership already renews automatically. Uncheck the box, or manage "
            "auto-renewal on your membership page."
        )


def asked(
    item: Item,
    *,
    interval: StandingOrder.Interval,
    consent: str,
    at: datetime,
    household_id: int | None = None,
    user=None,
) -> Callable[[Order], None]:
    """The argument for `place(then=…)` if the box was checked.

    It saves that `item` will be charged again, with the words shown and the instant. Raises
    AlreadyStanding.
    """
    if household_id and of_household(household_id):
        raise AlreadyStanding

    def write(order: Order) -> None:
        StandingOrder.objects.create(
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
            method=till().method,
            is_sample=order.is_sample,
        )

    return write


def of_household(household_id: int) -> Sequence[StandingOrder]:
    """The active one for a household's dues, if any."""
    return list(StandingOrder.objects.living().filter(household_id=household_id))


def paid_by(user_id: int, emails: Sequence[str]) -> Sequence[StandingOrder]:
    """Active ones for dues, for any household, paid by this user or these confirmed addresses."""
    theirs = Q(user=user_id) | Q(buyer_email__in=emails)
    dues = StandingOrder.objects.living().filter(theirs, kind="dues")
    return list(dues.select_related("household").distinct())


def of_address(emails: Sequence[str]) -> Sequence[StandingOrder]:
    """Active gifts paid by the owner of these (confirmed) addresses."""
    gifts = StandingOrder.objects.living().filter(kind="gift", buyer_email__in=emails)
    return list(gifts.exclude(buyer_email=""))


def begin(standing: StandingOrder, *, at: datetime) -> bool:
    """The first payment is here, so the agreement is valid. True if it began now.

    A household with one already (two browser tabs) keeps that one; this one ends before it ever
    charges, and its dues are refunded (`undo`).
    """
    kind = kind_of(standing)
    with brief():
        standing = StandingOrder.objects.select_for_update().get(pk=standing.pk)
        if standing.state != State.ASKED or standing.order.state != Order.State.PAID:
            return False
        household_id = kind.household_of(standing.order)
        standing.household_id = household_id or standing.household_id
        try:
            standing.next_charge_on = kind.charge_on(standing, on=day_of(at))
            standing.state, standing.began_at = State.ACTIVE, at
            with transaction.atomic():
                standing.save()
        except NothingToRenew as why:
            _write_end(standing, State.ENDED, by="the site", because=str(why), at=at)
        except IntegrityError:
            standing.began_at = standing.next_charge_on = None
            _write_end(standing, State.ENDED, by="the site", because=SECOND, at=at)
        else:
            post("begun", standing)
    return standing.is_living


def undo(standing: StandingOrder, *, at: datetime) -> bool:
    """Refund the first payment of a second agreement; the tick repeats this until it is done."""
    give_back(standing.order, kind_of(standing).line_of(standing.order), TWICE, at=at)
    return bool(StandingOrder.objects.filter(pk=standing.pk).update(stopped_at=at))


def give_back(order: Order, line, reason: str, *, at: datetime) -> None:
    """Refund money that should not have been charged, e-mail the buyer and create a task."""
    try:
        refunds.give_back(order=order, line=line, reason=reason, at=at)
    except NothingToRefund:
        return
    text = f"Order {order.number}: {reason}. The refund was automatic; consider a call."
    ask(f"standing-refund:{order.number}", text, at=at, order=order)


def cancel(standing: StandingOrder, *, by: str, at: datetime) -> bool:
    """Cancel for somebody (`by`, in words). True if it ended now.

    It applies at once, even if the gateway is silent: the tick repeats it until it answers.
    """
    return _end(standing, State.CANCELLED, by=by, because="", at=at, letter="cancelled")


def end(
    standing: StandingOrder, *, because: str, at: datetime, by: str = "the site", letter: str = ""
) -> bool:
    """End one that can't go on; `because` says why. True if it ended now."""
    return _end(standing, State.ENDED, by=by, because=because, at=at, letter=letter)


def _end(standing, state, *, by, because, at, letter) -> bool:
    with brief():
        standing = StandingOrder.objects.select_for_update().get(pk=standing.pk)
        if standing.state in StandingOrder.OVER:
            return False
        _write_end(standing, state, by=by, because=because, at=at)
        if letter:
            post(letter, standing)
    return True


def _write_end(standing: StandingOrder, state: str, *, by: str, because: str, at: datetime):
    standing.state, standing.ended_at = state, at
    standing.ended_by, standing.ended_because = by[:150], because[:200]
    standing.save()


def forget_unpaid(*, at: datetime) -> int:
    """End agreements whose order was never paid. Returns how many.

    An expired order may still be paid late; then its agreement begins anyway (`revive`).
    """
    dead = StandingOrder.objects.filter(state=State.ASKED, order__state=Order.State.LAPSED)
    return dead.update(
        state=State.ENDED, ended_at=at, ended_by="the site", ended_because=NEVER_PAID
    )


def revive() -> int:
    """Revive agreements whose money came late."""
    late = StandingOrder.objects.filter(
        state=State.ENDED, ended_because=NEVER_PAID, order__state=Order.State.PAID
    )
    return late.update(state=State.ASKED, ended_at=None, ended_by="", ended_because="")


NEVER_PAID = "the first payment never arrived"


def post(letter: str, standing: StandingOrder, **more) -> None:
    """Send an e-mail about a recurring payment, from templates/mail/standing_…."""
    if standing.buyer_email:
        mail.post(
            f"standing_{letter}",
            to=standing.buyer_email,
            to_name=standing.buyer_name,
            context={"agreement": standing, "page_url": page_url(standing), **more},
        )


def page_url(standing: StandingOrder) -> str:
    """The address, for e-mails, of the page to see it, cancel it or change the card."""
    return settings.SITE_URL + standing.get_absolute_url()
