"""An evening of the seeded season whose place is sealed still, and a guest of it; JSON on stdout.

python -m bench.sealed
"""

import json

import django

django.setup()

from django.db import connection  # noqa: E402

from events.models import Event, Ticket  # noqa: E402
from nsca.lib import clock  # noqa: E402


def main():
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id FROM events_venue")
        filled = [pk for (pk,) in cursor.fetchall()]
    ahead = Event.objects.published(at).filter(pk__in=filled, lead__isnull=False)
    for event in ahead.order_by("starts_at"):
        ticket = Ticket.objects.valid().filter(event=event).select_related("line__order").first()
        if event.opens_at > at and ticket is not None:
            break
    else:
        raise SystemExit("No evening of the season is sealed and has a guest.")
    told = {
        "event": event.pk,
        "pages": {
            "event page": event.get_absolute_url(),
            "list of events": "/events/",
            "ticket page": ticket.get_absolute_url(),
            "calendar file": f"{ticket.get_absolute_url()}event.ics",
            "order page": ticket.line.order.get_absolute_url(),
        },
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
