"""What events tell mailings (membership/mailings/known.py): who came, that reveal e-mails go
first, and that no text may give a sealed venue away.

A warning to somebody who may not see venues would be an oracle (word_check.py). So while a venue
is sealed, a colleague who may see venues reads each of their mailings, whatever it says.
"""

from datetime import datetime, timedelta

from events import reveal
from events.models import Event, Scan, Ticket
from events.night import word_check
from events.night.texts import texts_of
from events.night.word_check import SEE
from events.reveal import mails_owed
from events.tickets.attendance import latest
from events.venue.findings import Finding
from membership.mailings.known import Gate, Occasions

# Before T: an hour, so that no e-mail of a mailing counts toward the hourly limit after T
# (reveal/pace.py), and half an hour to empty the outbox.
CLEAR_BEFORE_T = timedelta(minutes=90)
OFFERED = 20  # events to choose from, the newest


class EventOccasions(Occasions):
    """Who came to an event: checked in at its door or, if nobody was scanned there, had
    a ticket.
    """

    def choices(self, *, at: datetime) -> list[tuple[str, str]]:
        past = Event.objects.filter(state=Event.State.PUBLISHED, starts_at__lte=at)
        found = past.filter(tickets__isnull=False).distinct().order_by("-starts_at")[:OFFERED]
        return [(f"event-{event.pk}", str(event)) for event in found]

    def addresses(self, key: str) -> set[str]:
        kind, _, number = key.partition("-")
        if kind != "event" or not number.isdigit():
            return set()
        tickets = Ticket.objects.valid().with_holder().filter(event=int(number))
        came = tickets.annotate(last_act=latest("act")).filter(last_act=Scan.Act.IN)
        if not Scan.objects.filter(ticket__event=int(number)).exists():
            came = tickets
        return set(came.values_list("holder", flat=True)) - {""}


class EventGate(Gate):
    def is_busy(self, at: datetime) -> bool:
        """Whether reveal e-mails are owed, or will be soon."""
        if mails_owed.are_owed():
            return True
        sealed = Event.objects.filter(
            state=Event.State.PUBLISHED, lead__isnull=False, reveal_version=0, ends_at__gt=at
        )
        return any(event.opens_at - CLEAR_BEFORE_T <= at for event in sealed)

    def needs_a_reader(self, by, at: datetime) -> bool:
        """Whether a colleague must read it. Reads no venue: the answer depends on public facts."""
        return not by.has_perm(SEE) and self._is_one_sealed(at)

    def _is_one_sealed(self, at: datetime) -> bool:
        sealed = Event.objects.exclude(state=Event.State.CANCELED)
        return sealed.filter(lead__isnull=False, ends_at__gt=at).exists()

    def may_read(self, by) -> bool:
        return by.has_perm(SEE)

    def objections(self, mailing, *, by, at: datetime) -> list[str]:
        """What the text has in common with each sealed venue; showing it is logged, as with every
        text (word_check.after_saving).
        """
        if not by.has_perm(SEE):
            return []
        told = []
        for event, found in _compared(mailing, at):
            if found:
                reveal.note_word_check(event, by=by, at=at)
                told += [f"About {event}: {finding.sentence}" for finding in found]
        return told

    def gives_away(self, mailing, *, at: datetime) -> bool:
        return any(found for _event, found in _compared(mailing, at))


def _compared(mailing, at: datetime) -> list[tuple[Event, list[Finding]]]:
    texts = [text for text in texts_of(mailing) if text.field in ("subject", "body")]
    return reveal.compared(lambda event, venue: word_check.found(event, venue, texts), at=at)
