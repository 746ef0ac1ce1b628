"""The members' directory: opt-in, with a separate choice for each detail."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from membership.models import FavoriteCity, Listing, Person

MOST = 200  # on a page; whoever is not among them is found by searching


@dataclass(frozen=True)
class Entry:
    """One member, with what they chose to show."""

    name: str
    cities: tuple[str, ...]
    email: str
    phone: str


def entries(on: date, *, sought: str = "") -> tuple[list[Entry], bool]:
    """The entries on a date, by name, and whether there are more than MOST.

    Computed from terms, so only current members are listed. Only shown details are searched, so
    that nobody can guess a hidden address.
    """
    found = _sought(Listing.objects.shown(on), sought).select_related("person")
    found = found.order_by("person__name", "pk")
    rows = list(found[: MOST + 1])
    cities: dict[int, list[str]] = {}
    favorite_cities = FavoriteCity.objects.filter(person__in=[row.person_id for row in rows])
    for person_id, name in favorite_cities.values_list("person_id", "city__name").order_by(
        "city__name"
    ):
        cities.setdefault(person_id, []).append(name)
    return [_entry(row, cities.get(row.person_id, [])) for row in rows[:MOST]], len(rows) > MOST


def _sought(listings: QuerySet, sought: str) -> QuerySet:
    for word in sought.split()[:5]:
        theirs = Q(person__name__icontains=word)
        theirs |= Q(person__favorite_cities__city__name__icontains=word)
        theirs |= Q(shows_email=True, person__email__icontains=word)
        listings = listings.filter(theirs)
    return listings.distinct()


def _entry(row: Listing, cities: list[str]) -> Entry:
    return Entry(
        name=row.person.name,
        cities=tuple(cities),
        email=row.person.email if row.shows_email else "",
        phone=row.person.phone if row.shows_phone else "",
    )


def may_be_listed(person: Person, on: date) -> bool:
    """Whether a person can be listed: never a child."""
    return not person.is_minor(on)


def put(person: Person, *, shows_email: bool, shows_phone: bool, at: datetime) -> Listing:
    """List a person at their own request, or change what is shown."""
    listing, _ = Listing.objects.update_or_create(
        person=person,
        defaults={"shows_email": shows_email, "shows_phone": shows_phone},
        create_defaults={
            "shows_email": shows_email,
            "shows_phone": shows_phone,
            "listed_at": at,
        },
    )
    return listing


def take_out(person: Person) -> None:
    """Remove a person's entry."""
    Listing.objects.filter(person=person).delete()
