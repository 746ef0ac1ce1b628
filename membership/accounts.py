"""How allauth is used here: sign-in by an e-mailed code, and no accounts but those of members and
staff.
"""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Accounts come from joining, or from the director; a form for them would only gather
        strangers.
        """
        return False

    def render_mail(self, template_prefix, email, context, headers=None):
        return super().render_mail(
            template_prefix, email, {**context, "site_url": settings.SITE_URL}, headers=headers
        )
