"""Why a seat cannot be sold: each refusal is a sentence for the buyer."""

from datetime import datetime

from nsca.lib.timing import exactly
from orders.lines.kinds import Refusal


class SeatRefusal(Refusal):
    """About one ticket type, so that a form shows it there. None: the event."""

    def __init__(self, words: str, *, ticket_type_id: int | None = None):
        super().__init__(words)
        self.ticket_type_id = ticket_type_id


class SoldOut(SeatRefusal):
    def __init__(self, name: str = "", *, ticket_type_id: int | None = None):
        words = (
            f"“{name}” has just sold out."
            if name
            else "The last seat was just taken. Join the waitlist, in case one comes back."
        )
        super().__init__(words, ticket_type_id=ticket_type_id)


class NotEnoughLeft(SeatRefusal):
    """`left` is how many of this type are left, at least 1."""

    def __init__(self, left: int, noun: str = "seat", *, ticket_type_id: int | None = None):
        words = f"Only one {noun} is left." if left == 1 else f"Only {left} {noun}s are left."
        super().__init__(words, ticket_type_id=ticket_type_id)
        self.left = left


class KeptForOthers(SeatRefusal):
    """What is free is being offered to the waitlist. `left` is for everyone."""

    def __init__(self, left: int = 0, noun: str = "seat"):
        words = (
            f"Only {left} {noun}{'s' if left > 1 else ''} available now; the others are being "
            "offered to the waitlist."
            if left
            else f"Any {noun} that comes free goes to the waitlist first. Please join it."
        )
        super().__init__(words)
        self.left = left


class ByInvitation(SeatRefusal):
    def __init__(self, name: str, *, ticket_type_id: int | None = None):
        super().__init__(
            f"“{name}” is by invitation. Enter your invitation code.",
            ticket_type_id=ticket_type_id,
        )


class SalesNotOpen(SeatRefusal):
    def __init__(self, opens_at: datetime | None = None, *, ticket_type_id: int | None = None):
        words = f"Sales open on {exactly(opens_at)}." if opens_at else "Sales are not open yet."
        super().__init__(words, ticket_type_id=ticket_type_id)


class SalesClosed(SeatRefusal):
    def __init__(self, words: str = "Sales have closed.", *, ticket_type_id: int | None = None):
        super().__init__(words, ticket_type_id=ticket_type_id)


class NotAMember(SeatRefusal):
    """More seats were asked for at the member price than a membership gives."""

    def __init__(self, left: int = 0, *, ticket_type_id: int | None = None):
        words = (
            f"Your membership covers {left} more at the member price here."
            if left
            else "The member price is for members, and your household has already used its "
            "share for this event."
        )
        super().__init__(words, ticket_type_id=ticket_type_id)
        self.left = left


class TooMany(Refusal):
    """More than one order may have. `limit` is how many it may."""

    def __init__(self, limit: int):
        super().__init__(
            f"The limit is {limit} per order. For a larger party, please contact us."
            if limit > 1
            else "The limit is one per order. For a larger party, please contact us."
        )
        self.limit = limit


class TooManyForOne(Refusal):
    """More than one person may have for this event, over all orders."""

    def __init__(self, limit: int, had: int):
        what = "one ticket" if limit == 1 else f"{limit} tickets"
        super().__init__(
            f"The limit is {what} per person for this event, and "
            + (f"you already have {had}." if had > 1 else "you already have one.")
            if had
            else f"The limit is {what} per person for this event."
        )
        self.limit, self.left = limit, max(0, limit - had)


class TableFull(Refusal):
    """The captain's table has no seat left, or is no longer held."""

    def __init__(self, left: int = 0):
        super().__init__(
            f"This table has only {left} seat{'' if left == 1 else 's'} left."
            if left
            else "This table is full. There may still be seats at other tables."
        )
        self.left = left


class ChoiceUnavailable(Refusal):
    """The caterer's limit for one supper is reached."""

    def __init__(self, label: str, *, choice_id: int | None = None):
        super().__init__(f"“{label}” is sold out. Please choose another supper.")
        self.choice_id = choice_id


class ChoiceCostsMore(ChoiceUnavailable):
    """A supper that costs more than was paid for this guest."""

    def __init__(self, label: str, *, choice_id: int):
        Refusal.__init__(self, f"“{label}” costs more than you paid. To upgrade, please call us.")
        self.choice_id = choice_id


class CodeRefusal(Refusal):
    """About the promo code."""


class CodeUnknown(CodeRefusal):
    def __init__(self, code: str):
        super().__init__(f"We don’t know the code “{code}”. Check it, or leave it out.")


class CodeNotYet(CodeRefusal):
    def __init__(self, code: str, starts_at: datetime):
        super().__init__(f"The code “{code}” is valid from {exactly(starts_at)}.")


class CodeExpired(CodeRefusal):
    def __init__(self, code: str, ended_at: datetime):
        super().__init__(f"The code “{code}” expired on {exactly(ended_at)}.")


class CodeNotForThis(CodeRefusal):
    def __init__(self, code: str, kinds: str):
        super().__init__(f"The code “{code}” is not for these tickets. It’s for: {kinds}.")


class CodeUsedUp(CodeRefusal):
    def __init__(self, code: str):
        super().__init__(f"The code “{code}” has been used up.")
