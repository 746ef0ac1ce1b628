"""Sign-in by an e-mailed code: eight digits, ten minutes, five tries, in the browser that asked.

The page answers before anybody checks whether we know the address: it writes one row, the same for
every address. The ticker checks when it makes the e-mail (membership.accounts.mail), and we check
again once the right code is typed, which only a reader of that mailbox has.
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
from membership.security import address_mail
from membership.security import log as security_log
from nsca.lib.mail.addresses import normalize_address
from nsca.lib.timing import day_of
from nsca.lib.web.throttle import TooOften, is_vouched_for, spend, vouch

LASTS = timedelta(minutes=10)
Purpose = SignInCode.Purpose
QUARTER, DAY = 900, 86_400  # seconds
# Limits on requests, checked before anything is computed or written. There is no global limit:
# strangers could use it up and block everybody's sign-in. (What is e-mailed has its shares:
# membership.accounts.mail.)
A_NETWORK = 30  # per quarter of an hour
AN_ADDRESS, AN_ADDRESS_A_DAY = 5, 20  # from one network, per quarter of an hour and per day
FROM_ELSEWHERE_A_DAY = 40  # for one address, from all networks that are new to it
HOME_LASTS = 90 * DAY  # how long a network stays known for an address proven there
TRIES_A_NETWORK = 100  # per quarter of an hour


class Over(Exception):
    """The code was used, tried too often, or has expired."""


@dataclass(frozen=True)
class Wrong:
    """A wrong code, with the number of tries left."""

    left: int


_after_first_proof: list[Callable[..., None]] = []


def call_after_first_proof(act: Callable[..., None]) -> None:
    """Register `act(user, email, at=…)` to run when an address is proven for the first time."""
    _after_first_proof.append(act)


def ask(
    email: str,
    *,
    network: str,
    at: datetime,
    purpose: str = Purpose.SIGN_IN,
    instead_of: int | None = None,
) -> int:
    """Owe a code to an address, known or not, and return the key for the asking session.

    `instead_of` is the session's previous code, which expires now. Raises TooOften, for the
    network first, so that a flood from one costs one row to count. Asking for somebody else's
    address uses up nothing of theirs on networks where they have signed in before.
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
        # Never shown: otherwise its absence would show that this address has signed in.
        is_enough = not is_from_home
    if instead_of:
        SignInCode.objects.open(at).filter(pk=instead_of).update(used_at=at)
    row = SignInCode.objects.create(
        email=email,
        purpose=purpose,
        asked_at=at,
        valid_until=at + LASTS,
        is_from_home=is_from_home,
        sent_at=at if is_enough else None,  # settled: no e-mail is owed
    )
    return row.pk


@sensitive_variables("typed")
def prove(
    key: int, typed: str, *, network: str, at: datetime, purpose: str = Purpose.SIGN_IN
) -> User | Wrong:
    """Return the user whose mailbox got the code, or Wrong. A right code works once.

    Raises Over, and TooOften if a network guesses a lot. Input without eight digits is not a try.
    """
    _spend("sign-in-try", network, limit=TRIES_A_NETWORK, seconds=QUARTER, at=at)
    digits = digits_of(typed)
    mine = SignInCode.objects.filter(pk=key, purpose=purpose)
    row = mine.first()
    if len(digits) != DIGITS and row:
        if not mine.open(at).exists():
            raise Over
        return Wrong(left=TRIES - row.tries)
    # Counted before comparing, in one statement: of many at once only five are read.
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
    # A fresh proof may have another field in the same form (membership.accounts.reauthenticate).
    if purpose != Purpose.SEAL:
        _note_refusal(row, at)
    if row.tries >= TRIES:
        raise Over
    return Wrong(left=TRIES - row.tries)


def _spend(
    scope: str, who: str, mailbox: str = "", *, limit: int, seconds: int, at: datetime
) -> None:
    """Count a request or a try; raise TooOften over the limit.

    Only the first one over the limit goes into the security log, so that nobody can fill it. It is
    the same for known and unknown addresses.
    """
    try:
        spend(scope, who, limit=limit, seconds=seconds, at=at)
    except TooOften as often:
        if often.is_first:
            what = "codes tried" if scope == "sign-in-try" else "codes requested"
            whose = "for one address" if mailbox else "from one network"
            security_log.refused(f"too many {what} {whose}", at=at, mailbox=mailbox)
        raise


def _note_refusal(row: SignInCode, at: datetime) -> None:
    """Log a refusal by the mailbox's digest, the same for known and unknown addresses."""
    what = f"a code {row.get_purpose_display()}, try {row.tries} of {TRIES}"
    security_log.refused(what, at=at, mailbox=disguised(row.email))


def digits_of(typed: str) -> str:
    """The digits alone: "1234 5678", "1234-5678" and full-width digits are the same code."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed) if sign in "0123456789")


def forget_pending(user: User, *, at: datetime) -> None:
    """Expire every pending code of this user."""
    theirs = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    emails = {user.email, *theirs}
    SignInCode.objects.open(at).filter(email__in=emails).update(used_at=at)


# --- Whose address it is -----------------------------------------------------------------------


def stored_address(typed: str, at: datetime) -> str:
    """The stored address that gets the code; "" if nobody may sign in with what was typed.

    E-mail goes to what is stored, never to what was typed.
    """
    return _found(typed, at)[2]


def _found(typed: str, at: datetime) -> tuple[User | None, list[Person], str]:
    """The owner of an address, a user or people without a sign-in, and the stored address.

    The database has compared already. We compare again character by character, so that no database
    collation can open a sign-in.
    """
    email = normalize_address(typed)
    user = _user_of(email)
    people = [] if user else list(_people_of(email, at))
    stored = next((one for one in _addresses_of(user, people) if one == email), "")
    if not stored or (user and not user.is_active):
        return None, [], ""
    return user, people, stored


def _addresses_of(user: User | None, people: Iterable[Person]) -> Iterator[str]:
    """Every address with which a user, or people without one, can sign in."""
    if user:
        yield user.email
        proven = EmailAddress.objects.filter(user=user, verified=True)
        yield from proven.values_list("email", flat=True)
        people = Person.objects.living().filter(user=user)
    for person in people:
        yield person.email
        yield from person.addresses.values_list("email", flat=True)


def _admitted(typed: str, at: datetime) -> User | None:
    """The user of an address that was just proven; members get one at their first sign-in."""
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
        if email != user.email:  # an additional one, which can sign in from now on
            old = {user.email}
            address_mail.address_changed(
                old=old, added={email}, gone=set(), at=at, by=user, whom=user
            )
    further = Address.objects.filter(person__user=user, email=email, confirmed_at=None)
    further.update(confirmed_at=at)
    return user


def _user_of(email: str) -> User | None:
    """The user of a proven address, or else of one that staff recorded.

    For staff only the user's own address counts: recording an address must not let anybody sign in
    as a colleague with more rights.
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
    """Adults without a user whom e-mail to this address reaches."""
    minors = Person.objects.minors(day_of(at)).values("pk")
    reached = Person.objects.living().with_address(email).filter(user__isnull=True)
    return reached.exclude(pk__in=minors).order_by("pk")


def disguised(email: str) -> str:
    """A digest of an address, so that counters are not a list of who signs in."""
    address = normalize_address(email)
    return salted_hmac("membership.accounts.sign_in", address, algorithm="sha256").hexdigest()[:32]


def _home(email: str, network: str) -> str:
    """The digest of an address on one network."""
    return disguised(f"{normalize_address(email)}\x1f{network}")
