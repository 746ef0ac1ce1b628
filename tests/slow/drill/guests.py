"""Whom the night is about, written into its database; JSON on stdout.

python -m tests.slow.drill.guests           makes them, and says who they are
python -m tests.slow.drill.guests report    says what the site itself counts at the end
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from events import reveal  # noqa: E402
from events.models import Event  # noqa: E402
from events.night import calls, tally  # noqa: E402
from events.venue.details import VenueDetails  # noqa: E402
from nsca.lib import clock  # noqa: E402
from tests.factories import (  # noqa: E402
    make_event,
    make_order,
    make_ticket,
    make_ticket_type,
    make_user,
)

LEAD = timedelta(hours=24)
T_AT_FIRST = timedelta(hours=20)  # from now: the day-before e-mail is due
VENUE = VenueDetails(
    name="Zanzibar Wharf 7719",
    lines=("12 Ropewalk", "Norfolk, Virginia"),
    postcode="23510",
    latitude=36.846512,
    longitude=-76.291734,
    phone="757-555-0142",
    parking="The garage on Boush Street",
    directions="The gate is on the river side.",
    plan_b="The boat house next door",
)
ALONE, PAIRS, GIVEN_ON, NO_ADDRESS, BOUNCING = 430, 50, 10, 5, 5  # 500 holders
OUTSIDERS = 10  # of each kind


def main():
    answer = report() if sys.argv[1:] == ["report"] else made()
    json.dump(answer, sys.stdout)


def made() -> dict:
    at = clock.now()
    committee = make_user("director@drill.example", is_staff=True, is_superuser=True)
    event = make_event(
        starts_at=at + T_AT_FIRST + LEAD, lead=LEAD, slug="soiree", kind="soiree",
        publish_at=at - timedelta(days=9), access="Level ground.",
    )  # fmt: skip
    reveal.write_venue(event, VENUE, by=committee, at=at)
    kind = make_ticket_type(event)

    def order(address, state="paid"):
        return make_order(
            state=state, lines=(), payments=False, at=at, buyer_email=address,
            buyer_name="A Guest", buyer_phone="757-555-0100",
        )  # fmt: skip

    def ticket(bought, **fields):
        return make_ticket(event, order=bought, ticket_type=kind, **fields)

    holders, outsiders = [], []

    def hold(address, tickets, *, bounces=False, looks=True):
        holders.append(
            {
                "address": address,
                "bounces": bounces,
                "looks": looks,
                "paths": [one.get_absolute_url() for one in tickets],
                "codes": [one.code for one in tickets],
            }
        )

    for number in range(ALONE):
        address = f"guest-{number}@drill.example"
        hold(address, [ticket(order(address))])
    for number in range(PAIRS):
        address = f"pair-{number}@drill.example"
        bought = order(address)
        hold(address, [ticket(bought), ticket(bought, guest_name="A Friend")])
    for number in range(GIVEN_ON):
        address = f"new-{number}@drill.example"
        former = f"former-{number}@drill.example"
        hold(
            address, [ticket(order(former), transfer_count=1, given_on_at=at, guest_email=address)]
        )
        outsiders.append({"address": former, "path": ""})
    for number in range(NO_ADDRESS):
        hold("", [ticket(order(""))], looks=number % 2 == 0)
    for number in range(BOUNCING):
        address = f"bouncing-{number}@drill.example"
        hold(address, [ticket(order(address))], bounces=True, looks=number % 2 == 0)
    for number in range(OUTSIDERS):
        for why, state, fields in (
            ("unpaid", "held", {}),
            ("refunded", "paid", {"canceled_at": at}),
            ("disputed", "paid", {"suspended_at": at}),
        ):
            address = f"{why}-{number}@drill.example"
            one = ticket(order(address, state), **fields)
            outsiders.append({"address": address, "path": one.get_absolute_url()})
    return {
        "event": event.pk,
        "committee": [committee.email],
        "venue": VENUE.name,
        "holders": holders,
        "outsiders": outsiders,
        "public": [
            event.get_absolute_url(),
            "/events/",
            "/events/calendar.ics",
            "/events/feed.xml",
        ],
    }


def report() -> dict:
    """The site's own numbers, and who is on its call list by the codes of their tickets."""
    event = Event.objects.get(slug="soiree")
    found = calls.call_list(event, at=clock.now() + calls.MAIL_MAY_TAKE)
    return {
        "numbers": tally.numbers(event),
        "to_call": [ticket.code for entry in found.pressing for ticket in entry.tickets],
        "learned": [ticket.code for entry in found.learned for ticket in entry.tickets],
    }


if __name__ == "__main__":
    main()
