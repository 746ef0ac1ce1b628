"""What other apps know and letters to many need, told by them at start-up: who came to what
(`Occasions`), who is on a list that is kept elsewhere (`ListOfReaders`), and whether a letter may
leave now (`Gate`).
"""

from datetime import datetime
from typing import Protocol

from membership.models import Mailing


class Occasions(Protocol):
    """Events that people came to; kept by the app that has a door."""

    def choices(self, *, at: datetime) -> list[tuple[str, str]]:
        """Key and name of each that people can have come to, the newest first."""

    def addresses(self, key: str) -> set[str]:
        """Addresses, in small letters, of those who were there."""


class ListOfReaders(Protocol):
    """A list that is kept by address, each confirmed from its own mailbox."""

    def confirmed(self) -> set[str]:
        """Addresses on it, in small letters."""

    def left(self) -> set[str]:
        """Addresses that were on it and left."""

    def leave(self, email: str, *, at: datetime) -> None:
        """Take one off. Twice is once."""


class Gate(Protocol):
    """What may hold letters back."""

    def is_busy(self, at: datetime) -> bool:
        """Other letters go first: none of a mailing is handed over now."""

    def needs_a_reader(self, by, at: datetime) -> bool:
        """Whether a mailing of this person is read by another before it leaves."""

    def may_read(self, by) -> bool:
        """Whether this person is such a reader."""

    def told_by(self, mailing: Mailing, *, by, at: datetime) -> list[str]:
        """To a reader: what its text gives away that must not be known yet, in sentences."""

    def gives_away(self, mailing: Mailing, *, at: datetime) -> bool:
        """The same for the site itself, just before letters leave."""


_occasions: dict[type, Occasions] = {}  # by their kind: telling twice is telling once
lists: dict[str, ListOfReaders] = {}
_gates: dict[type, Gate] = {}


def register_occasions(occasions: Occasions) -> None:
    _occasions[type(occasions)] = occasions


def register_list(topic: str, readers: ListOfReaders) -> None:
    lists[topic] = readers


def register_gate(gate: Gate) -> None:
    _gates[type(gate)] = gate


def occasions(*, at: datetime) -> list[tuple[str, str]]:
    return [choice for each in _occasions.values() for choice in each.choices(at=at)]


def who_came(key: str) -> set[str]:
    """The addresses, in small letters, of those who were at an occasion."""
    return set().union(*(each.addresses(key) for each in _occasions.values()))


def is_busy(at: datetime) -> bool:
    return any(gate.is_busy(at) for gate in _gates.values())


def needs_a_reader(by, at: datetime) -> bool:
    return any(gate.needs_a_reader(by, at) for gate in _gates.values())


def may_read(by) -> bool:
    return all(gate.may_read(by) for gate in _gates.values())


def told_by(mailing: Mailing, *, by, at: datetime) -> list[str]:
    return [words for gate in _gates.values() for words in gate.told_by(mailing, by=by, at=at)]


def gives_away(mailing: Mailing, *, at: datetime) -> bool:
    return any(gate.gives_away(mailing, at=at) for gate in _gates.values())
