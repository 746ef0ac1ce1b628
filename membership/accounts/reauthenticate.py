"""Fresh proof: confirms who is signed in before a secret is shown or a serious act is done.

A sign-in within the last few minutes is enough. Otherwise we ask for a code that we e-mail now, an
authenticator code, or a passkey. Nobody has a password here, so allauth's own reauthentication
does not work for people without a second factor. The code is made like a sign-in code and is not
stored either.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from django.views.decorators.debug import sensitive_variables

from membership.accounts import proofs, sign_in
from membership.accounts.passkeys import asked_of_a_passkey
from membership.models import SignInCode
from membership.models.sign_in import TRIES
from membership.security import log as security_log
from membership.security.log import Kind
from nsca.lib.web.throttle import TooOften, address_of, spend

RECENT = timedelta(minutes=10)  # how long a proof is valid: a sign-in, a code, a passkey
MINUTES = int(RECENT.total_seconds() // 60)
CODES, WINDOW = 5, 900  # e-mailed to one person within WINDOW seconds
_SEPARATORS = re.compile(r"[\W_]")  # what people type between the digits of a code
ASKED = "asked_again"  # in the session: which code was sent, never the code itself


@dataclass(frozen=True)
class Asking:
    """A proof that is still owed, and what the page says above its code field."""

    words: str
    refusal: str = ""  # of the code that was typed; empty if none was
    passkey: dict | None = None  # the WebAuthn request, for people who have one

    field, passkey_field = "code", "credential"  # the names of the inputs


def signed_in_recently(request) -> bool:
    """Whether this session's user proved who they are within RECENT."""
    last = max((proof["at"] for proof in proofs.proofs_of(request, request.user)), default=0)
    age = request.now.timestamp() - last
    return -60 < age < RECENT.total_seconds()  # allow for a minute between clocks


@sensitive_variables()
def ask(request) -> Asking | None:
    """Return None if proven, by a recent sign-in or this POST; otherwise what to ask.

    In that case a code is on its way, and the POST must have no effect.
    """
    if signed_in_recently(request):
        return None
    typed = request.POST.get(Asking.field, "").strip()
    touched = request.POST.get(Asking.passkey_field, "").strip()
    if not typed and not touched:
        return _asking(request)
    if not _may_try(request):
        return Asking(WAIT, refusal="Too many tries.")
    if touched and _proved_by_passkey(request, touched):
        request.session.pop(ASKED, None)
        _note(request, "a passkey")
        return None
    method = _proved_by(request, typed) if typed else ""
    if method:
        request.session.pop(ASKED, None)
        proofs.note(request, request.user, method)
        _note(request, WAYS[method])
        return None
    _note_refusal(request, "a code" if typed else "a passkey")
    if not typed:
        return _asking(request, refusal=PASSKEY_REFUSED)
    return _asking(request, refusal="That’s not the code, or it has expired. Please try again.")


def _asking(request, refusal: str = "") -> Asking:
    """Build the question and send a code."""
    has_passkey = Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.WEBAUTHN
    ).exists()
    passkey = asked_of_a_passkey(request) if has_passkey else None
    return Asking(_mailed(request), refusal=refusal, passkey=passkey)


def _note_refusal(request, way: str) -> None:
    """Log a refused proof of the user who is signed in."""
    who = request.user
    mailbox = sign_in.disguised(who.email)
    detail = f"{way} as fresh proof"
    security_log.refused(detail, at=request.now, mailbox=mailbox, whom=who)


def _proved_by_passkey(request, answer: str) -> bool:
    """Whether this person's passkey signed the challenge of the page before."""
    form = ReauthenticateWebAuthnForm({Asking.passkey_field: answer}, user=request.user)
    if not form.is_valid():
        return False
    form.save()  # which records the proof (membership.accounts.proofs)
    return True


def _note(request, way: str) -> None:
    security_log.note(Kind.PROVEN, at=request.now, who=request.user, detail=way)


WAYS = {"code": "an e-mailed code", "mfa": "an authenticator code"}
PASSKEY_REFUSED = "That passkey didn’t work. Try again, or type the code."
WAIT = "Too many codes were requested. Nothing was changed. Please try again in 15 minutes."


def _proved_by(request, typed: str) -> str:
    """The method proved, "code" or "mfa", or "" for neither. Raises TooOften."""
    try:
        answer = sign_in.prove(
            request.session.get(ASKED, 0),
            typed,
            network=address_of(request),
            at=request.now,
            purpose=SignInCode.Purpose.SEAL,
        )
    except sign_in.Over:
        answer = None
    if answer == request.user:
        return "code"
    app = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).first()
    return "mfa" if app and app.wrap().validate_code(_SEPARATORS.sub("", typed)) else ""


@sensitive_variables()
def _mailed(request) -> str:
    """Send a code unless one is on its way, and return what to say. Never raises."""
    user, at = request.user, request.now
    before = request.session.get(ASKED, 0)
    if not SignInCode.objects.open(at).filter(pk=before).exists():
        try:
            spend("again", str(user.pk), limit=CODES, seconds=WINDOW, at=at)
            request.session[ASKED] = sign_in.ask(
                user.email, network=address_of(request), at=at, purpose=SignInCode.Purpose.SEAL
            )
        except TooOften:
            return WAIT
    has_app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    or_app = ", or the one in your authenticator app" if has_app else ""
    return (
        f"You signed in more than {MINUTES} minutes ago, so please confirm it’s you. "
        f"A code is on its way to {user.email}. Enter it{or_app}. "
        "It works for ten minutes."
    )


def _may_try(request) -> bool:
    try:
        who = str(request.user.pk)
        spend("again-try", who, limit=CODES * TRIES, seconds=WINDOW, at=request.now)
    except TooOften as often:
        if often.is_first:
            _note_refusal(request, "too many codes")
        return False
    return True
