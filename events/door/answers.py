"""What the door says about a ticket: a color to be seen from a yard away, a title, a sentence.

Nothing is written here; door.py asks under the ticket's lock. The rulebook of the answers is
tests/events/door/test_answers.py.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, TextChoices

from events.models import DoorLink, Scan, Ticket, Transfer
from events.tickets.attendance import entries
from nsca.lib.timing import day_of, hour, long_day
from orders.models import Order, Refund

BE_KIND = "Be kind: look for another ticket by the guest’s name."


class Tone(TextChoices):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Situation(TextChoices):
    WELCOME = "welcome"
    AGAIN = "again"  # the same telephone, the same day
    ALREADY_IN = "already-in"
    ANSWERED = "answered"  # an old reading sent again, of a ticket that is no longer in
    UNDONE = "undone"
    NOT_IN = "not-in"  # an undo with nothing to undo
    UNKNOWN = "unknown"
    GIVEN_ON = "given-on"
    OTHER_EVENT = "other-event"
    EVENT_CANCELLED = "event-cancelled"
    NOT_PAID = "not-paid"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"


_GREEN = {Situation.WELCOME, Situation.AGAIN}
_AMBER = {Situation.ALREADY_IN, Situation.ANSWERED, Situation.UNDONE, Situation.NOT_IN}


@dataclass(frozen=True)
class Answer:
    """What the door says about one reading, or one undo.

    `code` is what was read, `ticket` what it is the code of, `entry` the reading by which the
    guest came in.
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
        """Whether the guest is in now, and an undo would say otherwise."""
        return self.situation in _GREEN or self.situation == Situation.ALREADY_IN


# --- Who is in -----------------------------------------------------------------------------------


def guest_of(ticket: Ticket) -> str:
    """The guest's name; else whose guest it is. Needs line__order."""
    return ticket.guest_name or f"guest of {ticket.line.order.buyer_name}"


def came_in(entry: Scan, *, at: datetime) -> str:
    """ "came in at 7:02 p.m., west gate, by Sam"; with its day where that is not today."""
    moment = entry.read_at or entry.at
    words = f"came in at {hour(moment)}"
    if day_of(moment) != day_of(at):
        words = f"came in on {long_day(moment)} at {hour(moment)}"
    parts = (words, entry.gate, f"let in by {entry.link.name}" if entry.link else "")
    return ", ".join(filter(None, parts))


# --- Judging -------------------------------------------------------------------------------------


def judged(link: DoorLink, ticket: Ticket, *, device_id: str, at: datetime) -> Answer:
    """What this door says of a ticket that this device reads now. Needs line__order and event."""
    refused = not_good(link, ticket)
    if refused:
        return refused
    entry = entries([ticket.pk]).get(ticket.pk)
    if entry is None:
        return welcome(ticket)
    words = _sentence(came_in(entry, at=at))
    if entry.device == device_id and day_of(entry.at) == day_of(at):
        title = f"Welcome, {guest_of(ticket)}"
        words = f"Read before, on this telephone. {words}"
        return _of(ticket, Situation.AGAIN, title, words, entry=entry)
    advice = "Ask for the name on the order. If it fits, let them in; if not, call the committee."
    return _of(ticket, Situation.ALREADY_IN, "Already in", words, advice, entry)


def not_good(link: DoorLink, ticket: Ticket) -> Answer | None:
    """Why a ticket lets nobody in at this door; None where it does. Needs line__order, event."""
    order = ticket.line.order
    if ticket.event_id != link.event_id:
        return other_event(ticket)
    if ticket.event.is_cancelled:
        words = "The event is cancelled."
        return _of(ticket, Situation.EVENT_CANCELLED, "Not today", words)
    if ticket.cancelled_at is not None:
        return _cancelled(ticket)
    if order.state != Order.State.PAID:
        words = f"Order {order.number} was never paid."
        advice = "Be kind: the buyer may think it was."
        return _of(ticket, Situation.NOT_PAID, "Not paid", words, advice)
    if ticket.suspended_at is not None:
        words = "The bank is looking into its payment."
        return _of(
            ticket, Situation.DISPUTED, "On hold", words, "Be kind, and call the committee."
        )
    return None


def _cancelled(ticket: Ticket) -> Answer:
    of_it = Q(line=None) | Q(line=ticket.line_id, unit=None)
    of_it |= Q(line=ticket.line_id, unit=ticket.number)
    refunds = Refund.objects.filter(of_it, payment__order=ticket.line.order_id)
    back = refunds.exclude(state=Refund.State.FAILED).order_by("pk").last()
    if back is None:
        words = f"Cancelled on {long_day(ticket.cancelled_at)}."
        return _of(ticket, Situation.CANCELLED, "Cancelled", words, BE_KIND)
    words = f"The money went back on {long_day(back.settled_at or back.requested_at)}."
    return _of(ticket, Situation.REFUNDED, "Refunded", words, BE_KIND)


def other_event(ticket: Ticket) -> Answer:
    words = f"It is for {ticket.event.title}, {long_day(ticket.event.starts_at)}."
    return _of(ticket, Situation.OTHER_EVENT, "Another event", words)


def not_found(link: DoorLink, code: str) -> Answer:
    """A code that no ticket has; perhaps because its holder gave the ticket on."""
    given = Transfer.objects.filter(
        old_code=code, accepted_at__isnull=False, ticket__event=link.event_id
    )
    if transfer := given.first():
        words = f"Its holder gave it to somebody else on {long_day(transfer.accepted_at)}."
        advice = "The new holder has a new code: look for them by name."
        return Answer(Situation.GIVEN_ON, "Given on", words, advice, code)
    words = "We know no ticket with this code."
    advice = "Look at the code again, or look for the guest by name."
    return Answer(Situation.UNKNOWN, "Not known", words, advice, code)


def welcome(ticket: Ticket, entry: Scan | None = None) -> Answer:
    return _of(ticket, Situation.WELCOME, f"Welcome, {guest_of(ticket)}", entry=entry)


def answered_before(link: DoorLink, ticket: Ticket, before: Scan, *, at: datetime) -> Answer:
    """The answer to a reading that is sent again, from its own row."""
    if before.act == Scan.Act.IN:
        return welcome(ticket, before)
    answer = judged(link, ticket, device_id=before.device, at=at)
    if answer.situation != Situation.WELCOME:
        return answer
    words = "This reading was answered before, and let nobody in."
    return _of(ticket, Situation.ANSWERED, "Read once more", words, "Read the ticket again.")


def undone(ticket: Ticket, entry: Scan, *, at: datetime) -> Answer:
    words = _sentence(f"{guest_of(ticket)} is no longer in; {came_in(entry, at=at)}")
    return _of(ticket, Situation.UNDONE, "Undone", words, entry=entry)


def not_in(ticket: Ticket) -> Answer:
    return _of(ticket, Situation.NOT_IN, "Not in", "Nobody has come in on this ticket.")


def _of(ticket, situation, title, words="", advice="", entry=None) -> Answer:
    return Answer(situation, title, words, advice, ticket.code, ticket, entry)


def _sentence(words: str) -> str:
    """With a capital first and one stop at the end: "p.m." has its own."""
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")
