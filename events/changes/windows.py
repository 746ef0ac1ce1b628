"""When guests may buy, return, change and transfer: what new times would mean, in sentences.

For the page that asks before an event is saved (foresight.py). Each sentence says what will be
true then, and whether saving opens or ends something at once.
"""

from collections.abc import Iterable
from datetime import datetime

from events.models import Event, TicketType
from events.reveal.people import people
from events.sales.availability import sale_window
from events.tickets import transfers
from nsca.lib.text.counting import counted
from nsca.lib.timing import exactly

# Fields of an event that change one of these times; so do start, lead and state.
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
BOUGHT_AFTER = "That is after the reveal: guests who buy then see the venue at once."
DEADLINES = (
    ("doors_at", "The doors open on {}.", "The page no longer says when the doors open."),
    (
        "choices_close_at",
        "Guests may change names and suppers until {}.",
        "Guests may change names and suppers without a deadline.",
    ),
    ("tables_until", "Open tables are held until {}.", "Captains can no longer open tables."),
    ("post_by", "Kits are mailed to guests who order by {}.", "Kits have no mailing cut-off."),
)


def sentences(before: Event, after: Event, *, guests: int, at: datetime) -> list[str]:
    """What saving `after` over `before` changes for buyers and for `guests` with a ticket."""
    words = _sales(before, after, at)
    words += _returns(before, after, guests, at)
    if transfers.closes_at(before) != (until := transfers.closes_at(after)):
        words.append(_until("Tickets may be transferred", until, at))
        if after.opens_at is not None and after.opens_at < until:
            words.append("That is after the reveal: guests who know the venue may transfer.")
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
    """When ticket types are sold, for pairs of a type as it is and as it would be. `sold`: seats
    by the type's primary key.
    """
    words = []
    for old, new in changed:
        stays = f"{counted(sold.get(old.pk, 0), 'seat')} sold or being paid for stay valid."
        if old.is_offered and not new.is_offered:
            words.append(f"“{new.name}” is no longer sold; {stays}")
            continue
        window = sale_window(new, after)
        if (old.is_offered, sale_window(old, before)) != (new.is_offered, window):
            opens_at, closes_at = window
            words.append(
                f"“{new.name}” is sold from {exactly(opens_at)} until {exactly(closes_at)}"
                + ("; that is over, so it is no longer sold." if closes_at <= at else ".")
            )
        if old.members_open_at != new.members_open_at and new.members_open_at:
            words.append(f"Members may buy “{new.name}” from {exactly(new.members_open_at)}.")
        if new.is_by_invitation and not old.is_by_invitation:
            words.append(f"“{new.name}” is sold by invitation only; {stays}")
        elif old.is_by_invitation and not new.is_by_invitation:
            words.append(f"“{new.name}” is sold to everyone.")
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
        return [f"{people(guests)} with a ticket can no longer return it online; staff still can."]
    words = [_until(f"Buyers may return tickets online ({counted(guests, 'ticket')})", until, at)]
    if after.opens_at is not None and until > after.opens_at:
        words.append("That is after the reveal: they could learn the venue, then return.")
    return words


def _until(what: str, instant: datetime, at: datetime) -> str:
    over = ", which has passed" if instant <= at else ""
    return f"{what} until {exactly(instant)}{over}."
