"""How allauth is used here: sign-in by an e-mailed code, and no accounts but those of members and
staff.
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

    def render_mail(self, template_prefix, email, context, headers=None):
        ours = {"site_url": settings.SITE_URL, "letterhead": letterhead()}
        return super().render_mail(template_prefix, email, {**context, **ours}, headers=headers)
