"""What each kind of viewer knows about the venue at an instant: the door's own answers, in words.

It has no rules of its own: events.reveal says who may know, events.hints.hints which hints are
out. The door is asked as a stranger; where it answers "open, but not for you", it is open for
ticket holders. The venue is not read, so this says nothing about it, not even whether there is
one. tests/events/night/test_control.py compares it with the door's answers for real rows of
every kind.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.hints.hints import Card, cards
from events.models import DoorLink, Event
from events.reveal import VISITOR, Allowed, Sealed, Why, would_open, would_open_for_volunteer
from nsca.lib.timing import exactly

STAFF = ("editor", "treasurer", "members", "door")  # the groups that may not see a venue


@dataclass(frozen=True)
class Kind:
    """A kind of viewer. `label` follows "to"."""

    name: str
    label: str


KINDS = (
    Kind("visitor", "visitors and search engines"),
    Kind("member", "members without a ticket"),
    Kind("holder", "ticket holders"),
    Kind("unpaid", "buyers who have not paid yet"),
    Kind("waiting", "parties on the waitlist"),
    Kind("offered", "parties with an offer of seats"),
    Kind("refunded", "guests who returned their ticket"),
    Kind("disputed", "guests whose payment is disputed"),
    Kind("former", "guests who transferred their ticket"),
    Kind("elsewhere", "ticket holders of another event"),
    Kind("volunteer", "door volunteers"),
    *(Kind(group, f"colleagues in the group “{group}”") for group in STAFF),
)
KEEPER = Kind("keeper", "colleagues who may see venues")
HOLDER, VOLUNTEER = "holder", "volunteer"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Knowledge:
    """What one kind of viewer knows: `level` orders it (0 nothing, 1 area, 2 hints, 3 venue)."""

    kind: Kind
    level: int
    words: str
    because: str = ""

    @property
    def is_revealed(self) -> bool:
        return self.level == 3


def knowledge(event: Event, *, at: datetime) -> list[Knowledge]:
    """One row per kind of viewer at an instant (UTC), past or future; two queries, none for
    a venue.

    By the event as it is now: a present hold counts at every later instant, earlier holds do not.
    """
    for_strangers = would_open(event, VISITOR, at=at)
    link = DoorLink(event=event, opens_at=event.publish_at, ends_at=max(event.ends_at, at) + A_DAY)
    answers = {
        HOLDER: Allowed() if _is_for_holders(for_strangers) else for_strangers,
        VOLUNTEER: would_open_for_volunteer(event, link, at=at),
    }
    shown = cards(event, at=at)
    of_holders = cards(event, at=at, for_holders=True)
    rows = [
        _row(
            event,
            kind,
            answers.get(kind.name, for_strangers),
            of_holders if kind.name == HOLDER else shown,
            at,
        )
        for kind in KINDS
    ]
    return [
        *rows,
        Knowledge(KEEPER, 3, "the venue, whenever they view it", "each access is logged"),
    ]


def by_answer(rows: list[Knowledge]) -> list[list[Knowledge]]:
    """Group those who know the same; those who know most come first."""
    groups: dict[tuple, list[Knowledge]] = {}
    for row in sorted(rows, key=lambda row: -row.level):
        groups.setdefault((row.level, row.words, row.because), []).append(row)
    return list(groups.values())


def _is_for_holders(answer) -> bool:
    return isinstance(answer, Sealed) and answer.why == Why.NOT_YOURS


def _row(event: Event, kind: Kind, answer, shown: list[Card], at: datetime) -> Knowledge:
    if isinstance(answer, Allowed):
        return Knowledge(kind, 3, "the venue")
    because = _because(answer) if isinstance(answer, Sealed) else ""
    if not event.is_published(at) and kind.name not in (*STAFF, HOLDER, VOLUNTEER):
        return Knowledge(kind, 0, "nothing: the event is not published", because)
    turned = sum(card.is_turned for card in shown)
    if turned:
        turned_words = "one hint" if turned == 1 else f"{turned} hints"
        return Knowledge(kind, 2, f"the area and {turned_words}", because)
    return Knowledge(kind, 1, "the area", because)


def _because(answer: Sealed) -> str:
    if answer.why == Why.NOT_YET:
        return f"until {exactly(answer.opens_at)}"
    if answer.why == Why.NOT_YOURS:
        return "revealed, but not to them"
    return Why(answer.why).label
