"""Ending terms early. Nothing is ever extended, and nothing that was is rewritten."""

from collections.abc import Iterator
from datetime import date

from membership.models import Term


def end(term: Term, *, on: date, because: str) -> None:
    """End a term early: `on` is the first day it is not valid. Expired terms stay as they are."""
    if term.ended_on is not None or (term.ends_on is not None and term.ends_on < on):
        return
    term.ended_on, term.ended_because = on, because
    term.save(update_fields=["ended_on", "ended_because"])


def following(term: Term) -> Iterator[Term]:
    """A term and those that continue its days, after a change of level or a pause."""
    yield term
    for each in term.continuations.order_by("pk"):
        yield from following(each)


RESTS = "Suspended: the payment is missing."


def rest(term: Term, *, on: date) -> None:
    """Suspend a term and its continuations until the payment arrives (`wake`)."""
    for each in following(term):
        end(each, on=on, because=RESTS)


def wake(term: Term) -> None:
    """The payment arrived: make suspended terms valid again."""
    for each in following(term):
        if each.ended_because == RESTS:
            each.ended_on, each.ended_because = None, ""
            each.save(update_fields=["ended_on", "ended_because"])
