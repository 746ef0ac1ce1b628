"""Asks somebody who is signed in whether it is still they: before a page shows a secret, and
before an act that cannot be undone.

A sign-in of the last minutes is enough. Else a fresh proof: a code that is mailed now, that of an
authenticator, or a passkey. Nobody here has a password, so allauth's own way of asking again does
not serve those without a second factor.
The code is of the same making as that of a sign-in, and is kept nowhere either.
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

RECENT = timedelta(minutes=10)  # how long a proof serves: a sign-in, a code, a passkey
MINUTES = int(RECENT.total_seconds() // 60)
CODES, WINDOW = 5, 900  # mailed to one person in so many seconds
_SEPARATORS = re.compile(r"[\W_]")  # what a person types between the digits of a code
ASKED = "asked_again"  # in the session: which code was mailed, never the code


@dataclass(frozen=True)
class Asking:
    """It is not proven yet. What the page says above its field for the code."""

    words: str
    refusal: str = ""  # of the code that was typed; empty where none was
    passkey: dict | None = None  # what the browser is asked (WebAuthn), of those who have one

    field, passkey_field = "code", "credential"  # the names of the inputs


def signed_in_recently(request) -> bool:
    """Whether the person of this session has proved who they are in the last RECENT."""
    last = max((proof["at"] for proof in proofs.proofs_of(request, request.user)), default=0)
    age = request.now.timestamp() - last
    return -60 < age < RECENT.total_seconds()  # a minute for clocks that differ


@sensitive_variables()
def ask(request) -> Asking | None:
    """None where it is proven: by a recent sign-in, or by the code in this POST. Else what to ask;
    a code is on its way to the person's address. A POST that is answered so has had no effect.
    """
    if signed_in_recently(request):
        return None
    typed = request.POST.get(Asking.field, "").strip()
    touched = request.POST.get(Asking.passkey_field, "").strip()
    if not typed and not touched:
        return _asking(request)
    if not _may_try(request):
        return Asking(WAIT, refusal="That was tried too often.")
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
    return _asking(request, refusal="That is not the code, or it is too old.")


def _asking(request, refusal: str = "") -> Asking:
    """The question, with a code on its way."""
    has_passkey = Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.WEBAUTHN
    ).exists()
    passkey = asked_of_a_passkey(request) if has_passkey else None
    return Asking(_mailed(request), refusal=refusal, passkey=passkey)


def _note_refusal(request, way: str) -> None:
    """Of who is signed in: whoever sits there is not, or not yet, who they should be."""
    who = request.user
    mailbox = sign_in.disguised(who.email)
    detail = f"{way} as fresh proof"
    security_log.refused(detail, at=request.now, mailbox=mailbox, whom=who)


def _proved_by_passkey(request, answer: str) -> bool:
    """Whether a passkey of this person signed what the page before asked of it."""
    form = ReauthenticateWebAuthnForm({Asking.passkey_field: answer}, user=request.user)
    if not form.is_valid():
        return False
    form.save()  # which notes the proof (membership.accounts.proofs)
    return True


def _note(request, way: str) -> None:
    security_log.note(Kind.PROVEN, at=request.now, who=request.user, detail=way)


WAYS = {"code": "a mailed code", "mfa": "an authenticator’s code"}
PASSKEY_REFUSED = "The passkey was not accepted. Try it again, or type the code."
WAIT = "So many codes were asked for that we must wait a quarter of an hour. Nothing was changed."


def _proved_by(request, typed: str) -> str:
    """How: "code" or "mfa"; empty where it is neither. Raises TooOften."""
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
    """Owe a code where none is on its way; what to tell the person. Never raises."""
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
    or_app = ", or the one your authenticator shows" if has_app else ""
    return (
        f"You signed in more than {MINUTES} minutes ago, so we ask again whether it is you. "
        f"A code is on its way to {user.email}: type it here{or_app}, and go on. "
        "It is good for ten minutes."
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
