"""How many people an act of staff concerns: guests, letters, parties that wait."""

from dataclasses import dataclass

from django.db.models import QuerySet

from events.models import Event, Ticket, WaitlistEntry
from nsca.lib.text.counting import counted


@dataclass(frozen=True)
class People:
    """Those whom an event concerns at one moment."""

    guests: int  # valid tickets: one chair, one guest
    letters: int  # addresses among their holders
    unreachable: int  # tickets whose holder has no address
    parties: int  # on the waiting list

    @property
    def told(self) -> int:
        """Whom a letter to everybody concerns."""
        return self.guests + self.parties


def people_of(event: Event, *, with_disputed: bool = False) -> People:
    """Counted now. `with_disputed`: those, too, who come only if their dispute is settled."""
    tickets = Ticket.objects.valid_or_disputed() if with_disputed else Ticket.objects.valid()
    holders = list(
        tickets.filter(event_id=event.pk).with_holder().values_list("holder", flat=True)
    )
    return People(
        guests=len(holders),
        letters=len({holder for holder in holders if holder}),
        unreachable=sum(not holder for holder in holders),
        parties=waiting(event).count(),
    )


def waiting(event: Event) -> QuerySet[WaitlistEntry]:
    """Parties that still wait."""
    return WaitlistEntry.objects.filter(event_id=event.pk, left_at__isnull=True)


def people(number: int) -> str:
    """ "1 person", "214 people"."""
    return counted(number, "person,people")
