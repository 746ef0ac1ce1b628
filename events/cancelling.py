"""An event that will not be: its page says so, and every holder is told once."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from events.calendars import ticket_ics
from events.models import Event, RevealNotice, Ticket
from nsca.lib import mail
from orders.kinds import Refusal


class AlreadyCancelled(Refusal):
    def __init__(self):
        super().__init__("This event is cancelled already.")


@transaction.atomic
def cancel(event: Event, *, note: str, by, at: datetime) -> int:
    """Cancel and put a mail to each holder into the outbox; how many addresses. Raises
    AlreadyCancelled.

    The place is told to nobody any more: what was still owed of its reveal is superseded. Money is
    not touched:
    the treasurer gives it back order by order, or as the board decides.
    """
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if locked.is_cancelled:
        raise AlreadyCancelled
    locked.state, locked.cancelled_note = Event.State.CANCELLED, note
    locked._history_user = by
    locked.save(update_fields=["state", "cancelled_note", "updated_at"])
    RevealNotice.objects.filter(event=locked, state=RevealNotice.State.QUEUED).update(
        state=RevealNotice.State.SUPERSEDED, leased_until=None
    )
    told = 0
    for address, tickets in _by_holder(locked).items():
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
        told += 1
    event.refresh_from_db()
    return told


def _by_holder(event: Event) -> dict[str, list[Ticket]]:
    """Valid tickets by their holder's address; those without one are on the guest list with a
    telephone.
    """
    tickets = (
        Ticket.objects.valid()
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
