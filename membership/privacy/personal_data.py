"""What the whole site knows about one person, exported and erased at their request.

nsca/hooks.py registers what each app holds (`PersonalData`), so membership needs to know none of
their tables. What membership and orders hold is in kept_here.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Q

from membership.models import Address, Person


@dataclass(frozen=True)
class Subject:
    """A person, and the addresses by which other apps' rows are known to be theirs."""

    person: Person
    addresses: tuple[str, ...]  # all that reach them
    own: tuple[str, ...]  # of these, the ones no other living person has
    user_id: int | None = None  # their sign-in, if nobody else shares it

    @property
    def pseudonym(self) -> str:
        """What replaces the name wherever money is involved."""
        return f"Former member {self.person.member_number or f'R{self.person.pk}'}"

    def theirs(self, email: str, name: str = "") -> Q:
        """The rows that are this person's by field `email`.

        If others share the address, the field `name` must match too.
        """
        found = Q(pk__in=[])
        for address in self.own:
            found |= Q(**{email: address})
        if name:
            for address in set(self.addresses) - set(self.own):
                found |= Q(**{email: address, f"{name}__iexact": self.person.name})
        return found

    def bought(self, way: str = "") -> Q:
        """Their orders; `way` leads to them from other rows ("line__order__")."""
        found = self.theirs(f"{way}buyer_email", f"{way}buyer_name")
        return found | Q(**{f"{way}user": self.user_id}) if self.user_id else found

    def nameless(self, way: str = "") -> Q:
        """Orders under their full name without an address, such as cash at a counter.

        They may belong to a namesake, so they are not exported; only the name is erased.
        """
        if " " not in self.person.name:  # one word alone fits many people
            return Q(pk__in=[])
        fields = {"buyer_email": "", "user": None, "buyer_name": self.person.name}
        return Q(**{f"{way}{field}": value for field, value in fields.items()})


@dataclass(frozen=True)
class Wait:
    """Why somebody cannot be erased yet.

    With an end, we wait for it; without one, they are asked to end it themselves at `url`.
    """

    words: str  # a sentence for the person
    until: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Visit:
    """One visit to a city's event, as noted at the door."""

    city_id: int
    on: date
    words: str
    guest: str = ""  # the name on the ticket, if any

    def may_be(self, name: str) -> bool:
        """Whether somebody with this name may have been the guest; an unnamed ticket fits."""
        return not self.guest or self.guest.casefold().split() == name.casefold().split()


class PersonalData:
    """What one part of the site holds on people, and how it is exported and erased."""

    title = ""  # the heading in the export: "Tickets"

    def export(self, subject: Subject, *, at: datetime) -> Sequence[dict[str, Any]]:
        """All it holds on them, one dict per row: words, numbers, dates."""
        raise NotImplementedError

    def erase(self, subject: Subject, *, at: datetime) -> None:
        """Erase them, inside a transaction; doing it twice changes nothing."""
        raise NotImplementedError

    def waits(self, subject: Subject, *, at: datetime) -> Sequence[Wait]:
        """What must end first."""
        return ()

    def visits(self, addresses: Sequence[str]) -> Sequence[Visit]:
        """City events that the owner of these confirmed addresses attended."""
        return ()


SECRETS = {"token", "password", "data", "salt", "submission_key", "sha256", "is_sample"}


def exported(row: models.Model, *, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """A row's values by verbose name, without keys and secrets."""
    spared = SECRETS | set(leave_out)
    found = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in spared:
            continue
        if field.is_relation:
            continue
        value = getattr(row, field.attname)
        if field.choices:
            value = str(dict(field.flatchoices).get(value, value))
        if value not in ("", None):
            found[str(field.verbose_name)] = value
    return found


_everything: list[PersonalData] = []


def register(*holders: PersonalData) -> None:
    """Register holders in the order in which they erase; called by nsca/hooks.py."""
    _everything.extend(holders)


def everything() -> list[PersonalData]:
    return list(_everything)


def subject_of(person: Person) -> Subject:
    """A person with all their addresses: main, sign-in and further ones."""
    addresses = {person.email} | {a.email for a in person.addresses.all()}
    if person.user_id:
        addresses.add(person.user.email)
        mine = EmailAddress.objects.filter(user_id=person.user_id)
        addresses |= set(mine.values_list("email", flat=True))
    addresses.discard("")
    shared = _of_others(addresses, person)
    sharing = Person.objects.living().filter(user=person.user_id).exclude(pk=person.pk)
    alone = person.user_id if person.user_id and not sharing.exists() else None
    return Subject(person, tuple(sorted(addresses)), tuple(sorted(addresses - shared)), alone)


def _of_others(addresses: set[str], person: Person) -> set[str]:
    others = Person.objects.living().exclude(pk=person.pk)
    among = [
        (others, "email"),
        (others, "user__email"),
        (Address.objects.filter(person__in=others), "email"),
    ]
    return {
        address
        for rows, email in among
        for address in rows.filter(**{f"{email}__in": addresses}).values_list(email, flat=True)
    }


def waits_of(subject: Subject, *, at: datetime) -> list[Wait]:
    """Everything that must end before somebody can be erased."""
    return [wait for each in _everything for wait in each.waits(subject, at=at)]


def visits_of(addresses: Sequence[str]) -> list[Visit]:
    """Visits to city events, in order of date."""
    if not addresses:
        return []
    found = {visit for each in _everything for visit in each.visits(addresses)}
    return sorted(found, key=lambda visit: (visit.on, visit.city_id, visit.words))
