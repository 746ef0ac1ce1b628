"""What other apps know and letters to many need, registered by nsca/hooks.py: who came to what
(`Occasions`), who is on a list that is kept elsewhere (`ListOfReaders`), and whether a letter may
leave now (`Gate`).
"""

from datetime import datetime

from membership.models import Mailing


class Occasions:
    """Events that people came to; kept by the app that has a door."""

    def choices(self, *, at: datetime) -> list[tuple[str, str]]:
        """Key and name of each that people can have come to, the newest first."""
        return []

    def addresses(self, key: str) -> set[str]:
        """Addresses, in small letters, of those who were there."""
        return set()


class ListOfReaders:
    """A list that is kept by address, each confirmed from its own mailbox."""

    def confirmed(self) -> set[str]:
        """Addresses on it, in small letters."""
        raise NotImplementedError

    def left(self) -> set[str]:
        """Addresses that were on it and left."""
        raise NotImplementedError

    def leave(self, email: str, *, at: datetime) -> None:
        """Take one off. Twice is once."""
        raise NotImplementedError


class Gate:
    """What may hold letters back."""

    def is_busy(self, at: datetime) -> bool:
        """Other letters go first: none of a mailing is handed over now."""
        return False

    def needs_a_reader(self, by, at: datetime) -> bool:
        """Whether a mailing of this person is read by another before it leaves."""
        return False

    def may_read(self, by) -> bool:
        """Whether this person is such a reader."""
        return True

    def told_by(self, mailing: Mailing, *, by, at: datetime) -> list[str]:
        """To a reader: what its text gives away that must not be known yet, in sentences."""
        return []

    def gives_away(self, mailing: Mailing, *, at: datetime) -> bool:
        """The same for the site itself, just before letters leave."""
        return False


_occasions: list[Occasions] = []
lists: dict[str, ListOfReaders] = {}
_gates: list[Gate] = []


def register_occasions(occasions: Occasions) -> None:
    _occasions.append(occasions)


def register_list(topic: str, readers: ListOfReaders) -> None:
    lists[topic] = readers


def register_gate(gate: Gate) -> None:
    _gates.append(gate)


def occasions(*, at: datetime) -> list[tuple[str, str]]:
    return [choice for each in _occasions for choice in each.choices(at=at)]


def who_came(key: str) -> set[str]:
    """The addresses, in small letters, of those who were at an occasion."""
    return set().union(*(each.addresses(key) for each in _occasions))


def is_busy(at: datetime) -> bool:
    return any(gate.is_busy(at) for gate in _gates)


def needs_a_reader(by, at: datetime) -> bool:
    return any(gate.needs_a_reader(by, at) for gate in _gates)


def may_read(by) -> bool:
    return all(gate.may_read(by) for gate in _gates)


def told_by(mailing: Mailing, *, by, at: datetime) -> list[str]:
    return [words for gate in _gates for words in gate.told_by(mailing, by=by, at=at)]


def gives_away(mailing: Mailing, *, at: datetime) -> bool:
    return any(gate.gives_away(mailing, at=at) for gate in _gates)
