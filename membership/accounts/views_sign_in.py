"""Sign-in pages: an address, then a code; and a fresh proof before lasting acts.

They replace allauth's pages, which store the code in the session and look up the address first.
The steps after the code (staff's second factor, the session) are allauth's own.
"""

import functools
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.stages import LoginStageController
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from membership.accounts import proofs, reauthenticate, second_factor, sessions, sign_in
from membership.accounts.forms_sign_in import AddressForm, CodeForm
from membership.accounts.passkeys import SecondFactorStage
from membership.models import User
from membership.security import log as security_log
from nsca.lib.web.throttle import address_of

PENDING = "sign_in"  # in the session: which row, for whom, and where to go next
PENDING_LASTS = 15 * 60  # seconds: a session that only asked expires soon
TOO_LATE = (
    "That code no longer works: it was used, tried too often, or is more than ten minutes old. "
    "Please request a new one."
)


@csrf_protect
def ask(request):
    """Ask for the address. A POST gives the same answer for every address."""
    if request.user.is_authenticated:
        return redirect(_way_on(request) or reverse("membership:home"))
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _ask(request, form.cleaned_data["email"], to=_way_on(request))
        return redirect("account_confirm_login_code")
    context = {"form": form, "next": _way_on(request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "account/login.html", context, status=status)


def _ask(request, email: str, *, to: str) -> None:
    is_in = request.user.is_authenticated
    if not is_in:
        unfinished = LoginStageController.enter(request, SecondFactorStage.key)
        if unfinished:  # of someone who stopped before the second factor
            unfinished.abort()
        proofs.forget(request)
    before = request.session.get(PENDING) or {}
    key = sign_in.ask(
        email,
        network=address_of(request),
        at=request.now,
        purpose=_purpose(request),
        instead_of=before.get("key"),
    )
    request.session[PENDING] = {"key": key, "email": email, "next": to}
    if not is_in:
        request.session.set_expiry(PENDING_LASTS)


@sensitive_post_parameters("code")
@csrf_protect
def confirm(request):
    """Ask for the code. Only the browser that requested it gets this page."""
    if request.user.is_authenticated:
        return redirect("membership:home")
    pending = request.session.get(PENDING)
    if not pending:
        return redirect("account_login")
    if "again" in request.POST:
        _ask(request, pending["email"], to=pending["next"])
        messages.info(request, "A new code is on its way. The previous code no longer works.")
        return redirect("account_confirm_login_code")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        user = _proven(request, form, pending)
        if isinstance(user, User):
            return _enter(request, user, pending)
        if user is None:
            return redirect("account_login")
        status = 422
    context = {"form": form, "email": pending["email"]}
    return render(request, "account/confirm_login_code.html", context, status=status)


def _proven(request, form, pending) -> User | sign_in.Wrong | None:
    """The user if the code is right, None if it is over; a wrong code is a form error."""
    if not form.is_valid():
        return sign_in.Wrong(left=0)
    try:
        answer = sign_in.prove(
            pending["key"],
            form.cleaned_data["code"],
            network=address_of(request),
            at=request.now,
            purpose=_purpose(request),
        )
    except sign_in.Over:
        request.session.pop(PENDING, None)
        messages.error(request, TOO_LATE)
        return None
    if isinstance(answer, sign_in.Wrong):
        left = "one try" if answer.left == 1 else f"{answer.left} tries"
        form.add_error("code", f"That’s not the code we e-mailed. You have {left} left.")
    return answer


def _purpose(request) -> str:
    purposes = sign_in.Purpose
    return purposes.LASTING if request.user.is_authenticated else purposes.SIGN_IN


def _enter(request, user, pending):
    """The session gets a new key when it becomes theirs (`django.contrib.auth.login`)."""
    request.session.pop(PENDING, None)
    proofs.note(request, user, "code")
    return perform_login(
        request, user, redirect_url=pending["next"] or None, email=pending["email"]
    )


def _way_on(request) -> str:
    """Where they wanted to go, if it is on this site; otherwise empty."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url.startswith("/") and get_adapter(request).is_safe_url(url)
    return url if is_ours else ""  # a bare word would be read as a view name


# --- Fresh proof -------------------------------------------------------------------------------


def proven_lately(view):
    """Require a fresh proof before acts that outlive a session, such as adding a passkey."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated and not reauthenticate.signed_in_recently(request):
            query = urlencode({"next": request.path})
            return redirect(f"{reverse('account_reauthenticate')}?{query}")
        if request.user.is_authenticated and second_factor.is_owed(request):
            return redirect(second_factor.way_to_prove(request, to=request.path))
        return view(request, *args, **kwargs)

    return login_required(guarded)


@sensitive_post_parameters("code")
@login_required
def prove_again(request):
    """Ask for a code sent to the user's own address. Only a POST sends it."""
    pending = request.session.get(PENDING) or {}
    to = _way_on(request) or pending.get("next") or reverse("membership:home")
    form = CodeForm(request.POST or None) if pending else None
    status = 200
    if request.method == "POST":
        if not pending or "again" in request.POST:
            _ask(request, request.user.email, to=to)
            return redirect("account_reauthenticate")
        answer = _proven(request, form, pending)
        if answer == request.user:
            request.session.pop(PENDING, None)
            proofs.note(request, request.user, "code")
            kind = security_log.Kind.PROVEN
            security_log.note(kind, at=request.now, who=request.user, detail="an e-mailed code")
            return redirect(to)
        if not isinstance(answer, sign_in.Wrong):
            return redirect("account_reauthenticate")
        status = 422
    context = {"form": form, "next": to}
    return render(request, "account/prove_again.html", context, status=status)


# --- Sessions ----------------------------------------------------------------------------------


@require_POST
@login_required
def sign_out_everywhere(request):
    """Sign out every other browser; this one stays signed in."""
    sessions.end_others(request, at=request.now)
    messages.success(request, "Signed out everywhere else. You’re still signed in here.")
    return redirect("membership:home")
