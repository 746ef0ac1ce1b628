"""What the member area says first: how somebody stands, and the one thing to do."""

from dataclasses import dataclass

from membership.models import MembershipStatus
from membership.portal.context import Home, Mine

RENEWAL_OPENS_DAYS = 60  # before the end: as the first reminder


@dataclass(frozen=True)
class Step:
    """One heading, one sentence or two, at most one button."""

    title: str
    text: str
    act: str = ""  # "renew", "join", "write", or nothing
    label: str = ""  # of the button
    is_urgent: bool = False


def step_for(me: Mine) -> Step:
    """The one thing for a person to do today; of two households, about the better one."""
    home = me.best
    if home is None:
        return Step(
            "You are signed in",
            "There is no membership under this address yet. Your tickets and receipts are here "
            "all the same.",
            "join",
            "Join",
        )
    return _STEPS[me.status](me, home)


def _day(day) -> str:
    return f"{day:%B %-d, %Y}"


def _current(me: Mine, home: Home) -> Step:
    ends = (home.last or home.current).ends_on
    left = (ends - me.on).days
    if left > RENEWAL_OPENS_DAYS:
        return Step(
            "Nothing to do",
            f"Your membership holds through {_day(ends)}. We write to you before it ends.",
            "renew",
            "Renew now all the same",
        )
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    return Step(
        "Time to renew",
        f"Your membership ends {when}, on {_day(ends)}. One more year runs on from there: nothing "
        "is lost by being early.",
        "renew",
        "Renew",
        is_urgent=True,
    )


def _life(me: Mine, home: Home) -> Step:
    return Step(
        "A member for life",
        "There is nothing to renew, now or ever. We are glad that you are one of us.",
    )


def _grace(me: Mine, home: Home) -> Step:
    return Step(
        "Renew, and no day is missing",
        f"Your membership ran out on {_day(home.last.ends_on)}. If you renew now, the new year "
        "runs on from that day, as if nothing had happened.",
        "renew",
        "Renew",
        is_urgent=True,
    )


def _lapsed(me: Mine, home: Home) -> Step:
    return Step(
        "We would love to have you back",
        f"Your membership held through {_day(home.last.ends_on)}. Your number is still yours, and "
        "everything we know of you is here. A new year begins the day you pay.",
        "renew",
        "Come back",
        is_urgent=True,
    )


def _ended(me: Mine, home: Home) -> Step:
    return Step(
        "Your membership was ended",
        "If that is a mistake, write to us, and we put it right. If not: you are welcome back "
        "whenever you like.",
        "write",
        "Write to us",
    )


def _prospect(me: Mine, home: Home) -> Step:
    ahead = [term.starts_on for term in home.terms if term.is_real]
    if ahead:
        return Step(
            f"It begins on {_day(min(ahead))}",
            "Your membership is paid for. On that day your card is here.",
        )
    return Step(
        "You are not a member yet",
        "We know you, and would be glad to have you. Joining takes a minute.",
        "join",
        "Join",
        is_urgent=True,
    )


_STEPS = {
    MembershipStatus.CURRENT: _current,
    MembershipStatus.LIFE: _life,
    MembershipStatus.GRACE: _grace,
    MembershipStatus.LAPSED: _lapsed,
    MembershipStatus.ENDED: _ended,
    MembershipStatus.PROSPECT: _prospect,
}
