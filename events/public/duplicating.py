"""Duplicating an event: what repeats is copied, what belongs to one date is not."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import slugify

from events.models import AddOn, Choice, Event, Hint, PromoCode
from nsca.lib.timing import NORFOLK, ClockGap, to_instant

NOT_COPIED = {
    "id", "slug", "starts_at", "state", "publish_at", "canceled_note", "reveal_held_at",
    "reveal_version", "waitlist_began_at", "refund_all_at", "canceled_at", "moved_from",
    "revealed_at", "sequence", "updated_at", "duplicated_from", "thanks",
}  # fmt: skip
INSTANTS = ("sales_open_at", "sales_close_at")


@transaction.atomic
def duplicate(event: Event, *, starts_at: datetime, by, at: datetime) -> Event:
    """A draft of `event` that begins at `starts_at` (UTC), with its texts, ticket types, suppers,
    codes, and hints.

    Its venue, orders, waitlist, and uses of codes are not copied; hints lose their instants. Every
    other instant keeps its distance from the start by Norfolk's clocks. `by` is the User in its
    history.
    """

    def moved(instant: datetime | None) -> datetime | None:
        return None if instant is None else _moved(instant, event.starts_at, starts_at)

    fields = {}
    for field in event._meta.concrete_fields:
        if field.name in NOT_COPIED:
            continue
        value = getattr(event, field.name)
        fields[field.name] = moved(value) if isinstance(value, datetime) else value
    copy = Event(
        **fields,
        starts_at=starts_at,
        slug=_free_slug(event, starts_at),
        state=Event.State.DRAFT,
        publish_at=at,
        duplicated_from=event,
    )
    copy._history_user = by
    copy.save()
    types = {}
    for kind in event.ticket_types.all():
        types[kind.pk] = _copied(
            kind, event=copy, **{name: moved(getattr(kind, name)) for name in INSTANTS}
        )
    for model, changes in ((Choice, {}), (AddOn, {}), (Hint, {"opens_at": None})):
        for row in model.objects.filter(event=event):
            _copied(row, event=copy, **changes)
    for code in PromoCode.objects.filter(event=event).prefetch_related("ticket_types"):
        covered = [types[kind.pk] for kind in code.ticket_types.all() if kind.pk in types]
        new = _copied(
            code, event=copy, starts_at=moved(code.starts_at), ends_at=moved(code.ends_at)
        )
        new.ticket_types.set(covered)
    return copy


def _copied(row, **changes):
    new = type(row)(
        **{
            f.attname: getattr(row, f.attname)
            for f in row._meta.concrete_fields
            if not f.primary_key
        }
    )
    for name, value in changes.items():
        setattr(new, name, value)
    new.save()
    return new


def _moved(instant: datetime, old_start: datetime, new_start: datetime) -> datetime:
    """As far from the new start as from the old one by the wall clock: 10 a.m. stays 10 a.m."""
    walls = [i.astimezone(NORFOLK).replace(tzinfo=None) for i in (instant, old_start, new_start)]
    wall = walls[2] + (walls[0] - walls[1])
    try:
        return to_instant(wall, fold=0)
    except ClockGap:
        return to_instant(wall + timedelta(hours=1))


def _free_slug(event: Event, starts_at: datetime) -> str:
    """ "2028-soiree-en-blanc", like the association's own addresses; numbered if it is taken."""
    base = f"{starts_at.astimezone(NORFOLK):%Y}-{slugify(event.title)}"[:74]
    taken = set(Event.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        s for s in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if s not in taken
    )
