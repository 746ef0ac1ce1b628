"""Every buyer got one confirmation; every payment of dues made a member."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Q
from post_office.models import Email

from membership.models import Term
from nsca.lib.mail.mail import NoSuchAddress, recipient
from nsca.ops.audit.finding import Finding
from orders.checkout.confirmations import SENT_AGAIN
from orders.models import Line, Order, Refund

# The subjects of mail/order_paid.txt and mail/gift_thanks.txt, and the number in parentheses at
# their end.
_CONFIRMATION = (
    Q(subject__startswith="Your receipt, ")
    | Q(subject__startswith="Your order is confirmed")
    | Q(subject__startswith="Thank you for your gift of ")
)
LATE = timedelta(hours=1)  # the ticker writes within seconds, and tries again within minutes
_NUMBER = re.compile(r"\(([\w-]+)\)$")


def every_buyer_has_one_confirmation(at: datetime) -> Iterator[Finding]:
    """A paid order with a usable address has one confirmation in the outbox.

    There is one more for each time staff sent it again, and none yet if the ticker is about to
    write it.
    """
    written = Counter(
        found[1]
        for subject in Email.objects.filter(_CONFIRMATION).values_list("subject", flat=True)
        if (found := _NUMBER.search(subject))
    )
    again = _sent_again()
    paid = Order.objects.filter(state=Order.State.PAID).exclude(buyer_email="")
    for pk, number, name, address, is_sample, due_at, paid_at in paid.values_list(
        "pk", "number", "buyer_name", "buyer_email", "is_sample", "confirmation_due_at", "paid_at"
    ):
        if due_at is not None:
            if not written[number] and paid_at <= at - LATE:
                yield Finding(f"Order {number} is paid, but its e-mails are not written yet.")
            continue
        # A demonstration keeps only its latest e-mails.
        if not written[number] and not is_sample and _can_be_written_to(address, name):
            yield Finding(f"Order {number} is paid, but has no confirmation.")
        elif written[number] > 1 + again[pk]:
            yield Finding(f"Order {number}: its confirmation was written {written[number]} times.")


def _sent_again() -> Counter[int]:
    """How often staff sent an order's e-mails again, by the order's primary key."""
    log = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Order),
        change_message=SENT_AGAIN,
    )
    return Counter(int(pk) for pk in log.values_list("object_id", flat=True) if pk)


def _can_be_written_to(address: str, name: str) -> bool:
    try:
        recipient(address, name)
    except NoSuchAddress:
        return False
    return True


def every_payment_of_dues_is_a_term(at: datetime) -> Iterator[Finding]:
    """Each line of dues in a paid order gave one term; if it was refunded, that term ended."""
    terms = dict(
        Term.objects.filter(line__isnull=False)
        .order_by()
        .values_list("line")
        .annotate(Count("pk"))
    )
    for line in Line.objects.filter(
        kind=Line.Kind.DUES, order__state=Order.State.PAID
    ).select_related("order"):
        if terms.get(line.pk, 0) != 1:
            yield Finding(
                f"Order {line.order.number}: {line} was paid and gave {terms.get(line.pk, 0)} "
                "terms of membership, not one."
            )
    gone = defaultdict(set)
    for line, order in (
        Refund.objects.filter(is_whole=True, requested_at__gte=F("payment__order__paid_at"))
        .exclude(state=Refund.State.FAILED)
        .values_list("line", "payment__order")
    ):
        gone["line" if line else "order"].add(line or order)
    lasting = Term.objects.filter(ended_on__isnull=True)
    for term in lasting.filter(
        Q(line__in=gone["line"]) | Q(line__order__in=gone["order"])
    ).select_related("line__order"):
        yield Finding(
            f"Order {term.line.order.number}: its dues were refunded, but the term has not ended."
        )
