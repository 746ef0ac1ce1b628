"""How many holders know the place, and by what: numbers, and the rows behind each of them.

Of the present version of the place. Every valid ticket is in exactly one of told, queued, unknown,
bounced and failed; `opened` is counted beside them, for a page tells whom no mail reaches.
"""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from events.models import Call, Event, RevealNotice, Ticket
from events.reveal import notices, opened, pace
from events.reveal.people import counted
from nsca.lib.timing import exactly, hour

State = RevealNotice.State
A_MINUTE = timedelta(minutes=1)

STATES = {
    "told": Q(notice=State.SENT),
    "queued": Q(notice=State.QUEUED, tries=0) | Q(notice__isnull=True),
    "unknown": Q(notice=State.QUEUED, tries__gt=0),  # tried, and nobody has said yes
    "bounced": Q(notice=State.BOUNCED),
    "failed": Q(notice__in=(State.FAILED, State.NO_ADDRESS, State.SUPERSEDED)),
}


def holders(event: Event) -> QuerySet[Ticket]:
    """Valid tickets, each with what its letter came to: `notice` (a state, None without a row),
    `tries`, `owed_at`, `told_at`, and `call` (an outcome, None where nobody has telephoned).
    """
    row = RevealNotice.objects.filter(
        ticket=OuterRef("pk"), hand=OuterRef("hand"), version=event.reveal_version
    )
    call = Call.objects.filter(
        ticket=OuterRef("pk"), hand=OuterRef("hand"), version=event.reveal_version
    )
    return (
        Ticket.objects.valid()
        .filter(event=event)
        .with_holder()
        .annotate(
            notice=Subquery(row.values("state")[:1]),
            tries=Subquery(row.values("attempts")[:1]),
            owed_at=Subquery(row.values("created_at")[:1]),
            told_at=Subquery(row.values("sent_at")[:1]),
            call=Subquery(call.values("outcome")[:1]),
        )
        .select_related("line__order")
        .order_by("pk")
    )


def behind(event: Event, state: str) -> QuerySet[Ticket]:
    """The tickets behind one number. Raises KeyError for a word that is none of `numbers`."""
    if state == "opened":
        return holders(event).filter(opened.by_page(event))
    if state == "called":
        return holders(event).filter(call=Call.Outcome.TOLD)
    return holders(event).filter(STATES[state])


def numbers(event: Event) -> dict[str, int]:
    """Tickets by state: told, queued, unknown, bounced, failed; and opened, called, of all. One
    query.
    """
    least = max(1, event.reveal_version)
    count = dict.fromkeys([*STATES, "opened", "called", "all"], 0)
    rows = holders(event).values_list("notice", "tries", "seen_version", "call")
    for notice, tries, seen, call in rows:
        count["all"] += 1
        count[_word(notice, tries)] += 1
        count["opened"] += seen >= least
        count["called"] += call == Call.Outcome.TOLD
    return count


def _word(notice, tries) -> str:
    """The same sentence as STATES."""
    if notice is None or (notice == State.QUEUED and not tries):
        return "queued"
    words = {State.QUEUED: "unknown", State.SENT: "told", State.BOUNCED: "bounced"}
    return words.get(notice, "failed")


def last_letter_at(*, at: datetime) -> datetime | None:
    """When the last letter that waits, of all events, leaves at our own pace; None: none waits."""
    letters = notices.letters_owed()
    return pace.last_leaves_at(letters, at=at) if letters else None


def outlook(event: Event, *, at: datetime) -> str:
    """How the mail goes on from an instant (UTC): how many letters wait, in which order they
    leave, when the last does, and whether the mail server answers. One sentence or two.
    """
    letters = notices.letters_owed()
    if not letters:
        return "No letter waits."
    waiting = f"{counted(letters, 'letter')} {'waits' if letters == 1 else 'wait'}"
    if event.reveal_held_at:
        return f"{waiting} for the hold to be released."
    silent_until = pace.silent_until(at=at)
    if silent_until:
        return (
            f"{waiting}. The mail server takes none at the moment; it is asked again at "
            f"{hour(silent_until)}, and once a minute from then."
        )
    order = "in the order in which the tickets were sold"
    last = pace.last_leaves_at(letters, at=at)
    if last < at + A_MINUTE:
        return f"{waiting}, and {'leaves' if letters == 1 else 'leave'} now, {order}."
    limit = f", at most {pace.an_hour()} an hour" if pace.an_hour() else ""
    return f"{waiting}, and leave {order}{limit}; the last leaves on {exactly(last)}."
