"""How long we keep what we know about people: each rule is a sentence and two functions.

Each app says what it keeps and how it is erased; nsca.ops.retention collects the rules, with the
numbers that staff have set.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

FORGOTTEN = "(forgotten)"  # replaces a name
FORGOTTEN_DOMAIN = "forgotten.invalid"  # RFC 2606: e-mail to it goes nowhere


@dataclass(frozen=True)
class Rule:
    """`due` counts and `forget` erases what ended at or before an instant (UTC).

    `due` changes nothing; `forget` returns how much it erased. It is also given the present
    instant, to record when.
    """

    name: str  # never changes: it finds what staff have set
    what: str  # "Who began an order and never paid: name, address …"
    since: str  # what the days are counted from: "the order expired"
    days: int  # unless staff say otherwise
    due: Callable[[datetime], int]
    forget: Callable[[datetime, datetime], int]
    least: int = 0  # days that staff cannot go below
