"""What orders may be made of, without knowing what it is: nsca/hooks.py registers each kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orders.models import Line, Order


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
    fair_value_cents: int | None = 0  # of one unit; None: nobody stated it
    subject_id: int | None = None
    heading: str = ""  # what the treasurer's report books it under
    committee: str = ""
    details: dict = field(default_factory=dict)  # frozen on the line (JSON)
    # for the selling app's `held` only: guests, suppers, a promo code; not frozen by orders
    wish: Any = None


@dataclass(frozen=True)
class Shown:
    """One thing on the order's page that the buyer can open: a ticket, a membership.

    Without a url it is only told of: a ticket that is somebody else's by now.
    """

    title: str
    text: str
    url: str


@dataclass(frozen=True)
class Unit:
    """One of a line's units, as its buyer and staff would call it."""

    number: int  # from 1 to the line's quantity
    title: str  # "Ada Ellery", "Ticket 2", "A table of eight: Ada Ellery, Ben Okoro, 6 more"
    text: str = ""
    is_gone: bool = False  # cancelled: it gives nothing any more


@dataclass(frozen=True)
class Returnable:
    """What a buyer may return alone at an instant, and until when; or why nothing."""

    units: tuple[Unit, ...]
    words: str  # a sentence


class Kind:
    """A kind of line, and what orders asks the app that sells it. A kind answers what concerns it;
    the rest is as it is here. All but `shown` and `again` are said inside a transaction that has
    locked the order's row first; a kind locks its own rows after it, never before.
    """

    name = ""  # Line.Kind
    # The way from a line to the rows that `shown` reads ("tickets"), fetched for many at once.
    related = ""
    confirmation = ""  # the mail of an order of this kind alone, a pair in templates/mail

    # --- the sale ----------------------------------------------------------------------------

    def lock(self, items: Sequence[Item | Line]) -> None:
        """Lock the rows that these make scarcer, in pk order. Items before a sale, lines when
        they are taken again: both have kind, subject_id, quantity and details.
        """

    def held(self, line: Line, item: Item, *, at: datetime) -> None:
        """A line was written: take what it takes, or raise a Refusal. Called under the lock."""

    def may_be_paid(self, line: Line, *, at: datetime) -> None:
        """The money for a live hold is here: raise a Refusal where there is nothing to be had for
        it any more (a cancelled event), and all of it goes back.
        """

    def paid(self, line: Line, *, at: datetime) -> None:
        """The money is here. Called once a line, with the order already paid."""

    def confirmed(self, order: Order, *, at: datetime) -> None:
        """The place for the kind's own mails, beside the receipt: written once by the ticker
        after an order was paid (`at`: when), and again when staff send them once more.
        """

    def thanks(self, line: Line) -> str:
        """A sentence for the confirmation of an order with other things in it, too."""
        return ""

    # --- a hold that lapsed ------------------------------------------------------------------

    def released(self, line: Line, *, at: datetime) -> None:
        """The hold lapsed, or the order was given up. Called once a line, with the order already
        lapsed.
        """

    def retake(self, line: Line, *, at: datetime) -> None:
        """Money came after the hold lapsed: take again what it takes, or raise a Refusal.

        Called under the lock, after `released`, and with the order held again, so that all its
        lines occupy already: count, and refuse if more is taken now than there is. After a Refusal
        all of it is rolled back.
        """

    def turned_away(self, line: Line, *, at: datetime) -> Shown | None:
        """Money came late, nothing was left, and all of it goes back: the top of a waiting list
        is the least. Returns where the buyer sees it.
        """

    def again(self, line: Line, *, at: datetime) -> str:
        """The address at which something like this line can be bought; for the page of a lapsed
        order.
        """
        return ""

    # --- what only Stripe remembers ----------------------------------------------------------

    def tellable(self, line: Line, *, at: datetime) -> dict[str, Any]:
        """Which of its details Stripe may keep, for `recovered`: never who comes, or where."""
        return {}

    def recovered(self, line: Line, *, at: datetime) -> None:
        """A paid line that only Stripe remembered was written again, from what was `tellable`:
        what `held` would have written. Said before `paid`. Raises a Refusal where it cannot be.
        """

    # --- money that goes back ----------------------------------------------------------------

    def units(self, line: Line) -> Sequence[Unit]:
        """Each of the line's units by name, so that one of several can be given back."""
        return [Unit(number, line.label) for number in range(1, line.quantity + 1)]

    def returnable(self, line: Line, *, at: datetime) -> Returnable | None:
        """What the buyer may return without asking anybody. In a transaction the rows that this
        rests on are locked first.
        """

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        """The whole line goes back, or those of its `units` (from 1). Said when the refund is
        decided (never a ticket and a refund); saying it again changes nothing.
        """

    def after_refund(self, line: Line) -> Sequence[tuple[str, str]]:
        """What may become of what a line gave, where staff give its money back: (key, words), the
        first as it happens by itself. Empty: there is nothing to ask.
        """
        return ()

    def ended_words(self, line: Line, answer: str = "") -> str:
        """For the refund's e-mail: what the end of the whole line means to the buyer. `answer` is
        the one of `after_refund` that staff chose, if any.
        """
        return ""

    def refund_answered(self, line: Line, answer: str, *, by, at: datetime) -> None:
        """Staff (`by`, a User) chose one of these; said after `refunded`, in its transaction."""

    def suspended(self, line: Line, *, at: datetime) -> None:
        """The buyer's bank disputes the payment: what the line gives rests until `restored`."""

    def restored(self, line: Line, *, at: datetime) -> None:
        """The dispute was won."""

    # --- pages -------------------------------------------------------------------------------

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        """What the buyer may open from the page of a paid order."""
        return ()

    def for_all(self, order: Order, *, at: datetime) -> Shown | None:
        """One more page for the buyer of a paid order, about all of it: where guests are named."""

    def given_to(self, addresses: Sequence[str], *, at: datetime) -> Sequence[Shown]:
        """What others bought and gave to the owner of these addresses, to be opened by them."""
        return ()


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Called by nsca/hooks.py with each kind that is sold."""
    _kinds.update({kind.name: kind for kind in kinds})


def kind_of(name: str) -> Kind:
    return _kinds[name]


def at_hand() -> list[str]:
    """What to prefetch with orders whose lines will be `shown`: a list then costs as one does."""
    return ["lines", *(f"lines__{kind.related}" for kind in _kinds.values() if kind.related)]


def by_kind(lines: Sequence[Any]) -> list[tuple[Kind, list[Any]]]:
    """Lines or items grouped by kind, kinds in one fixed order, so that two orders never lock
    crosswise.
    """
    names = sorted({thing.kind for thing in lines})
    return [(_kinds[name], [thing for thing in lines if thing.kind == name]) for name in names]


def units_of(line: Line) -> Sequence[Unit]:
    return _kinds[line.kind].units(line)


def for_all(order: Order, *, at: datetime) -> list[Shown]:
    """What each kind has for the buyer about the whole order."""
    kinds = by_kind(order.lines.all())
    return [shown for kind, _ in kinds if (shown := kind.for_all(order, at=at))]


def given_to(addresses: Sequence[str], *, at: datetime) -> list[Shown]:
    """What was given on to the owner of these (confirmed) addresses, of every kind."""
    return [shown for kind in _kinds.values() for shown in kind.given_to(addresses, at=at)]


def confirmation_of(order: Order) -> str:
    """The mail that confirms a paid order: its kind's own, where it is of one kind alone."""
    own = {kind.confirmation for kind, _ in by_kind(order.lines.all())}
    return (own.pop() if len(own) == 1 else "") or "order_paid"


def after_refund(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """What staff are asked before the money of these lines goes back; one question for all."""
    answers: dict[str, str] = {}
    for line in lines:
        answers |= dict(_kinds[line.kind].after_refund(line))
    return list(answers.items())
