"""Who is in: what the door's scans come to, ticket by ticket."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from events.models import Scan, Ticket


def latest(field: str) -> Subquery:
    """A field of the row that decides whether a ticket is in; for an annotation of tickets."""
    rows = Scan.objects.filter(ticket=OuterRef("pk")).exclude(act=Scan.Act.SEEN)
    return Subquery(rows.order_by("-pk").values(field)[:1])


def entries(tickets: Iterable[int]) -> dict[int, Scan]:
    """By the primary key of each ticket that is in, the reading by which it is; in one query."""
    decides = Ticket.objects.filter(pk__in=tickets).annotate(decides=latest("pk"))
    rows = Scan.objects.filter(pk__in=decides.order_by().values("decides"), act=Scan.Act.IN)
    return {scan.ticket_id: scan for scan in rows.select_related("link")}


def is_in(ticket: Ticket) -> bool:
    """Whether this ticket's guest has come in. Ask under the ticket's lock before it is changed:
    who sits at supper gives no chair back and no ticket on.
    """
    return ticket.pk in entries([ticket.pk])
