"""Why a chair cannot be sold: each refusal is a sentence for the buyer."""

from datetime import datetime

from nsca.lib.timing import exactly
from orders.lines.kinds import Refusal


class SeatRefusal(Refusal):
    """About one kind of ticket, so that a form says it beside that kind. None: the event."""

    def __init__(self, words: str, *, ticket_type_id: int | None = None):
        super().__init__(words)
        self.ticket_type_id = ticket_type_id


class SoldOut(SeatRefusal):
    def __init__(self, name: str = "", *, ticket_type_id: int | None = None):
        words = (
            f"“{name}” has just sold out."
            if name
            else "The last chair was just taken. Join the waiting list: we write if one returns."
        )
        super().__init__(words, ticket_type_id=ticket_type_id)


class NotEnoughLeft(SeatRefusal):
    """`left` is how many of this kind can still be had, at least 1."""

    def __init__(self, left: int, noun: str = "chair", *, ticket_type_id: int | None = None):
        words = f"Only one {noun} is left." if left == 1 else f"Only {left} {noun}s are left."
        super().__init__(words, ticket_type_id=ticket_type_id)
        self.left = left


class KeptForOthers(SeatRefusal):
    """What is free is being offered to parties that have waited longer. `left` is for everyone."""

    def __init__(self, left: int = 0, noun: str = "chair"):
        words = (
            f"Only {left} {noun}{'s' if left > 1 else ''} can be had now; the others are being "
            "offered to the waiting list."
            if left
            else f"A {noun} that comes free goes to the waiting list first. Join it: we write."
        )
        super().__init__(words)
        self.left = left


class ByInvitation(SeatRefusal):
    def __init__(self, name: str, *, ticket_type_id: int | None = None):
        super().__init__(
            f"“{name}” is by invitation. Enter the code from yours.", ticket_type_id=ticket_type_id
        )


class SalesNotOpen(SeatRefusal):
    def __init__(self, opens_at: datetime | None = None, *, ticket_type_id: int | None = None):
        words = f"Sales open on {exactly(opens_at)}." if opens_at else "Sales are not open yet."
        super().__init__(words, ticket_type_id=ticket_type_id)


class SalesClosed(SeatRefusal):
    def __init__(self, words: str = "Sales have closed.", *, ticket_type_id: int | None = None):
        super().__init__(words, ticket_type_id=ticket_type_id)


class NotAMember(SeatRefusal):
    """The member price was asked for more chairs than a membership gives."""

    def __init__(self, left: int = 0, *, ticket_type_id: int | None = None):
        words = (
            f"Your household’s membership gives the member price for {left} more here."
            if left
            else "The member price is for members, and your household’s is already used for this "
            "event."
        )
        super().__init__(words, ticket_type_id=ticket_type_id)
        self.left = left


class TooMany(Refusal):
    """More than one order may hold. `limit` is how many it may."""

    def __init__(self, limit: int):
        super().__init__(
            f"One order may hold {limit} at most. For a larger party, please write to the office."
            if limit > 1
            else "One order may hold one only. For a larger party, please write to the office."
        )
        self.limit = limit


class TooManyForOne(Refusal):
    """More than one person may have of this event, all orders together."""

    def __init__(self, limit: int, had: int):
        what = "one ticket" if limit == 1 else f"{limit} tickets"
        super().__init__(
            f"One person may have {what} for this event, and "
            + (f"{had} are already in your name." if had > 1 else "one is already in your name.")
            if had
            else f"One person may have {what} for this event."
        )
        self.limit, self.left = limit, max(0, limit - had)


class TableFull(Refusal):
    """The captain's table has no chair left, or is not kept any more."""

    def __init__(self, left: int = 0):
        super().__init__(
            f"This table has {left} chair{'' if left == 1 else 's'} left."
            if left
            else "This table is full. There may still be chairs elsewhere in the room."
        )
        self.left = left


class ChoiceGone(Refusal):
    """The caterer's limit of one supper is reached."""

    def __init__(self, label: str, *, choice_id: int | None = None):
        super().__init__(f"“{label}” has run out. Please choose another supper.")
        self.choice_id = choice_id


class ChoiceCostsMore(ChoiceGone):
    """A supper that asks for more than was paid for this guest's."""

    def __init__(self, label: str, *, choice_id: int):
        Refusal.__init__(self, f"“{label}” costs more than was paid. Please ask the office.")
        self.choice_id = choice_id


class CodeRefusal(Refusal):
    """About the promo code."""


class CodeUnknown(CodeRefusal):
    def __init__(self, code: str):
        super().__init__(f"We do not know the code “{code}”. Look at it again, or leave it out.")


class CodeNotYet(CodeRefusal):
    def __init__(self, code: str, starts_at: datetime):
        super().__init__(f"The code “{code}” is good from {exactly(starts_at)}.")


class CodeExpired(CodeRefusal):
    def __init__(self, code: str, ended_at: datetime):
        super().__init__(f"The code “{code}” ended on {exactly(ended_at)}.")


class CodeNotForThis(CodeRefusal):
    def __init__(self, code: str, kinds: str):
        super().__init__(f"The code “{code}” is not for these tickets. It is for: {kinds}.")


class CodeUsedUp(CodeRefusal):
    def __init__(self, code: str):
        super().__init__(f"The code “{code}” has been used as often as it may be.")
