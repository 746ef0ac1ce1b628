"""How allauth is used here: its second factor, its passkeys and its sessions; and no accounts but
those of members and staff. Codes are mailed by our own pages (membership.sign_in).
"""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

from membership.accounts import second_factor
from nsca.lib.addresses import valid_address
from nsca.lib.letterhead import letterhead

SET_UP = ("mfa/email/totp_activated", "mfa/email/webauthn_added")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Accounts come from joining, or from the director; a form for them would only gather
        strangers.
        """
        return False

    def clean_email(self, email):
        """Also the few forms of allauth's own that take an address make our one spelling of it."""
        return valid_address(email)

    def get_login_stages(self):
        ours = {"allauth.mfa.stages.AuthenticateStage": "membership.passkeys.SecondFactorStage"}
        return [ours.get(path, path) for path in super().get_login_stages()]

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """What allauth calls when a factor came or went. Who has just set one up in this session
        has proved it: TOTP by its first code, a passkey by its signature.
        """
        if template_prefix in SET_UP:
            second_factor.note_as_proven(self.request)

    def render_mail(self, template_prefix, email, context, headers=None):
        ours = {"site_url": settings.SITE_URL, "letterhead": letterhead()}
        return super().render_mail(template_prefix, email, {**context, **ours}, headers=headers)
