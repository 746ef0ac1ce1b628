"""Possible duplicates: records with the same address, the same phone, or a similar name.

Names are compared without case, accents, order and middle initials, allowing one typo. People in
one household rightly share addresses and phones, so there only a similar name counts.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from membership.models import Address, HouseholdMember, NotTheSame, Person
from nsca.lib.mail.addresses import normalize_address

ADDRESS, PHONE, NAME = "same e-mail address", "same phone", "similar name"
HOUSEHOLD = "households with the same name"
CROWD = 12  # more people than this share an office's phone, not a person's
LONG_ENOUGH = 7  # characters a name needs so that one typo is allowed
PHONE_DIGITS = 7

_WORD = re.compile(r"[^\W\d_]+")
_APART = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ß": "ss", "'": "", "’": ""}
)


@dataclass(frozen=True)
class Pair:
    """Two records (lower key first) and why they may be one person."""

    first: int
    second: int
    reasons: tuple[str, ...]


def folded(name: str) -> str:
    """ "Éllery, Ada B." → "ada ellery"."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_APART))
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    words = _WORD.findall(letters)
    return " ".join(sorted([word for word in words if len(word) > 1] or words))


def digits(phone: str) -> str:
    """The last ten digits of a phone number; empty if there are too few to compare."""
    found = re.sub(r"\D", "", phone)[-10:]
    return found if len(found) >= PHONE_DIGITS else ""


def near(text: str) -> Iterator[str]:
    """Yield the text, and the text with each character left out.

    Two texts that share a form are one character apart, or have two characters swapped.
    """
    yield text
    if len(text) >= LONG_ENOUGH:
        for place in range(len(text)):
            yield text[:place] + text[place + 1 :]


class Index:
    """Everybody we know, by address, phone and name. Three queries."""

    def __init__(self):
        self.addresses = defaultdict(set)
        self.phones = defaultdict(set)
        self.names = defaultdict(set)
        self.homes = defaultdict(set)  # person → households
        people = Person.objects.filter(erased_at__isnull=True)
        for pk, name, email, phone in people.values_list("pk", "name", "email", "phone"):
            self.add(pk, name=name, email=email, phone=phone)
        for pk, email in Address.objects.values_list("person_id", "email"):
            self.addresses[email].add(pk)
        for pk, household in HouseholdMember.objects.values_list("person_id", "household_id"):
            self.homes[pk].add(household)

    def add(self, pk: int, *, name: str, email: str = "", phone: str = "") -> None:
        if email:
            self.addresses[normalize_address(email)].add(pk)
        if digits(phone):
            self.phones[digits(phone)].add(pk)
        for form in near(folded(name)):
            self.names[form].add(pk)

    def like(self, *, name: str, email: str = "", phone: str = "") -> dict[int, list[str]]:
        """Who may be this person and why, most reasons first."""
        found = defaultdict(list)
        for pk in self.addresses.get(normalize_address(email), ()) if email else ():
            found[pk].append(ADDRESS)
        for pk in self.phones.get(digits(phone), ()) if digits(phone) else ():
            found[pk].append(PHONE)
        named = set().union(*(self.names.get(form, ()) for form in near(folded(name))))
        for pk in named if folded(name) else ():
            found[pk].append(NAME)
        return dict(sorted(found.items(), key=lambda each: (-len(each[1]), each[0])))


def candidates(*, name: str, email: str, phone: str, but: int | None = None) -> list[Person]:
    """At most five records like a person who is being entered by hand."""
    found = [pk for pk in Index().like(name=name, email=email, phone=phone) if pk != but][:5]
    people = Person.objects.prefetch_related("household_members__household").in_bulk(found)
    return [people[pk] for pk in found if pk in people]


def pairs() -> list[Pair]:
    """All possible duplicates, likeliest first, except those staff marked as two people."""
    index = Index()
    reasons: dict[tuple[int, int], list[str]] = defaultdict(list)
    for bucket, reason in (
        (index.names, NAME),
        (index.addresses, ADDRESS),
        (index.phones, PHONE),
        (_by_household_name(), HOUSEHOLD),
    ):
        for key in {each for people in bucket.values() for each in _within(people)}:
            reasons[key].append(reason)
    known = set(Person.objects.filter(erased_at__isnull=True).values_list("pk", flat=True))
    apart = set(NotTheSame.objects.values_list("first_id", "second_id"))
    found = [
        Pair(*key, tuple(why))
        for key, why in reasons.items()
        if key not in apart
        and known.issuperset(key)
        and (NAME in why or not index.homes[key[0]] & index.homes[key[1]])
    ]
    return sorted(
        found, key=lambda pair: (-len(pair.reasons), NAME not in pair.reasons, pair.first)
    )


def _within(people: Iterable[int]) -> Iterator[tuple[int, int]]:
    people = sorted(people)
    if len(people) > CROWD:
        return
    for place, first in enumerate(people):
        for second in people[place + 1 :]:
            yield first, second


def _by_household_name() -> dict[str, set[int]]:
    """The first person of each household, by the household's name."""
    heads: dict[int, int] = {}
    names: dict[int, str] = {}
    rows = HouseholdMember.objects.filter(Q(person__merged_into__isnull=True)).order_by(
        "-person_id"
    )
    for household, name, pk in rows.values_list("household_id", "household__name", "person_id"):
        heads[household], names[household] = pk, folded(name)
    by_name = defaultdict(set)
    for household, pk in heads.items():
        if names[household]:
            by_name[names[household]].add(pk)
    return by_name
