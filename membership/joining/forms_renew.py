"""The form to renew by a link: a level and an extra gift, nothing personal."""

from django import forms

from membership.giving.forms_shared import OnTopField, SubmissionKeyMixin, TierChoice
from membership.joining.auto_renewal import AutoRenewalMixin
from nsca.lib.mail.slips import AskedAddressField


class RenewForm(AutoRenewalMixin, SubmissionKeyMixin):
    """`asks_address` is for members without e-mail, who have the link on paper."""

    tier = TierChoice()
    gift = OnTopField()
    email = AskedAddressField(
        label="E-mail address for the receipt",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Enter a complete e-mail address, like name@example.com."},
    )

    def __init__(self, *args, tiers, asks_address, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].queryset = tiers
        if not asks_address:
            del self.fields["email"]
