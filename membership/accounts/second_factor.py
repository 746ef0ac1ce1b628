"""The second factor belongs to the session, not the account.

Owning an authenticator or passkey says nothing about who is at this browser: a session begun as a
member's, before the member became staff, has proved only one factor. So the admin asks what this
session has proved (membership.accounts.proofs).
"""

from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.urls import reverse

from membership.accounts import proofs

WAYS_IN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes replace them


def is_proven(request) -> bool:
    """Whether this session has proved the user's second factor."""
    return any(proof["method"] == "mfa" for proof in proofs.proofs_of(request, request.user))


def note_as_proven(request) -> None:
    """Setting up a factor proves that the user has it."""
    proofs.note(request, request.user, "mfa")


def way_to_prove(request, *, to: str) -> str:
    """The page where the user proves their second factor, or sets up a first one."""
    if not is_mfa_enabled(request.user, WAYS_IN):
        return reverse("mfa_index")
    return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': to})}"


def is_owed(request) -> bool:
    """Whether the user must prove their second factor before changing how they sign in.

    Otherwise someone who reads a colleague's mail could add a factor of their own. A member's
    passkey does not count (membership.accounts.passkeys): if it is lost, the mailbox remains.
    """
    user = request.user
    kinds = WAYS_IN if user.is_staff else (Authenticator.Type.TOTP,)
    return is_mfa_enabled(user, kinds) and not is_proven(request)
