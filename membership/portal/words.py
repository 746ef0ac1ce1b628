"""What the member area says first: the membership status and the next step."""

from dataclasses import dataclass

from membership.models import MembershipStatus
from membership.portal.context import Home, Mine

RENEWAL_OPENS_DAYS = 60  # before the end, like the first reminder


@dataclass(frozen=True)
class Step:
    """A heading, a sentence or two, and at most one button."""

    title: str
    text: str
    act: str = ""  # "renew", "join", "write", or nothing
    label: str = ""  # of the button
    is_urgent: bool = False


def step_for(me: Mine) -> Step:
    """A person's next step today; of two households, for the better one."""
    home = me.best
    if home is None:
        return Step(
            "You’re signed in",
            "There is no membership with this address yet. You can see your tickets and receipts "
            "here.",
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
            f"Your membership is paid through {_day(ends)}. We’ll e-mail you before it ends.",
            "renew",
            "Renew early",
        )
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    return Step(
        "Time to renew",
        f"Your membership ends {when}, on {_day(ends)}. If you renew now, your new year still "
        "starts after that day.",
        "renew",
        "Renew",
        is_urgent=True,
    )


def _life(me: Mine, home: Home) -> Step:
    return Step(
        "A member for life",
        "You never need to renew. We’re glad you’re one of us.",
    )


def _grace(me: Mine, home: Home) -> Step:
    return Step(
        "Renew without a gap",
        f"Your membership ended on {_day(home.last.ends_on)}. If you renew now, your new year "
        "starts right after that day.",
        "renew",
        "Renew",
        is_urgent=True,
    )


def _expired(me: Mine, home: Home) -> Step:
    return Step(
        "We’d love to have you back",
        f"Your membership ended on {_day(home.last.ends_on)}. You keep your member number and "
        "your record. A new year starts on the day you pay.",
        "renew",
        "Come back",
        is_urgent=True,
    )


def _ended(me: Mine, home: Home) -> Step:
    return Step(
        "Your membership was ended",
        "If that’s a mistake, write to us and we’ll fix it. If not, you’re welcome back any time.",
        "write",
        "Write to us",
    )


def _prospect(me: Mine, home: Home) -> Step:
    ahead = [term.starts_on for term in home.terms if term.is_real]
    if ahead:
        return Step(
            f"Your membership starts on {_day(min(ahead))}",
            "It’s paid. You’ll find your card here on that day.",
        )
    return Step(
        "You’re not a member yet",
        "We’d be glad to have you. Joining takes a minute.",
        "join",
        "Join",
        is_urgent=True,
    )


_STEPS = {
    MembershipStatus.CURRENT: _current,
    MembershipStatus.LIFE: _life,
    MembershipStatus.GRACE: _grace,
    MembershipStatus.EXPIRED: _expired,
    MembershipStatus.ENDED: _ended,
    MembershipStatus.PROSPECT: _prospect,
}
