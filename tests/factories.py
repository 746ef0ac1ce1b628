"""What tests are made of: plain functions that write one row each, with sensible particulars.

A test names only what it is about. Instants are UTC; money is cents.
"""

import time
from datetime import UTC, date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission

from cities.models import City
from events.models import Event, Hint, Ticket, TicketType
from membership.accounts import proofs
from membership.models import Household, HouseholdMember, Person, Term, Tier, User
from orders.checkout.placing import HOLD
from orders.models import Line, Order, Payment

NOON = datetime(2027, 4, 1, 16, 0, tzinfo=UTC)  # noon in Norfolk, a Thursday

# --- Orders -------------------------------------------------------------------------------------


def make_line(order, *, kind=Line.Kind.GIFT, label="A gift", unit_cents=5000, **fields):
    """One line of an order; by default a gift of $50."""
    fields.setdefault("position", order.lines.count())
    return Line.objects.create(
        order=order, kind=kind, label=label, unit_cents=unit_cents, **fields
    )


def make_payment(order, *, state=Payment.State.PAID, method=Payment.Method.PRETEND, **fields):
    """A payment of the whole order, at the pretend gateway unless the test says otherwise."""
    fields.setdefault("amount_cents", order.total_cents)
    fields.setdefault("opened_at", order.placed_at)
    fields.setdefault("expires_at", fields["opened_at"] + timedelta(minutes=31))
    if state == Payment.State.PAID:
        fields.setdefault("paid_at", order.paid_at or order.placed_at)
    payment = Payment.objects.create(order=order, state=state, method=method, **fields)
    if method == Payment.Method.PRETEND and payment.session_id is None:
        payment.session_id = f"pretend_{payment.idempotency_key}"
        if state == Payment.State.PAID:
            payment.intent_id = payment.session_id
        payment.save(update_fields=["session_id", "intent_id"])
    return payment


def make_order(*, state=Order.State.HELD, at=NOON, lines=({},), payments=True, **fields):
    """An order placed at `at`; `lines` are keywords of make_line. A paid one has its payment."""
    fields.setdefault("buyer_name", "Ada Ellery")
    fields.setdefault("buyer_email", "ada@ellery.example")
    fields.setdefault("held_until", at + HOLD)
    if state == Order.State.PAID:
        fields.setdefault("paid_at", at)
    if state == Order.State.EXPIRED:
        fields.setdefault("expired_at", fields["held_until"])
    order = Order.objects.create(state=state, placed_at=at, **fields)
    for line in lines:
        make_line(order, **line)
    if state == Order.State.PAID and payments:
        make_payment(order)
    return order


# --- People ------------------------------------------------------------------------------------


def make_user(email="ada@ellery.example", *, is_confirmed=True, permissions=(), **fields):
    """Somebody who can sign in; `permissions` as "events.see_venue"."""
    user = User.objects.create_user(email, **fields)
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": is_confirmed, "primary": True}
    )
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return user


def proof_of_now(user, *methods) -> dict:
    """What stands in the session of somebody who typed a code this moment; `methods`: what they
    proved beside it ("mfa": a second factor).
    """
    return {
        proofs.KEY: [
            {"user": user.pk, "method": method, "at": time.time()} for method in ("code", *methods)
        ]
    }


def sign_in_now(client, user, *methods) -> None:
    """Sign a client in as somebody who proves it this moment."""
    client.force_login(user)
    session = client.session
    session.update(proof_of_now(user, *methods))
    session.save()


def make_person(household=None, *, name="Ada Ellery", **fields):
    """Somebody of a household; with `household=None`, of one of their own."""
    household = household or Household.objects.create(name=name)
    person = Person.objects.create(name=name, **fields)
    HouseholdMember.objects.create(person=person, household=household)
    return person


def make_member(email="ada@ellery.example", *, starts_on=date(2026, 5, 2), ends_on=None, **fields):
    """Somebody who can sign in and whose household has a term, for life unless it ends."""
    user = make_user(email, **fields)
    household = Household.objects.create(name=email.split("@")[0])
    make_person(household, name=household.name, email=email, user=user)
    tier, _ = Tier.objects.get_or_create(slug="individual", defaults={"name": "Individual"})
    Term.objects.create(
        household=household, tier=tier, starts_on=starts_on, ends_on=ends_on, reason="for a test"
    )
    return user


# --- Events and tickets ------------------------------------------------------------------------


def make_city(slug="toulon", **fields):
    fields.setdefault("name", slug.replace("-", " ").title())
    fields.setdefault("country", "France")
    fields.setdefault("country_code", "fr")
    fields.setdefault("latitude", 43.1242)
    fields.setdefault("longitude", 5.928)
    fields.setdefault("time_zone", "Europe/Paris")
    fields.setdefault("summary", "A harbor.")
    return City.objects.create(slug=slug, **fields)


def make_event(*, starts_at=NOON + timedelta(days=30), lead=None, **fields):
    """A published event of three hours; secret where `lead` says how long before it is told."""
    fields.setdefault("title", "Soirée en Blanc" if lead else "Tea in the garden")
    fields.setdefault("slug", f"event-{Event.objects.count() + 1}")
    fields.setdefault("summary", "Everyone in white.")
    fields.setdefault("area", "Norfolk, ten minutes from downtown")
    fields.setdefault("state", Event.State.PUBLISHED)
    fields.setdefault("publish_at", starts_at - timedelta(days=200))
    fields.setdefault("ends_at", starts_at + timedelta(hours=3))
    return Event.objects.create(starts_at=starts_at, lead=lead, **fields)


def make_ticket_type(event, *, price_cents=9500, **fields):
    fields.setdefault("name", "Seat at the long table")
    return TicketType.objects.create(event=event, price_cents=price_cents, **fields)


def make_ticket(event, *, order=None, ticket_type=None, state=Order.State.PAID, **fields):
    """One ticket of its own line; by default of a paid order of its own."""
    ticket_type = ticket_type or event.ticket_types.first() or make_ticket_type(event)
    if order is None:
        order = make_order(state=state, lines=(), payments=False)
    line = make_line(
        order,
        kind=Line.Kind.TICKET,
        label=ticket_type.name,
        unit_cents=ticket_type.price_cents,
        subject_id=ticket_type.pk,
    )
    return Ticket.objects.create(
        event=event, ticket_type=ticket_type, line=line, number=1, **fields
    )


def make_hint(event, *, opens_at, text="You will hear water.", **fields):
    return Hint.objects.create(event=event, opens_at=opens_at, text=text, **fields)
