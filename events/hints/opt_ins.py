"""What e-mails a ticket's present holder asked for, and can stop with one click."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from events.models import Event, OptIn, Ticket

Kind = OptIn.Kind


def active(kind: str):
    """Opt-ins of this kind whose holder still has a valid ticket."""
    return OptIn.objects.filter(
        kind=kind,
        left_at__isnull=True,
        transfer_count=F("ticket__transfer_count"),
        ticket__in=Ticket.objects.valid(),
    )


def kinds_of(ticket: Ticket) -> set[str]:
    """What this ticket's present holder has asked for, in one query."""
    mine = OptIn.objects.filter(
        ticket=ticket, transfer_count=ticket.transfer_count, left_at__isnull=True
    )
    return set(mine.values_list("kind", flat=True))


def ask(ticket: Ticket, kind: str, *, at: datetime) -> None:
    """Opt the holder in to these e-mails from now on. Asking twice changes nothing."""
    with transaction.atomic():
        row, is_new = OptIn.objects.select_for_update().get_or_create(
            ticket=ticket,
            transfer_count=ticket.transfer_count,
            kind=kind,
            defaults={"asked_at": at},
        )
        if not is_new and row.left_at is not None:
            row.asked_at, row.left_at = at, None
            row.save(update_fields=["asked_at", "left_at"])


def leave(ticket: Ticket, kind: str, *, at: datetime) -> None:
    """Opt the holder out. Leaving twice changes nothing."""
    mine = OptIn.objects.filter(
        ticket=ticket, transfer_count=ticket.transfer_count, kind=kind, left_at__isnull=True
    )
    mine.update(left_at=at)


def leave_by_mail(row: OptIn, *, at: datetime) -> int:
    """Opt out by the link in an e-mail, for every ticket of this event with the same address; how
    many. Two tickets with one address got one e-mail, and one click ends it. For a transferred
    ticket, only the old holder's own row.
    """
    ticket = Ticket.objects.with_holder().get(pk=row.ticket_id)
    if ticket.transfer_count != row.transfer_count:
        return OptIn.objects.filter(pk=row.pk, left_at__isnull=True).update(left_at=at)
    tickets = Ticket.objects.with_holder().filter(event_id=ticket.event_id, holder=ticket.holder)
    asked = OptIn.objects.filter(kind=row.kind, ticket__in=tickets.values("pk"))
    return asked.filter(left_at__isnull=True).update(left_at=at)


def invited(event: Event):
    """Who asked for first access next year, each address once, earliest first: rows of (address,
    name, asked_at).
    """
    rows = (
        active(Kind.FIRST_ACCESS)
        .filter(ticket__event=event)
        .select_related("ticket__line__order")
        .order_by("asked_at", "pk")
    )
    found = {}
    for row in rows:
        ticket = row.ticket
        if address := ticket.holder_email:
            name = ticket.guest_name or ticket.line.order.buyer_name
            found.setdefault(address, (address, name, row.asked_at))
    return list(found.values())


def with_address(rows):
    """Annotate each opt-in with its holder's present `address`."""
    holder = Ticket.objects.with_holder().filter(pk=OuterRef("ticket_id")).values("holder")
    return rows.annotate(address=Subquery(holder[:1]))
