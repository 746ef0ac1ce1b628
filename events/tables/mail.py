"""E-mails about tables of friends: to captains, and to guests who asked for a seat."""

from django.conf import settings
from django.urls import reverse

from events.models import Table, Ticket
from nsca.lib.mail import mail


def address_of(table: Table) -> str:
    """The captain's own page."""
    return settings.SITE_URL + reverse("events:table", args=[table.event.slug, table.token])


def friends_address_of(table: Table) -> str:
    """The link the captain sends to friends."""
    path = reverse("events:tickets", args=[table.event.slug])
    return f"{settings.SITE_URL}{path}?table={table.friends_token}"


def write_to_captain(table: Table, template: str, **context) -> None:
    """E-mail the captain, if the table has an address. Never a venue, nor a guest's address."""
    if not table.captain_email:
        return
    mail.post(
        template,
        to=table.captain_email,
        to_name=table.captain_name,
        context={
            "table": table,
            "event": table.event,
            "address": address_of(table),
            "friends_address": friends_address_of(table),
            **context,
        },
    )


def write_to_asking(ticket: Ticket, table: Table, *, is_welcome: bool) -> None:
    """Tell a guest who asked for a seat at a table the answer. Needs event and line__order."""
    if not ticket.holder_email:
        return
    mail.post(
        "table_answer",
        to=ticket.holder_email,
        to_name=ticket.guest_name or ticket.line.order.buyer_name,
        context={
            "ticket": ticket,
            "table": table,
            "event": ticket.event,
            "is_welcome": is_welcome,
            "address": settings.SITE_URL + ticket.get_absolute_url(),
        },
    )
