"""Ending terms early. Nothing is ever extended, and nothing that was is rewritten."""

from collections.abc import Iterator
from datetime import date

from membership.models import Term


def end(term: Term, *, on: date, because: str) -> None:
    """End a term early: `on` is the first day it does not hold. One that ran out is left as it
    is, and one that has not begun never holds.
    """
    if term.ended_on is not None or (term.ends_on is not None and term.ends_on < on):
        return
    term.ended_on, term.ended_because = on, because
    term.save(update_fields=["ended_on", "ended_because"])


def following(term: Term) -> Iterator[Term]:
    """A term and those that only go on with its days: after a change of level, or a pause."""
    yield term
    for each in term.continuations.order_by("pk"):
        yield from following(each)


RESTS = "It rests: the money for it is not here."


def rest(term: Term, *, on: date) -> None:
    """End a term and what goes on with its days until its money is here (`wake`)."""
    for each in following(term):
        end(each, on=on, because=RESTS)


def wake(term: Term) -> None:
    """The money is here after all: what rested holds as it did, and nothing else does."""
    for each in following(term):
        if each.ended_because == RESTS:
            each.ended_on, each.ended_because = None, ""
            each.save(update_fields=["ended_on", "ended_because"])
