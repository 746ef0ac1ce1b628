"""One person's history, newest first, from every part of the site that knows them.

Each source is asked for its newest entries only, so a page costs the same number of queries
however long the history is. nsca/hooks.py registers the sources. No source may name an event's
venue: an entry names an event by its title.
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
    """The person the history is about."""

    subject: Subject
    household_ids: tuple[int, ...]

    @property
    def person(self) -> Person:
        return self.subject.person


@dataclass(frozen=True)
class Source:
    """A source of entries: `page_of(about, most)` returns the newest ones, at most `most`.

    A reader without all of the permissions `needs` does not see them.
    """

    what: str
    entries: Callable[[About, int], Sequence[Entry]]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    entries: tuple[Entry, ...]
    number: int
    has_more: bool
    kinds: tuple[str, ...]  # of the sources this reader may see


_sources: dict[str, Source] = {}


def register(*sources: Source) -> None:
    """Register the sources of an app; called by nsca/hooks.py."""
    _sources.update({source.what: source for source in sources})


def page_of(person: Person, *, reader, number: int = 1, what: str = "") -> Page:
    """One page of a person's history for `reader`, newest first; `what` picks a source."""
    number = min(max(number, 1), MOST_PAGES)
    subject = subject_of(person)
    households = Household.objects.filter(people=person).values_list("pk", flat=True)
    about = About(subject, tuple(households))
    heard = [each for each in _sources.values() if reader.has_perms(each.needs)]
    asked = [each for each in heard if each.what == what] if what else heard
    most = number * A_PAGE + 1
    told = [
        replace(entry, what=source.what)
        for source in asked
        for entry in source.entries(about, most)
    ]
    newest = nlargest(most, told, key=lambda entry: entry.at)
    shown = tuple(newest[(number - 1) * A_PAGE : number * A_PAGE])
    kinds = tuple(sorted(each.what for each in heard))
    return Page(shown, number, len(newest) > number * A_PAGE, kinds)


def noon(on: date) -> datetime:
    """Noon in Norfolk on a day, as an instant (UTC), if only the day is known."""
    return to_instant(datetime(on.year, on.month, on.day, 12))
