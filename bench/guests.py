"""Five hundred holders of a secret event with its T as far ahead as requested, as JSON on stdout.

python -m bench.guests SECONDS
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402

from events import reveal  # noqa: E402
from events.models import Event, Ticket, TicketType  # noqa: E402
from nsca.lib import clock  # noqa: E402
from orders.models import Line, Order  # noqa: E402

HOLDERS = 500
LEAD = timedelta(hours=24)
VENUE = "Zanzibar Wharf 7719"


def main():
    at = clock.now()
    event = Event.objects.create(
        title="Measured: the reveal", slug="measured-reveal", summary="For a measurement.",
        area="Norfolk", kind=Event.Kind.SOIREE, state=Event.State.PUBLISHED, publish_at=at,
        lead=LEAD, starts_at=at + timedelta(days=9), ends_at=at + timedelta(days=9, hours=4),
    )  # fmt: skip
    kind = TicketType.objects.create(event=event, name="Seat", price_cents=9500)
    venue = reveal.VenueDetails(
        name=VENUE, lines=("12 Ropewalk", "Norfolk, Virginia"), parking="Here."
    )
    keeper = get_user_model().objects.filter(is_superuser=True).first()
    if keeper is None:
        keeper = get_user_model().objects.create_superuser("keeper@bench.example")
    reveal.write_venue(event, venue, by=keeper, at=at)
    tickets = [bought(event, kind, number, at) for number in range(HOLDERS)]

    t = clock.now() + timedelta(seconds=float(sys.argv[1]))
    Event.objects.filter(pk=event.pk).update(starts_at=t + LEAD, ends_at=t + LEAD + LEAD / 8)
    paths = [ticket.get_absolute_url() for ticket in tickets]
    print(json.dumps({"t": t.timestamp(), "place": VENUE, "paths": paths}))


def bought(event, kind, number, at):
    order = Order.objects.create(
        state=Order.State.PAID, placed_at=at, paid_at=at, held_until=at,
        buyer_name="A Guest", buyer_email=f"guest-{number}@bench.example",
    )  # fmt: skip
    line = Line.objects.create(
        order=order, kind=Line.Kind.TICKET, label=kind.name, unit_cents=kind.price_cents,
        subject_id=kind.pk,
    )  # fmt: skip
    return Ticket.objects.create(event=event, ticket_type=kind, line=line, number=1)


if __name__ == "__main__":
    main()
