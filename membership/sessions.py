"""How long a sign-in holds: by who it is, since when, and when it was last used.

Two limits each: a session that nobody uses ends, and no use prolongs it for ever. The instants
are in the session itself, so both hold whatever store it is kept in; and every store is told to
forget it after the first. All sessions of a user were begun in one round, whose number stands with
the user: one more, and all of them are over, without looking for them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import update_session_auth_hash
from django.db.models import F

from membership import sign_in
from membership.models import User

BEGAN, SEEN = "began_at", "seen_at"  # in the session: seconds since 1970
NOTED_EVERY = timedelta(minutes=5)  # a session in use is written no oftener
CLOCKS_DIFFER = timedelta(minutes=1)  # between servers


@dataclass(frozen=True)
class Limits:
    idle: timedelta
    whole: timedelta


STAFF = Limits(idle=timedelta(hours=8), whole=timedelta(hours=24))
DOOR = Limits(idle=timedelta(hours=12), whole=timedelta(hours=16))  # one evening, one telephone
MEMBER = Limits(idle=timedelta(days=60), whole=timedelta(days=365))
# Of whoever may enter the admin, before we know which of the two they are.
SHORTEST = Limits(idle=min(STAFF.idle, DOOR.idle), whole=min(STAFF.whole, DOOR.whole))
LONGEST = Limits(idle=max(STAFF.idle, DOOR.idle), whole=max(STAFF.whole, DOOR.whole))


def limits_of(user: User) -> Limits:
    """Members stay signed in; whoever may enter the admin signs in daily; a volunteer who only
    helps at the door, for the evening.
    """
    if not user.is_staff:
        return MEMBER
    if user.is_superuser:
        return STAFF
    return DOOR if set(user.groups.values_list("name", flat=True)) == {"door"} else STAFF


def goes_on(session, user: User, *, at: datetime) -> bool:
    """Whether this session may still be used; if so, it is noted that it was.

    One that knows no beginning has just begun.
    """
    now = at.timestamp()
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        began = seen = now
    # Which groups somebody is in is asked only once it matters: not at every request.
    elif not _holds(SHORTEST if user.is_staff else MEMBER, began, seen, now) and not _holds(
        limits_of(user), began, seen, now
    ):
        return False
    elif now - seen < NOTED_EVERY.total_seconds():
        return True
    session[BEGAN], session[SEEN] = int(began), int(now)
    session.set_expiry(int((LONGEST if user.is_staff else MEMBER).idle.total_seconds()))
    return True


def _holds(limits: Limits, began: float, seen: float, now: float) -> bool:
    return (
        -CLOCKS_DIFFER.total_seconds() < now - seen < limits.idle.total_seconds()
        and now - began < limits.whole.total_seconds()
    )


def end_others(request, *, at: datetime) -> None:
    """End every session of this user but the one of this request, which gets a new key; and every
    code that is on its way to them.
    """
    user = request.user
    User.objects.filter(pk=user.pk).update(sign_in_round=F("sign_in_round") + 1)
    user.refresh_from_db(fields=["sign_in_round"])
    update_session_auth_hash(request, user)
    sign_in.forget_pending(user, at=at)


def end_all(user: User, *, at: datetime) -> None:
    """End every session of a user: of one who was erased, or whose telephone was stolen."""
    User.objects.filter(pk=user.pk).update(sign_in_round=F("sign_in_round") + 1)
    sign_in.forget_pending(user, at=at)
