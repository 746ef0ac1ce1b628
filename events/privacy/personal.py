"""What the evenings know of one person: told to them, forgotten at their wish, and the stamps that
the door gave (membership/privacy/personal_data.py asks).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from events.models import (
    HintLetter,
    MoveNotice,
    RevealNotice,
    Scan,
    Table,
    Ticket,
    Transfer,
    WaitlistEntry,
)
from membership.privacy.forgetting import rewritten
from membership.privacy.personal_data import PersonalData, Subject, Visit, Wait, told
from nsca.lib.retention import FORGOTTEN_DOMAIN
from nsca.lib.timing import day_of

AFTER_THE_EVENING = timedelta(days=1)
NOBODY = f"guest@{FORGOTTEN_DOMAIN}"


class EventsKeeper(PersonalData):
    """Tickets, tables, waiting lists and readings at the door."""

    title = "Your evenings"

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
                    **told(ticket),
                }
            )
            rows += [
                {"what": "Read at the door", "act": scan.get_act_display(), "at": scan.at}
                for scan in ticket.scans.all()
            ]
            rows += [
                {"what": "Wish for a table", **told(wish)} for wish in ticket.seat_requests.all()
            ]
        rows += [
            {"what": "Ticket offered to somebody", **told(transfer, leave_out=TRANSFER)}
            for transfer in Transfer.objects.filter(ticket__in=tickets)
        ]
        rows += [
            {"what": "Table", **told(table, leave_out=["friends_token"])}
            for table in Table.objects.filter(subject.theirs("captain_email", "captain_name"))
        ]
        rows += [
            {"what": "Place on a waiting list", "evening": wish.event.title, **told(wish)}
            for wish in WaitlistEntry.objects.filter(
                subject.theirs("email", "name")
            ).select_related("event")
        ]
        return rows

    def waits(self, subject: Subject, *, at: datetime) -> Sequence[Wait]:
        """Tickets for evenings to come, in their hands or for guests of theirs."""
        ahead = Ticket.objects.valid_or_disputed().filter(_tickets(subject), event__ends_at__gt=at)
        last: dict[int, Ticket] = {}
        for ticket in ahead.select_related("event").order_by("event__ends_at"):
            last.setdefault(ticket.event_id, ticket)
        return [
            Wait(
                f"You hold tickets for {ticket.event.title} on "
                f"{day_of(ticket.event.starts_at):%B %-d, %Y}.",
                ticket.event.ends_at + AFTER_THE_EVENING,
                reverse("tickets:detail", args=[ticket.token]),
            )
            for ticket in last.values()
            if ticket.event.cancelled_at is None
        ]

    def erase(self, subject: Subject, *, at: datetime) -> None:
        for ticket in Ticket.objects.filter(_named(subject) | _named_alone(subject, at)):
            # A ticket that was given on must know an address (a constraint): one that is nobody's.
            ticket.guest_name = ""
            ticket.guest_email = NOBODY if ticket.hand else ""
            ticket.needs = ticket.access = ticket.postal_address = ""
            ticket.save(
                update_fields=["guest_name", "guest_email", "needs", "access", "postal_address"]
            )
            ticket.seat_requests.exclude(text="").update(text="")
        for ticket in Ticket.objects.filter(_bought(subject)).exclude(postal_address=""):
            rewritten(ticket, ["postal_address"], subject)
        for notices in (RevealNotice, MoveNotice, HintLetter):
            notices.objects.filter(subject.theirs("address")).update(address="")
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
        """Tickets with which somebody came in, of events of a city's committee."""
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
    """The latest reading that counts let them in."""
    acts = [scan.act for scan in ticket.scans.all() if scan.act != Scan.Act.SEEN]
    return bool(acts) and acts[-1] == Scan.Act.IN


def _bought(subject: Subject) -> Q:
    return subject.bought("line__order__")


def _tickets(subject: Subject) -> Q:
    return subject.theirs("guest_email", "guest_name") | _bought(subject)


def _named_alone(subject: Subject, at: datetime) -> Q:
    """Past tickets that bear their full name and no address: a friend bought them, or they were
    paid in cash.
    """
    if " " not in subject.person.name:
        return Q(pk__in=[])
    theirs = Q(guest_name__iexact=subject.person.name, guest_email="")
    return theirs & Q(event__ends_at__lte=at)


def _named(subject: Subject) -> Q:
    """Tickets on which they are the guest, or on which nobody else is."""
    theirs = subject.theirs("guest_email", "guest_name")
    named = Q(guest_name__iexact=subject.person.name) | Q(guest_name="")
    return theirs | (_bought(subject) & Q(guest_email="") & named)
