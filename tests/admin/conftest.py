"""Staff of each group, and one of everything they work with."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client

from cities.models import City
from events import reveal
from events.models import Choice, Event, Hint, PromoCode, Ticket, TicketType, WaitlistEntry
from events.venue.details import VenueDetails
from membership.models import Household, Term, Tier, User
from nsca.desk.groups import ensure_groups
from orders.models import Task
from pages.models import Message, OpenQuestion, Page, Post, SiteSettings, Subscriber
from tests.factories import make_line, make_order, make_person, sign_in_now

DAY = timedelta(days=1)
CANARY = "Zanzibarwharf"  # the venue of these tests; nothing of it may be seen where it should not


@pytest.fixture
def groups(db):
    ensure_groups()


@pytest.fixture
def staff(groups):
    """A function that makes a member of staff in a group."""

    def make(group: str) -> User:
        email = f"{group}@nsca.example"
        known = User.objects.filter(email=email).first()
        if known:
            return known
        user = User.objects.create_user(email, name=group.title(), is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        EmailAddress.objects.filter(user=user).update(verified=True)
        return user

    return make


@pytest.fixture
def sign_in(client, staff):
    """A function that signs the test's client in as a member of a group."""

    def enter(group: str):
        user = staff(group)
        sign_in_now(client, user)
        return client

    return enter


def press(client, url, data=None):
    """Open the page that asks and press its button: what a browser would send, key included."""
    return client.post(url, {"key": client.get(url).context["key"]} | (data or {}))


@pytest.fixture
def enter(live_server, staff):
    """A function that signs a page of the browser in as a member of a group."""

    def sign_in(page, group="director"):
        user = staff(group)
        client = Client()
        sign_in_now(client, user)
        session = client.session
        page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": session.session_key,
                    "url": live_server.url,
                }
            ]
        )
        return page

    return sign_in


@pytest.fixture
def at():
    """Now; the admin's own clock stands where the machine's does."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def make_event(at, **fields):
    """A secret event four days from `at`, published; 24 hours of lead."""
    start = fields.setdefault("starts_at", at + 4 * DAY)
    fields.setdefault("ends_at", start + timedelta(hours=3))
    return Event.objects.create(
        **{
            "title": "Soirée en Blanc",
            "slug": "soiree",
            "summary": "A supper in white.",
            "area": "Norfolk, ten minutes from downtown",
            "state": Event.State.PUBLISHED,
            "publish_at": at - DAY,
            "lead": DAY,
        }
        | fields
    )


@pytest.fixture
def soiree(db, at):
    event = make_event(at, capacity=40)
    TicketType.objects.create(event=event, name="Chair", price_cents=9500, fair_value_cents=4000)
    Choice.objects.create(event=event, label="Garden box")
    Hint.objects.create(event=event, text="You will hear water.", opens_at=at + DAY)
    return event


@pytest.fixture
def sealed_soiree(soiree, staff, at):
    """The same with a place in its envelope."""
    venue = VenueDetails(
        name=CANARY, lines=("7 Canary Street", "Norfolk, Virginia"), postcode="23510"
    )
    reveal.write_venue(soiree, venue, by=staff("director"), at=at)
    return soiree


@pytest.fixture
def one_of_each(soiree, at):
    """A row of everything that has a list of its own."""
    kind = soiree.ticket_types.get()
    PromoCode.objects.create(event=soiree, code="TEN", percent_off=10).ticket_types.add(kind)
    WaitlistEntry.objects.create(
        event=soiree, name="Ben", email="ben@x.example", party=2, joined_at=at
    )
    City.objects.create(
        name="Toulon", slug="toulon", country="France", country_code="fr", latitude=43.1,
        longitude=5.9, time_zone="Europe/Paris", summary="A harbor.",
    )  # fmt: skip
    household = Household.objects.create(name="The Ellery family")
    make_person(household, name="Ada Ellery", email="ada@ellery.example")
    tier = Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)
    Term.objects.create(household=household, tier=tier, starts_on=at.date(), reason="Honorary")
    Task.objects.create(key="t", text="Please look at this.", created_at=at)
    Page.objects.create(path="history", title="History", body="<p>Long.</p>", publish_at=at)
    Post.objects.create(
        title="News", slug="news", summary="New.", body="<p>So.</p>", publish_at=at
    )
    SiteSettings.objects.get_or_create(pk=1)
    Message.objects.create(
        name="Cy", email="cy@x.example", text="Hello", submission_key="k", received_at=at
    )
    Subscriber.objects.create(email="dee@x.example", asked_at=at, confirmed_at=at)
    OpenQuestion.objects.create(key="ein", about="Receipts", question="What is the EIN?")
    return soiree


@pytest.fixture
def paid(soiree, at):
    """A paid order of two seats, each with its own guest."""
    kind = soiree.ticket_types.get()
    order = make_order(at=at, state="paid", lines=(), payments=False)
    details = {
        "event_id": soiree.pk,
        "ticket_type": "Chair",
        "event": soiree.title,
        "when": "",
    }
    line = make_line(
        order,
        kind="ticket",
        label="Chair",
        subject_id=kind.pk,
        unit_cents=9500,
        quantity=2,
        details=details,
    )
    for number, email in ((1, ""), (2, "bo@x.example")):
        Ticket.objects.create(
            event=soiree, ticket_type=kind, line=line, number=number, guest_email=email
        )
    order.payments.create(
        method="cash", state="paid", amount_cents=19000, opened_at=at, paid_at=at
    )
    return order
