"""The table that a captain's link opens on the ticket form."""

from datetime import datetime

from django.db.models import Count, F

from events.models import Event, Table
from events.sales import capacity


def with_seated(tables, at: datetime):
    """Each with `seated`: how many seats are taken, paid or being paid for."""
    return tables.annotate(seated=Count("tickets", filter=capacity.occupying(at, "tickets__")))


def table_by_friends_token(event: Event, token: str, at: datetime) -> Table | None:
    """The table a captain's link invites to, with how many seats are `left`; None: no seats."""
    found = Table.objects.holding(at).filter(event=event, friends_token=token[:64])
    table = with_seated(found, at).filter(seated__lt=F("seats")).first() if token else None
    if table is not None:
        table.left = table.seats - table.seated
    return table


def lost_table(event: Event, token: str) -> Table | None:
    """The table a friends' link was for, held or not, so that the page can say what happened."""
    theirs = Table.objects.filter(event=event, kind=Table.Kind.OPEN, confirmed_at__isnull=False)
    return theirs.filter(friends_token=token[:64]).first() if token else None
