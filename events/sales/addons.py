"""Add-ons, counted and sold: the registered kind "addon".

One row per add-on sold, written with the hold. Its order and its own canceled_at decide whether
it counts toward a limit (capacity.occupying), so it is free the second its hold expires. Stripe
learns that there is an extra, not which one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from events.models import AddOn, AddOnSold, Event
from events.sales.capacity import occupying
from events.sales.quotes import committee_of, heading_of, worth_of
from orders.lines.kinds import Item, Refusal
from orders.models import Line, Order

MOST = 20  # of one add-on in an order


class AddOnUnavailable(Refusal):
    """Fewer are left than the buyer wants."""

    def __init__(self, name: str, left: int, *, add_on_id: int):
        super().__init__(
            f"Only {left} of “{name}” left. Please choose fewer."
            if left
            else f"“{name}” is sold out. Please leave it out."
        )
        self.add_on_id = add_on_id


@dataclass(frozen=True)
class AddOnLeft:
    """An add-on and how many are left; None: no limit."""

    add_on: AddOn
    left: int | None


def add_ons_left(event: Event, *, at: datetime) -> list[AddOnLeft]:
    """The add-ons on sale at an event, in one query."""
    taken = Count("add_ons_sold", filter=occupying(at, "add_ons_sold__"))
    return [
        AddOnLeft(a, None if a.capacity is None else max(0, a.capacity - a.taken))
        for a in event.add_ons.filter(is_offered=True).annotate(taken=taken)
    ]


def add_on_items(event: Event, wanted: Iterable[tuple[AddOn, int]]) -> list[Item]:
    """An item for each add-on wanted. Prices and fair values are frozen on the line."""
    return [
        Item(
            kind=Line.Kind.ADDON,
            label=f"{event.title}: {add_on.name}"[:200],
            unit_cents=add_on.price_cents,
            quantity=quantity,
            fair_value_cents=worth_of(add_on),
            subject_id=add_on.pk,
            heading=heading_of(event),
            committee=committee_of(event),
            details={"event_id": event.pk, "at_the_gateway": f"{event.title}: an extra"},
        )
        for add_on, quantity in wanted
        if quantity
    ]


def of_order(order_id: int, event_id: int) -> list[tuple[str, int]]:
    """An order's add-ons at an event, for the door: names and counts."""
    rows = AddOnSold.objects.filter(
        line__order=order_id, add_on__event=event_id, canceled_at=None
    ).order_by("add_on__position", "add_on", "pk")
    return list(Counter(rows.values_list("add_on__name", flat=True)).items())


def words(bought: Iterable[tuple[str, int]]) -> str:
    """ "2 × A bottle of wine, 1 × A cushion"."""
    return ", ".join(f"{count} × {name}" for name, count in bought)


def by_order(event: Event) -> dict[int, list[tuple[str, int]]]:
    """The same as `of_order` for every paid order, by its primary key, in one query."""
    rows = AddOnSold.objects.filter(
        add_on__event=event, canceled_at=None, line__order__state=Order.State.PAID
    ).order_by("add_on__position", "add_on", "pk")
    counts: dict[int, Counter[str]] = {}
    for order_id, name in rows.values_list("line__order", "add_on__name"):
        counts.setdefault(order_id, Counter())[name] += 1
    return {order_id: list(bought.items()) for order_id, bought in counts.items()}
