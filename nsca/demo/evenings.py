"""Tables of friends, seat requests, and the door, from evenings.toml."""

from datetime import datetime, timedelta

from events.door import door
from events.door import mail as door_mail
from events.door.door import Device
from events.door.forms import usual_hours
from events.models import DoorLink, Event, SeatRequest, Table, Ticket, TicketType
from events.seating import plan as seating_plan
from events.tables import strangers, tables
from nsca.demo import programme, purchases
from nsca.demo.days import Days, table
from nsca.demo.people import staff_member

FOLLOWED = timedelta(minutes=9)  # from a captain's request until the e-mailed link is clicked
ANSWERED = timedelta(hours=14)
A_GUEST = timedelta(seconds=40)  # at the door, between two


def add(days: Days) -> None:
    """Add everything in the file, except what is already there."""
    data = table("evenings.toml")
    for spec in data["tables"]:
        _open(spec, days)
    for spec in data["laid"]:
        _lay(spec, days)
    for spec in data["waitlist"]:
        _ask(spec, days)
    for spec in data["links"]:
        _post(spec, days)


def _ticket(order: str, number: int) -> Ticket:
    """The ticket of that number, from 1, in a sample order."""
    tickets = Ticket.objects.filter(line__order=purchases.order_of(order))
    return tickets.order_by("line__position", "number")[number - 1]


def _seat(table: Table, spec: dict, *, at: datetime) -> None:
    for order, number in spec["seated"]:
        seating_plan.seat(_ticket(order, number), table, at=at)


def _open(spec: dict, days: Days) -> None:
    event, at = programme.event_of(spec["event"]), days.instant(spec["opened"])
    if event is None:
        return
    led = Table.objects.filter(event=event, captain_email=spec["email"], kind=Table.Kind.OPEN)
    found = led.first() or tables.open_table(
        event=event,
        captain_name=spec["captain"],
        captain_email=spec["email"],
        name=spec["name"],
        seats=spec["seats"],
        ticket_type=_kind(spec, event),
        is_open_to_strangers=spec["welcomes_strangers"],
        at=at,
    )
    tables.confirm(found, at=at + FOLLOWED)
    led.update(is_sample=True, number=spec["number"])
    _seat(found, spec, at=at)


def _kind(spec: dict, event: Event) -> TicketType:
    """The ticket type that friends at a table pay for."""
    (known,) = (each for each in table("events.toml")["events"] if each["key"] == spec["event"])
    names = {kind["key"]: kind["name"] for kind in known["kinds"]}
    return event.ticket_types.get(name=names[spec["kind"]])


def _lay(spec: dict, days: Days) -> None:
    event = programme.event_of(spec["event"])
    if event is None:
        return
    laid = Table.objects.filter(event=event, number=spec["number"])
    if not laid.exists():
        seating_plan.lay(
            event, number=spec["number"], name=spec["name"], seats=spec["seats"], count=1,
            at=days.at,
        )  # fmt: skip
    laid.update(is_sample=True)
    _seat(laid.get(), spec, at=days.at)


def _ask(spec: dict, days: Days) -> None:
    ticket, at = _ticket(spec["order"], spec["ticket"]), days.instant(spec["asked"])
    captain = Table.objects.get(event=ticket.event_id, captain_email=spec["captain"], kind="open")
    if not SeatRequest.objects.filter(ticket=ticket).exists():
        strangers.ask(ticket, captain, text=spec["text"], at=at)
    asked = strangers.open_request_of(ticket)
    if asked and spec.get("welcome"):
        strangers.answer(asked, is_welcome=True, at=at + ANSWERED)


def _post(spec: dict, days: Days) -> None:
    """A volunteer's link, and the guests they checked in with it."""
    event = programme.event_of(spec["event"])
    if event is None:
        return
    opens_at, ends_at = usual_hours(event)
    opens_at = days.at if spec["from"] == "now" else opens_at
    link, is_new = DoorLink.objects.get_or_create(
        event=event,
        name=spec["name"],
        gate=spec.get("gate", ""),
        defaults={
            "opens_at": opens_at,
            "ends_at": ends_at,
            "may_sell": spec.get("may_sell", False),
            "created_at": min(days.at, opens_at),
            "created_by": staff_member("director"),
        },
    )
    if is_new and "mail_to" in spec:
        door_mail.mail_link(link, to=spec["mail_to"])
    for i, (order, number) in enumerate(spec.get("readings", ()), start=1):
        device = Device(f"sample-{spec['name']}", i)
        at = event.doors_at + i * A_GUEST
        door.read(link, _ticket(order, number).code, device=device, at=at)
