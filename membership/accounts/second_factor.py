"""The second factor is a property of the session, not of the account.

That somebody owns an authenticator or a passkey says nothing about who sits at this browser: a
session that was begun as a member's, and whose member was made a colleague since, has proved one
thing only. So the admin asks what was proved in this very session (membership.accounts.proofs).
"""

from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.urls import reverse

from membership.accounts import proofs

WAYS_IN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes stand for them


def is_proven(request) -> bool:
    """Whether this session has proved a second factor of who is signed in."""
    return any(proof["method"] == "mfa" for proof in proofs.proofs_of(request, request.user))


def note_as_proven(request) -> None:
    """This session has set up a factor, and proved in doing so that it is at hand."""
    proofs.note(request, request.user, "mfa")


def way_to_prove(request, *, to: str) -> str:
    """Where who is signed in proves the second factor they have, or sets up a first one."""
    if not is_mfa_enabled(request.user, WAYS_IN):
        return reverse("mfa_index")
    return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': to})}"


def is_owed(request) -> bool:
    """Whether this session may change how its user is known only after the second factor they
    have: else whoever reads a colleague's mail could add a factor of their own beside it.

    A member's passkey is a quicker way in and no second lock (membership.accounts.passkeys):
    whoever loses it still has the mailbox.
    """
    user = request.user
    kinds = WAYS_IN if user.is_staff else (Authenticator.Type.TOTP,)
    return is_mfa_enabled(user, kinds) and not is_proven(request)
