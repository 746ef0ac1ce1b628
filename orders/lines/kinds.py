"""The kinds of lines in orders; nsca/hooks.py registers each one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orders.models import Line, Order


class Refusal(Exception):
    """A sale that is not possible; its text is a sentence for the buyer.

    Selling apps raise their own subclasses.
    """


@dataclass(frozen=True)
class Item:
    """What a buyer wants before it is a line, with cents and words as they will be frozen."""

    kind: str  # Line.Kind
    label: str
    unit_cents: int
    quantity: int = 1
    fair_value_cents: int | None = 0  # of one unit; None: unknown
    subject_id: int | None = None
    heading: str = ""  # its heading in the treasurer's report
    committee: str = ""
    details: dict = field(default_factory=dict)  # frozen on the line (JSON)
    # only for the selling app's `held`: guests, suppers, a promo code; not frozen by orders
    request: Any = None


@dataclass(frozen=True)
class Shown:
    """One thing on the order's page the buyer can open: a ticket, a membership.

    Without a url it is only mentioned, e.g. a ticket that was transferred.
    """

    title: str
    text: str
    url: str


@dataclass(frozen=True)
class Unit:
    """One of a line's units, as buyers and staff call it."""

    number: int  # from 1 to the line's quantity
    title: str  # "Ada Ellery", "Ticket 2", "A table of eight: Ada Ellery, Ben Okoro, 6 more"
    text: str = ""
    is_gone: bool = False  # canceled: no longer valid


@dataclass(frozen=True)
class Returnable:
    """What a buyer may return at an instant, and until when; or why nothing."""

    units: tuple[Unit, ...]
    words: str  # a sentence


