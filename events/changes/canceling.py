"""An event that will not be: its page says so, every holder is told once, and money goes back.

One transaction cancels it and writes the letters. The money of its orders is then given back by
the tick, order by order, each in a transaction of its own (money_back.py); a crash in the middle
leaves what is done done, and the rest for the next round.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from events.models import Event, RevealNotice, SeatRequest, Ticket, WaitlistEntry
from events.reveal import Overtaken
from events.reveal.calendars import ticket_ics
from nsca.lib.mail import mail
from nsca.lib.text.counting import counted
from orders.books.ledger import ask
from orders.lines.kinds import Refusal
from orders.models import Task


class AlreadyCancelled(Refusal):
    def __init__(self):
        super().__init__("This event is cancelled already.")


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
    """Cancel and put a mail to each holder into the outbox; how many addresses. `still` is asked
    under the lock whether all is as it was when somebody said yes. Raises AlreadyCancelled,
    Overtaken.

    The place is told to nobody any more: what was still owed of its reveal is superseded, and
    nobody waits for its chairs: who did gets a letter, too. Captains are asked for no chair any
    more. `refund_all`: from now on every order gets its tickets' money back; without it a task
    asks what becomes of the money.
    """
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if locked.is_cancelled:
        raise AlreadyCancelled
    if still is not None and not still(locked):
        raise Overtaken
    locked.state, locked.cancelled_note = Event.State.CANCELLED, note
    locked.cancelled_at = at
    locked.refund_all_at = at if refund_all else None
    locked._history_user = by
    locked.save(
        update_fields=["state", "cancelled_at", "cancelled_note", "refund_all_at", "updated_at"]
    )
    RevealNotice.objects.filter(event=locked, state=RevealNotice.State.QUEUED).update(
        state=RevealNotice.State.SUPERSEDED, leased_until=None
    )
    SeatRequest.end_of(Ticket.objects.filter(event=locked), at=at)
    waiting = list(locked.waitlist.filter(left_at__isnull=True).select_related("offer"))
    locked.waitlist.filter(left_at__isnull=True).update(left_at=at)
    if not refund_all and Ticket.objects.valid_or_disputed().filter(event=locked).exists():
        ask(
            _task(locked),
            f"{locked} is cancelled, and nobody has decided about the money. The refund terms say "
            "that tickets are refunded in full: open the event, “Refunds”.",
            at=at,
        )
    holders = _by_holder(locked)
    for address, tickets in holders.items():
        mail.post(
            "event_cancelled",
            to=address,
            to_name=tickets[0].guest_name or tickets[0].line.order.buyer_name,
            context={"event": locked, "tickets": tickets},
            attachments=[
                mail.Attachment(
                    f"cancelled-{ticket.code}.ics", ticket_ics(ticket, at=at), "text/calendar"
                )
                for ticket in tickets
            ],
            urgent=True,
        )
    _ask_to_call(locked, at=at)
    for entry in waiting:
        if entry.email not in holders:  # who also has a ticket has the letter above
            _tell_waiting(locked, entry)
    event.refresh_from_db()
    return len(holders)


def _ask_to_call(event: Event, *, at: datetime) -> None:
    """One task for all whom no letter can reach. Says how many, never whom."""
    holders = Ticket.objects.valid_or_disputed().filter(event=event).with_holder()
    count = sum(not holder for holder in holders.values_list("holder", flat=True))
    if count:
        ask(
            f"event-cancelled-untold:{event.pk}",
            f"{event} is cancelled, and {counted(count, 'ticket')} of it "
            f"{'has' if count == 1 else 'have'} no address. Please call: the guest list has the "
            "telephones.",
            at=at,
        )


def _tell_waiting(event: Event, entry: WaitlistEntry) -> None:
    """To a party on the waiting list. An offer that it has ends at once: nothing is to be had for
    it any more (money_back lets its hold go).
    """
    mail.post(
        "waitlist_cancelled",
        to=entry.email,
        to_name=entry.name,
        context={"event": event, "entry": entry, "had_offer": entry.offer is not None},
        urgent=True,
    )


@transaction.atomic
def refund_all(event: Event, *, by, at: datetime) -> bool:
    """Of a cancelled event: from now on every order gets its tickets' money back. False where that
    was decided before.
    """
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if not locked.is_cancelled or locked.refund_all_at:
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
    """Tickets by their holder's address; those without one are on the guest list with a
    telephone.
    """
    tickets = (
        Ticket.objects.valid_or_disputed()
        .filter(event=event)
        .with_holder()
        .select_related("line__order", "ticket_type", "choice")
        .order_by(F("holder"), "pk")
    )
    holders: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        ticket.event = event  # as it is now: cancelled
        if ticket.holder:
            holders.setdefault(ticket.holder, []).append(ticket)
    return holders
