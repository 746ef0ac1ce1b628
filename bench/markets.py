"""Two events to buy at, and their door lists: one with enough seats, one with a hundred.

Prints JSON on stdout.

python -m bench.markets
"""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import django

django.setup()

from events.door.mail import address_of  # noqa: E402
from events.models import DoorLink, Event, TicketType  # noqa: E402
from membership.models import User  # noqa: E402
from nsca.lib import clock  # noqa: E402

SEATS = {"many": 1_000_000, "rush": 100}


def main():
    at = clock.now()
    answer = {}
    for name, seats in SEATS.items():
        event, _is_new = Event.objects.get_or_create(
            slug=f"measured-{name}", defaults=particulars(name, seats, at)
        )
        kind, _is_new = TicketType.objects.get_or_create(
            event=event, name="Seat", defaults={"price_cents": 9500}
        )
        answer[name] = {
            "path": f"/events/{event.slug}/tickets/",
            "field": f"qty_{kind.pk}",
            "door": door_of(event, at),
        }
    print(json.dumps(answer))


def particulars(name, seats, at):
    return {
        "title": f"Measured: {name}",
        "summary": "For a measurement.",
        "area": "Norfolk",
        "kind": Event.Kind.SOIREE,
        "lead": timedelta(hours=24),
        "starts_at": at + timedelta(days=60),
        "ends_at": at + timedelta(days=60, hours=4),
        "publish_at": at,
        "state": Event.State.PUBLISHED,
        "capacity": seats,
    }


def door_of(event, at):
    """The path of a volunteer's door link to the event, valid now."""
    link = DoorLink.objects.create(
        event=event,
        name="Measured",
        opens_at=at - timedelta(hours=1),
        ends_at=at + timedelta(days=1),
        created_at=at,
        created_by=User.objects.filter(is_staff=True).first(),
    )
    return urlsplit(address_of(link)).path


if __name__ == "__main__":
    main()
