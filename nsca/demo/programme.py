"""The sample events as staff would enter them.

Ticket types, suppers, add-ons, hints and codes, and the venue through its door, sealed.
"""

from datetime import datetime, timedelta

from django.db import transaction

from cities.models import City
from events import reveal
from events.models import AddOn, Choice, Event, EventPicture, Hint, PromoCode, TicketType
from events.reveal import sender
from nsca.demo import drawings
from nsca.demo.days import Days, table
from nsca.demo.people import staff_member
from nsca.lib.timing import NORFOLK
from pages.models import LoadedContent

# Fields of an event that are copied from the file.
PLAIN = (
    "title", "title_lang", "kind", "state", "hosted_by", "summary", "area", "capacity",
    "max_per_order", "needs_guest_names", "bring", "dress", "supper",
    "rain", "access", "help_phone", "audience", "thanks",
)  # fmt: skip
INSTANTS = {
    "doors": "doors_at",
    "post_by": "post_by",
    "sales_close": "sales_close_at",
    "choices_close": "choices_close_at",
    "refunds_until": "refunds_until",
    "tables_until": "tables_until",
}
PLANNED = timedelta(hours=2)  # from publication until a venue is entered
REACHED = timedelta(minutes=1)  # until the ticker has e-mailed the holders, after T


def add(days: Days) -> None:
    """Add every event of the file that is not there yet."""
    data = table("events.toml")
    for spec in data["events"]:
        if event_of(spec["key"]) is None:
            with transaction.atomic():
                event = _add_event(spec, data["sample_note"], days)
                LoadedContent.objects.create(key=_mark(spec["key"]), object_pk=event.pk)


def event_of(key: str) -> Event | None:
    """A sample event by its key in the file, even if staff changed its address."""
    record = LoadedContent.objects.filter(key=_mark(key)).first()
    return record and Event.objects.filter(pk=record.object_pk).first()


def _mark(key: str) -> str:
    return f"demo.event:{key}"


def _add_event(spec: dict, note: str, days: Days) -> Event:
    start = days.instant(spec["starts"])
    local_year = start.astimezone(NORFOLK).year
    event = Event(
        slug=spec["slug"].format(year=local_year),
        city=City.objects.filter(slug=spec.get("city", "")).first(),
        starts_at=start,
        ends_at=start + timedelta(hours=spec["hours"]),
        publish_at=days.instant(spec["publish"]),
        lead=timedelta(hours=spec["lead_hours"]) if "lead_hours" in spec else None,
        body=spec["body"] + note,
        is_sample=True,
        **{"state": Event.State.PUBLISHED} | {name: spec[name] for name in PLAIN if name in spec},
        **{
            field: days.instant(spec[name], start=start)
            for name, field in INSTANTS.items()
            if name in spec
        },
    )
    event._change_reason = "seed_demo"
    event.save()
    kinds = {}
    for position, kind in enumerate(spec["kinds"]):
        kinds[kind["key"]] = _add_kind(event, position, kind, days)
    for position, supper in enumerate(spec.get("suppers", ())):
        Choice.objects.create(
            event=event,
            label=supper["label"],
            capacity=supper.get("capacity"),
            price_cents=supper.get("price_cents", 0),
            fair_value_cents=supper.get("fair_value_cents", 0),
            position=position,
        )
    for position, add_on in enumerate(spec.get("add_ons", ())):
        fields = {name: value for name, value in add_on.items() if name != "key"}
        AddOn.objects.create(event=event, position=position, **fields)
    for hint in spec.get("hints", ()):
        Hint.objects.create(
            event=event,
            text=hint["text"],
            opens_at=days.instant(hint["turned"]) if "turned" in hint else None,
            audience=hint.get("audience", Hint.Audience.EVERYONE),
        )
    for position, picture in enumerate(spec.get("pictures", ())):
        EventPicture.objects.create(
            event=event,
            image=drawings.picture(picture["drawing"]),
            alt=picture["alt"],
            credit=picture["credit"],
            has_consent=True,
            position=position,
        )
    for code in spec.get("codes", ()):
        row = PromoCode.objects.create(
            event=event,
            code=code["code"],
            percent_off=code.get("percent_off"),
            cents_off=code.get("cents_off"),
            max_uses=code.get("max_uses"),
            ends_at=days.instant(code["ends"]) if "ends" in code else None,
            is_sample=True,
        )
        row.ticket_types.set(kinds[key] for key in code.get("kinds", ()))
    return event


def _add_kind(event: Event, position: int, spec: dict, days: Days) -> TicketType:
    fields = {name: value for name, value in spec.items() if name not in ("key", "sales_open")}
    if "sales_open" in spec:
        fields["sales_open_at"] = days.instant(spec["sales_open"], start=event.starts_at)
    return TicketType.objects.create(event=event, position=position, is_sample=True, **fields)


# --- Venues: entered early by the director, revealed on time --------------------------------


@transaction.atomic
def seal_venues(days: Days) -> None:
    """Seal each event's venue, where there is none yet."""
    director = staff_member("director")
    for spec in table("events.toml")["events"]:
        event = event_of(spec["key"])
        if event is None or "place" not in spec or reveal.has_venue(event, by=director):
            continue
        venue = reveal.VenueDetails(
            **spec["place"] | {"lines": tuple(spec["place"].get("lines", ()))}
        )
        reveal.write_venue(event, venue, by=director, at=event.publish_at + PLANNED)


def dress_envelopes(days: Days) -> None:
    """Pictures of venues and seals published early, if there are none yet."""
    director = staff_member("director")
    for spec in table("events.toml")["events"]:
        event = event_of(spec["key"])
        if event is None:
            continue
        if "place_picture" in spec and not reveal.has_picture(event, by=director):
            picture = spec["place_picture"]
            reveal.write_picture(
                event,
                drawings.picture(picture["drawing"]),
                picture["alt"],
                by=director,
                at=event.publish_at + PLANNED,
            )
        if "sealed" in spec and not event.commitments.exists():
            reveal.publish_seal(event, by=director, at=days.instant(spec["sealed"]))


def open_envelopes(days: Days, *, backend: str | None) -> None:
    """What the ticker would have done at T: publish, and tell the holders.

    `backend` takes the e-mails; None: wherever this site's e-mails go.
    """
    samples = Event.objects.filter(is_sample=True, reveal_version=0).exclude(lead=None)
    for event in samples.order_by("starts_at"):
        if event.opens_at <= days.at and reveal.publish(event.pk, at=event.opens_at):
            _tell(event.opens_at + REACHED, backend)


def _tell(at: datetime, backend: str | None) -> None:
    while sender.send_due(at=at, backend=backend):
        pass
