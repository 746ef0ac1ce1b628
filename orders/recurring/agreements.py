"""Standing orders: dues that renew by themselves, gifts that come again each month or year.

The seam for pages that sell. A box that nobody ticked for the buyer, beside it the words of
`standing_words.consent`; ticked, the order is placed with one argument more:

    words = standing_words.consent([(tier.name, tier.dues_cents)], interval=YEAR, first_on=day)
    then = standing.asked(item, interval=YEAR, consent=words, at=request.now, household=household)
    order = place(items=[item, …], …, pays_now=True, then=then)
    return redirect(payment_url(order, at=request.now))

`asked` refuses (AlreadyStanding) where the household, if it is known, has one already. Everything
else follows from that order's payment, and the buyer sees one payment page: its Checkout keeps
the card, the tick begins the agreement (orders/recurring/due.py), and each later charge becomes
an ordinary paid order (standing_charges.py), so dues make a term and gifts reach receipts by the
ways they always go. An order that is never paid leaves an agreement that never began.

`standing_kinds.next_month_or_year(interval, on)` is the day of a gift's next charge; of dues,
`membership.joining.auto_renewal` says it, and has the box for a form. `of_household`,
`of_address` list
what lives, for the member's page; its `get_absolute_url` is the page on which it is cancelled and
the card changed, without signing in.
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
SECOND = "there was one already"
TWICE = "Your membership renews by itself already, so this second payment goes back"


class AlreadyStanding(Refusal):
    """The household's dues are renewed already."""

    def __init__(self):
        super().__init__(
            "This membership renews by itself already. Leave the box empty, or look at your "
            "membership page first."
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
    """What `place(then=…)` is given where the box was ticked: it writes down that `item` is to be
    charged again, with the words that were shown and the instant. Raises AlreadyStanding.
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
    """The living ones for a household's dues: one, or none."""
    return list(StandingOrder.objects.living().filter(household_id=household_id))


def paid_by(user_id: int, emails: Sequence[str]) -> Sequence[StandingOrder]:
    """Living ones for dues that are charged to the card of this sign-in, or of whoever reads these
    (confirmed) addresses, whichever household they are for.
    """
    theirs = Q(user=user_id) | Q(buyer_email__in=emails)
    dues = StandingOrder.objects.living().filter(theirs, kind="dues")
    return list(dues.select_related("household").distinct())


def of_address(emails: Sequence[str]) -> Sequence[StandingOrder]:
    """Living gifts of whoever reads these (confirmed) addresses."""
    gifts = StandingOrder.objects.living().filter(kind="gift", buyer_email__in=emails)
    return list(gifts.exclude(buyer_email=""))


def begin(standing: StandingOrder, *, at: datetime) -> bool:
    """The first payment is here: the agreement holds. True where it began now.

    A household that has one already (two browser tabs) keeps that one; this one ends before it
    ever charged, and the dues that came with it go back (`undo`).
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
    """A second one never charges, and the payment that began it goes back; the tick says it again
    until that is done.
    """
    give_back(standing.order, kind_of(standing).line_of(standing.order), TWICE, at=at)
    return bool(StandingOrder.objects.filter(pk=standing.pk).update(stopped_at=at))


def give_back(order: Order, line, reason: str, *, at: datetime) -> None:
    """Money that a standing order should not have brought goes back, with a word to the buyer and
    one to staff. Again changes nothing.
    """
    try:
        refunds.give_back(order=order, line=line, reason=reason, at=at)
    except NothingToRefund:
        return
    text = f"Order {order.number}: {reason}. It went back by itself; a kind word would do no harm."
    ask(f"standing-refund:{order.number}", text, at=at, order=order)


def cancel(standing: StandingOrder, *, by: str, at: datetime) -> bool:
    """Somebody (`by`, in words) wishes no more charges. It holds at once, whether or not the till
    answers: the tick tells it until it knows. True where it ended now.
    """
    return _end(standing, State.CANCELLED, by=by, because="", at=at, letter="cancelled")


def end(
    standing: StandingOrder, *, because: str, at: datetime, by: str = "the site", letter: str = ""
) -> bool:
    """It cannot go on, `because` says why. True where it ended now."""
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
    """Agreements whose order was never paid come to nothing. Returns how many.

    An order that lapsed may still be paid late; then it is begun all the same (`revive`).
    """
    dead = StandingOrder.objects.filter(state=State.ASKED, order__state=Order.State.LAPSED)
    return dead.update(
        state=State.ENDED, ended_at=at, ended_by="the site", ended_because=NEVER_PAID
    )


def revive() -> int:
    """Those whose money came after all, late."""
    late = StandingOrder.objects.filter(
        state=State.ENDED, ended_because=NEVER_PAID, order__state=Order.State.PAID
    )
    return late.update(state=State.ASKED, ended_at=None, ended_by="", ended_because="")


NEVER_PAID = "its first payment never came"


def post(letter: str, standing: StandingOrder, **more) -> None:
    """One of the letters about a standing order: templates/mail/standing_<letter>."""
    if standing.buyer_email:
        mail.post(
            f"standing_{letter}",
            to=standing.buyer_email,
            to_name=standing.buyer_name,
            context={"agreement": standing, "page_url": page_url(standing), **more},
        )


def page_url(standing: StandingOrder) -> str:
    """The page on which it is seen, cancelled and given another card, from a letter."""
    return settings.SITE_URL + standing.get_absolute_url()
