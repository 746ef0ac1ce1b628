"""How we use allauth: second factors, passkeys and sessions, for members and staff only.

Our own pages mail the sign-in codes (membership.accounts.sign_in).
"""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

from membership.accounts import proofs, second_factor, sessions
from membership.security import address_mail, alarms
from membership.security import log as security_log
from membership.security.log import Kind
from nsca.lib.mail.addresses import valid_address
from nsca.lib.mail.letterhead import letterhead

SET_UP = ("mfa/email/totp_activated", "mfa/email/webauthn_added")
WAYS = {"code": "an e-mailed code", "mfa": "a second factor"}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Accounts come from joining or from the director, never from a sign-up form."""
        return False

    def clean_email(self, email):
        """Normalize addresses in allauth's own forms, too."""
        return valid_address(email)

    def get_login_stages(self):
        own = "membership.accounts.passkeys.SecondFactorStage"
        ours = {"allauth.mfa.stages.AuthenticateStage": own}
        return [ours.get(path, path) for path in super().get_login_stages()]

    def post_login(self, request, user, **kwargs):
        """Record the session and warn directors when staff use a new device."""
        proved = proofs.proofs_of(request, user)
        ways = dict.fromkeys(WAYS.get(each["method"], "another way") for each in proved)
        security_log.note(Kind.SIGNED_IN, at=request.now, who=user, detail=" and ".join(ways))
        row, is_known = sessions.begin(request, user)
        if user.is_staff and not is_known:
            alarms.new_device(user, row.device, at=request.now)
        return super().post_login(request, user, **kwargs)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Report a factor that was added or removed; allauth calls this.

        Setting one up in this session is the proof: TOTP by its first code, passkeys by signature.
        """
        request = self.request
        if template_prefix in SET_UP:
            second_factor.note_as_proven(request)
        if template_prefix in address_mail.FACTORS:
            address_mail.factor_changed(user, template_prefix, at=request.now, by=user)
        if template_prefix.endswith(("_deactivated", "_removed")):
            sessions.end_others(request, at=request.now)

    def render_mail(self, template_prefix, email, context, headers=None):
        ours = {"site_url": settings.SITE_URL, "letterhead": letterhead()}
        return super().render_mail(template_prefix, email, {**context, **ours}, headers=headers)
