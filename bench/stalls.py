"""Two events to buy at: one with room for all, one with a hundred chairs; JSON on stdout.

python -m bench.stalls
"""

import json
from datetime import timedelta

import django

django.setup()

from events.models import Event, TicketType  # noqa: E402
from nsca.lib import clock  # noqa: E402

CHAIRS = {"many": 1_000_000, "rush": 100}


def main():
    at = clock.now()
    told = {}
    for name, chairs in CHAIRS.items():
        event = Event.objects.create(
            title=f"Measured: {name}",
            slug=f"measured-{name}",
            summary="For a measurement.",
            area="Norfolk",
            kind=Event.Kind.SOIREE,
            lead=timedelta(hours=24),
            starts_at=at + timedelta(days=60),
            ends_at=at + timedelta(days=60, hours=4),
            publish_at=at,
            state=Event.State.PUBLISHED,
            capacity=chairs,
        )
        kind = TicketType.objects.create(event=event, name="Chair", price_cents=9500)
        told[name] = {"path": f"/events/{event.slug}/tickets/", "field": f"qty_{kind.pk}"}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
