"""From when pages could show a venue: what every sentence about it is based on.

Pages open automatically at T, and nothing records that. So every act on a reveal calls `record`
before it changes anything, to note an opening that has come with time, and then `after`, to note
what the act itself opened. Both under the event's lock.
"""

from datetime import datetime

from events.models import Event, RevealOpening, VenueAccess
from events.venue import store


def is_open(event: Event, *, at: datetime) -> bool:
    """Whether the page of a valid ticket shows the venue at an instant (UTC): the door's rule,
    except for the viewer. Before T it does not query the venue's table.
    """
    return (
        event.state == Event.State.PUBLISHED
        and event.lead is not None
        and event.reveal_held_at is None
        and event.opens_at <= at
        and store.is_there(event.pk)
    )


def record(event: Event, *, at: datetime) -> bool:
    """Note an opening that has come with time; whether pages are open at `at`."""
    if not is_open(event, at=at):
        return False
    version = max(1, event.reveal_version)
    if not RevealOpening.objects.filter(event=event, version=version).exists():
        since = min(_by_itself(event), at)
        RevealOpening.objects.create(
            event=event, version=version, opened_at=since, open_since=since
        )
    return True


def after(event: Event, *, at: datetime, was_open: bool) -> None:
    """Note what an act opened at `at`: the pages, or another version on them. `was_open` is what
    `record` said before the act.
    """
    if not is_open(event, at=at):
        return
    row, is_new = RevealOpening.objects.get_or_create(
        event=event,
        version=max(1, event.reveal_version),
        defaults={"opened_at": at, "open_since": at},
    )
    if not is_new and not was_open:
        row.open_since = max(at, row.opened_at)
        row.save(update_fields=["open_since"])


def _by_itself(event: Event) -> datetime:
    """When what is open now opened, if no act recorded it: T, or what came after it."""
    venue = store.row_of(event)
    released = VenueAccess.objects.filter(event=event, act=VenueAccess.Act.RELEASED)
    instants = [event.opens_at, venue.sealed_at, *released.values_list("at", flat=True)[:1]]
    return max(instants)


def of(event: Event, version: int) -> RevealOpening | None:
    """The opening of one version; None where no page could ever show it."""
    return RevealOpening.objects.filter(event=event, version=version).first()


def first(event: Event) -> RevealOpening | None:
    """The opening of the first version that pages could show."""
    return RevealOpening.objects.filter(event=event).first()


def before(event: Event, version: int, *, since: datetime) -> bool:
    """Whether pages could show an older version to somebody who has had their ticket `since`."""
    present = of(event, version)
    if present is None or since >= present.opened_at:
        return False
    return RevealOpening.objects.filter(event=event, version__lt=version).exists()
