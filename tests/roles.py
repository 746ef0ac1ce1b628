"""Every address of the site, asked for by somebody of each role."""

from collections.abc import Iterator

import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache, caches
from django.test import Client
from post_office.models import Email

from cities.models import City
from membership.models import Household, Stamp, User
from orders.models import Deposit, Payout, Refund
from tests.factories import make_order, make_person, make_user
from tests.secrecy.addresses import addresses
from tests.secrecy.world import LONG_BEFORE, SECOND, T, Viewer, World, build

STAFF = ("events", "treasurer", "members", "editor", "door", "director")
ROLES = ("visitor", "member", *STAFF)
SHORT_WAY = (
    "admin, the short way to an object"  # one of Django's own for each model, without a name
)


def everybody() -> World:
    """The world of the canary walk, with money in it and somebody of each role."""
    world = build()
    payment = make_order(state="paid", at=LONG_BEFORE).payments.get()
    Refund.objects.create(payment=payment, cents=100, reason="Kindness", requested_at=LONG_BEFORE)
    Payout.objects.create(provider_id="po_1", cents=1, state="paid", arrives_on=LONG_BEFORE)
    Deposit.objects.create(number=1, opened_at=LONG_BEFORE, opened_by=User.objects.first())
    Email.objects.create(from_email="a@x.example", to="b@x.example")
    member = make_user("member@role.example")
    max_ = make_person(Household.objects.get(), user=member, name="Max")
    Stamp.objects.create(
        person=max_, city=world.event.city or City.objects.first(), kind="hosting",
        on=LONG_BEFORE, recorded_at=LONG_BEFORE,
    )  # fmt: skip
    for group in STAFF:
        user = make_user(f"{group}@role.example", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
    return world


def answers_to(role: str, world: World) -> Iterator[tuple]:
    """Each address, by name, with the answer to this role.

    Everybody comes with the links of a guest in the pocket: a link opens for anyone who has it.
    """
    caches["pages"].clear()
    cache.clear()
    holder, waiting = world.viewers["holder"], world.viewers["party that waits"]
    invited = world.viewers["somebody who is offered a ticket"]
    volunteer = world.viewers["door volunteer"]
    viewer = Viewer(
        role, holder.ticket, holder.order, waiting.entry, invited.offer, volunteer.door,
        is_staff=True,
    )  # fmt: skip
    client = Client(raise_request_exception=False)
    asked = set()
    with time_machine.travel(T - SECOND, tick=False):
        if role != "visitor":
            client.force_login(User.objects.get(email=f"{role}@role.example"))
        for address in addresses(world, viewer, and_sign_in=True):
            is_short = address.name.endswith("/<path:object_id>/")
            name = SHORT_WAY if is_short else address.name
            if is_short or name not in asked:
                asked.add(name)
                yield name, client.get(address.path)
