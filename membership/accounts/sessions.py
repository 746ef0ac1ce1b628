"""How long a sign-in holds: by who it is, since when, and when it was last used.

Two limits each: a session that nobody uses ends, and no use prolongs it for ever. The instants
are in the session itself, so both hold whatever store it is kept in; and every store is told to
forget it after the first. All sessions of a user were begun in one round, whose number stands with
the user: one more, and all of them are over, without looking for them.

Each session names a row (BrowserSession) by which its owner, and the director, see it and end it
alone. A colleague's remembers their groups, too, and is over at the next request once they are
others, whoever changed them and by what path: a shell, a command, SQL.
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
ROW = "browser_session"  # in the session: which row is this browser's
GROUPS = "groups"  # in the session: what a colleague may do, as when it began
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


def goes_on(request, user: User) -> bool:
    """Whether the session of this request may still be used; if so, it is noted that it was.

    One that knows no beginning, or no row, has just begun.
    """
    session, at = request.session, request.now
    now = at.timestamp()
    began, seen = session.get(BEGAN), session.get(SEEN)
    row = session.get(ROW)
    if row is not None and not BrowserSession.objects.open().filter(pk=row, user=user).exists():
        return False  # ended by somebody, or of another who signed in here before
    if row is not None and session.get(GROUPS, "") != _groups_of(user):
        BrowserSession.objects.open().filter(pk=row).update(ended_at=at)
        kind = SecurityEvent.Kind.SESSION_ENDED
        security_log.note(kind, at=at, whom=user, detail="one: rights changed")
        return False
    if began is None or seen is None:
        began = seen = now
    # Which groups somebody is in is asked only once it matters: not at every request.
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
    """The groups and single permissions of a colleague: "g1 g4 p17"; nobody else's open anything.
    The rights that stand with the user themselves end every session as they are saved (User.save).
    """
    if not user.is_staff:
        return ""
    groups = user.groups.order_by().values_list(Value("g"), "pk")
    both = groups.union(user.user_permissions.order_by().values_list(Value("p"), "pk"))
    return " ".join(f"{kind}{pk}" for kind, pk in sorted(both))


def begin(request, user: User) -> tuple[BrowserSession, bool]:
    """Somebody has signed in: the row of this browser, and whether they were here before on such
    a device and from such a network. Their first sign-in of all is nothing new.
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
    """Where somebody is signed in now, the last used first."""
    rows = BrowserSession.objects.open().filter(user=user, sign_in_round=user.sign_in_round)
    limits = limits_of(user)
    return list(rows.filter(seen_at__gt=at - limits.idle, began_at__gt=at - limits.whole))


def end(row: BrowserSession, *, at: datetime, by: User) -> bool:
    """End one session; false where it was over already."""
    if not BrowserSession.objects.open().filter(pk=row.pk).update(ended_at=at):
        return False
    kind = SecurityEvent.Kind.SESSION_ENDED
    security_log.note(kind, at=at, who=by, whom=row.user, detail=f"one: {row.device}")
    return True


def end_others(request, *, at: datetime) -> None:
    """End every session of this user but the one of this request, which gets a new key; and every
    code that is on its way to them.
    """
    user = request.user
    _next_round(user, at=at, but=request.session.get(ROW))
    user.refresh_from_db(fields=["sign_in_round"])
    mine = BrowserSession.objects.filter(pk=request.session.get(ROW))
    mine.update(sign_in_round=user.sign_in_round)
    update_session_auth_hash(request, user)
    kind = SecurityEvent.Kind.SESSION_ENDED
    security_log.note(kind, at=at, who=user, detail="all others of their own")


def end_all(user: User, *, at: datetime, by: User | None = None, because: str = "") -> None:
    """End every session of a user: of one who was erased, whose telephone was stolen, or who may
    do something else from now on.
    """
    _next_round(user, at=at)
    kind = SecurityEvent.Kind.SESSION_ENDED
    security_log.note(kind, at=at, who=by, whom=user, detail=f"all: {because}".rstrip(": "))


def _next_round(user: User, *, at: datetime, but: int | None = None) -> None:
    User.objects.filter(pk=user.pk).update(sign_in_round=F("sign_in_round") + 1)
    BrowserSession.objects.open().filter(user=user).exclude(pk=but).update(ended_at=at)
    sign_in.forget_pending(user, at=at)
