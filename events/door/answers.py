"""What the door says about a ticket: a color visible from a yard away, a title, a sentence.

Nothing is written here; door.py asks under the ticket's lock. The rules of the answers are in
tests/events/door/test_answers.py.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, TextChoices

from events.models import DoorLink, Scan, Ticket, Transfer
from events.tickets.attendance import entries
from nsca.lib.timing import day_of, hour, long_day
from orders.models import Order, Refund

BE_KIND = "Be kind: look for another ticket under the guest’s name."


class Tone(TextChoices):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Situation(TextChoices):
    WELCOME = "welcome"
    AGAIN = "again"  # the same phone, the same day
    ALREADY_IN = "already-in"
    ANSWERED = "answered"  # an old scan sent again, of a guest who is no longer in
    UNDONE = "undone"
    NOT_IN = "not-in"  # an undo with nothing to undo
    UNKNOWN = "unknown"
    GIVEN_ON = "given-on"
    OTHER_EVENT = "other-event"
    EVENT_CANCELED = "event-canceled"
    NOT_PAID = "not-paid"
    REFUNDED = "refunded"
    CANCELED = "canceled"
    DISPUTED = "disputed"


_GREEN = {Situation.WELCOME, Situation.AGAIN}
_AMBER = {Situation.ALREADY_IN, Situation.ANSWERED, Situation.UNDONE, Situation.NOT_IN}


@dataclass(frozen=True)
class Answer:
    """What the door says about one scan or undo.

    `code` is what was scanned, `ticket` its ticket, `entry` the scan that checked the guest in.
    """

    situation: Situation
    title: str
    words: str = ""
    advice: str = ""
    code: str = ""
    ticket: Ticket | None = None
    entry: Scan | None = None

    @property
    def tone(self) -> Tone:
        if self.situation in _GREEN:
            return Tone.GREEN
        return Tone.AMBER if self.situation in _AMBER else Tone.RED

    @property
    def is_in(self) -> bool:
        """Whether the guest is in now, so that an undo makes sense."""
        return self.situation in _GREEN or self.situation == Situation.ALREADY_IN


# --- Who is in ---------------------------------------------------------------------------------


def guest_of(ticket: Ticket) -> str:
    """The guest's name, or whose guest they are. Needs line__order."""
    return ticket.guest_name or f"guest of {ticket.line.order.buyer_name}"


def came_in(entry: Scan, *, at: datetime) -> str:
    """ "came in at 7:02 p.m., west gate, let in by Sam"; with the date if not today."""
    moment = entry.read_at or entry.at
    words = f"came in at {hour(moment)}"
    if day_of(moment) != day_of(at):
        words = f"came in on {long_day(moment)} at {hour(moment)}"
    parts = (words, entry.gate, f"let in by {entry.link.name}" if entry.link else "")
    return ", ".join(filter(None, parts))


# --- Judging -----------------------------------------------------------------------------------


def judged(link: DoorLink, ticket: Ticket, *, device_id: str, at: datetime) -> Answer:
    """What this door says about a ticket this device scans now. Needs line__order and event."""
    refused = not_good(link, ticket)
    if refused:
        return refused
    entry = entries([ticket.pk]).get(ticket.pk)
    if entry is None:
        return welcome(ticket)
    words = _sentence(came_in(entry, at=at))
    if entry.device == device_id and day_of(entry.at) == day_of(at):
        title = f"Welcome, {guest_of(ticket)}"
        words = f"Already scanned on this phone. {words}"
        return _of(ticket, Situation.AGAIN, title, words, entry=entry)
    advice = (
        "Ask for the name on the order. If it matches, let them in; if not, call the committee."
    )
    return _of(ticket, Situation.ALREADY_IN, "Already in", words, advice, entry)


def not_good(link: DoorLink, ticket: Ticket) -> Answer | None:
    """Why a ticket is not valid at this door; None if it is. Needs line__order, event."""
    order = ticket.line.order
    if ticket.event_id != link.event_id:
        return other_event(ticket)
    if ticket.event.is_canceled:
        words = "The event is canceled."
        return _of(ticket, Situation.EVENT_CANCELED, "Not today", words)
    if ticket.canceled_at is not None:
        return _canceled(ticket)
    if order.state != Order.State.PAID:
        words = f"Order {order.number} was never paid."
        advice = "Be kind: the buyer may think it is paid."
        return _of(ticket, Situation.NOT_PAID, "Not paid", words, advice)
    if ticket.suspended_at is not None:
        words = "Its payment is disputed."
        return _of(
            ticket, Situation.DISPUTED, "On hold", words, "Be kind, and call the committee."
        )
    return None


def _canceled(ticket: Ticket) -> Answer:
    of_it = Q(line=None) | Q(line=ticket.line_id, unit=None)
    of_it |= Q(line=ticket.line_id, unit=ticket.number)
    refunds = Refund.objects.filter(of_it, payment__order=ticket.line.order_id)
    back = refunds.exclude(state=Refund.State.FAILED).order_by("pk").last()
    if back is None:
        words = f"Canceled on {long_day(ticket.canceled_at)}."
        return _of(ticket, Situation.CANCELED, "Canceled", words, BE_KIND)
    words = f"Refunded on {long_day(back.settled_at or back.requested_at)}."
    return _of(ticket, Situation.REFUNDED, "Refunded", words, BE_KIND)


def other_event(ticket: Ticket) -> Answer:
    words = f"It is for {ticket.event.title}, {long_day(ticket.event.starts_at)}."
    return _of(ticket, Situation.OTHER_EVENT, "Another event", words)


def not_found(link: DoorLink, code: str) -> Answer:
    """A code that no ticket has, perhaps because its ticket was transferred."""
    given = Transfer.objects.filter(
        old_code=code, accepted_at__isnull=False, ticket__event=link.event_id
    )
    if transfer := given.first():
        words = f"Transferred to another guest on {long_day(transfer.accepted_at)}."
        advice = "The new holder has a new code: look for them by name."
        return Answer(Situation.GIVEN_ON, "Transferred", words, advice, code)
    words = "No ticket has this code."
    advice = "Check the code, or look for the guest by name."
    return Answer(Situation.UNKNOWN, "Unknown code", words, advice, code)


def welcome(ticket: Ticket, entry: Scan | None = None) -> Answer:
    return _of(ticket, Situation.WELCOME, f"Welcome, {guest_of(ticket)}", entry=entry)


def answered_before(link: DoorLink, ticket: Ticket, before: Scan, *, at: datetime) -> Answer:
    """The answer to a scan that is sent again, from its own row."""
    if before.act == Scan.Act.IN:
        return welcome(ticket, before)
    answer = judged(link, ticket, device_id=before.device, at=at)
    if answer.situation != Situation.WELCOME:
        return answer
    words = "This scan was answered before and let nobody in."
    return _of(ticket, Situation.ANSWERED, "Scan again", words, "Scan the ticket again.")


def undone(ticket: Ticket, entry: Scan, *, at: datetime) -> Answer:
    words = _sentence(f"{guest_of(ticket)} is no longer in; {came_in(entry, at=at)}")
    return _of(ticket, Situation.UNDONE, "Undone", words, entry=entry)


def not_in(ticket: Ticket) -> Answer:
    return _of(ticket, Situation.NOT_IN, "Not in", "Nobody has come in with this ticket.")


def _of(ticket, situation, title, words="", advice="", entry=None) -> Answer:
    return Answer(situation, title, words, advice, ticket.code, ticket, entry)


def _sentence(words: str) -> str:
    """Capitalize the sentence and end with one period: "p.m." already has its own."""
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")
