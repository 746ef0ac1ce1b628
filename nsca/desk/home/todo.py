"""The five most urgent things for a person, and about how long they take."""

from collections.abc import Sequence
from dataclasses import dataclass

from nsca.desk.home.cards import Card

AT_MOST = 5
LONGEST = 30  # most minutes for one thing; the rest is for tomorrow
_NUMBERS = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
    "Twelve",
)  # fmt: skip


@dataclass(frozen=True)
class Todo:
    """One of the five: what to do, where, and about how many minutes it takes."""

    todo: str
    url: str
    minutes: int
    is_urgent: bool


@dataclass(frozen=True)
class TodoList:
    things: tuple[Todo, ...]
    more: int  # other cards with something to do

    @property
    def minutes(self) -> int:
        return sum(thing.minutes for thing in self.things)

    @property
    def heading(self) -> str:
        """ "Five things, twelve minutes."; "Nothing needs you." """
        if not self.things:
            return "Nothing needs you."
        count = len(self.things)
        things = f"{_NUMBERS[count]} thing{'' if count == 1 else 's'}"
        minutes = self.minutes
        words = _NUMBERS[minutes].lower() if minutes < len(_NUMBERS) else str(minutes)
        return f"{things}, {words} minute{'' if minutes == 1 else 's'}."


def todo_list(cards: Sequence[Card]) -> TodoList:
    """The cards with something to do, urgent ones first."""
    open_ones = [card for card in cards if card.count and card.todo]
    things = [
        Todo(
            todo=card.todo,
            url=card.url or next((line.url for line in card.lines if line.url), ""),
            minutes=min(card.minutes * (1 if card.is_one else card.count), LONGEST),
            is_urgent=card.is_urgent,
        )
        for card in open_ones
    ]
    return TodoList(tuple(things[:AT_MOST]), max(0, len(things) - AT_MOST))
