"""Who is checked in, by the door's scans."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from events.models import Scan, Ticket


def latest(field: str) -> Subquery:
    """A field of the scan that decides whether a ticket is checked in, as an annotation."""
    rows = Scan.objects.filter(ticket=OuterRef("pk")).exclude(act=Scan.Act.SEEN)
    return Subquery(rows.order_by("-pk").values(field)[:1])


def entries(tickets: Iterable[int]) -> dict[int, Scan]:
    """The scan that checked in each ticket, by the ticket's primary key; in one query."""
    decides = Ticket.objects.filter(pk__in=tickets).annotate(decides=latest("pk"))
    rows = Scan.objects.filter(pk__in=decides.order_by().values("decides"), act=Scan.Act.IN)
    return {scan.ticket_id: scan for scan in rows.select_related("link")}


def is_in(ticket: Ticket) -> bool:
    """Whether this ticket's guest is checked in. Ask under the ticket's lock before a change: a
    guest who is at supper cannot return or transfer the ticket.
    """
    return ticket.pk in entries([ticket.pk])
