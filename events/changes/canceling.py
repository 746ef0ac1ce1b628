"""Canceling an event: its page says so, every holder gets one e-mail, and money goes back.

One transaction cancels it and queues the e-mails. The ticker then refunds its orders one by one,
each in a transaction of its own (money_back.py); after a crash the next round does the rest.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from events.models import Event, RevealMail, SeatRequest, Ticket, WaitlistEntry
from events.reveal import Overtaken
from events.reveal.calendars import ticket_ics
from nsca.lib.mail import mail
from nsca.lib.text.counting import counted
from orders.books.ledger import ask
from orders.lines.kinds import Refusal
from orders.models import Task


class AlreadyCanceled(Refusal):
    def __init__(self):
        super().__init__("This event is already canceled.")


@transaction.atomic
def cancel(
    event: Event,
    *,
    note: str,
    by,
    at: datetime,
    refund_all: bool = False,
    still: Callable[[Event], bool] | None = None,
) -> int:
    """Cancel and put an e-mail to each holder into the outbox; how many addresses. `still` says,
    under the lock, whether all is as it was when somebody said yes. Raises AlreadyCanceled,
    Overtaken.

    The venue is not revealed anymore: unsent reveal e-mails are superseded. The waitlist closes
    and its parties get an e-mail, too. Open requests for seats at tables end. `refund_all`: refund
    every order's tickets; without it a task asks about the refunds.
    """
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if locked.is_canceled:
        raise AlreadyCanceled
    if still is not None and not still(locked):
        raise Overtaken
    locked.state, locked.canceled_note = Event.State.CANCELED, note
    locked.canceled_at = at
    locked.refund_all_at = at if refund_all else None
    locked._history_user = by
    locked.save(
        update_fields=["state", "canceled_at", "canceled_note", "refund_all_at", "updated_at"]
    )
    RevealMail.objects.filter(event=locked, state=RevealMail.State.QUEUED).update(
        state=RevealMail.State.SUPERSEDED, leased_until=None
    )
    SeatRequest.end_of(Ticket.objects.filter(event=locked), at=at)
    waiting = list(locked.waitlist.filter(left_at__isnull=True).select_related("offer"))
    locked.waitlist.filter(left_at__isnull=True).update(left_at=at)
    if not refund_all and Ticket.objects.valid_or_disputed().filter(event=locked).exists():
        ask(
            _task(locked),
            f"{locked} is canceled, but refunds are not decided. The refund terms promise full "
            "refunds for tickets: open the event, then “Refunds”.",
            at=at,
        )
    holders = _by_holder(locked)
    for address, tickets in holders.items():
        mail.post(
            "event_canceled",
            to=address,
            to_name=tickets[0].guest_name or tickets[0].line.order.buyer_name,
            context={"event": locked, "tickets": tickets},
            attachments=[
                mail.Attachment(
                    f"canceled-{ticket.code}.ics", ticket_ics(ticket, at=at), "text/calendar"
                )
                for ticket in tickets
            ],
            urgent=True,
        )
    _ask_to_call(locked, at=at)
    for entry in waiting:
        if entry.email not in holders:  # ticket holders already get the e-mail above
            _tell_waiting(locked, entry)
    event.refresh_from_db()
    return len(holders)


def _ask_to_call(event: Event, *, at: datetime) -> None:
    """Add one task for all guests no e-mail can reach. It says how many, never who."""
    holders = Ticket.objects.valid_or_disputed().filter(event=event).with_holder()
    count = sum(not holder for holder in holders.values_list("holder", flat=True))
    if count:
        ask(
            f"event-canceled-untold:{event.pk}",
            f"{event} is canceled, and {counted(count, 'ticket')} "
            f"{'has' if count == 1 else 'have'} no e-mail address. Please call: the guest list "
            "has the phone numbers.",
            at=at,
        )


def _tell_waiting(event: Event, entry: WaitlistEntry) -> None:
    """E-mail a waitlist party. An offer it has ends at once (money_back.py releases its hold)."""
    mail.post(
        "waitlist_canceled",
        to=entry.email,
        to_name=entry.name,
        context={"event": event, "entry": entry, "had_offer": entry.offer is not None},
        urgent=True,
    )


@transaction.atomic
def refund_all(event: Event, *, by, at: datetime) -> bool:
    """Refund every order's tickets of a canceled event; False where that was decided before."""
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if not locked.is_canceled or locked.refund_all_at:
        return False
    locked.refund_all_at = at
    locked._history_user = by
    locked.save(update_fields=["refund_all_at", "updated_at"])
    Task.objects.filter(key=_task(locked), done_at=None).update(done_at=at, done_by=by)
    event.refresh_from_db()
    return True


def _task(event: Event) -> str:
    return f"event-money:{event.pk}"


def _by_holder(event: Event) -> dict[str, list[Ticket]]:
    """Group tickets by their holder's address; those without one are called (`_ask_to_call`)."""
    tickets = (
        Ticket.objects.valid_or_disputed()
        .filter(event=event)
        .with_holder()
        .select_related("line__order", "ticket_type", "choice")
        .order_by(F("holder"), "pk")
    )
    holders: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        ticket.event = event  # as it is now: canceled
        if ticket.holder:
            holders.setdefault(ticket.holder, []).append(ticket)
    return holders
