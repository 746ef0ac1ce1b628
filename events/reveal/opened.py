"""Who has seen the place: noted the first time a browser shows its version to a holder.

Opened means a browser's visit. The page says so itself, by a POST once it is in somebody's sight;
without JavaScript its reader says so by a button. Never a bare GET: mail scanners follow the links
of a letter before its reader does, and a guest whom only a machine has told must stay on the call
list.

One narrow UPDATE when there is something to note, and no query at all when there is not. Before T
nothing is shown, so nothing is noted; a look by staff is not the holder's.

Five hundred come in the minute after T: whoever comes while another request of the same process
writes leaves the note to it, so that a crowd costs a commit now and then and not one each. A note
that is lost costs a telephone call; a page that waited or failed for it would cost the promise.
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
    """A browser showed version `shown` of the place on the page of `ticket`; whether that is the
    place as the door tells it at the instant `at` (UTC). An older version is noted as such, and
    one that was never told is not.
    """
    if not isinstance(reveal, Opened) or not 1 <= shown <= reveal.version:
        return False
    if ticket.seen_version < shown and not _is_a_colleagues_look(request, ticket):
        _write_soon(ticket, shown, at)
    return shown == reveal.version


def _write_soon(ticket, version, at) -> None:
    _noted.append((ticket.pk, ticket.hand, version, at))
    # Who leaves a note after the look at the list finds the lock free: none is forgotten.
    while _noted and _writing.acquire(blocking=False):
        try:
            _write(sorted(_noted.popleft() for _ in range(len(_noted))))
        except DatabaseError as error:
            log.warning("a look at a ticket was not noted: %s", type(error).__name__)
        finally:
            _writing.release()


def _write(notes) -> None:
    with transaction.atomic():
        for pk, hand, version, at in notes:
            # By hand, too: a ticket given on in this moment was not seen by its new holder.
            Ticket.objects.filter(pk=pk, hand=hand, seen_version__lt=version).update(
                seen_version=version, seen_open_at=at
            )


def _is_a_colleagues_look(request, ticket) -> bool:
    """Somebody of the staff opens a guest's link. Asked only where a note would be made."""
    user = request.user
    return user.is_authenticated and user.is_staff and user.email != ticket.holder_email


def by_page(event: Event) -> Q:
    """Of tickets: their holder has seen the present version of the place."""
    return Q(seen_version__gte=max(1, event.reveal_version))
