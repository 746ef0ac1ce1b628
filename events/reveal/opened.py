"""Who has seen the venue: noted the first time a browser shows its version to a holder.

Opened means a browser's visit. The page reports it with a POST once it is visible; without
JavaScript, the reader presses a button. Never a bare GET: mail scanners follow links before the
reader does, and a guest whose link only a machine has followed must stay on the call list.

One narrow UPDATE when there is something to note, and no query when there is not. Before T nothing
is shown, so nothing is noted; a visit by staff does not count as the holder's.

Five hundred guests come in the minute after T: a request that arrives while another of the same
process is writing leaves its note to that one, so a crowd costs a few commits, not one each. A
lost note costs a phone call; a page that waited or failed for it would break the promise.
"""

import logging
import threading
from collections import deque
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import Q

from events.models import Event, Ticket
from events.reveal import Opened

log = logging.getLogger(__name__)

_noted: deque[tuple[int, int, int, datetime]] = deque()  # ticket, hand, version, instant
_writing = threading.Lock()


def note(ticket: Ticket, reveal, *, shown: int, request, at: datetime) -> bool:
    """Note that a browser showed version `shown` of the venue on the page of `ticket`; whether
    that is the version the door gives at the instant `at` (UTC). An older version is noted as
    such; one that was never revealed is not noted.
    """
    if not isinstance(reveal, Opened) or not 1 <= shown <= reveal.version:
        return False
    if ticket.seen_version < shown and not _is_a_colleagues(request, ticket):
        _write_soon(ticket, shown, at)
    return shown == reveal.version


def _write_soon(ticket, version, at) -> None:
    _noted.append((ticket.pk, ticket.transfer_count, version, at))
    # A note left after the list was checked finds the lock free, so none is lost.
    while _noted and _writing.acquire(blocking=False):
        try:
            _write(sorted(_noted.popleft() for _ in range(len(_noted))))
        except DatabaseError as error:
            log.warning("could not note that a ticket was opened: %s", type(error).__name__)
        finally:
            _writing.release()


def _write(notes) -> None:
    with transaction.atomic():
        for pk, transfer_count, version, at in notes:
            # Checks `hand` too: a ticket just transferred was not seen by its new holder.
            Ticket.objects.filter(
                pk=pk, transfer_count=transfer_count, seen_version__lt=version
            ).update(seen_version=version, seen_open_at=at)


def _is_a_colleagues(request, ticket) -> bool:
    """Whether staff opened a guest's link. Asked only where a note would be made."""
    user = request.user
    return user.is_authenticated and user.is_staff and user.email != ticket.holder_email


def by_page(event: Event) -> Q:
    """Filter tickets whose holder has seen the present version of the venue."""
    return Q(seen_version__gte=max(1, event.reveal_version))
