"""A member's passport: visits to city events, from the door's scans, and stamps added by staff.

Visits are not stored here: they are computed from scans each time (personal_data.visits_of), so
undoing a scan removes its stamp.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.db.models import Q

from membership.models import PassportLink, Person, Stamp
from membership.privacy.personal_data import visits_of


@dataclass(frozen=True)
class Visa:
    """One stamp, from a scan or from staff."""

    city_id: int
    kind: str  # Stamp.Kind
    on: date
    words: str

    @property
    def title(self) -> str:
        """ "attended", "hosted"."""
        return str(Stamp.Kind(self.kind).label)


@dataclass(frozen=True)
class Leaf:
    """One page of the passport: a city with its stamps, if any."""

    city: object
    visas: tuple[Visa, ...]
    number: int


def visas_of(person: Person) -> list[Visa]:
    """A person's stamps by date; people who share an address all get unnamed tickets' visits."""
    kept = [
        Visa(stamp.city_id, stamp.kind, stamp.on, stamp.words) for stamp in person.stamps.all()
    ]
    came = [
        Visa(visit.city_id, Stamp.Kind.EVENT, visit.on, visit.words)
        for visit in visits_of(_proven(person))
        if visit.may_be(person.name)
    ]
    known = {(visa.city_id, visa.kind, visa.on) for visa in kept}
    came = [visa for visa in came if (visa.city_id, visa.kind, visa.on) not in known]
    return sorted(kept + came, key=lambda visa: (visa.on, visa.city_id, visa.kind))


def leaves(visas: Sequence[Visa], cities: Sequence) -> list[Leaf]:
    """A page for each city, those with stamps first, otherwise in the given order."""
    of_city: dict[int, list[Visa]] = {}
    for visa in visas:
        of_city.setdefault(visa.city_id, []).append(visa)
    ordered = sorted(cities, key=lambda city: city.pk not in of_city)
    return [
        Leaf(city, tuple(of_city.get(city.pk, ())), number)
        for number, city in enumerate(ordered, start=1)
    ]


def show(person: Person, *, shows_name: bool, at: datetime) -> PassportLink:
    """Share a passport by link, or change whether it shows the name."""
    link, _ = PassportLink.objects.update_or_create(
        person=person,
        defaults={"shows_name": shows_name},
        create_defaults={"shows_name": shows_name, "opened_at": at},
    )
    return link


def hide(person: Person) -> None:
    """Stop sharing at once; sharing again makes a new link."""
    PassportLink.objects.filter(person=person).delete()


def shown(token: str) -> Person | None:
    """Whose passport a link shows, or None."""
    link = PassportLink.objects.filter(token=token).select_related("person__user").first()
    if link is None or link.person.erased_at is not None:
        return None
    return link.person


def _proven(person: Person) -> list[str]:
    """The person's proven addresses."""
    proven = EmailAddress.objects.filter(Q(user_id=person.user_id), verified=True)
    found = set(proven.values_list("email", flat=True))
    further = person.addresses.filter(confirmed_at__isnull=False)
    return sorted(found | set(further.values_list("email", flat=True)))
