"""One secret evening, its instants and its people: shared by the tests of the reveal."""

from datetime import UTC, datetime, timedelta

from events.reveal import Kind, VenueDetails

DAY = timedelta(hours=24)
STARTS = datetime(2027, 5, 20, 22, 0, tzinfo=UTC)  # Thursday, 6:00 p.m. in Norfolk
T = STARTS - DAY
TICK = timedelta(microseconds=1)
LONG_BEFORE = T - timedelta(days=60)
POST_BY = STARTS - timedelta(days=10)  # of what is mailed

VENUE = VenueDetails(
    name="Chart House Lawn",
    lines=("12 Ropewalk", "Norfolk, Virginia"),
    postcode="23510",
    latitude=36.846512,
    longitude=-76.291734,
    phone="757-555-0142",
    parking="The garage on Boush Street",
    directions="The gate is on the river side.",
    plan_b="The boat house next door",
)
OTHER_VENUE = VenueDetails(
    name="Pagoda Garden", lines=("265 West Tazewell Street",), postcode="23510"
)
LINK = VenueDetails(kind=Kind.ONLINE, name="The class", join_url="https://meet.example/j/998877")
