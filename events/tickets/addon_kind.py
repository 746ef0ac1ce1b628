"""The registered kind "addon": what orders call when add-ons are bought."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from events.models import AddOn, AddOnSold, Event
from events.returns.returning import until_words
from events.sales.addons import AddOnUnavailable
from events.sales.capacity import occupying
from events.sales.capacity_check import nobody_came_since
from events.sales.refusals import SalesClosed
from orders.lines.kinds import Item, Kind, Returnable, Shown, Unit
from orders.lines.locks import Busy
from orders.models import Line, Order


class AddOnKind(Kind):
    """Add-ons. Nothing has to be released: they are free the second the hold expires."""

    name = Line.Kind.ADDON
    related = "add_ons_sold"

    def lock(self, items: Sequence[Item | Line]) -> None:
        if not connection.features.has_select_for_update:
            return  # as in TicketKind
        rows = AddOn.objects.filter(pk__in={item.subject_id for item in items})
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))

    def held(self, line: Line, item: Item, *, at: datetime) -> None:
        """Write the add-ons sold. Raises AddOnUnavailable, SalesClosed, Busy."""
        add_on = AddOn.objects.select_related("event").get(pk=item.subject_id)
        is_off = add_on.event.is_canceled or not add_on.is_offered
        if is_off and line.order.channel == Order.Channel.ONLINE:
            raise SalesClosed(f"“{add_on.name}” is no longer on sale.")
        _check(add_on, line.quantity, at=at)
        _save(add_on, _add_ons_sold(line, add_on), at=at)

    def retake(self, line: Line, *, at: datetime) -> None:
        """Count again; the order is held again, so its own add-ons already count."""
        add_on = AddOn.objects.select_related("event").get(pk=line.subject_id)
        if add_on.event.is_canceled or add_on.event.is_past(at):
            raise SalesClosed
        if nobody_came_since(add_on.event, line.order, at=at):
            return
        add_ons_sold = line.add_ons_sold.filter(canceled_at=None)
        _check(add_on, len(add_ons_sold), at=at, but_of=line)
        add_ons_sold.update(slot=None)
        _save(add_on, list(add_ons_sold.all()), at=at)

    def may_be_paid(self, line: Line, *, at: datetime) -> None:
        event = Event.objects.get(add_ons=line.subject_id)
        if event.is_canceled:
            raise SalesClosed(f"{event.title} was canceled.")

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        add_ons_sold = line.add_ons_sold.filter(canceled_at=None)
        if units is not None:
            add_ons_sold = add_ons_sold.filter(number__in=units)
        add_ons_sold.update(canceled_at=at, slot=None)

    def units(self, line: Line) -> list[Unit]:
        many = line.quantity > 1
        return [
            Unit(p.number, f"{line.label}, no. {p.number}" if many else line.label,
                 is_gone=p.canceled_at is not None)
            for p in line.add_ons_sold.all()
        ]  # fmt: skip

    def returnable(self, line: Line, *, at: datetime) -> Returnable:
        """As long as tickets of the event can be returned."""
        is_time, words = until_words(Event.objects.get(add_ons=line.subject_id), line, at=at)
        if connection.in_atomic_block:
            list(line.add_ons_sold.select_for_update().order_by("pk").values_list("pk"))
        units = tuple(unit for unit in self.units(line) if is_time and not unit.is_gone)
        return Returnable(units, words)

    def tellable(self, line: Line, *, at: datetime) -> dict:
        return dict(line.details)

    def recovered(self, line: Line, *, at: datetime) -> None:
        """It was sold, so it is valid, even if that is one too many. Raises SalesClosed."""
        add_on = AddOn.objects.select_related("event").select_for_update(of=("self",))
        add_on = add_on.filter(pk=line.subject_id, event=line.details.get("event_id")).first()
        if add_on is None:
            raise SalesClosed("The add-on is no longer in this database.")
        line.label = f"{add_on.event.title}: {add_on.name}"[:200]
        line.save(update_fields=["label"])
        _save(add_on, _add_ons_sold(line, add_on), at=at, is_bound=False)

    def again(self, line: Line, *, at: datetime) -> str:
        return reverse("events:tickets", args=[Event.objects.get(add_ons=line.subject_id).slug])

    def shown(self, line: Line, *, at: datetime) -> list[Shown]:
        had = sum(add_on_sold.canceled_at is None for add_on_sold in line.add_ons_sold.all())
        if not had:
            return []
        return [Shown(title=line.label, text=f"{had}, handed out at the event", url="")]


def _add_ons_sold(line: Line, add_on: AddOn) -> list[AddOnSold]:
    numbers = range(1, line.quantity + 1)
    return [AddOnSold(add_on=add_on, line=line, number=number) for number in numbers]


def _check(add_on: AddOn, wanted: int, *, at: datetime, but_of: Line | None = None) -> None:
    """Refuse more than is left. Under the lock. Raises AddOnUnavailable."""
    if add_on.capacity is None:
        return
    taken = AddOnSold.objects.filter(occupying(at), add_on=add_on)
    if but_of is not None:
        taken = taken.exclude(line=but_of)
    left = max(0, add_on.capacity - taken.count())
    if wanted > left:
        raise AddOnUnavailable(add_on.name, left, add_on_id=add_on.pk)


def _save(
    add_on: AddOn, add_ons_sold: Sequence[AddOnSold], *, at: datetime, is_bound: bool = True
) -> None:
    """Write add-ons sold, each with its number if limited. Raises Busy if someone else took the
    same number.
    """
    if add_on.capacity is not None:
        _number(add_on, add_ons_sold, at=at, is_bound=is_bound)
    try:
        with transaction.atomic():  # if refused, nothing else is rolled back
            if add_ons_sold and add_ons_sold[0].pk:
                AddOnSold.objects.bulk_update(add_ons_sold, ["slot"])
            else:
                AddOnSold.objects.bulk_create(add_ons_sold)
    except IntegrityError as error:  # one_portion_a_slot
        raise Busy from error


def _number(
    add_on: AddOn, add_ons_sold: Sequence[AddOnSold], *, at: datetime, is_bound: bool
) -> None:
    """Give each the lowest free number (`is_bound`: up to the limit), after clearing those that no
    longer count. Raises Busy if none is left.
    """
    numbered = AddOnSold.objects.filter(add_on=add_on, slot__isnull=False)
    still = AddOnSold.objects.filter(occupying(at), add_on=add_on)
    numbered.exclude(pk__in=still).update(slot=None)
    taken = set(numbered.values_list("slot", flat=True))
    free = (number for number in count(1) if number not in taken)
    for add_on_sold in add_ons_sold:
        add_on_sold.slot = next(free)
        if is_bound and add_on_sold.slot > add_on.capacity:
            raise Busy
