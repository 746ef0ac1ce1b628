"""What each kind of viewer knows of the place at an instant: the door's own answers, in words.

No rule of its own: events.reveal says who may know, events.hints.hints which cards are turned.
The door
is asked as a stranger; where it says “it is open, and not for you”, it is open for whoever holds a
ticket. The envelope is not touched, so this tells nothing of the place, not even whether there is
one. tests/events/night/test_control.py holds it to what the door says to real rows of every kind.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.hints.hints import Card, cards
from events.models import DoorLink, Event
from events.reveal import VISITOR, Allowed, Sealed, Why, would_open, would_open_for_volunteer
from nsca.lib.timing import exactly

STAFF = ("editor", "treasurer", "members", "door")  # the groups that may not see a place


@dataclass(frozen=True)
class Kind:
    """A kind of viewer, and how one of them comes to be. `label` goes on after "to"."""

    name: str
    label: str


KINDS = (
    Kind("visitor", "visitors, and search engines"),
    Kind("member", "members without a ticket"),
    Kind("holder", "ticket holders"),
    Kind("unpaid", "buyers who have not paid yet"),
    Kind("waiting", "parties on the waiting list"),
    Kind("offered", "parties that are offered chairs"),
    Kind("refunded", "guests whose ticket was given back"),
    Kind("disputed", "guests whose bank disputes the payment"),
    Kind("former", "who gave the ticket to somebody else"),
    Kind("elsewhere", "ticket holders of another event"),
    Kind("volunteer", "door volunteers"),
    *(Kind(group, f"colleagues in the group “{group}”") for group in STAFF),
)
KEEPER = Kind("keeper", "colleagues with the permission")
HOLDER, VOLUNTEER = "holder", "volunteer"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Knowledge:
    """What one kind of viewer knows: `level` orders it (0 nothing, 1 area, 2 cards, 3 place)."""

    kind: Kind
    level: int
    words: str
    because: str = ""

    @property
    def is_told(self) -> bool:
        return self.level == 3


def knowledge(event: Event, *, at: datetime) -> list[Knowledge]:
    """One row a kind of viewer at an instant (UTC), past or to come; two queries, none of a place.

    As the event stands now: a hold of today holds at each later instant, and earlier holds are
    forgotten.
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
        Knowledge(KEEPER, 3, "the place, whenever they ask for it", "each look is logged"),
    ]


def by_answer(rows: list[Knowledge]) -> list[list[Knowledge]]:
    """Those who know the same together, who knows most first."""
    groups: dict[tuple, list[Knowledge]] = {}
    for row in sorted(rows, key=lambda row: -row.level):
        groups.setdefault((row.level, row.words, row.because), []).append(row)
    return list(groups.values())


def _is_for_holders(answer) -> bool:
    return isinstance(answer, Sealed) and answer.why == Why.NOT_YOURS


def _row(event: Event, kind: Kind, answer, shown: list[Card], at: datetime) -> Knowledge:
    if isinstance(answer, Allowed):
        return Knowledge(kind, 3, "the place")
    because = _because(answer) if isinstance(answer, Sealed) else ""
    if not event.is_published(at) and kind.name not in (*STAFF, HOLDER, VOLUNTEER):
        return Knowledge(kind, 0, "nothing: the event is not published", because)
    turned = sum(card.is_turned for card in shown)
    if turned:
        turned_words = "one card" if turned == 1 else f"{turned} cards"
        return Knowledge(kind, 2, f"the area and {turned_words}", because)
    return Knowledge(kind, 1, "the area", because)


def _because(answer: Sealed) -> str:
    if answer.why == Why.NOT_YET:
        return f"until {exactly(answer.opens_at)}"
    if answer.why == Why.NOT_YOURS:
        return "it is open, and not for them"
    return Why(answer.why).label
