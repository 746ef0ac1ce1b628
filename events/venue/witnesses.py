"""The seals in what guests keep: each is a witness to the seal and its time.

A seal in a database can be backdated; one in five hundred mailboxes, on paper and in calendars
cannot (docs/reveal.md §7). Once published, it is in every e-mail, PDF and calendar file about a
ticket, and in the public calendars.
"""

from collections.abc import Sequence

from events.models import Commitment, Event
from nsca.lib.timing import exactly


def lines(seals: Sequence[Commitment]) -> list[str]:
    """Each seal with its time, as PDFs and calendars say it."""
    return [
        f"{'Sealed' if seal.published_at else 'Re-sealed'} on "
        f"{exactly(seal.published_at or seal.sealed_at)}: {seal.digest}"
        for seal in seals
    ]


def of_many(events: Sequence[Event]) -> dict[int, list[Commitment]]:
    """The published seals of many events, by event, oldest first, in one query."""
    secret = [event.pk for event in events if event.is_secret and not event.is_canceled]
    found: dict[int, list[Commitment]] = {}
    rows = Commitment.objects.filter(event__in=secret, published_at__isnull=False)
    for row in rows.defer("salt"):
        found.setdefault(row.event_id, []).append(row)
    return found


def seals_for(event: Event, reveal=None) -> tuple[Commitment, ...]:
    """The seals for what a guest keeps (e-mails, PDFs, calendars), oldest first, so that nobody
    can claim another later: those published and, for a viewer who may know the venue (`reveal` is
    Opened), the others too. One query; none where nothing is secret.
    """
    if not event.is_secret or event.is_canceled:
        return ()
    rows = event.commitments.defer("salt")
    if not getattr(reveal, "is_open", False):
        rows = rows.filter(published_at__isnull=False)
    rows = tuple(rows)
    return rows if any(row.published_at for row in rows) else ()
