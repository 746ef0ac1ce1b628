"""Events in a person's story: tickets and scans at the door. Events appear by title, never with
the venue.
"""

from collections.abc import Sequence

from django.urls import reverse

from events.models import Scan, Ticket, WaitlistEntry
from membership.insight.story import About, Entry, Source


def all_of_ours() -> list[Source]:
    """What nsca/hooks.py registers."""
    return [
        Source("tickets", _tickets, ("events.view_ticket",)),
        Source("the door", _scans, ("events.view_scan",)),
        Source("waitlists", _waitlist_entries, ("events.view_waitlistentry",)),
    ]


def _theirs(about: About, way: str = ""):
    return about.subject.theirs(f"{way}guest_email", f"{way}guest_name") | about.subject.bought(
        f"{way}line__order__"
    )


def _tickets(about: About, most: int) -> Sequence[Entry]:
    rows = (
        Ticket.objects.filter(_theirs(about))
        .select_related("event", "ticket_type", "line__order")
        .order_by("-line__order__placed_at", "-pk")[:most]
    )
    entries = []
    for ticket in rows:
        order = ticket.line.order
        url = reverse("admin:events_ticket_change", args=[ticket.pk])
        guest = f" for {ticket.guest_name}" if ticket.guest_name else ""
        text = (
            f"Ticket{guest}: {ticket.ticket_type.name}, {ticket.event.title}"
            f" ({order.get_state_display()})."
        )
        entries.append(Entry(order.paid_at or order.placed_at, "", text, url))
        if ticket.canceled_at:
            text = f"Ticket{guest} for {ticket.event.title} was canceled."
            entries.append(Entry(ticket.canceled_at, "", text, url))
    return entries


def _scans(about: About, most: int) -> Sequence[Entry]:
    rows = (
        Scan.objects.filter(_theirs(about, "ticket__"))
        .select_related("ticket__event")
        .order_by("-at", "-pk")[:most]
    )
    return [
        Entry(
            scan.at,
            "",
            f"{scan.get_act_display().capitalize()}: {scan.ticket.event.title}"
            + (f", {scan.ticket.guest_name}" if scan.ticket.guest_name else "")
            + ".",
            reverse("admin:events_scan_change", args=[scan.pk]),
        )
        for scan in rows
    ]


def _waitlist_entries(about: About, most: int) -> Sequence[Entry]:
    rows = (
        WaitlistEntry.objects.filter(about.subject.theirs("email", "name"))
        .select_related("event")
        .order_by("-joined_at", "-pk")[:most]
    )
    return [Entry(row.joined_at, "", f"Joined the waitlist of {row.event.title}.") for row in rows]
