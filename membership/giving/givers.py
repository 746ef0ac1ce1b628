"""Who gave: the orders of all of a person's addresses belong to one giver.

Only proven addresses count: the one we write to, the one of a sign-in, and confirmed further ones.
A person without an address is known by the household that staff chose. An invoice belongs to the
sponsor it names, not to the address it went to. Any other address is a giver of its own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.db.models import Q

from membership.models import Address, Household, Person
from orders.models import Line, Order


@dataclass
class Giver:
    """One giver and their orders' primary keys."""

    key: str  # "person:12", "ada@ellery.example", "sponsor:acme inc.|office@acme.example", …
    name: str
    email: str = ""  # empty: their statements are printed
    person_id: int | None = None
    orders: list[int] = field(default_factory=list)


def givers_of(orders: Iterable[Order]) -> list[Giver]:
    """The givers of these orders, in the order of their first gift, in a few queries."""
    orders = list(orders)
    emails = {order.buyer_email for order in orders if order.buyer_email}
    people = _people_by_address(emails)
    heads = _heads_of_households([order for order in orders if not order.buyer_email])
    found: dict[str, Giver] = {}
    for order in orders:
        giver = _giver_of(order, people, heads)
        known = found.setdefault(giver.key, giver)
        known.orders.append(order.pk)
        if giver.person_id is None:
            known.name = giver.name  # as they last wrote it
    return list(found.values())


def giver_of(order: Order) -> Giver:
    """The giver of one order."""
    return givers_of([order])[0]


def keys_of(user) -> list[str]:
    """The keys of a signed-in user's own gifts: proven addresses and the people of the sign-in."""
    mine = EmailAddress.objects.filter(user=user, verified=True)
    addresses = set(mine.values_list("email", flat=True))
    theirs = [p for people in _people_by_address(addresses).values() for p in people]
    return sorted({f"person:{pk}" for pk, _name, _email, _gone in theirs} | addresses)


def _giver_of(order: Order, people, heads) -> Giver:
    address = order.buyer_email
    if order.channel == Order.Channel.INVOICE:
        name = " ".join(order.buyer_name.lower().split())
        return Giver(f"sponsor:{name}|{address}"[:300], order.buyer_name, address)
    theirs = people.get(address, []) if address else heads.get(order.pk, [])
    if not theirs:
        return Giver(address or f"order:{order.pk}", order.buyer_name, address)
    pk, name, email, is_gone = min(theirs)
    # An address two people share is one giver, under the name last given with it.
    shown = name if len(theirs) == 1 else order.buyer_name
    return Giver(f"person:{pk}", shown, "" if is_gone else email or address, pk)


def _people_by_address(addresses: set[str]) -> dict[str, list[tuple]]:
    """The people of each address, as (key, name, e-mail, whether they died or were erased)."""
    if not addresses:
        return {}

    proven = EmailAddress.objects.filter(verified=True, email__in=addresses)
    users = defaultdict(list)
    for user_id, email in proven.values_list("user_id", "email"):
        users[user_id].append(email)
    further = defaultdict(list)
    theirs = Address.objects.filter(confirmed_at__isnull=False, email__in=addresses)
    for pk, email in theirs.values_list("person_id", "email"):
        further[pk].append(email)
    written_to = Person.objects.filter(email__in=addresses).values("pk")
    people = Person.objects.filter(
        Q(pk__in=written_to) | Q(user_id__in=list(users)) | Q(pk__in=list(further))
    )
    found = defaultdict(set)
    for pk, name, email, user_id, died_on, erased_at in people.values_list(
        "pk", "name", "email", "user_id", "died_on", "erased_at"
    ):
        person = (pk, name, email, bool(died_on or erased_at))
        for address in (email, *users.get(user_id, ()), *further.get(pk, ())):
            found[address].add(person)
    return {address: list(found[address]) for address in addresses & found.keys()}


def _heads_of_households(orders: list[Order]) -> dict[int, list[tuple]]:
    """The main contact of the household that each order without an address belongs to."""
    if not orders:
        return {}
    lines = Line.objects.filter(order__in=[order.pk for order in orders])
    of_order = {}
    for order_id, details, household_id in lines.values_list(
        "order_id", "details", "term__household_id"
    ):
        known = household_id or details.get("household_id")
        if known:
            of_order.setdefault(order_id, known)
    households = Household.objects.prefetch_related("people").in_bulk(set(of_order.values()))
    heads = {}
    for order_id, pk in of_order.items():
        head = households[pk].head() if pk in households else None
        if head:
            heads[order_id] = [(head.pk, head.name, head.email, bool(head.erased_at))]
    return heads
