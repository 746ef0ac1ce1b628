"""Cards about money and e-mails on the admin's home page."""

from datetime import timedelta

from django.db.models import F, Q, Sum
from post_office.models import STATUS, Email

from nsca.desk.home.cards import SHOWN, Card, Line, list_of, page_of
from nsca.lib.text.counting import counted
from nsca.lib.text.money import dollars
from nsca.lib.timing import hour
from orders.books.deposits import waiting
from orders.models import Deposit, Order, RecurringPayment, Task

MAIL_IS_LATE = timedelta(minutes=15)  # the ticker sends within one
DEPOSIT_IS_OLD = timedelta(days=7)  # cash in a drawer is at risk


def open_tasks(user, at):
    tasks = Task.objects.filter(done_at__isnull=True)
    count = tasks.count()
    lines = tuple(Line(task.text, page_of(task)) for task in tasks[:SHOWN])
    return Card(
        "tasks",
        "Open tasks",
        count,
        list_of(Task, done="no"),
        lines=lines,
        is_urgent=bool(count),
        todo=f"Do {counted(count, 'open task')}.",
        minutes=4,
    )


def unpaid_orders(user, at):
    held = Order.objects.filter(state=Order.State.HELD, held_until__gt=at).order_by("held_until")
    lines = tuple(
        Line(
            f"{order.number}, {order.buyer_name}: held until {hour(order.held_until)}",
            page_of(order),
        )
        for order in held[:SHOWN]
    )
    url = list_of(Order, state__exact=Order.State.HELD)
    words = "Their seats are released automatically when the hold expires."
    return Card("unpaid", "Not yet paid", held.count(), url, words=words, lines=lines)


def undelivered_mail(user, at):
    failed = Email.objects.filter(status=STATUS.failed)
    late = Email.objects.filter(
        status__in=(STATUS.queued, STATUS.requeued), created__lt=at - MAIL_IS_LATE
    ).count()
    count = failed.count() + late
    words = f"{late} waiting for more than 15 minutes." if late else ""
    url = list_of(Email, state="undelivered")
    return Card(
        "mail",
        "Undelivered e-mails",
        count,
        url,
        words=words,
        is_urgent=bool(count),
        todo=f"Look at {counted(count, 'unsent e-mail')}.",
        minutes=2,
    )


def deposits(user, at):
    """Cash and checks in no deposit, in one open for a week, or in one not counted."""
    loose = waiting()
    in_no_deposit = loose.count()
    cents = loose.aggregate(cents=Sum(F("amount_cents") - F("returned_cents")))["cents"] or 0
    lying = Deposit.objects.filter(
        Q(handed_over_at__isnull=True, opened_at__lte=at - DEPOSIT_IS_OLD)
        | Q(handed_over_at__isnull=False, acknowledged_at__isnull=True)
    ).order_by("opened_at")
    lines = tuple(
        Line(
            f"Deposit {deposit.number}: "
            + ("handed over, not counted yet" if deposit.handed_over_at else "still open"),
            page_of(deposit),
        )
        for deposit in lying[:SHOWN]
    )
    deposits = lying.count()
    todo = []
    if in_no_deposit:
        words = f"{counted(in_no_deposit, 'payment')} not in a deposit, {dollars(cents)}"
        lines = (Line(words, list_of(Deposit)), *lines)
        todo.append(f"Put {counted(in_no_deposit, 'payment')} into a deposit.")
    if deposits:
        todo.append(f"Finish {counted(deposits, 'deposit')}.")
    return Card(
        "deposits",
        "Cash and checks not at the bank",
        in_no_deposit + deposits,
        list_of(Deposit),
        lines=lines,
        todo=" ".join(todo),
        minutes=5,
    )


def failing_renewals(user, at):
    """Recurring payments whose card fails: Stripe tries again, and staff may call."""
    failing = RecurringPayment.objects.filter(state=RecurringPayment.State.FAILING).order_by("pk")
    lines = tuple(
        Line(f"{each.buyer_name}: {each.label}", page_of(each)) for each in failing[:SHOWN]
    )
    count = failing.count()
    return Card(
        "failing",
        "Declined cards",
        count,
        list_of(RecurringPayment, state__exact=RecurringPayment.State.FAILING),
        words="Stripe tries again automatically, and we've e-mailed the member.",
        lines=lines,
        todo=f"Follow up on {counted(count, 'declined card')}.",
        minutes=3,
    )
