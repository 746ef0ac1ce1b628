"""Hints: cards written ahead, each with its own instant and audience."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, Value, When

from events.models import Event, Hint

ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")


@dataclass(frozen=True)
class Card:
    """One card at one instant: its text once it is revealed, and its instant (UTC) until then."""

    title: str
    opens_at: datetime
    text: str  # empty before opens_at

    @property
    def is_turned(self) -> bool:
        return bool(self.text)


def cards(event: Event, *, at: datetime, for_holders: bool = False) -> list[Card]:
    """The cards that everyone, or a ticket holder, sees at an instant (UTC), in one query.

    The text of a hint that is not revealed yet does not leave the database.
    """
    hints = event.hints.filter(opens_at__isnull=False)
    if not for_holders:
        hints = hints.filter(audience=Hint.Audience.EVERYONE)
    shown = Case(When(opens_at__lte=at, then=F("text")), default=Value(""))
    rows = hints.order_by("opens_at", "pk").values_list("opens_at", shown)
    return [Card(_title(i), opens_at, text) for i, (opens_at, text) in enumerate(rows)]


def _title(index: int) -> str:
    return f"{ORDINALS[index]} hint" if index < len(ORDINALS) else f"Hint {index + 1}"


def turns(shown: Iterable[Card]) -> list[datetime]:
    """When a page with these cards changes."""
    return [card.opens_at for card in shown]


@dataclass(frozen=True)
class Step:
    """One hint as staff see it, and how many hints have been seen once it is revealed."""

    hint: Hint
    title: str  # as holders see it; empty while it has no date
    everyone: int  # hints that everybody has seen by then
    holders: int  # hints that ticket holders have seen by then
    is_too_late: bool  # the venue itself is revealed by then

    @property
    def is_for_holders(self) -> bool:
        return self.hint.audience == Hint.Audience.HOLDERS


def steps(event: Event) -> list[Step]:
    """Every hint in the order in which they are revealed; those without a date come last."""
    hints = list(event.hints.all())
    dated = [hint for hint in hints if hint.opens_at is not None]
    found = []
    for i, hint in enumerate(dated):
        read = [other for other in dated if other.opens_at <= hint.opens_at]
        open_ones = sum(other.audience == Hint.Audience.EVERYONE for other in read)
        is_late = event.opens_at is not None and hint.opens_at >= event.opens_at
        found.append(Step(hint, _title(i), open_ones, len(read), is_late))
    return found + [Step(hint, "", 0, 0, False) for hint in hints if hint.opens_at is None]
