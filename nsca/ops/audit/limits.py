"""What backs up the counting, and what one person may have."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, F

from events.models import AddOn, AddOnSold, Event, Slot, Ticket, TicketType
from events.sales.capacity import occupying
from membership.models import Term, Tier
from nsca.lib.timing import day_of
from nsca.ops.audit.finding import Finding
from nsca.ops.audit.seats import for_the_books_only
from orders.models import LedgerEntry, Line, Order

ASIDE = (LedgerEntry.Entry.OVERRIDDEN, LedgerEntry.Entry.RETAKEN, LedgerEntry.Entry.RECOVERED)


def every_limited_seat_has_its_number(at: datetime) -> Iterator[Finding]:
    """A seat sold under a limit of its type or event has a number within that limit.

    So even a forgotten lock could not have sold it twice.
    """
    numbered = set(
        Slot.objects.filter(ticket__in=Ticket.objects.filter(occupying(at))).values_list(
            "scarce", "ticket"
        )
    )
    as_sold = _occupying(at).filter(line__subject_id=F("ticket_type"))
    for ticket in as_sold:
        for name, row in (("event", ticket.event), ("type", ticket.ticket_type)):
            is_numbered = (f"{name} {row.pk}", ticket.pk) in numbered
            if row.capacity is not None and not is_numbered and _was_limited(row, ticket):
                yield Finding(
                    f"Order {ticket.line.order.number}: ticket {ticket.code} has no number of "
                    f"“{name} {row.pk}”, which was limited when it was sold."
                )


def _occupying(at: datetime):
    rows = Ticket.objects.filter(occupying(at))
    return rows.select_related("event", "ticket_type", "line__order")


def _was_limited(row: Event | TicketType | AddOn, sold: Ticket | AddOnSold) -> bool:
    """Whether the limit existed when the thing was sold, as its history has it."""
    past = row.history.filter(history_date__lte=sold.line.order.placed_at)
    then = past.order_by("history_date", "history_id").last()
    return then is not None and then.capacity is not None


def nobody_has_more_than_one_may(at: datetime) -> Iterator[Finding]:
    """No address has more tickets for an event than one person may have.

    Exceptions: staff allowed it, or a payment revived an order that had expired.
    """
    theirs: dict[tuple[Event, str], list[Ticket]] = defaultdict(list)
    for ticket in _occupying(at).filter(event__max_per_person__isnull=False):
        if email := ticket.line.order.buyer_email:
            theirs[ticket.event, email].append(ticket)
    over = {key: had for key, had in theirs.items() if len(had) > key[0].max_per_person}
    aside = _set_aside(ticket for had in over.values() for ticket in had)
    for (event, _email), had in over.items():
        orders = {ticket.line.order for ticket in had}
        if any(order.pk in aside for order in orders):
            continue
        last = max(order.placed_at for order in orders)
        then = event.history.filter(history_date__lte=last).order_by("history_date").last()
        limit = then.max_per_person if then else None
        numbers = ", ".join(sorted(order.number for order in orders))
        yield Finding(
            f"{event.title}: one person may have {event.max_per_person} and has {len(had)} "
            f"(orders {numbers}).",
            is_remark=limit is None or limit >= len(had),  # lowered since then
        )


def _set_aside(tickets) -> set[int]:
    """Orders whose ledger says why a personal limit does not apply to them."""
    orders = {ticket.line.order_id for ticket in tickets}
    rows = LedgerEntry.objects.filter(order__in=orders, entry__in=ASIDE) if orders else []
    return {row.order_id for row in rows}


def the_member_price_is_for_members(at: datetime) -> Iterator[Finding]:
    """No household has more seats at the member price than its level gives.

    Anyone who bought one online was a member on the day, or joined with that order.
    """
    rows = _occupying(at).filter(at_member_price=True)
    sold = [each for each in rows if each.line.order.channel == Order.Channel.ONLINE]
    members = _members_on({ticket.event for ticket in sold})
    joined = _joined({ticket.line.order_id for ticket in sold})
    had: dict[tuple[TicketType, str], list[Ticket]] = defaultdict(list)
    for ticket in sold:  # else staff allowed it
        home, _ = _home_of(ticket.line.order, members[ticket.event_id])
        whose = f"household {home}" if home else ticket.line.order.buyer_email
        had[ticket.ticket_type, whose].append(ticket)
    aside = _set_aside(sold)
    for (kind, _whose), tickets in had.items():
        orders = {ticket.line.order for ticket in tickets}
        numbers = ", ".join(sorted(order.number for order in orders))
        covers = max(
            max(_home_of(order, members[kind.event_id])[1], joined.get(order.pk, 1))
            for order in orders
        )
        limit = kind.member_limit * covers
        if len(tickets) > limit and not any(order.pk in aside for order in orders):
            yield Finding(
                f"{kind.event.title}, {kind}: {len(tickets)} seats at the member price for one "
                f"household, which may have {limit} (orders {numbers}).",
                is_remark=_was_higher(
                    kind, len(tickets), max(o.placed_at for o in orders), covers=covers
                ),
            )
        theirs = members[kind.event_id]
        strangers = [o for o in orders if o.pk not in joined and not _home_of(o, theirs)[0]]
        if strangers:
            yield Finding(
                f"{kind.event.title}, {kind}: bought at the member price, and the buyer is not a "
                f"member on the day (orders {', '.join(sorted(o.number for o in strangers))}). "
                "If the membership ended since, that is not an error.",
                is_remark=True,
            )


def _was_higher(kind: TicketType, count: int, at: datetime, *, covers: int) -> bool:
    then = kind.history.filter(history_date__lte=at).order_by("history_date").last()
    return then is not None and then.member_limit * covers >= count


def _joined(orders: set[int]) -> dict[int, int]:
    """Orders that pay dues, each with how many people its level covers."""
    rows = Line.objects.filter(kind=Line.Kind.DUES, order__in=orders)
    covers = dict(Tier.objects.values_list("pk", "max_people"))
    return {order: covers.get(tier, 1) for order, tier in rows.values_list("order", "subject_id")}


def _home_of(order: Order, members: dict) -> tuple[int | None, int]:
    """The household through which an order's buyer is a member, and how many its level covers."""
    by_sign_in = members.get(order.user_id)
    return by_sign_in or members.get(order.buyer_email) or (None, 1)


