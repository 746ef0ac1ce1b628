"""How many people a staff act concerns: guests, e-mails, waitlist parties."""

from dataclasses import dataclass

from django.db.models import QuerySet

from events.models import Event, Ticket, WaitlistEntry
from nsca.lib.text.counting import counted


@dataclass(frozen=True)
class People:
    """The people an event concerns at one moment."""

    guests: int  # valid tickets: one seat, one guest
    mails: int  # e-mails: one for each address
    unreachable: int  # tickets whose holder has no address
    parties: int  # on the waitlist

    @property
    def total(self) -> int:
        """How many an e-mail to everybody concerns."""
        return self.guests + self.parties


def people_of(event: Event, *, with_disputed: bool = False) -> People:
    """Count them now. `with_disputed`: also those who come only if their dispute is settled."""
    tickets = Ticket.objects.valid_or_disputed() if with_disputed else Ticket.objects.valid()
    holders = list(
        tickets.filter(event_id=event.pk).with_holder().values_list("holder", flat=True)
    )
    return People(
        guests=len(holders),
        mails=len({holder for holder in holders if holder}),
        unreachable=sum(not holder for holder in holders),
        parties=waiting(event).count(),
    )


def waiting(event: Event) -> QuerySet[WaitlistEntry]:
    """Parties that are still on the waitlist."""
    return WaitlistEntry.objects.filter(event_id=event.pk, left_at__isnull=True)


def people(number: int) -> str:
    """ "1 person", "214 people"."""
    return counted(number, "person,people")
