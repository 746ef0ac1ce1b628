"""Signing in by a mailed code: eight digits, ten minutes, five tries, in the browser that asked.

Whoever asks is answered before anybody looks whether we know the address: the page writes a row
and nothing more, for every address the same. The ticker looks, when it makes the letter
(membership.accounts.mail); and we look again once the right code is typed, which only a reader
of that mailbox has.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_variables

from membership.models import Address, Person, SignInCode, User
from membership.models.sign_in import DIGITS, TRIES
from membership.security import log as security_log
from membership.security import notices
from nsca.lib.mail.addresses import normalize_address
from nsca.lib.timing import day_of
from nsca.lib.web.throttle import TooOften, is_vouched_for, spend, vouch

LASTS = timedelta(minutes=10)
Purpose = SignInCode.Purpose
QUARTER, DAY = 900, 86_400  # seconds
# Asks, before anything is computed or written for them. None is counted for all together: such a
# count is what strangers use up to shut everybody's sign-in (what is mailed has its shares:
# membership.accounts.mail).
A_NETWORK = 30  # a quarter of an hour
AN_ADDRESS, AN_ADDRESS_A_DAY = 5, 20  # from one network, a quarter of an hour and a day
FROM_ELSEWHERE_A_DAY = 40  # for one address, from all the networks that are new to it
HOME_LASTS = 90 * DAY  # how long a network is known to an address after it was proven there
TRIES_A_NETWORK = 100  # a quarter of an hour


class Over(Exception):
    """No code can open this any more: used, tried too often, or too old."""


@dataclass(frozen=True)
class Wrong:
    """It was not the code; how many tries are left."""

    left: int


_after_first_proof: list[Callable[..., None]] = []


def call_after_first_proof(act: Callable[..., None]) -> None:
    """Have `act(user, email, at=…)` called when somebody proves an address for the first time."""
    _after_first_proof.append(act)


def ask(
    email: str,
    *,
    network: str,
    at: datetime,
    purpose: str = Purpose.SIGN_IN,
    instead_of: int | None = None,
) -> int:
    """Owe a code to an address, known or not; the key by which the asking session remembers it.

    `instead_of`: the one that this session asked for before, which opens nothing any more. Raises
    TooOften, for the network first, so that a flood from one costs one row to count. Who asks for
    somebody else's address uses up nothing of theirs where they have signed in before.
    """
    email = normalize_address(email)
    _spend("sign-in-from", network, limit=A_NETWORK, seconds=QUARTER, at=at)
    mailbox, home = disguised(email), _home(email, network)
    _spend("sign-in-to", home, mailbox, limit=AN_ADDRESS, seconds=QUARTER, at=at)
    _spend("sign-in-day", home, mailbox, limit=AN_ADDRESS_A_DAY, seconds=DAY, at=at)
    is_from_home = is_vouched_for("sign-in", home)
    try:
        _spend(
            "sign-in-elsewhere", mailbox, mailbox, limit=FROM_ELSEWHERE_A_DAY, seconds=DAY, at=at
        )
        is_enough = False
    except TooOften:
        # Said to nobody: where it is not said, somebody of that address has signed in.
        is_enough = not is_from_home
    if instead_of:
        SignInCode.objects.open(at).filter(pk=instead_of).update(used_at=at)
    row = SignInCode.objects.create(
        email=email,
        purpose=purpose,
        asked_at=at,
        valid_until=at + LASTS,
        is_from_home=is_from_home,
        sent_at=at if is_enough else None,  # settled: no letter is owed
    )
    return row.pk


@sensitive_variables("typed")
def prove(
    key: int, typed: str, *, network: str, at: datetime, purpose: str = Purpose.SIGN_IN
) -> User | Wrong:
    """Who reads the mailbox that the code went to. A right code opens once; each other counts.

    Raises Over, and TooOften where a network guesses at many. What cannot be a code (no eight
    digits) is no try.
    """
    _spend("sign-in-try", network, limit=TRIES_A_NETWORK, seconds=QUARTER, at=at)
    digits = digits_of(typed)
    mine = SignInCode.objects.filter(pk=key, purpose=purpose)
    row = mine.first()
    if len(digits) != DIGITS and row:
        if not mine.open(at).exists():
            raise Over
        return Wrong(left=TRIES - row.tries)
    # Counted before it is compared, by one statement: of many that come at once five are read.
    if not mine.open(at).update(tries=F("tries") + 1):
        raise Over
    row.refresh_from_db()
    if constant_time_compare(digits, row.code()):
        with transaction.atomic():
            fresh = mine.filter(used_at__isnull=True).update(used_at=at)
            user = _admitted(row.email, at) if fresh else None
        if user:
            vouch("sign-in", _home(row.email, network), seconds=HOME_LASTS)
            return user
        raise Over
    if (
        purpose != Purpose.SEAL
    ):  # there another proof may be in the same form (membership.accounts.reauthenticate)
        _note_refusal(row, at)
    if row.tries >= TRIES:
        raise Over
    return Wrong(left=TRIES - row.tries)


def _spend(
    scope: str, who: str, mailbox: str = "", *, limit: int, seconds: int, at: datetime
) -> None:
    """Count an ask or a try. The first that is too many in its window stands in the security log,
    so that nobody fills it; of known and unknown addresses alike. Raises TooOften.
    """
    try:
        spend(scope, who, limit=limit, seconds=seconds, at=at)
    except TooOften as often:
        if often.is_first:
            what = "tries of codes" if scope == "sign-in-try" else "asks for codes"
            whose = "for one address" if mailbox else "from one network"
            security_log.refused(f"too many {what} {whose}", at=at, mailbox=mailbox)
        raise


def _note_refusal(row: SignInCode, at: datetime) -> None:
    """In the security log, by the digest of the mailbox: the same for known and unknown ones."""
    what = f"a code {row.get_purpose_display()}, try {row.tries} of {TRIES}"
    security_log.refused(what, at=at, mailbox=disguised(row.email))


def digits_of(typed: str) -> str:
    """ "1234 5678", "1234-5678" and the wide digits of a Japanese keyboard are the same code."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed) if sign in "0123456789")