def _members_on(events) -> dict[int, dict]:
    """By event, the addresses and sign-ins of everyone who is a member on its day.

    Each comes with the household of theirs whose level covers most.
    """
    members = {}
    for event in events:
        known = members[event.pk] = {}
        terms = Term.objects.current(day_of(event.starts_at)).order_by(
            "-tier__max_people", "household"
        )
        rows = terms.values_list(
            "household", "tier__max_people", "household__people__email",
            "household__people__user__email", "household__people__user",
        )  # fmt: skip
        for household, covers, *names in rows:
            for name in filter(None, names):
                known.setdefault(name, (household, covers))
    return members


def no_more_add_ons_than_there_are(at: datetime) -> Iterator[Finding]:
    """Each add-on line has its portions, each limited portion its number, and none is oversold."""
    lines = Line.objects.filter(kind=Line.Kind.ADDON).annotate(written=Count("add_ons_sold"))
    empty = for_the_books_only()
    for line in lines.select_related("order"):
        wanted = 0 if line.order_id in empty else line.quantity
        if line.written != wanted:
            yield Finding(
                f"Order {line.order.number}: {line} should have {wanted} portions and has "
                f"{line.written}."
            )
    taken: dict[AddOn, list[AddOnSold]] = defaultdict(list)
    rows = AddOnSold.objects.filter(occupying(at), add_on__capacity__isnull=False)
    for add_on_sold in rows.select_related("add_on__event", "line__order"):
        taken[add_on_sold.add_on].append(add_on_sold)
    for add_on, add_ons_sold in taken.items():
        for add_on_sold in add_ons_sold:
            if add_on_sold.slot is None and _was_limited(add_on, add_on_sold):
                yield Finding(
                    f"Order {add_on_sold.line.order.number}: “{add_on_sold}” has no number, "
                    f"and {add_on} "
                    "was limited when it was sold."
                )
        if len(add_ons_sold) > add_on.capacity:
            last = max(add_on_sold.line.order.placed_at for add_on_sold in add_ons_sold)
            then = _as_of(add_on, last)
            yield Finding(
                f"{add_on.event.title}, {add_on}: {len(add_ons_sold)} are sold, but there are "
                f"{add_on.capacity}.",
                # A limit lowered or set after they were sold cancels nobody's.
                is_remark=then is not None
                and (then.capacity is None or then.capacity >= len(add_ons_sold)),
            )


def _as_of(row, at: datetime):
    """A row as its history has it at an instant; its first version if it is younger."""
    past = row.history.order_by("history_date", "history_id")
    return past.filter(history_date__lte=at).last() or past.first()
