"""How long a sign-in is valid: by who it is, when it began, and when it was last used.

Each session has two limits: one for idle time and one for its whole life. The instants are in the
session itself, so both apply in any session store; the store also expires it after the idle limit.
All sessions of a user share a round number that is stored with the user: raising it ends them all
without looking for them.

Each session has a row (BrowserSession) by which its owner and the director can see and end it. A
colleague's session also remembers their groups and ends at the next request after these change,
no matter how: by a shell, a command, or SQL.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import update_session_auth_hash
from django.db.models import F, Value

from membership.accounts import sign_in
from membership.models import BrowserSession, SecurityEvent, User
from membership.security import devices, network
from membership.security import log as security_log

BEGAN, SEEN = "began_at", "seen_at"  # in the session: seconds since 1970
ROW = "browser_session"  # in the session: this browser's row
GROUPS = "groups"  # in the session: a colleague's groups when it began
NOTED_EVERY = timedelta(minutes=5)  # write a session in use no more often
CLOCKS_DIFFER = timedelta(minutes=1)  # between servers


@dataclass(frozen=True)
class Limits:
    idle: timedelta
    whole: timedelta


STAFF = Limits(idle=timedelta(hours=8), whole=timedelta(hours=24))
DOOR = Limits(idle=timedelta(hours=12), whole=timedelta(hours=16))  # one evening, one phone
MEMBER = Limits(idle=timedelta(days=60), whole=timedelta(days=365))
# For anybody with access to the admin, before we know which of the two applies.
SHORTEST = Limits(idle=min(STAFF.idle, DOOR.idle), whole=min(STAFF.whole, DOOR.whole))
LONGEST = Limits(idle=max(STAFF.idle, DOOR.idle), whole=max(STAFF.whole, DOOR.whole))


def limits_of(user: User) -> Limits:
    """Members stay signed in, staff sign in daily, door volunteers stay for the evening."""
    if not user.is_staff:
        return MEMBER
    if user.is_superuser:
        return STAFF
    return DOOR if set(user.groups.values_list("name", flat=True)) == {"door"} else STAFF


def goes_on(request, user: User) -> bool:
    """Whether this request's session is still valid; if so, record the use.

    A session without a start or a row has just begun.
    """
    session, at = request.session, request.now
    now = at.timestamp()
    began, seen = session.get(BEGAN), session.get(SEEN)
    row = session.get(ROW)
    if row is not None and not BrowserSession.objects.open().filter(pk=row, user=user).exists():
        return False  # ended, or of another user who signed in here before
    if row is not None and session.get(GROUPS, "") != _groups_of(user):
        BrowserSession.objects.open().filter(pk=row).update(ended_at=at)
        kind = SecurityEvent.Kind.SESSION_ENDED
        security_log.note(kind, at=at, whom=user, detail="one: rights changed")
        return False
    if began is None or seen is None:
        began = seen = now
    # Query the groups only once they matter, not at every request.
    elif not _holds(SHORTEST if user.is_staff else MEMBER, began, seen, now) and not _holds(
        limits_of(user), began, seen, now
    ):
        BrowserSession.objects.open().filter(pk=row).update(ended_at=at)
        return False
    elif row is not None and now - seen < NOTED_EVERY.total_seconds():
        return True
    if row is None:
        _begin(request, user)
    else:
        BrowserSession.objects.filter(pk=row).update(seen_at=at)
    session[BEGAN], session[SEEN] = int(began), int(now)
    session.set_expiry(int((LONGEST if user.is_staff else MEMBER).idle.total_seconds()))
    return True


def _begin(request, user: User) -> BrowserSession:
    row = BrowserSession.objects.create(
        user=user,
        device=devices.in_words(request.headers.get("User-Agent", "")),
        network=network.roughly(request),
        began_at=request.now,
        seen_at=request.now,
        sign_in_round=user.sign_in_round,
    )
    request.session[ROW] = row.pk
    request.session[GROUPS] = _groups_of(user)
    return row


def _groups_of(user: User) -> str:
    """A colleague's groups and single permissions, like "g1 g4 p17"; "" for members.

    The rights on the user itself end every session when they are saved (User.save).
    """
    if not user.is_staff:
        return ""
    groups = user.groups.order_by().values_list(Value("g"), "pk")
    both = groups.union(user.user_permissions.order_by().values_list(Value("p"), "pk"))
    return " ".join(f"{kind}{pk}" for kind, pk in sorted(both))


def begin(request, user: User) -> tuple[BrowserSession, bool]:
    """Begin a session; return its row and whether this device and network are known.

    A user's very first sign-in counts as known.
    """
    row = _begin(request, user)
    others = BrowserSession.objects.filter(user=user).exclude(pk=row.pk)
    is_known = others.filter(device=row.device, network=row.network).exists()
    return row, is_known or not others.exists()


def _holds(limits: Limits, began: float, seen: float, now: float) -> bool:
    return (
        -CLOCKS_DIFFER.total_seconds() < now - seen < limits.idle.total_seconds()
        and now - began < limits.whole.total_seconds()
    )


def open_of(user: User, *, at: datetime) -> list[BrowserSession]:
    """A user's open sessions, the last used first."""
    rows = BrowserSession.objects.open().filter(user=user, sign_in_round=user.sign_in_round)
    limits = limits_of(user)
    return list(rows.filter(seen_at__gt=at - limits.idle, began_at__gt=at - limits.whole))


def end(row: BrowserSession, *, at: datetime, by: User) -> bool:
    """End one session; false if it had already ended."""
    if not BrowserSession.objects.open().filter(pk=row.pk).update(ended_at=at):
        return False
    kind = SecurityEvent.Kind.SESSION_ENDED
    security_log.note(kind, at=at, who=by, whom=row.user, detail=f"one: {row.device}")
    return True


def end_others(request, *, at: datetime) -> None:
    """End the user's other sessions and pending codes; this session gets a new key."""
    user = request.user
    _next_round(user, at=at, but=request.session.get(ROW))
    user.refresh_from_db(fields=["sign_in_round"])
    mine = BrowserSession.objects.filter(pk=request.session.get(ROW))
    mine.update(sign_in_round=user.sign_in_round)
    update_session_auth_hash(request, user)
    kind = SecurityEvent.Kind.SESSION_ENDED
    security_log.note(kind, at=at, who=user, detail="all others of their own")


def end_all(user: User, *, at: datetime, by: User | None = None, because: str = "") -> None:
    """End every session of a user, e.g. after an erasure, a theft, or a change of rights."""
    _next_round(user, at=at)
    kind = SecurityEvent.Kind.SESSION_ENDED
    security_log.note(kind, at=at, who=by, whom=user, detail=f"all: {because}".rstrip(": "))


def _next_round(user: User, *, at: datetime, but: int | None = None) -> None:
    User.objects.filter(pk=user.pk).update(sign_in_round=F("sign_in_round") + 1)
    BrowserSession.objects.open().filter(user=user).exclude(pk=but).update(ended_at=at)
    sign_in.forget_pending(user, at=at)
