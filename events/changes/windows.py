"""When guests may buy, return, change and give on: what other instants would mean, in sentences.

For the page that asks before an event is saved (foresight.py). Each sentence says what stands
afterwards; where saving opens or ends something at once, it says so.
"""

from collections.abc import Iterable
from datetime import datetime

from events.models import Event, TicketType
from events.reveal.people import people
from events.sales.availability import sale_window
from events.tickets import transfers
from nsca.lib.text.counting import counted
from nsca.lib.timing import exactly

# Fields of an event that move one of these instants; start, lead and state do so, too.
OF_THE_EVENT = (
    "sales_open_at", "sales_close_at", "refunds_until", "refunds_after_reveal",
    "transfers_after_reveal", "choices_close_at", "tables_until", "post_by", "doors_at",
)  # fmt: skip
OF_A_KIND = (
    "sales_open_at",
    "sales_close_at",
    "members_open_at",
    "is_offered",
    "is_by_invitation",
)
BOUGHT_AFTER = "That reaches past the reveal: who buys then reads the place at once."
DEADLINES = (
    ("doors_at", "The doors open on {}.", "It is not said any more when the doors open."),
    (
        "choices_close_at",
        "Guests change names and suppers until {}.",
        "Guests change names and suppers without a deadline.",
    ),
    ("tables_until", "Open tables are kept until {}.", "There are no open tables any more."),
    ("post_by", "Kits are mailed to those who order by {}.", "Kits have no mailing cut-off."),
)


def sentences(before: Event, after: Event, *, guests: int, at: datetime) -> list[str]:
    """What saving `after` over `before` changes for buyers and for `guests` with a ticket."""
    words = _sales(before, after, at)
    words += _returns(before, after, guests, at)
    if transfers.closes_at(before) != (until := transfers.closes_at(after)):
        words.append(_until("Tickets may be given on", until, at))
        if after.opens_at is not None and after.opens_at < until:
            words.append("That reaches past the reveal: who has read the place may pass it on.")
    for name, set_words, empty_words in DEADLINES:
        if getattr(before, name) != (instant := getattr(after, name)):
            words.append(set_words.format(exactly(instant)) if instant else empty_words)
    return words


def of_kinds(
    changed: Iterable[tuple[TicketType, TicketType]],
    before: Event,
    after: Event,
    *,
    sold: dict[int, int],
    at: datetime,
) -> list[str]:
    """For pairs of a kind as it is and as it would be: until when it is sold. `sold`: chairs of
    each kind by its primary key.
    """
    words = []
    for old, new in changed:
        stays = f"{counted(sold.get(old.pk, 0), 'chair')} sold or being paid for stay good."
        if old.is_offered and not new.is_offered:
            words.append(f"“{new.name}” is not sold any more; {stays}")
            continue
        window = sale_window(new, after)
        if (old.is_offered, sale_window(old, before)) != (new.is_offered, window):
            opens_at, closes_at = window
            words.append(
                f"“{new.name}” is sold from {exactly(opens_at)} until {exactly(closes_at)}"
                + ("; that is over, so it is not sold any more." if closes_at <= at else ".")
            )
        if old.members_open_at != new.members_open_at and new.members_open_at:
            words.append(f"Members may buy “{new.name}” from {exactly(new.members_open_at)}.")
        if new.is_by_invitation and not old.is_by_invitation:
            words.append(f"“{new.name}” is sold by invitation alone; {stays}")
        elif old.is_by_invitation and not new.is_by_invitation:
            words.append(f"“{new.name}” is sold to everybody.")
    return words


def _first_sale_at(event: Event) -> datetime:
    return max(event.sales_open_at or event.publish_at, event.publish_at)


def _sales(before, after, at) -> list[str]:
    words = []
    if _first_sale_at(before) != (opens_at := _first_sale_at(after)):
        if opens_at > at:
            stop = "Sales stop, and open again" if _first_sale_at(before) <= at else "Sales open"
            words.append(f"{stop} on {exactly(opens_at)}.")
        elif _first_sale_at(before) > at:
            words.append("Sales open at once.")
    if before.last_sale_at != (closes_at := after.last_sale_at):
        words.append(_until("Tickets are sold", closes_at, at))
        if after.opens_at is not None and closes_at > after.opens_at:
            words.append(BOUGHT_AFTER)
    return words


def _returns(before, after, guests, at) -> list[str]:
    until = after.returns_until
    if before.returns_until == until:
        return []
    if until is None:
        return [
            f"{people(guests)} with a ticket cannot return it alone any more; staff still can."
        ]
    words = [_until(f"Buyers return tickets alone ({counted(guests, 'ticket')})", until, at)]
    if after.opens_at is not None and until > after.opens_at:
        words.append("That reaches past the reveal: they may read the place, then return.")
    return words


def _until(what: str, instant: datetime, at: datetime) -> str:
    over = "; that is over already" if instant <= at else ""
    return f"{what} until {exactly(instant)}{over}."
