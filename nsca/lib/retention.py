"""How long what we know of people is kept: one rule a kind, a sentence and two functions.

Each app says what it keeps and how it is forgotten; nsca.ops.retention gathers the rules, with the
numbers that staff have set.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

FORGOTTEN = "(forgotten)"  # stands where a name stood
FORGOTTEN_DOMAIN = "forgotten.invalid"  # RFC 2606: mail to it goes nowhere


@dataclass(frozen=True)
class Rule:
    """`due` and `forget` are given an instant (UTC): what was over at it, or before, is due.

    `due` counts and changes nothing; `forget` does as much, and says how much. It is given this
    instant too, to write down when.
    """

    name: str  # stays: what staff have set is found by it
    what: str  # "Who began an order and never paid: name, address …"
    since: str  # what the days are counted from: "the order expired"
    days: int  # unless staff say otherwise
    due: Callable[[datetime], int]
    forget: Callable[[datetime, datetime], int]
    least: int = 0  # days that staff cannot go below
