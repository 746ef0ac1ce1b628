"""What events know about one person: to export, to erase, and for passport stamps.

Called by membership/privacy/personal_data.py.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from events.models import (
    HintMail,
    MoveMail,
    RevealMail,
    Scan,
    Table,
    Ticket,
    Transfer,
    WaitlistEntry,
)
from membership.privacy.forgetting import rewritten
from membership.privacy.personal_data import PersonalData, Subject, Visit, Wait, exported
from nsca.lib.retention import FORGOTTEN_DOMAIN
from nsca.lib.timing import day_of

AFTER_THE_EVENING = timedelta(days=1)
NOBODY = f"guest@{FORGOTTEN_DOMAIN}"


class EventsPersonalData(PersonalData):
    """Tickets, tables, waitlists and scans at the door."""

    title = "Your events"

    def export(self, subject: Subject, *, at: datetime) -> Sequence[dict[str, Any]]:
        rows = []
        tickets = Ticket.objects.filter(_tickets(subject)).select_related("event", "choice")
        for ticket in tickets.prefetch_related("scans", "seat_requests"):
            rows.append(
                {
                    "what": "Ticket",
                    "evening": ticket.event.title,
                    "on": day_of(ticket.event.starts_at),
                    "supper": ticket.choice.label if ticket.choice else "",
                    **exported(ticket),
                }
            )
            rows += [
                {"what": "Scan at the door", "act": scan.get_act_display(), "at": scan.at}
                for scan in ticket.scans.all()
            ]
            rows += [
                {"what": "Request to join a table", **exported(entry)}
                for entry in ticket.seat_requests.all()
            ]
        rows += [
            {"what": "Ticket transfer", **exported(transfer, leave_out=TRANSFER)}
            for transfer in Transfer.objects.filter(ticket__in=tickets)
        ]
        rows += [
            {"what": "Table", **exported(table, leave_out=["friends_token"])}
            for table in Table.objects.filter(subject.theirs("captain_email", "captain_name"))
        ]
        rows += [
            {"what": "Waitlist entry", "evening": entry.event.title, **exported(entry)}
            for entry in WaitlistEntry.objects.filter(
                subject.theirs("email", "name")
            ).select_related("event")
        ]
        return rows

    def waits(self, subject: Subject, *, at: datetime) -> Sequence[Wait]:
        """Tickets for events to come, their own or their guests'."""
        ahead = Ticket.objects.valid_or_disputed().filter(_tickets(subject), event__ends_at__gt=at)
        last: dict[int, Ticket] = {}
        for ticket in ahead.select_related("event").order_by("event__ends_at"):
            last.setdefault(ticket.event_id, ticket)
        return [
            Wait(
                f"You have tickets for {ticket.event.title} on "
                f"{day_of(ticket.event.starts_at):%B %-d, %Y}.",
                ticket.event.ends_at + AFTER_THE_EVENING,
                reverse("tickets:detail", args=[ticket.token]),
            )
            for ticket in last.values()
            if ticket.event.canceled_at is None
        ]

    def erase(self, subject: Subject, *, at: datetime) -> None:
        for ticket in Ticket.objects.filter(_named(subject) | _named_alone(subject, at)):
            # A transferred ticket needs an address (a constraint): one that belongs to nobody.
            ticket.guest_name = ""
            ticket.guest_email = NOBODY if ticket.transfer_count else ""
            ticket.needs = ticket.access = ticket.postal_address = ""
            ticket.save(
                update_fields=["guest_name", "guest_email", "needs", "access", "postal_address"]
            )
            ticket.seat_requests.exclude(text="").update(text="")
        for ticket in Ticket.objects.filter(_bought(subject)).exclude(postal_address=""):
            rewritten(ticket, ["postal_address"], subject)
        for mails in (RevealMail, MoveMail, HintMail):
            mails.objects.filter(subject.theirs("address")).update(address="")
        for transfer in Transfer.objects.filter(subject.theirs("to_email", "to_name")):
            transfer.to_name, transfer.to_email = "", NOBODY
            transfer.save(update_fields=["to_name", "to_email"])
        Table.objects.filter(subject.theirs("captain_email", "captain_name")).update(
            captain_name=subject.pseudonym, captain_email=""
        )
        for table in Table.objects.filter(name__icontains=subject.person.name):
            rewritten(table, ["name"], subject)
        WaitlistEntry.objects.filter(subject.theirs("email", "name")).update(
            name=subject.pseudonym, email=NOBODY, left_at=at
        )

    def visits(self, addresses: Sequence[str]) -> Sequence[Visit]:
        """Visits to a city's events: tickets that were checked in."""
        return [
            Visit(
                ticket.event.city_id,
                day_of(ticket.event.starts_at),
                ticket.event.title,
                "" if ticket.guest_email else ticket.guest_name,
            )
            for ticket in Ticket.objects.with_holder()
            .filter(holder__in=addresses, event__city__isnull=False, scans__act=Scan.Act.IN)
            .select_related("event", "line__order")
            .prefetch_related("scans")
            .distinct()
            if _came_in(ticket)
        ]


TRANSFER = ["old_code", "old_token"]


def _came_in(ticket: Ticket) -> bool:
    """Whether the latest scan that counts checked them in."""
    acts = [scan.act for scan in ticket.scans.all() if scan.act != Scan.Act.SEEN]
    return bool(acts) and acts[-1] == Scan.Act.IN


def _bought(subject: Subject) -> Q:
    return subject.bought("line__order__")


def _tickets(subject: Subject) -> Q:
    return subject.theirs("guest_email", "guest_name") | _bought(subject)


def _named_alone(subject: Subject, at: datetime) -> Q:
    """Past tickets with their full name but no address: bought by a friend, or paid in cash."""
    if " " not in subject.person.name:
        return Q(pk__in=[])
    theirs = Q(guest_name__iexact=subject.person.name, guest_email="")
    return theirs & Q(event__ends_at__lte=at)


def _named(subject: Subject) -> Q:
    """Tickets on which they are the guest, or nobody is named."""
    theirs = subject.theirs("guest_email", "guest_name")
    named = Q(guest_name__iexact=subject.person.name) | Q(guest_name="")
    return theirs | (_bought(subject) & Q(guest_email="") & named)
