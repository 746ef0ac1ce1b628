"""One person's story in the order in which it happened, told by everything that knows of them.

Each source is asked for its newest entries only, so a page costs the same number of queries
however long the story is. nsca/hooks.py registers them. No
source may name an event's place: an entry names an evening by its title.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from heapq import nlargest

from membership.models import Household, Person
from membership.privacy.personal_data import Subject, subject_of
from nsca.lib.timing import to_instant

A_PAGE = 40  # entries
MOST_PAGES = 50


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `what` is the source's word; `url` leads to the row."""

    at: datetime
    what: str
    text: str
    url: str = ""
    is_day: bool = False  # only the day is known


@dataclass(frozen=True)
class About:
    """Whose story it is."""

    subject: Subject
    household_ids: tuple[int, ...]

    @property
    def person(self) -> Person:
        return self.subject.person


@dataclass(frozen=True)
class Source:
    """`tell(about, most)` gives the newest `most` entries, or fewer. `needs`: the permissions of
    whoever reads them; without one of them it is not asked.
    """

    what: str
    tell: Callable[[About, int], Sequence[Entry]]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    entries: tuple[Entry, ...]
    number: int
    has_more: bool
    kinds: tuple[str, ...]  # of the sources this reader may hear


_sources: dict[str, Source] = {}


def register(*sources: Source) -> None:
    """Called by nsca/hooks.py with what each app tells."""
    _sources.update({source.what: source for source in sources})


def tell(person: Person, *, reader, number: int = 1, what: str = "") -> Page:
    """One page of a person's story, newest first; `what`: of one source alone. `reader` is the
    User who reads it.
    """
    number = min(max(number, 1), MOST_PAGES)
    subject = subject_of(person)
    households = Household.objects.filter(people=person).values_list("pk", flat=True)
    about = About(subject, tuple(households))
    heard = [each for each in _sources.values() if reader.has_perms(each.needs)]
    asked = [each for each in heard if each.what == what] if what else heard
    most = number * A_PAGE + 1
    told = [
        replace(entry, what=source.what) for source in asked for entry in source.tell(about, most)
    ]
    newest = nlargest(most, told, key=lambda entry: entry.at)
    shown = tuple(newest[(number - 1) * A_PAGE : number * A_PAGE])
    kinds = tuple(sorted(each.what for each in heard))
    return Page(shown, number, len(newest) > number * A_PAGE, kinds)


def noon(on: date) -> datetime:
    """Where only a day is known: its noon in Norfolk, as an instant (UTC)."""
    return to_instant(datetime(on.year, on.month, on.day, 12))
