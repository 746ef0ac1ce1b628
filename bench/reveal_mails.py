"""What it costs to reveal a venue to so many holders: owed, claimed, rendered, stamped.

    python -m bench.reveal_mails 500 2000 5000   writes into the database it is given: use a copy

JSON on stdout: for each size the CPU seconds of this process for all of it, and for the claims
alone; on PostgreSQL on this machine also the server's, and the elapsed time of both.
"""

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend

from bench.serving import TICK

VENUE = "Zanzibar Wharf 7719"
LEAD = timedelta(hours=24)


class Void(BaseEmailBackend):
    """Accepts every e-mail as a real server would, and drops it."""

    def send_messages(self, messages):
        return sum(bool(message.message().as_bytes(linesep="\r\n")) for message in messages)


def main(sizes):
    import django

    django.setup()
    found = [measured(size) for size in sizes]
    print(json.dumps(found))


def measured(size: int) -> dict:
    """Reveal an event to `size` holders."""
    from events import reveal
    from events.models import RevealMail
    from events.reveal import sender
    from nsca.lib import clock

    event = evening(size)
    tickets_are_known()
    spent = {"claim": 0.0}
    claim = sender.queue.claim

    def timed(**how):
        began = time.process_time()
        try:
            return claim(**how)
        finally:
            spent["claim"] += time.process_time() - began

    sender.queue.claim = timed
    began, began_at, server = time.process_time(), time.perf_counter(), server_cpu()
    try:
        reveal.publish(event.pk, at=clock.now())
        while sender.send_due(at=clock.now(), backend="bench.reveal_mails.Void"):
            pass
    finally:
        sender.queue.claim = claim
    sent = RevealMail.objects.filter(event=event, state="sent").count()
    return {
        "holders": size,
        "sent": sent,
        "cpu": time.process_time() - began,
        "server": server_cpu() - server,
        "clock": time.perf_counter() - began_at,
        "claim": spent["claim"],
    }


def tickets_are_known():
    """Analyze the tickets, as PostgreSQL would have done while they were sold over weeks."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def server_cpu() -> float:
    """CPU seconds of the server's process for this connection; 0 if it is not on this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return 0.0
    return sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) / TICK


def evening(size: int):
    """A secret event whose T has just come, with so many holders."""
    from django.contrib.auth import get_user_model
    from django.db import transaction

    from events import reveal
    from events.models import Event, Ticket, TicketType
    from nsca.lib import clock
    from orders.models import Line, Order

    at = clock.now()
    event = Event.objects.create(
        title=f"Measured: {size}", slug=f"measured-{size}", summary="For a measurement.",
        area="Norfolk", kind=Event.Kind.SOIREE, state=Event.State.PUBLISHED, publish_at=at,
        lead=LEAD, starts_at=at + LEAD, ends_at=at + LEAD + LEAD / 8,
    )  # fmt: skip
    kind = TicketType.objects.create(event=event, name="Seat", price_cents=9500)
    keeper = get_user_model().objects.filter(is_superuser=True).first()
    if keeper is None:
        keeper = get_user_model().objects.create_superuser("keeper@bench.example")
    venue = reveal.VenueDetails(
        name=VENUE, lines=("12 Ropewalk", "Norfolk, Virginia"), parking="Here."
    )
    reveal.write_venue(event, venue, by=keeper, at=at)
    with transaction.atomic():
        orders = Order.objects.bulk_create(
            Order(
                state=Order.State.PAID, placed_at=at, paid_at=at, held_until=at,
                buyer_name="A Guest", buyer_email=f"guest-{size}-{number}@bench.example",
            )
            for number in range(size)
        )  # fmt: skip
        lines = Line.objects.bulk_create(
            Line(
                order=order, kind=Line.Kind.TICKET, label=kind.name, unit_cents=kind.price_cents,
                subject_id=kind.pk,
            )
            for order in orders
        )  # fmt: skip
        Ticket.objects.bulk_create(
            Ticket(event=event, ticket_type=kind, line=line, number=1) for line in lines
        )
    return event


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsca.settings")
    main([int(word) for word in sys.argv[1:]])
