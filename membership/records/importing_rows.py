"""Understanding one line of a list: its values, its problems, and whose it is."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Prefetch

from membership.models import HouseholdMember, Person, Term, Tier
from membership.records.duplicates import Index, digits, folded
from membership.records.importing_columns import FOR_LIFE, last_term, said_until
from membership.terms.years import year_from
from nsca.lib.mail.addresses import normalize_address, valid_address

DATES = ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%b %d, %Y", "%d %B %Y")  # ISO, then American
LIFE_WORDS = {FOR_LIFE, "lifetime", "for life", "honorary", "life member"}
FIRST_YEAR = 1900


@dataclass
class Said:
    """The values of a line; an empty one never erases anything."""

    name: str = ""
    email: str = ""
    phone: str = ""
    member_number: int | None = None
    member_since: int | None = None
    born_on: date | None = None
    household: str = ""
    postal_address: str = ""
    tier: Tier | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    is_for_life: bool = False
    city_ids: tuple[int, ...] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def has_term(self) -> bool:
        return self.tier is not None and (self.ends_on is not None or self.is_for_life)


class Reader:
    """Reads lines by the columns that staff chose, with levels and cities at hand."""

    def __init__(self, columns: dict[str, int], *, on: date):
        from django.apps import apps

        self.columns, self.on = columns, on
        tiers = list(Tier.objects.all())
        self.tiers = {t.name.casefold(): t for t in tiers} | {t.slug: t for t in tiers}
        cities = apps.get_model("cities", "City").objects.values_list("name", "pk")
        self.cities = {folded(name): pk for name, pk in cities}

    def read(self, cells: list[str]) -> Said:
        said = Said()

        def cell(name: str) -> str:
            place = self.columns.get(name)
            return cells[place].strip() if place is not None and place < len(cells) else ""

        said.name = cell("name") or f"{cell('first_name')} {cell('last_name')}".strip()
        said.email = self._email(cell("email"), said)
        said.phone, said.household = cell("phone"), cell("household")
        said.postal_address = cell("postal_address")
        said.member_number = self._whole(
            cell("member_number"), 1, 2_000_000_000, said, "member number"
        )
        said.member_since = self._year(cell("member_since"), said)
        said.born_on = self._date(cell("born_on"), said, "birthday")
        self._term(cell, said)
        self._cities(cell("cities"), said)
        if not said.name:
            said.problems.append("The name is missing.")
        for word, text, most in (
            ("name", said.name, 150), ("phone", said.phone, 40),
            ("household", said.household, 150), ("e-mail address", said.email, 254),
        ):  # fmt: skip
            if len(text) > most:
                said.problems.append(f"The {word} is longer than {most} characters.")
        return said

    def _email(self, text: str, said: Said) -> str:
        text = text.removeprefix("mailto:")
        if not text:
            return ""
        try:
            text = valid_address(text)
        except ValidationError:
            said.problems.append(f"“{text[:60]}” is not an e-mail address.")
            return ""
        return text

    def _whole(self, text: str, least: int, most: int, said: Said, word: str) -> int | None:
        if not text:
            return None
        bare = text.replace(",", "").lstrip("#").strip()
        if bare.isascii() and bare.isdigit() and len(bare) < 12 and least <= int(bare) <= most:
            return int(bare)
        said.problems.append(f"“{text[:30]}” is not a {word}.")
        return None

    def _year(self, text: str, said: Said) -> int | None:
        if text and not text.isdigit():
            when = self._date(text, said, "year")
            return when.year if when else None
        return self._whole(text, FIRST_YEAR, self.on.year, said, "year")

    def _date(self, text: str, said: Said, word: str) -> date | None:
        if not text:
            return None
        for form in DATES:
            try:
                found = datetime.strptime(text, form).date()
            except ValueError:
                continue
            if FIRST_YEAR <= found.year < 2200:
                return found
        how = "03/14/2019 or just 2019" if word == "year" else "03/14/2019"
        said.problems.append(f"We can’t read this date: “{text[:30]}”. Write {how}.")
        return None

    def _term(self, cell, said: Said) -> None:
        level, until = cell("level"), cell("member_until")
        if level:
            said.tier = self.tiers.get(level.casefold())
            if said.tier is None:
                said.problems.append(f"There is no level “{level[:60]}”.")
        said.starts_on = self._date(cell("member_from"), said, "day")
        if until.casefold() in LIFE_WORDS:
            said.is_for_life = True
        else:
            said.ends_on = self._date(until, said, "day")
        if (said.ends_on or said.is_for_life) and not level:
            said.problems.append("It has an end date but no level.")
        if said.starts_on and said.ends_on and said.starts_on > said.ends_on:
            said.problems.append("The membership ends before it starts.")

    def _cities(self, text: str, said: Said) -> None:
        if not text:
            return
        parts = [text] if folded(text) in self.cities else text.split(";")
        if len(parts) == 1 and folded(text) not in self.cities:
            parts = text.split(",")
        found = []
        for part in filter(None, (part.strip() for part in parts)):
            pk = self.cities.get(folded(part))
            if pk is None:
                said.problems.append(f"There is no city “{part[:60]}”.")
            else:
                found.append(pk)
        said.city_ids = tuple(dict.fromkeys(found))


# --- Who it is ---------------------------------------------------------------------------------


def with_all_it_takes():
    """People with everything `changes` reads, in a few queries."""
    homes = HouseholdMember.objects.select_related("household").prefetch_related(
        Prefetch("household__terms", Term.objects.select_related("tier"))
    )
    return Person.objects.prefetch_related(
        Prefetch("household_members", homes), "favorite_cities", "addresses"
    )


class Known:
    """Everybody we know, to compare lines with. Four queries."""

    def __init__(self):
        self.index = Index()
        self.by_number: dict[int, tuple[int, str]] = {}
        self.exactly: dict[tuple, list[int]] = {}
        people = Person.objects.values_list("pk", "member_number", "name", "email", "phone")
        for pk, number, name, email, phone in people:
            if number is not None:
                self.by_number[number] = (pk, name)
            else:
                key = (_squeezed(name), email, _squeezed(phone))
                self.exactly.setdefault(key, []).append(pk)
        taken = Person.every.filter(merged_into__isnull=False, member_number__isnull=False)
        self.retired = set(taken.values_list("member_number", flat=True))

    def find(self, said: Said) -> tuple[int | None, list[int]]:
        """The person a line surely is, or None, and whom else it may be, likeliest first.

        May add a problem to the line.
        """
        like = self.index.like(name=said.name, email=said.email, phone=said.phone)
        if said.member_number in self.by_number:
            pk, name = self.by_number[said.member_number]
            if pk in like or same("name", name, said.name):
                return pk, []
            said.problems.append(
                f"Member number {said.member_number} belongs to someone with another name and "
                "e-mail address."
            )
            return None, []
        if said.member_number in self.retired:
            said.problems.append(f"Member number {said.member_number} was retired.")
            return None, []
        if said.member_number is None:
            key = (_squeezed(said.name), said.email, _squeezed(said.phone))
            certain = self.exactly.get(key) or [pk for pk, why in like.items() if len(why) > 1]
            if len(certain) == 1:
                return certain[0], []
        return None, list(like)[:5]


def changes(said: Said, person: Person | None) -> list[tuple[str, str, str]]:
    """What a line would change or create: (field, old value, new value)."""
    rows = []
    if person is None:
        for word, value in (
            ("name", said.name), ("e-mail", said.email), ("phone", said.phone),
            ("member number", said.member_number), ("member since", said.member_since),
            ("born on", said.born_on), ("household", said.household),
            ("postal address", said.postal_address),
        ):  # fmt: skip
            if value:
                rows.append((word, "", str(value)))
    else:
        for name, word in FIELDS.items():
            old, new = getattr(person, name), getattr(said, name)
            if new and not same(name, old, new):
                rows.append((word, str(old or ""), str(new)))
        home = person.household
        old = home.postal_address if home else ""
        if said.postal_address and not same("postal_address", old, said.postal_address):
            rows.append(("postal address", old, said.postal_address))
    term = wanted_term(said, person.household if person else None)
    if term:
        until = term[1].isoformat() if term[1] else FOR_LIFE
        last = last_term(person.household) if person else None
        known = f"{last.tier} through {said_until(last)}" if last else ""
        rows.append(("membership", known, f"{said.tier}, {term[0].isoformat()} through {until}"))
    mine = {favorite.city_id for favorite in person.favorite_cities.all()} if person else set()
    added = [pk for pk in said.city_ids if pk not in mine]
    if added:
        rows.append(("favorite cities", "", f"{len(added)} more"))
    return rows


FIELDS = {
    "name": "name",
    "email": "e-mail",
    "phone": "phone",
    "member_number": "member number",
    "member_since": "member since",
    "born_on": "born on",
}


def same(name: str, old, new) -> bool:
    """Whether two values are the same, ignoring spaces and the case of an address."""
    if isinstance(new, str):
        old, new = _squeezed(old or ""), _squeezed(new)
    if name == "email":
        return normalize_address(old) == normalize_address(new)
    return old == new


def _squeezed(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)


def wanted_term(said: Said, household) -> tuple[date, date | None] | None:
    """The first and last day of the term a line adds; None if it adds nothing."""
    if not said.has_term:
        return None
    last = last_term(household)
    if last and (last.ends_on is None or (said.ends_on and said.ends_on <= last.ends_on)):
        return None
    if said.starts_on and (last is None or said.starts_on > last.ends_on):
        return said.starts_on, said.ends_on
    if last:
        return last.ends_on + timedelta(days=1), said.ends_on
    if said.ends_on is None:
        return date(said.member_since or FIRST_YEAR, 1, 1), None
    return _year_back(said.ends_on), said.ends_on


def _year_back(ends_on: date) -> date:
    """The first day of the year that ends on a day."""
    start = ends_on - timedelta(days=364)
    while year_from(start) < ends_on:
        start += timedelta(days=1)
    while year_from(start) > ends_on:
        start -= timedelta(days=1)
    return start


def keys_of(said: Said) -> list[str]:
    """The keys by which two lines of a list are the same person."""
    name = folded(said.name)
    keys = [f"#{said.member_number}"] if said.member_number else []
    if said.email:
        keys.append(f"{said.email}|{name}")
    if digits(said.phone):
        keys.append(f"{digits(said.phone)}|{name}")
    return keys
