"""How many members there are, and who joined, stayed and left, counting each person once.

Everything is computed from terms in a constant number of queries. Each number is the length of a
set of people, and the list behind it is that set, so they cannot differ.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from membership.models import FavoriteCity, HouseholdMember, Rules, Term, Tier

MONTHS = 12  # of the flows, ending with the current one
YEARS_KEPT = 5  # columns of the cohorts
NO_CITY = "none"
JOINED, RENEWED, CAME_BACK, LEFT = "joined", "renewed", "came-back", "left"
FLOWS = {
    JOINED: "Joined",
    RENEWED: "Renewed",
    CAME_BACK: "Came back",
    LEFT: "Left",
}


@dataclass(frozen=True)
class Stretch:
    """One term of a person, held through a household."""

    starts_on: date
    until: date | None  # the last valid day; None: for life
    tier: int
    continues: bool  # only continues another term: a change of level, a pause

    def holds(self, on: date) -> bool:
        return self.starts_on <= on and (self.until is None or self.until >= on)


@dataclass
class Life:
    """One person's terms in order, and what follows from them."""

    person: int
    stretches: list[Stretch] = field(default_factory=list)
    died_on: date | None = None

    def is_member(self, on: date) -> bool:
        if self.died_on is not None and self.died_on <= on:
            return False
        return any(stretch.holds(on) for stretch in self.stretches)

    @property
    def joined_on(self) -> date:
        return self.stretches[0].starts_on

    def moves(self, grace: timedelta, today: date) -> Iterator[tuple[str, date]]:
        """Yield which of FLOWS happened on which day.

        A term that starts within the grace period renews; otherwise the person left on the last
        valid day.
        """
        held_until: date | None = None  # of all stretches so far
        is_first = True
        for stretch in self.stretches:
            if is_first:
                yield JOINED, stretch.starts_on
            elif held_until is None:
                break  # for life: nothing to renew anymore
            elif stretch.starts_on > held_until + grace + timedelta(days=1):
                yield LEFT, held_until
                yield CAME_BACK, stretch.starts_on
            elif not stretch.continues and (stretch.until is None or stretch.until > held_until):
                yield RENEWED, stretch.starts_on
            is_first = False
            if stretch.until is None:
                held_until = None
            else:
                held_until = max(held_until or stretch.until, stretch.until)
        ended = held_until
        if self.died_on is not None:
            ended = min(ended or self.died_on, self.died_on)
        if ended is not None and (ended + grace < today or self.died_on is not None):
            yield LEFT, ended


@dataclass(frozen=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Month":
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def key(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def words(self) -> str:
        return f"{self.first:%b %Y}"

    @property
    def short(self) -> str:
        """The label below a bar: "Feb", or the year in January: "’27"."""
        return f"’{self.year % 100:02}" if self.month == 1 else f"{self.first:%b}"


Sets = dict[str, set[int]]  # key of a number → the people it counts


def lives() -> list[Life]:
    """Everybody who ever had a term, with their terms, in two queries."""
    held: dict[int, list[Stretch]] = defaultdict(list)
    terms = Term.objects.real().values_list(
        "household", "starts_on", "ends_on", "ended_on", "tier", "continues"
    )
    for household, starts_on, ends_on, ended_on, tier, continues in terms.order_by():
        until = ended_on - timedelta(days=1) if ended_on else ends_on
        held[household].append(Stretch(starts_on, until, tier, continues is not None))
    found: dict[int, Life] = {}
    rows = HouseholdMember.objects.filter(
        person__merged_into__isnull=True, person__erased_at__isnull=True
    ).values_list("person", "person__died_on", "household")
    for person, died_on, household in rows.order_by("person"):
        if stretches := held.get(household):
            life = found.setdefault(person, Life(person, died_on=died_on))
            life.stretches += stretches
    for life in found.values():
        life.stretches.sort(key=lambda each: (each.starts_on, each.until or date.max))
    return list(found.values())


@dataclass(frozen=True)
class Cohort:
    """How many people joined in a year, and how many were members on each anniversary.

    None if that day is still ahead for one of them.
    """

    year: int
    count: int
    kept: tuple[int | None, ...]


@dataclass(frozen=True)
class PeopleReport:
    on: date
    members: int
    by_level: tuple[tuple[str, str, int], ...]  # words, key of the set, number
    by_city: tuple[tuple[str, str, int], ...]
    months: tuple[Month, ...]
    flows: dict[str, tuple[int, ...]]  # of FLOWS, month by month
    cohorts: tuple[Cohort, ...]
    sets: Sets = field(repr=False)


def people_report(on: date) -> PeopleReport:
    """The report of a day in Norfolk, in six queries."""
    grace = Rules.load().grace
    everybody = lives()
    months = tuple(Month.of(on).plus(back - MONTHS + 1) for back in range(MONTHS))
    sets: Sets = defaultdict(set)
    _add_status(everybody, on, sets)
    for life in everybody:
        for flow, day in life.moves(grace, on):
            sets[f"{flow}-{Month.of(day).key}"].add(life.person)
    cohorts = tuple(_cohorts(everybody, on, sets))
    return PeopleReport(
        on=on,
        members=len(sets["members"]),
        by_level=tuple(_rows(sets, "level", Tier.objects.values_list("pk", "name"), "Other")),
        by_city=tuple(_rows(sets, "city", _cities(), "No favorite city")),
        months=months,
        flows={
            flow: tuple(len(sets[f"{flow}-{month.key}"]) for month in months) for flow in FLOWS
        },
        cohorts=cohorts,
        sets=sets,
    )


def _add_status(everybody: Iterable[Life], on: date, sets: Sets) -> None:
    dear = defaultdict(set)
    for person, city in FavoriteCity.objects.order_by().values_list("person", "city"):
        dear[person].add(city)
    for life in everybody:
        if not life.is_member(on):
            continue
        sets["members"].add(life.person)
        for tier in {stretch.tier for stretch in life.stretches if stretch.holds(on)}:
            sets[f"level-{tier}"].add(life.person)
        for city in dear.get(life.person) or {NO_CITY}:
            sets[f"city-{city}"].add(life.person)


def _rows(sets: Sets, kind: str, named, others: str) -> Iterator[tuple[str, str, int]]:
    for key, words in [*named, (NO_CITY, others)]:
        if count := len(sets.get(f"{kind}-{key}", ())):
            yield words, f"{kind}-{key}", count


def _cities():
    cities = FavoriteCity._meta.get_field("city").related_model
    return cities.objects.order_by("name").values_list("pk", "name")


def _cohorts(everybody: Iterable[Life], on: date, sets: Sets) -> Iterator[Cohort]:
    joined = defaultdict(list)
    for life in everybody:
        if life.joined_on <= on:
            joined[life.joined_on.year].append(life)
    for year, of_it in sorted(joined.items()):
        sets[f"cohort-{year}"] = {life.person for life in of_it}
        kept: list[int | None] = []
        for years in range(1, YEARS_KEPT + 1):
            days = [(life, anniversary(life.joined_on, years)) for life in of_it]
            if any(day > on for _life, day in days):
                kept.append(None)
                continue
            still = {life.person for life, day in days if life.is_member(day)}
            sets[f"cohort-{year}-{years}"] = still
            kept.append(len(still))
        yield Cohort(year, len(of_it), tuple(kept))


def anniversary(day: date, years: int) -> date:
    """The same day some years later; March 1 for a missing February 29."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
