"""How allauth is used here: its second factor, its passkeys and its sessions; and no accounts but
those of members and staff. Codes are mailed by our own pages (membership.sign_in).
"""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

from nsca.lib.letterhead import letterhead


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Accounts come from joining, or from the director; a form for them would only gather
        strangers.
        """
        return False

    def get_login_stages(self):
        ours = {"allauth.mfa.stages.AuthenticateStage": "membership.passkeys.SecondFactorStage"}
        return [ours.get(path, path) for path in super().get_login_stages()]

    def render_mail(self, template_prefix, email, context, headers=None):
        ours = {"site_url": settings.SITE_URL, "letterhead": letterhead()}
        return super().render_mail(template_prefix, email, {**context, **ours}, headers=headers)
