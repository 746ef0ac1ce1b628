"""allauth's second-factor forms; refused tries go to the security log."""

from contextlib import suppress

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm

from membership.accounts import sign_in
from membership.security import log as security_log
from nsca.lib.web.throttle import TooOften, spend


class _Noting:
    """Log refusals by name: at this step the user is known."""

    way = "an authenticator code"

    def is_valid(self):
        if super().is_valid():
            return True
        at, who = context.request.now, str(self.user.pk)
        if not self._is_too_often():
            self._note(self.way, at)
            return False
        with suppress(TooOften):
            spend("factor-refused", who, limit=1, seconds=sign_in.QUARTER, at=at)
            self._note(f"{self.way}: too many tries", at)
        return False

    def _is_too_often(self) -> bool:
        """Whether allauth ignored the try; such tries are logged only now and then."""
        found = [error.code for errors in self.errors.as_data().values() for error in errors]
        return "too_many_login_attempts" in found

    def _note(self, detail: str, at) -> None:
        mailbox = sign_in.disguised(self.user.email)
        security_log.refused(detail, at=at, mailbox=mailbox, whom=self.user)


class CodeForm(_Noting, AuthenticateForm):
    pass


class CodeAgainForm(_Noting, ReauthenticateForm):
    pass


class PasskeyForm(_Noting, AuthenticateWebAuthnForm):
    way = "a passkey"


class PasskeyAgainForm(_Noting, ReauthenticateWebAuthnForm):
    way = "a passkey"
