"""Guests' opt-ins: some to hint e-mails, some to first access next year."""

from datetime import timedelta

from events.hints import opt_ins
from events.models import OptIn, Ticket
from nsca.demo.days import Days
from nsca.demo.people import MEMBER
from nsca.demo.programme import event_of

EVERY = 5  # one in five of the Soirée's holders wants hint e-mails
THE_NIGHT_AFTER = timedelta(hours=20)


def add(days: Days) -> None:
    """Not the demonstration's member: visitors can opt in themselves."""
    soiree, supper = event_of("soiree"), event_of("lanterns")
    if soiree is not None:
        for number, ticket in enumerate(_of_others(soiree)):
            if number % EVERY == 0:
                opt_ins.ask(ticket, OptIn.Kind.HINTS, at=ticket.line.order.paid_at)
    if supper is not None:
        for ticket in _of_others(supper):
            opt_ins.ask(ticket, OptIn.Kind.FIRST_ACCESS, at=supper.ends_at + THE_NIGHT_AFTER)


def _of_others(event):
    tickets = Ticket.objects.valid().filter(event=event).select_related("line__order")
    return [t for t in tickets.order_by("pk") if t.holder_email not in ("", MEMBER)]
