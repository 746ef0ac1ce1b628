"""Who is a member on a date, and what a payment of dues does.

A term comes only from a completed payment or a named decision of staff; nothing is ever extended
by editing a date. How long a payment holds is said by membership/years.py.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse

from membership.models import (
    Belonging,
    Heart,
    Household,
    Person,
    RenewalLink,
    Rules,
    Term,
    Tier,
    User,
)
from membership.years import next_stretch
from nsca.lib.timing import day_of
from orders.kinds import Item, Refusal, Shown
from orders.models import Line

FIRST_MEMBER_NUMBER = 100_001
NUMBER_TRIES = 5


class NoDuesSet(Refusal):
    """The board has not said what this level costs."""

    def __init__(self, tier: Tier):
        super().__init__(f"{tier.name} cannot be joined online yet. Please write to the office.")


class NotKnownHere(Refusal):
    def __init__(self):
        super().__init__("The level of membership is not in this database any more.")


@dataclass(frozen=True)
class Joining:
    """Who joins, as they typed it; frozen on the line until the money is here."""

    name: str
    email: str
    phone: str = ""
    others: tuple[str, ...] = field(default=())  # further people of the household, by name
    city_ids: tuple[int, ...] = ()  # of the heart
    household_id: int | None = None  # a renewal by a signed link
    renewal_link_id: int | None = None  # spent when the money is here


def is_member(user, on: date) -> bool:
    """Whether a signed-in user belongs to a household with a term that holds on the date."""
    return member_household(user, on) is not None


def member_household(user, on: date) -> Household | None:
    """The household through which the user is a member on the date, or None."""
    if not getattr(user, "is_authenticated", False):
        return None
    term = (
        Term.objects.current(on)
        .filter(household__people__user=user)
        .select_related("household")
        .first()
    )
    return term.household if term else None


def has_member(email: str, on: date) -> bool:
    """Whether an address is that of somebody in a household with a term that holds on the date.

    For letters only: who reads what is sent there has proven that the address is theirs.
    """
    return Person.objects.with_address(email).members(on).exists()


def dues_item(tier: Tier, joining: Joining) -> Item:
    """One year of a tier as an order's item. Raises NoDuesSet."""
    if tier.dues_cents is None or not tier.is_offered:
        raise NoDuesSet(tier)
    return Item(
        kind=Line.Kind.DUES,
        label=f"{tier.name} membership, one year",
        unit_cents=tier.dues_cents,
        fair_value_cents=min(tier.fair_value_cents, tier.dues_cents),
        subject_id=tier.pk,
        heading="Dues",
        details={
            **asdict(joining),
            "others": list(joining.others),
            "city_ids": list(joining.city_ids),
            "tier": tier.name,
        },
    )


class DuesKind:
    """What orders calls when dues are bought."""

    name = Line.Kind.DUES

    def lock(self, items: Sequence[Item]) -> None:
        """Memberships are never scarce."""

    def held(self, line: Line, item: Item, *, at: datetime) -> None:
        """Nothing is taken: the joining is frozen in the line's details."""

    def tellable(self, line: Line, *, at: datetime) -> dict:
        """The level; who joins is nobody's business but ours."""
        return {"tier": line.details.get("tier", "")}

    def recovered(self, line: Line, *, at: datetime) -> None:
        """Whoever paid is whom we know of. Raises NotKnownHere."""
        if not Tier.objects.filter(pk=line.subject_id).exists():
            raise NotKnownHere
        payer = Joining(name=line.order.buyer_name, email=line.order.buyer_email)
        line.details = {**asdict(payer), "others": [], "city_ids": [], **line.details}
        line.save(update_fields=["details"])

    def paid(self, line: Line, *, at: datetime) -> None:
        household = _household_of(line, at=at)
        starts_on, ends_on = next_stretch(household, day_of(at), rules=Rules.load())
        Term.objects.create(
            household=household,
            tier_id=line.subject_id,
            starts_on=starts_on,
            ends_on=ends_on,
            line=line,
            is_sample=line.order.is_sample,
        )
        RenewalLink.objects.filter(
            pk=line.details.get("renewal_link_id"), used_at__isnull=True
        ).update(used_at=at)

    def released(self, line: Line, *, at: datetime) -> None:
        """Nothing was taken."""

    def retake(self, line: Line, *, at: datetime) -> None:
        """Nothing is scarce, so late dues are always welcome."""

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        for term in Term.objects.whole().filter(line=line):
            end(term, on=day_of(at), because="The dues were refunded.")

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        term = Term.objects.filter(line=line).select_related("tier").first()
        if term is None:
            return []
        text = f"Holds from {term.starts_on:%B %-d, %Y} through {term.ends_on:%B %-d, %Y}."
        return [Shown(f"{term.tier.name} membership", text, reverse("membership:home"))]


def _household_of(line: Line, *, at: datetime) -> Household:
    """The household a payment of dues is for: the one named, else the payer's by e-mail, else a
    new one.

    A term given to an existing household by its member's address reveals nothing to the payer,
    and helps nobody but the household: to see it one must receive the sign-in code there.
    """
    joining = line.details
    if joining.get("household_id"):
        return Household.objects.select_for_update().get(pk=joining["household_id"])
    known = (
        Belonging.objects.filter(person__in=Person.objects.with_address(joining["email"]).living())
        .order_by("pk")
        .first()
    )
    if known:
        return Household.objects.select_for_update().get(pk=known.household_id)
    household = Household.objects.create(
        name=joining["name"], created_at=at, is_sample=line.order.is_sample
    )
    add_person(
        household,
        name=joining["name"],
        email=joining["email"],
        phone=joining.get("phone", ""),
        city_ids=joining.get("city_ids", ()),
        at=at,
    )
    for name in joining.get("others", ()):
        add_person(household, name=name, at=at)
    return household


def end(term: Term, *, on: date, because: str) -> None:
    """End a term early: `on` is the first day it does not hold. One that ran out is left as it
    is, and one that has not begun never holds.
    """
    if term.ended_on is not None or (term.ends_on is not None and term.ends_on < on):
        return
    term.ended_on, term.ended_because = on, because
    term.save(update_fields=["ended_on", "ended_because"])


def add_person(
    household: Household,
    *,
    name: str,
    email: str = "",
    phone: str = "",
    city_ids: Sequence[int] = (),
    at: datetime,
    **fields,
) -> Person:
    """A new member of a household, with the next number and, given an address, a sign-in."""
    person = Person(
        name=name,
        email=email.lower(),
        phone=phone,
        member_since=day_of(at).year,
        is_sample=household.is_sample,
        **fields,
    )
    enrol(person)
    Belonging.objects.create(person=person, household=household)
    Heart.objects.bulk_create(Heart(person=person, city_id=city_id) for city_id in city_ids)
    return person


def enrol(person: Person) -> None:
    """Save a person with what every member has: a number for life and, given an address, a way in.

    The address proves itself with the first code, so tying it to a person reveals nothing to
    anybody else. Two people with one address share its sign-in.
    """
    if person.email and person.user is None:
        user = User.objects.filter(email__iexact=person.email).first()
        person.user = user or User.objects.create_user(person.email, name=person.name)
    if person.member_number is not None:
        person.save()
        return
    tries_left = NUMBER_TRIES
    while True:
        tries_left -= 1
        highest = Person.objects.aggregate(highest=Max("member_number"))["highest"]
        person.member_number = max((highest or 0) + 1, FIRST_MEMBER_NUMBER)
        try:
            with transaction.atomic():
                person.save()
            return
        except IntegrityError:
            # Somebody else joined in this very moment and has the number: take the next.
            if not tries_left:
                raise
