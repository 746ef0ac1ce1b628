"""allauth's forms of the second factor, which tell the security log what they refuse."""

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm

from membership import sign_in
from membership.accounts import security_log


class _Noting:
    """Whoever comes this far knows the code or is signed in: it is said whose sign-in it is."""

    way = "an authenticator’s code"

    def is_valid(self):
        if super().is_valid():
            return True
        at = context.request.now
        mailbox = sign_in.disguised(self.user.email)
        security_log.refused(self.way, at=at, mailbox=mailbox, whom=self.user)
        return False


class CodeForm(_Noting, AuthenticateForm):
    pass


class CodeAgainForm(_Noting, ReauthenticateForm):
    pass


class PasskeyForm(_Noting, AuthenticateWebAuthnForm):
    way = "a passkey"


class PasskeyAgainForm(_Noting, ReauthenticateWebAuthnForm):
    way = "a passkey"
