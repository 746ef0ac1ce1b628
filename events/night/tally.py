"""How many holders know the venue, and from what: numbers, and the rows behind each.

For the present version of the venue. Every valid ticket is in exactly one of told, queued,
unknown, bounced and failed; `opened` is counted separately, since a page reaches people e-mails
do not.
"""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from events.models import Call, Event, RevealMail, Ticket
from events.reveal import mails_owed, opened, pace
from events.reveal.people import counted
from nsca.lib.timing import exactly, hour

State = RevealMail.State
A_MINUTE = timedelta(minutes=1)

STATES = {
    "mailed": Q(mail_state=State.SENT),
    "queued": Q(mail_state=State.QUEUED, tries=0) | Q(mail_state__isnull=True),
    "unknown": Q(mail_state=State.QUEUED, tries__gt=0),  # tried, not accepted yet
    "bounced": Q(mail_state=State.BOUNCED),
    "failed": Q(mail_state__in=(State.FAILED, State.NO_ADDRESS, State.SUPERSEDED)),
}


def holders(event: Event) -> QuerySet[Ticket]:
    """Valid tickets with the state of their e-mail: `notice` (None without a row), `tries`,
    `owed_at`, `mailed_at`, and `call` (an outcome, None where nobody has called).
    """
    row = RevealMail.objects.filter(
        ticket=OuterRef("pk"),
        transfer_count=OuterRef("transfer_count"),
        version=event.reveal_version,
    )
    call = Call.objects.filter(
        ticket=OuterRef("pk"),
        transfer_count=OuterRef("transfer_count"),
        version=event.reveal_version,
    )
    return (
        Ticket.objects.valid()
        .filter(event=event)
        .with_holder()
        .annotate(
            mail_state=Subquery(row.values("state")[:1]),
            tries=Subquery(row.values("attempts")[:1]),
            owed_at=Subquery(row.values("created_at")[:1]),
            mailed_at=Subquery(row.values("sent_at")[:1]),
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
        return holders(event).filter(call=Call.Outcome.REACHED)
    return holders(event).filter(STATES[state])


def numbers(event: Event) -> dict[str, int]:
    """Count tickets by state, in one query: told, queued, unknown, bounced, failed; and opened,
    called, all.
    """
    least = max(1, event.reveal_version)
    count = dict.fromkeys([*STATES, "opened", "called", "all"], 0)
    rows = holders(event).values_list("mail_state", "tries", "seen_version", "call")
    for mail_state, tries, seen, call in rows:
        count["all"] += 1
        count[_word(mail_state, tries)] += 1
        count["opened"] += seen >= least
        count["called"] += call == Call.Outcome.REACHED
    return count


def _word(mail_state, tries) -> str:
    """The same rule as STATES."""
    if mail_state is None or (mail_state == State.QUEUED and not tries):
        return "queued"
    words = {State.QUEUED: "unknown", State.SENT: "mailed", State.BOUNCED: "bounced"}
    return words.get(mail_state, "failed")


def outlook(event: Event, *, at: datetime) -> str:
    """How the e-mails go on from an instant (UTC): how many wait, in which order they go out, when
    the last does, and whether the mail server answers. One or two sentences.
    """
    mails = mails_owed.count_owed()
    if not mails:
        return "No e-mails are waiting."
    waiting = f"{counted(mails, 'e-mail')} {'is' if mails == 1 else 'are'} waiting"
    if event.reveal_held_at:
        return f"{waiting} for the hold to be released."
    silent_until = pace.silent_until(at=at)
    if silent_until:
        return (
            f"{waiting}. The mail server isn’t accepting e-mail; we try again at "
            f"{hour(silent_until)}, then every minute."
        )
    order = "in the order the tickets were sold"
    last = pace.last_leaves_at(mails, at=at)
    if last < at + A_MINUTE:
        return f"{waiting} and {'goes' if mails == 1 else 'go'} out now, {order}."
    limit = f", at most {pace.an_hour()} an hour" if pace.an_hour() else ""
    return f"{waiting}. They go out {order}{limit}; the last goes out on {exactly(last)}."