def forget_pending(user: User, *, at: datetime) -> None:
    """No code that is on its way to this person signs anybody in any more."""
    theirs = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    emails = {user.email, *theirs}
    SignInCode.objects.open(at).filter(email__in=emails).update(used_at=at)


# --- Whose address it is -------------------------------------------------------------------------


def stored_address(typed: str, at: datetime) -> str:
    """The address in our records that a code for what was typed goes to; "" where nobody may sign
    in with it. Mail goes to what is stored, never to what was typed.
    """
    return _found(typed, at)[2]


def is_known(typed: str, at: datetime) -> bool:
    """Whether somebody may sign in with this address."""
    return bool(stored_address(typed, at))


def _found(typed: str, at: datetime) -> tuple[User | None, list[Person], str]:
    """Whose address it is: a user, or people without a sign-in, and the address as it is stored.

    The database has compared already. Here the two are compared once more, letter by letter, so
    that no engine's idea of equal letters can open a sign-in.
    """
    email = normalize_address(typed)
    user = _user_of(email)
    people = [] if user else list(_people_of(email, at))
    stored = next((one for one in _addresses_of(user, people) if one == email), "")
    if not stored or (user and not user.is_active):
        return None, [], ""
    return user, people, stored


def _addresses_of(user: User | None, people: Iterable[Person]) -> Iterator[str]:
    """Every address that opens the sign-in of a user, or of people who have none yet."""
    if user:
        yield user.email
        proven = EmailAddress.objects.filter(user=user, verified=True)
        yield from proven.values_list("email", flat=True)
        people = Person.objects.living().filter(user=user)
    for person in people:
        yield person.email
        yield from person.addresses.values_list("email", flat=True)


def _admitted(typed: str, at: datetime) -> User | None:
    """The user behind an address that was proven just now. A member who never signed in gets a
    sign-in: joining, or the office's record, was the application.
    """
    user, people, email = _found(typed, at)
    if people:
        user = User.objects.create_user(email, name=people[0].name)
        Person.objects.filter(pk__in=[person.pk for person in people]).update(user=user)
    if user is None:
        return None
    address, _ = EmailAddress.objects.get_or_create(user=user, email=email)
    if not address.verified:
        address.verified = True
        address.save(update_fields=["verified"])
        for act in _after_first_proof:
            act(user, email, at=at)
        if email != user.email:  # a further one, which opens the sign-in from now on
            old = {user.email}
            notices.address_changed(old=old, added={email}, gone=set(), at=at, by=user, whom=user)
    further = Address.objects.filter(person__user=user, email=email, confirmed_at=None)
    further.update(confirmed_at=at)
    return user


def _user_of(email: str) -> User | None:
    """By an address that was proven first; else by one that the office wrote down: the sign-in's,
    or a further one of somebody who has a sign-in. Who works here has the sign-in's alone: whoever
    may write down an address must not come in as a colleague who may do more.
    """
    proven = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    if proven:
        return proven.user
    if user := User.objects.filter(email=email).first():
        return user
    reached = Person.objects.living().with_address(email).filter(user__is_staff=False)
    person = reached.select_related("user").order_by("pk").first()
    return person.user if person else None


def _people_of(email: str, at: datetime):
    """Grown people without a sign-in whom mail to this address reaches."""
    minors = Person.objects.minors(day_of(at)).values("pk")
    reached = Person.objects.living().with_address(email).filter(user__isnull=True)
    return reached.exclude(pk__in=minors).order_by("pk")


def disguised(email: str) -> str:
    """The counting table should not be a list of who signs in."""
    address = normalize_address(email)
    return salted_hmac("membership.accounts.sign_in", address, algorithm="sha256").hexdigest()[:32]


def _home(email: str, network: str) -> str:
    """One address as it is asked for from one network."""
    return disguised(f"{normalize_address(email)}\x1f{network}")