class Kind:
    """A kind of line: what orders asks the app that sells it.

    A kind overrides what concerns it. All methods but `shown` and `again` are called in a
    transaction that has locked the order's row first; a kind locks its own rows after it.
    """

    name = ""  # Line.Kind
    # The relation from a line to the rows `shown` reads ("tickets"), to prefetch them.
    related = ""
    confirmation = ""  # the e-mail of an order with this kind only, in templates/mail

    # --- the sale -------------------------------------------------------------------------------

    def lock(self, items: Sequence[Item | Line]) -> None:
        """Lock the rows whose capacity these use, in pk order.

        Items before a sale, lines when retaken: both have kind, subject_id, quantity and details.
        """

    def held(self, line: Line, item: Item, *, at: datetime) -> None:
        """A line was saved: take what it uses, or raise a Refusal. Called under the lock."""

    def may_be_paid(self, line: Line, *, at: datetime) -> None:
        """The money for a live hold is here: raise a Refusal to refund all of it.

        For example, the event was canceled meanwhile.
        """

    def paid(self, line: Line, *, at: datetime) -> None:
        """The money is here. Called once per line, with the order already paid."""

    def confirmed(self, order: Order, *, at: datetime) -> None:
        """Send the kind's own e-mails, besides the receipt.

        Called by the ticker once an order was paid (`at`: when), and when staff send them again.
        """

    def thanks(self, line: Line) -> str:
        """A sentence for the confirmation of an order with other kinds in it, too."""
        return ""

    # --- an expired hold ------------------------------------------------------------------------

    def released(self, line: Line, *, at: datetime) -> None:
        """The hold expired, or the buyer ended it. Called once per line of the expired order."""

    def retake(self, line: Line, *, at: datetime) -> None:
        """Money came after the hold expired: take again what the line uses, or raise a Refusal.

        Called under the lock, after `released`, with the order held again, so that all its lines
        count already: refuse if more is taken now than there is. A Refusal rolls everything back.
        """

    def turned_away(self, line: Line, *, at: datetime) -> Shown | None:
        """Money came late, nothing was left, and it is refunded: offer the top of the waitlist.

        Returns where the buyer sees it.
        """

    def again(self, line: Line, *, at: datetime) -> str:
        """Where something like this line can be bought, for the page of an expired order."""
        return ""

    # --- what only Stripe remembers -------------------------------------------------------------

    def tellable(self, line: Line, *, at: datetime) -> dict[str, Any]:
        """The details Stripe may keep for `recovered`: never who comes, or where."""
        return {}

    def recovered(self, line: Line, *, at: datetime) -> None:
        """A paid line only Stripe remembered was created again, from what was `tellable`.

        Save what `held` would have saved. Called before `paid`. May raise a Refusal.
        """

    # --- refunds --------------------------------------------------------------------------------

    def units(self, line: Line) -> Sequence[Unit]:
        """Each of the line's units by name, so that one of several can be refunded."""
        return [Unit(number, line.label) for number in range(1, line.quantity + 1)]

    def returnable(self, line: Line, *, at: datetime) -> Returnable | None:
        """What buyers may return themselves. In a transaction, lock the rows it depends on."""

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        """The whole line is refunded, or those of its `units` (from 1). Idempotent.

        Called when the refund is decided, so that nobody has a ticket and a refund.
        """

    def after_refund(self, line: Line) -> Sequence[tuple[str, str]]:
        """What staff can choose to happen to what a refunded line gave: (key, words).

        The first is what happens automatically. Empty: there is nothing to ask.
        """
        return ()

    def ended_words(self, line: Line, answer: str = "") -> str:
        """For the refund's e-mail: what the end of the whole line means to the buyer. `answer` is
        the one of `after_refund` that staff chose, if any.
        """
        return ""

    def refund_answered(self, line: Line, answer: str, *, by, at: datetime) -> None:
        """Staff (`by`, a User) chose one of these; called after `refunded`, in its transaction."""

    def suspended(self, line: Line, *, at: datetime) -> None:
        """The buyer's bank disputes the payment: suspend what the line gives until `restored`."""

    def restored(self, line: Line, *, at: datetime) -> None:
        """The dispute was won."""

    # --- pages ----------------------------------------------------------------------------------

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        """What the buyer can open from the page of a paid order."""
        return ()

    def for_all(self, order: Order, *, at: datetime) -> Shown | None:
        """One more page about a whole paid order, e.g. to name the guests."""

    def given_to(self, addresses: Sequence[str], *, at: datetime) -> Sequence[Shown]:
        """What others bought and gave to the owner of these addresses."""
        return ()


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Register each kind that is sold; called by nsca/hooks.py."""
    _kinds.update({kind.name: kind for kind in kinds})


def kind_of(name: str) -> Kind:
    return _kinds[name]


def at_hand() -> list[str]:
    """What to prefetch with orders whose lines will be `shown`."""
    return ["lines", *(f"lines__{kind.related}" for kind in _kinds.values() if kind.related)]


def by_kind(lines: Sequence[Any]) -> list[tuple[Kind, list[Any]]]:
    """Group lines or items by kind, in one fixed order, so that two orders never deadlock."""
    names = sorted({thing.kind for thing in lines})
    return [(_kinds[name], [thing for thing in lines if thing.kind == name]) for name in names]


def units_of(line: Line) -> Sequence[Unit]:
    return _kinds[line.kind].units(line)


def for_all(order: Order, *, at: datetime) -> list[Shown]:
    """Each kind's page about the whole order."""
    kinds = by_kind(order.lines.all())
    return [shown for kind, _ in kinds if (shown := kind.for_all(order, at=at))]


def given_to(addresses: Sequence[str], *, at: datetime) -> list[Shown]:
    """What others gave to the owner of these (confirmed) addresses, of every kind."""
    return [shown for kind in _kinds.values() for shown in kind.given_to(addresses, at=at)]


def confirmation_of(order: Order) -> str:
    """The e-mail that confirms a paid order: the kind's own, if it has one kind only."""
    own = {kind.confirmation for kind, _ in by_kind(order.lines.all())}
    return (own.pop() if len(own) == 1 else "") or "order_paid"


def after_refund(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """What staff are asked before these lines are refunded; one question for all."""
    answers: dict[str, str] = {}
    for line in lines:
        answers |= dict(_kinds[line.kind].after_refund(line))
    return list(answers.items())
