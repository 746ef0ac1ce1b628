"""Forms to give a membership and to claim one."""

from datetime import date, timedelta

from django import forms

from membership.giving.forms import NOT_IN_A_NAME
from membership.giving.forms_shared import OnTopField, SubmissionKeyMixin, TierChoice
from membership.joining.forms import AdultField, CitiesFields, HouseholdFields, TopicsFields
from membership.models import Tier
from membership.terms.gift_memberships import FARTHEST
from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.text.phones import PhoneField

EMAIL_WORDS = {"invalid": "Enter a complete e-mail address, like name@example.com."}
# The e-mail goes to a stranger in the association's name: greetings only, no advertising.
ONLY_WORDS = "Please leave out addresses and links."


def _only_words(value: str) -> str:
    value = " ".join(value.split())
    if NOT_IN_A_NAME.search(value):
        raise forms.ValidationError(ONLY_WORDS)
    return value


class GiveMembershipForm(SubmissionKeyMixin):
    """The level, the recipient, the day, and the giver."""

    tier = TierChoice()
    recipient_name = forms.CharField(
        label="Who it is for",
        max_length=150,
        error_messages={"required": "Enter the recipient’s name."},
    )
    recipient_email = AskedAddressField(
        label="Their e-mail address",
        max_length=254,
        required=False,
        help_text="We’ll e-mail them on that day. Leave empty to print the card and hand it over.",
        error_messages=EMAIL_WORDS,
    )
    begins_on = forms.DateField(
        label="On which day",
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="For example, a birthday. Our e-mail arrives that morning. Their year starts "
        "when they claim it, so they lose no days.",
        error_messages={
            "required": "Choose the day.",
            "invalid": "Enter a date, like 12/25/2027.",
        },
    )
    message = forms.CharField(
        label="A few words from you",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For the e-mail and the card.",
    )
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As it should appear in the e-mail.",
        error_messages={"required": "Enter your name for the e-mail and the receipt."},
    )
    email = AskedAddressField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="For the receipt and the card to print.",
        error_messages={"required": "Enter your e-mail address.", **EMAIL_WORDS},
    )
    gift = OnTopField()

    def __init__(self, *args, tiers, on: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].queryset = tiers
        self.on = on
        self.fields["begins_on"].widget.attrs |= {
            "min": on.isoformat(),
            "max": (on + FARTHEST).isoformat(),
        }

    def clean_recipient_name(self):
        return _only_words(self.cleaned_data["recipient_name"])

    def clean_name(self):
        return _only_words(self.cleaned_data["name"])

    def clean_message(self):
        return _only_words(self.cleaned_data["message"])

    def clean_begins_on(self):
        day = self.cleaned_data["begins_on"]
        # Midnight passes in Norfolk while somebody fills this in.
        if day < self.on - timedelta(days=1):
            raise forms.ValidationError("That day has passed. Choose today or later.")
        if day > self.on + FARTHEST:
            raise forms.ValidationError("Choose a day within the next year.")
        return max(day, self.on)


class CodeOnCardForm(forms.Form):
    code = forms.CharField(
        label="The code on the card",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the code from the card."},
    )


class ClaimForm(HouseholdFields, CitiesFields, TopicsFields):
    """Who claims a gift. `is_proven`: they signed in, so no address and code are needed."""

    code = forms.CharField(
        label="The code from our e-mail",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name as it should appear on your card."},
    )
    email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="We’ll e-mail you a code to confirm that it’s yours.",
        error_messages={"required": "Enter your e-mail address.", **EMAIL_WORDS},
    )
    phone = PhoneField(required=False)
    adult = AdultField()
    field_order = ["code", "name", "email", "phone", "adult"]

    def __init__(self, *args, tier: Tier, known=(), is_proven=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.tier, self.known = tier, known
        if is_proven:
            del self.fields["email"], self.fields["code"]
        if is_proven and known:
            del self.fields["adult"]

    def clean(self):
        cleaned = super().clean()
        cleaned["others"] = self.clean_others()
        self.judge_how_many(self.tier, cleaned["others"])
        return cleaned
