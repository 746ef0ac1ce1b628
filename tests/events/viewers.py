"""Everybody who could look at an evening, each for a moment: written, asked about, and undone.

The door looks at rows, so what it says to somebody is asked with real rows of theirs, within a
transaction that is always rolled back.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from events.models import DoorLink, Event, Ticket, TicketType, WaitlistEntry
from events.night.knowledge import KINDS, STAFF, Kind
from events.reveal import Viewer
from nsca.lib.secrets import codes
from orders.models import Line, Order

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Somebody:
    """One viewer and what is in their pocket: links that exist while the block lasts."""

    kind: Kind
    user: Any = None
    ticket: str = ""
    order: str = ""
    entry: str = ""
    link: DoorLink | None = None

    @property
    def viewer(self) -> Viewer:
        """For the door: by sign-in and by the ticket's own link."""
        return Viewer(
            user=self.user, tokens=frozenset({self.ticket}) if self.ticket else frozenset()
        )

    @property
    def is_staff(self) -> bool:
        return self.kind.name in STAFF


@contextmanager
def company(event: Event, kinds=KINDS, *, at: datetime) -> Iterator[list[Somebody]]:
    """One viewer of each kind as of the instant `at`; when the block ends, none of them ever was,
    and whatever the block itself has written is undone with them.
    """
    with transaction.atomic():
        try:
            yield [_MAKERS.get(kind.name, _staff)(event, kind, at) for kind in kinds]
        finally:
            transaction.set_rollback(True)


def _address(kind: Kind) -> str:
    return f"{kind.name}.{secrets.token_hex(8)}@nobody.invalid"


def _user(kind: Kind, address: str = "", **fields):
    user = get_user_model().objects.create_user(address or _address(kind), **fields)
    EmailAddress.objects.filter(user=user).update(verified=True)
    return user


def _visitor(event, kind, at):
    return Somebody(kind)


def _member(event, kind, at):
    return Somebody(kind, user=_user(kind))


def _guest(event, kind, at, *, state=Order.State.PAID, on=None, **fields):
    """A ticket bought the day before the instant, signed in with the buyer's own address."""
    address = _address(kind)
    # Whatever the instant asked about, the hold of who has not paid has not run out.
    order = Order.objects.create(
        state=state, channel=Order.Channel.ONLINE, buyer_name="Somebody", buyer_email=address,
        placed_at=at - DAY, held_until=at + DAY,
        paid_at=at - DAY if state == Order.State.PAID else None,
    )  # fmt: skip
    event = on or event
    ticket_type = event.ticket_types.first() or TicketType.objects.create(
        event=event, name="Chair", price_cents=0, is_offered=False
    )
    line = Line.objects.create(
        order=order, kind=Line.Kind.TICKET, label=ticket_type.name, unit_cents=0,
        subject_id=ticket_type.pk,
    )  # fmt: skip
    ticket = Ticket.objects.create(
        event=event, ticket_type=ticket_type, line=line, number=1, **fields
    )
    user = _user(kind, address)
    return Somebody(kind, user=user, ticket=ticket.token, order=order.token)


def _unpaid(event, kind, at):
    return _guest(event, kind, at, state=Order.State.HELD)


def _refunded(event, kind, at):
    return _guest(event, kind, at, canceled_at=at - DAY)


def _disputed(event, kind, at):
    return _guest(event, kind, at, suspended_at=at - DAY)


def _former(event, kind, at):
    """The buyer still has the order's link and the sign-in; the ticket's link is the new
    holder's.
    """
    somebody = _guest(event, kind, at, transfer_count=1, guest_email=f"next.{_address(kind)}")
    return Somebody(kind, user=somebody.user, order=somebody.order, ticket=codes.link_token())


def _elsewhere(event, kind, at):
    other = Event.objects.create(
        title="Another evening", slug=f"another-{secrets.token_hex(6)}", summary="Another evening",
        area="Norfolk", starts_at=event.starts_at, ends_at=event.ends_at,
        state=Event.State.PUBLISHED, publish_at=event.publish_at, lead=event.lead,
    )  # fmt: skip
    return _guest(event, kind, at, on=other)


def _waiting(event, kind, at):
    address = _address(kind)
    entry = WaitlistEntry.objects.create(
        event=event, name="Somebody", email=address, joined_at=at - DAY
    )
    return Somebody(kind, user=_user(kind, address), entry=entry.token)


def _offered(event, kind, at):
    """Off the waitlist: an order is held for them, and not paid."""
    somebody = _unpaid(event, kind, at)
    entry = WaitlistEntry.objects.create(
        event=event, name="Somebody", email=somebody.user.email, joined_at=at - DAY,
        offer=Order.objects.get(token=somebody.order),
    )  # fmt: skip
    return replace(somebody, entry=entry.token)


def _volunteer(event, kind, at):
    keeper = _user(kind, is_staff=True)
    link = DoorLink.objects.create(
        event=event, name="Somebody", opens_at=event.starts_at - 30 * DAY,
        ends_at=max(event.ends_at, at) + DAY, created_at=at - DAY, created_by=keeper,
    )  # fmt: skip
    return Somebody(kind, link=link)


def _staff(event, kind, at):
    """With a second factor, or the admin would show nothing but the page that asks for one."""
    user = _user(kind, is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=kind.name)[0])
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return Somebody(kind, user=user)


_MAKERS = {
    "visitor": _visitor,
    "member": _member,
    "holder": _guest,
    "unpaid": _unpaid,
    "waiting": _waiting,
    "offered": _offered,
    "refunded": _refunded,
    "disputed": _disputed,
    "former": _former,
    "elsewhere": _elsewhere,
    "volunteer": _volunteer,
}
