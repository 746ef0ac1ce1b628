"""One Soirée on sale at NOON, with seats, suppers and a member price: what the journeys buy."""

from datetime import UTC, date, datetime, timedelta

from events import reveal
from events.models import Choice, Event
from membership.models import Household, Person, Term, Tier
from tests.factories import make_event, make_person, make_ticket_type, make_user

STARTS = datetime(2027, 5, 20, 22, 0, tzinfo=UTC)  # Thursday, 6:00 p.m. in Norfolk
T = STARTS - timedelta(hours=24)
T_IN_WORDS = "Wednesday, May 19, 2027 at 6:00 p.m. EDT"
VENUE = reveal.VenueDetails(
    name="Chart House Lawn", lines=("12 Ropewalk", "Norfolk, Virginia"), postcode="23510"
)


def make_soiree(**fields) -> Event:
    """Seats at $95 ($85 for members), forty of them; salmon or garden; the venue is sealed."""
    fields.setdefault("slug", "soiree")
    fields.setdefault("capacity", 40)
    event = make_event(
        starts_at=STARTS, lead=timedelta(hours=24), kind="soiree", needs_guest_names=True, **fields
    )
    make_ticket_type(event, member_price_cents=8500)
    Choice.objects.create(event=event, label="Salmon box")
    Choice.objects.create(event=event, label="Garden box")
    return event


def seal(event) -> None:
    """Put the venue into the envelope, as the committee does."""
    keeper = make_user("keeper@nsca.example", is_staff=True, permissions=("events.see_venue",))
    reveal.write_venue(event, VENUE, by=keeper, at=T - timedelta(days=60))


def make_member(email="ada@ellery.example", name="Ada Ellery") -> Person:
    """Somebody whose membership holds at NOON and on the evening."""
    tier, _ = Tier.objects.update_or_create(
        slug="individual", defaults={"name": "Individual", "dues_cents": 4000}
    )
    household = Household.objects.create(name=name)
    Term.objects.create(
        household=household,
        tier=tier,
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 8, 31),
        reason="Honorary",
    )
    return make_person(household, name=name, email=email, user=make_user(email, name=name))
