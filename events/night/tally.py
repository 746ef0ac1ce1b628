"""How many holders know the venue, and from what: numbers, and the rows behind each.

For the present version of the venue. Every valid ticket is in exactly one of told, queued,
unknown, bounced and failed; `opened` is counted separately, since a page reaches people e-mails
do not.
"""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from events.models import Call, Event, RevealMail, Ticket
from events.reveal import notices, opened, pace
from events.reveal.people import counted
from nsca.lib.timing import exactly, hour

State = RevealMail.State
A_MINUTE = timedelta(minutes=1)

STATES = {
    "told": Q(notice=State.SENT),
    "queued": Q(notice=State.QUEUED, tries=0) | Q(notice__isnull=True),
    "unknown": Q(notice=State.QUEUED, tries__gt=0),  # tried, not accepted yet
    "bounced": Q(notice=State.BOUNCED),
    "failed": Q(notice__in=(State.FAILED, State.NO_ADDRESS, State.SUPERSEDED)),
}


def holders(event: Event) -> QuerySet[Ticket]:
    """Valid tickets with the state of their e-mail: `notice` (None without a row), `tries`,
    `owed_at`, `told_at`, and `call` (an outcome, None where nobody has called).
    """
    row = RevealMail.objects.filter(
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
    """The tickets behind one number. Raises KeyError for a word that is not in `numbers`."""
    if state == "opened":
        return holders(event).filter(opened.by_page(event))
    if state == "called":
        return holders(event).filter(call=Call.Outcome.TOLD)
    return holders(event).filter(STATES[state])


def numbers(event: Event) -> dict[str, int]:
    """Count tickets by state, in one query: told, queued, unknown, bounced, failed; and opened,
    called, all.
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
    """The same rule as STATES."""
    if notice is None or (notice == State.QUEUED and not tries):
        return "queued"
    words = {State.QUEUED: "unknown", State.SENT: "told", State.BOUNCED: "bounced"}
    return words.get(notice, "failed")


def outlook(event: Event, *, at: datetime) -> str:
    """How the e-mails go on from an instant (UTC): how many wait, in which order they go out, when
    the last does, and whether the mail server answers. One or two sentences.
    """
    letters = notices.mails_owed()
    if not letters:
        return "No e-mails are waiting."
    waiting = f"{counted(letters, 'e-mail')} {'is' if letters == 1 else 'are'} waiting"
    if event.reveal_held_at:
        return f"{waiting} for the hold to be released."
    silent_until = pace.silent_until(at=at)
    if silent_until:
        return (
            f"{waiting}. The mail server isn’t accepting e-mail; we try again at "
            f"{hour(silent_until)}, then every minute."
        )
    order = "in the order the tickets were sold"
    last = pace.last_leaves_at(letters, at=at)
    if last < at + A_MINUTE:
        return f"{waiting} and {'goes' if letters == 1 else 'go'} out now, {order}."
    limit = f", at most {pace.an_hour()} an hour" if pace.an_hour() else ""
    return f"{waiting}. They go out {order}{limit}; the last goes out on {exactly(last)}."
