"""The form to give."""

import re

from django import forms

from membership.giving.forms_shared import SubmissionKeyMixin
from membership.giving.gifts import LEAST_CENTS, MOST_CENTS, Honoring
from membership.models import Fund, Tribute
from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.text.fields import OptionalDollarsField

SUGGESTED = (2_500, 5_000, 10_000, 25_000)  # cents
# Cards go to strangers in the association's name, so a name may not carry an advertisement.
NOT_IN_A_NAME = re.compile(
    r"https?:|www\.|[@<>\r\n]|\w\.(com|net|org|info|io|ru)\b", re.IGNORECASE
)


class FundChoice(forms.ModelChoiceField):
    widget = forms.RadioSelect

    def label_from_instance(self, fund):
        return fund.name


def _name(value: str) -> str:
    value = " ".join(value.split())
    if NOT_IN_A_NAME.search(value):
        raise forms.ValidationError("Enter a name only, without links or symbols.")
    return value


class GiveForm(SubmissionKeyMixin):
    choice = forms.ChoiceField(
        choices=[(str(cents), str(cents)) for cents in SUGGESTED],
        required=False,
        widget=forms.RadioSelect,
        label="Amount",
    )
    amount = OptionalDollarsField(
        label="Other amount, in dollars",
        widget=forms.TextInput(attrs={"placeholder": "such as 40"}),
        min_cents=LEAST_CENTS,
        max_cents=MOST_CENTS,
    )
    often = forms.ChoiceField(
        choices=[("once", "Once"), ("month", "Every month")],
        required=False,
        widget=forms.RadioSelect,
        label="How often",
    )
    fund = FundChoice(
        queryset=Fund.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=None,
        label="Use my gift for",
        error_messages={"invalid_choice": "Choose what your gift is for."},
    )
    manner = forms.ChoiceField(
        choices=[("", "No"), *Tribute.Manner.choices],
        required=False,
        widget=forms.RadioSelect,
        label="In honor or memory of someone",
    )
    of_name = forms.CharField(
        label="Their name",
        max_length=120,
        error_messages={"required": "Enter the name of the person you are honoring."},
    )
    family_name = forms.CharField(
        label="Send a card to",
        max_length=120,
        required=False,
        help_text="For example, “The Okoro family”. The card shows no amount. Leave blank for no "
        "card.",
    )
    family_email = AskedAddressField(
        label="Their e-mail address",
        max_length=254,
        required=False,
        help_text="We send the card when your gift arrives.",
        error_messages={"invalid": "Enter an e-mail address with an @ in it."},
    )
    family_address = forms.CharField(
        label="Or their postal address",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="We print the card and mail it.",
    )
    signs = forms.BooleanField(label="Put my name on the card", required=False)
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name, for the receipt."},
    )
    email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="We’ll send your receipt here.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address with an @ in it.",
        },
    )
    covers_fee = forms.BooleanField(label="Add the card fee", required=False)

    def __init__(self, *args, funds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = funds
        # Required, and shown on the page, only if somebody is honored.
        self.fields["of_name"].required = not self.is_bound or bool(self.data.get("manner"))

    def clean_of_name(self):
        return _name(self.cleaned_data["of_name"])

    def clean_family_name(self):
        return _name(self.cleaned_data["family_name"])

    def clean(self):
        cleaned = super().clean()
        # A typed amount beats a chosen one: typing takes more effort.
        if not self.errors.get("amount"):
            chosen = cleaned.get("amount") or int(cleaned.get("choice") or 0)
            if chosen:
                cleaned["cents"] = chosen
            elif not self.errors.get("choice"):
                self.add_error(
                    "amount", "Choose an amount above, or enter one in dollars, like 25."
                )
        if cleaned.get("manner"):
            self._clean_honoring(cleaned)
        return cleaned

    def _clean_honoring(self, cleaned):
        has_way = cleaned.get("family_email") or (cleaned.get("family_address") or "").strip()
        if cleaned.get("family_name") and not has_way and "family_email" not in self.errors:
            self.add_error("family_email", "Enter an e-mail or postal address for the card.")
        if has_way and not cleaned.get("family_name") and "family_name" not in self.errors:
            self.add_error("family_name", "Enter who should get the card.")
        if cleaned.get("signs") and NOT_IN_A_NAME.search(cleaned.get("name") or ""):
            self.add_error("name", "Enter a name only, without links or symbols.")

    def honoring(self) -> Honoring | None:
        """What the card and the books will say; None if nobody is honored."""
        data = self.cleaned_data
        if not data["manner"]:
            return None
        return Honoring(
            manner=data["manner"],
            name=data["of_name"],
            family_name=data["family_name"],
            family_email=data["family_email"],
            family_address=data["family_address"].strip(),
            signed=" ".join(data["name"].split()) if data["signs"] and data["family_name"] else "",
        )
