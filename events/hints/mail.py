"""An e-mail with each new hint, for holders who asked for it.

Owed from the hint's own instant on. Like reveal e-mails, each is made when it is sent: a hint that
staff remove or postpone is not sent, even if the mail server was silent for an hour. One e-mail
per hint and address, however many tickers run.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from events.hints.hints import cards
from events.hints.opt_ins import Kind, active, with_address
from events.models import Event, Hint, HintMail, OptIn, Ticket
from events.reveal import mails_owed, pace
from nsca.lib.mail.mail import message_of, recipient, render_mail
from nsca.lib.mail.queue import MailQueue
from orders.lines.locks import refuse_inside_transaction

STILL_NEWS = timedelta(days=2)  # after that, an e-mail is no longer news


def tick(at: datetime, gives_way: Callable[[], bool] = lambda: False) -> int:
    """Owe e-mails about revealed hints and send what is owed; how many were tried. With
    MAIL_PER_HOUR, reveal e-mails go first.
    """
    refuse_inside_transaction()
    if settings.MAIL_PER_HOUR and mails_owed.are_owed():
        return 0
    for hint in _turned(at):
        if _is_news(hint, at):
            _owe(hint)
    return queue.send_due(at=at, gives_way=gives_way)


def _turned(at):
    """Hints revealed lately, of events that are not canceled or over."""
    return Hint.objects.filter(
        opens_at__lte=at,
        opens_at__gt=at - STILL_NEWS,
        event__state=Event.State.PUBLISHED,
        event__publish_at__lte=at,
        event__ends_at__gt=at,
    ).select_related("event")


def _is_news(hint, at) -> bool:
    """Whether the hint is still news: not once the venue is revealed."""
    return hint.event.opens_at is None or at < hint.event.opens_at


def _asking(hint):
    """Opt-ins from before the hint was revealed, each with its `address`."""
    rows = active(Kind.HINTS).filter(ticket__event=hint.event_id, asked_at__lte=hint.opens_at)
    return with_address(rows).exclude(Q(address="") | Q(address__isnull=True)).order_by("pk")


def _owe(hint) -> None:
    had = HintMail.objects.filter(
        hint=hint, ticket=OuterRef("ticket"), transfer_count=OuterRef("transfer_count")
    )
    HintMail.objects.bulk_create(
        [
            HintMail(
                hint=hint,
                ticket_id=row.ticket_id,
                transfer_count=row.transfer_count,
                address=row.address,
            )
            for row in _asking(hint).filter(~Exists(had))
        ],
        ignore_conflicts=True,  # another ticker was faster
    )


class HintMailQueue(MailQueue):
    """E-mails about a hint: one for each address."""

    model = HintMail
    same = ("hint_id", "address")
    pace = pace
    mails_a_claim = 50
    first_wait = timedelta(minutes=5)

    def make(self, rows, at):
        """Check again: staff may have removed the hint, and holders may have opted out or returned
        their ticket.
        """
        hint = _turned(at).filter(pk=rows[0].hint_id).first()
        asking = {}
        if hint is not None and _is_news(hint, at):
            found = _asking(hint).filter(address=rows[0].address)
            found = found.filter(ticket__in=[row.ticket_id for row in rows])
            asking = {(each.ticket_id, each.transfer_count): each for each in found}
        owed = [row for row in rows if (row.ticket_id, row.transfer_count) in asking]
        self.drop([row for row in rows if row not in owed])
        if not owed:
            return None
        ticket = Ticket.objects.select_related("line__order").get(pk=owed[0].ticket_id)
        return _message(hint, asking[ticket.pk, ticket.transfer_count], ticket, at), owed

    def drop(self, rows):
        self.mine(rows).delete()  # owed again once the hint is revealed again


queue = HintMailQueue()


def _message(hint: Hint, row: OptIn, ticket: Ticket, at: datetime) -> EmailMultiAlternatives:
    name = ticket.guest_name or ticket.line.order.buyer_name
    leave_url = settings.SITE_URL + reverse("tickets:hints_leave", args=[row.token])
    shown = cards(hint.event, at=at, for_holders=True)
    mail = render_mail(
        "hint",
        {
            "event": hint.event,
            "hint": hint,
            "left": sum(not card.is_turned for card in shown),
            "greeting": name,
            "ticket_url": settings.SITE_URL + ticket.get_absolute_url(),
            "leave_url": leave_url,
        },
    )
    host = settings.POST_OFFICE["MESSAGE_ID_FQDN"]
    return message_of(
        mail,
        to=recipient(ticket.holder_email, name),
        headers={
            "Message-ID": f"<hint.{hint.pk}.{row.pk}@{host}>",
            "List-Unsubscribe": f"<{leave_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def asked(event: Event) -> int:
    """How many tickets' holders get an e-mail about the next hint."""
    return (
        active(Kind.HINTS)
        .filter(ticket__event=event, transfer_count=F("ticket__transfer_count"))
        .count()
    )
