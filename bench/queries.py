"""Queries of each public page, with the season as seeded and with 500 events more; JSON on stdout.

    python -m bench.queries PATH...

Writes into the database that it is given: a copy, please.
"""

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from events.models import Event, TicketType  # noqa: E402
from nsca.lib import clock  # noqa: E402

MORE = 500


def main():
    paths = sys.argv[1:]
    few = [queries_of(path) for path in paths]
    add_events()
    many = [queries_of(path) for path in paths]
    print(json.dumps(dict(zip(paths, zip(few, many, strict=True), strict=True))))


def queries_of(path):
    """How many queries the page takes when nothing of it is cached; -1 where it answers no 200."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.get(f"{path}?warm=1")  # what a worker asks once in its life is not the page's
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(f"{path}?cold={number}")
        counts.append(len(asked) if answer.status_code == 200 else -1)
    return min(counts)  # once a second, a page asks whether the content has changed


def add_events():
    """Half to come and half past, with the seats of those that they are copied from."""
    at = clock.now()
    ahead = list(Event.objects.published(at).upcoming(at).order_by("pk"))
    behind = list(Event.objects.published(at).past(at).order_by("pk"))
    for number in range(MORE):
        models = ahead if number % 2 else behind
        model = models[number % len(models)]
        seats = list(TicketType.objects.filter(event=model))
        copy = Event.objects.get(pk=model.pk)
        copy.pk, copy.slug = None, f"bench-{number}"
        copy._state.adding = True
        [copy] = Event.objects.bulk_create([copy])
        for seat in seats:
            seat.pk, seat.event = None, copy
            seat._state.adding = True
        TicketType.objects.bulk_create(seats)


if __name__ == "__main__":
    main()
