"""Who has seen the place: noted the first time a holder's own page shows a version of it.

One narrow UPDATE when there is something to note, and no query at all when there is not. Before T
nothing is shown, so nothing is noted; a look by staff is not the holder's.
"""

from datetime import datetime

from django.db.models import Q

from events.models import Event, Ticket
from events.reveal import Opened


def note(ticket: Ticket, reveal, *, request, at: datetime) -> None:
    """The page of `ticket` shows what `reveal` says at the instant `at` (UTC)."""
    if not isinstance(reveal, Opened) or ticket.seen_version >= reveal.version:
        return
    if request.method != "GET" or _is_a_colleagues_look(request, ticket):
        return
    # By hand, too: a ticket that was given on in this moment was not seen by its new holder.
    Ticket.objects.filter(pk=ticket.pk, hand=ticket.hand, seen_version__lt=reveal.version).update(
        seen_version=reveal.version, seen_open_at=at
    )


def _is_a_colleagues_look(request, ticket) -> bool:
    """Somebody of the staff opens a guest's link. Asked only where a note would be made."""
    user = request.user
    return (
        user.is_authenticated
        and user.is_staff
        and user.email.lower() != (ticket.holder_email.lower())
    )


def by_page(event: Event) -> Q:
    """Of tickets: their holder has seen the present version of the place."""
    return Q(seen_version__gte=max(1, event.reveal_version))
