"""The addresses to measure, from the seeded season, as JSON on stdout.

python -m bench.actors
"""

import json

import django

django.setup()

from cities.models import City  # noqa: E402
from events.models import Event, Ticket  # noqa: E402
from nsca.lib import clock  # noqa: E402


def main():
    at = clock.now()
    ahead = Event.objects.published(at).upcoming(at)
    soirees = ahead.filter(kind=Event.Kind.SOIREE, lead__isnull=False)
    ticket = Ticket.objects.valid().filter(event__ends_at__gt=at).order_by("pk").first()
    answer = {
        "city": City.objects.order_by("pk").first().get_absolute_url(),
        "event": soirees.order_by("-starts_at").first().get_absolute_url(),
        "ticket": ticket.get_absolute_url(),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
