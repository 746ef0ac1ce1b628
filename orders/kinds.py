"""What orders may be made of, without knowing what it is: each selling app registers its kind at
start-up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from orders.models import Line


class Refusal(Exception):
    """A sale that cannot be; its text is a sentence for the buyer. Selling apps raise their own
    subclasses.
    """


@dataclass(frozen=True)
class Item:
    """What a buyer wants, before it is a line. Cents and words as they will be frozen."""

    kind: str  # Line.Kind
    label: str
    unit_cents: int
    quantity: int = 1
    fair_value_cents: int = 0  # of one unit
    subject_id: int | None = None
    heading: str = ""  # what the treasurer's report books it under
    committee: str = ""
    details: dict = field(default_factory=dict)  # frozen on the line (JSON)
    # for the selling app's `held` only: guests, suppers, a promo code; not frozen by orders
    wish: Any = None


@dataclass(frozen=True)
class Shown:
    """One thing on the order's page that the buyer can open: a ticket, a membership."""

    title: str
    text: str
    url: str


class Kind(Protocol):
    """The verbs that orders says to the app that sells. All but `shown` and `again` are said
    inside a
    transaction that has locked the order's row first; a kind locks its own rows after it, never
    before.
    """

    name: str
    # Optional: the way from a line to the rows that `shown` reads ("tickets"), fetched for many
    # at once.
    # related: str

    def lock(self, items: Sequence[Item | Line]) -> None:
        """Lock the rows that these make scarcer, in pk order. Items before a sale, lines when
        they are taken again:
        both have kind, subject_id, quantity and details."""

    def held(self, line: Line, item: Item, *, at: datetime) -> None:
        """A line was written: take what it takes, or raise a Refusal. Called under the lock."""

    def paid(self, line: Line, *, at: datetime) -> None:
        """The money is here. Called once a line, with the order already paid; the place for the
        kind's own mail.
        """

    def released(self, line: Line, *, at: datetime) -> None:
        """The hold lapsed, or the order was given up. Called once a line, with the order already
        lapsed.
        """

    def retake(self, line: Line, *, at: datetime) -> None:
        """Money came after the hold lapsed: take again what it takes, or raise a Refusal.

        Called under the lock, after `released`, and with the order held again, so that all its
        lines occupy
        already: count, and refuse if more is taken now than there is. After a Refusal all of it
        is rolled back.
        """

    def refunded(self, line: Line, *, at: datetime) -> None:
        """The whole line goes back. Said when the refund is decided (never a ticket and a
        refund); saying it again
        changes nothing."""

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        """What the buyer may open from the page of a paid order."""


class Talkative(Kind, Protocol):
    """Verbs that a kind may leave out; orders says them only to kinds that have them."""

    def turned_away(self, line: Line, *, at: datetime) -> None:
        """Money came late, nothing was left, and all of it goes back: the top of a waiting list
        is the least.
        """

    def suspended(self, line: Line, *, at: datetime) -> None:
        """The buyer's bank disputes the payment: what the line gives rests until `restored`."""

    def restored(self, line: Line, *, at: datetime) -> None:
        """The dispute was won."""

    def again(self, line: Line, *, at: datetime) -> str:
        """The address at which something like this line can be bought; for the page of a lapsed
        order.
        """


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called once for each kind from AppConfig.ready()."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind:
    return _kinds[name]


def at_hand() -> list[str]:
    """What to prefetch with orders whose lines will be `shown`: a list then costs as one does."""
    related = (getattr(kind, "related", "") for kind in _kinds.values())
    return ["lines", *(f"lines__{name}" for name in related if name)]


def by_kind(lines: Sequence[Any]) -> list[tuple[Kind, list[Any]]]:
    """Lines or items grouped by kind, kinds in one fixed order, so that two orders never lock
    crosswise.
    """
    names = sorted({thing.kind for thing in lines})
    return [(_kinds[name], [thing for thing in lines if thing.kind == name]) for name in names]


def say(verb: str, line: Line, *, at: datetime) -> Any:
    """Say one of the optional verbs to a line's kind; None where the kind does not know it."""
    act = getattr(_kinds[line.kind], verb, None)
    return act(line, at=at) if act else None
