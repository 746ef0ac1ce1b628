"""What mailings need from other apps, registered by nsca/hooks.py.

`Occasions`: who attended what. `ListOfReaders`: who is on a list kept elsewhere. `Gate`: whether a
mailing may go out now.
"""

from datetime import datetime

from membership.models import Mailing


class Occasions:
    """Events that people attended, kept by the app that has a door."""

    def choices(self, *, at: datetime) -> list[tuple[str, str]]:
        """Key and name of each past event, newest first."""
        return []

    def addresses(self, key: str) -> set[str]:
        """Lowercase addresses of those who were there."""
        return set()


class ListOfReaders:
    """A list of addresses, each confirmed from its own mailbox."""

    def confirmed(self) -> set[str]:
        """Lowercase addresses on the list."""
        raise NotImplementedError

    def left(self) -> set[str]:
        """Addresses that were on the list and left."""
        raise NotImplementedError

    def leave(self, email: str, *, at: datetime) -> None:
        """Take an address off the list; doing it twice is fine."""
        raise NotImplementedError


class Gate:
    """Something that may hold mailings back."""

    def is_busy(self, at: datetime) -> bool:
        """Whether other e-mails go first, so that mailings wait."""
        return False

    def needs_a_reader(self, by, at: datetime) -> bool:
        """Whether a colleague must read this person's mailing before it goes out."""
        return False

    def may_read(self, by) -> bool:
        """Whether this person may be that colleague."""
        return True

    def objections(self, mailing: Mailing, *, by, at: datetime) -> list[str]:
        """Sentences for a colleague who reads it: what its text gives away too early."""
        return []

    def gives_away(self, mailing: Mailing, *, at: datetime) -> bool:
        """Whether its text gives something away, checked just before e-mails go out."""
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
    """Lowercase addresses of those who attended an occasion."""
    return set().union(*(each.addresses(key) for each in _occasions))


def is_busy(at: datetime) -> bool:
    return any(gate.is_busy(at) for gate in _gates)


def needs_a_reader(by, at: datetime) -> bool:
    return any(gate.needs_a_reader(by, at) for gate in _gates)


def may_read(by) -> bool:
    return all(gate.may_read(by) for gate in _gates)


def objections(mailing: Mailing, *, by, at: datetime) -> list[str]:
    return [words for gate in _gates for words in gate.objections(mailing, by=by, at=at)]


def gives_away(mailing: Mailing, *, at: datetime) -> bool:
    return any(gate.gives_away(mailing, at=at) for gate in _gates)
