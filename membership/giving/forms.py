"""What people fill in to give."""

import re

from django import forms

from membership.giving.forms_shared import SubmissionKeyMixin
from membership.giving.gifts import LEAST_CENTS, MOST_CENTS, Honoring
from membership.models import Fund, Tribute
from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.text.fields import OptionalDollarsField

SUGGESTED = (2_500, 5_000, 10_000, 25_000)  # cents
# A card goes to strangers in the association's name: a name is a name, and no advertisement.
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
        raise forms.ValidationError("Write a name here, and nothing else.")
    return value


class GiveForm(SubmissionKeyMixin):
    choice = forms.ChoiceField(
        choices=[(str(cents), str(cents)) for cents in SUGGESTED],
        required=False,
        widget=forms.RadioSelect,
        label="How much",
    )
    amount = OptionalDollarsField(
        label="Another amount, in dollars",
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
        label="What it is for",
        error_messages={"invalid_choice": "Choose what your gift is for."},
    )
    manner = forms.ChoiceField(
        choices=[("", "No"), *Tribute.Manner.choices],
        required=False,
        widget=forms.RadioSelect,
        label="In honor or memory of somebody",
    )
    of_name = forms.CharField(
        label="Their name",
        max_length=120,
        error_messages={"required": "Enter the name of whom you honor."},
    )
    family_name = forms.CharField(
        label="Send a card to",
        max_length=120,
        required=False,
        help_text="Whoever should know: “The Okoro family”. The card names no amount. Empty: we "
        "tell nobody.",
    )
    family_email = AskedAddressField(
        label="Their e-mail address",
        max_length=254,
        required=False,
        help_text="The card goes out as soon as the gift is here.",
        error_messages={"invalid": "Enter an e-mail address with an @ in it."},
    )
    family_address = forms.CharField(
        label="Or their postal address",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Then we print the card and post it.",
    )
    signs = forms.BooleanField(label="Say on the card that it is from me", required=False)
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
        help_text="The receipt goes there.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address with an @ in it.",
        },
    )
    covers_fee = forms.BooleanField(label="Add the card’s fee", required=False)

    def __init__(self, *args, funds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = funds
        # Asked for only where somebody is honored; the page shows it only then, too.
        self.fields["of_name"].required = not self.is_bound or bool(self.data.get("manner"))

    def clean_of_name(self):
        return _name(self.cleaned_data["of_name"])

    def clean_family_name(self):
        return _name(self.cleaned_data["family_name"])

    def clean(self):
        cleaned = super().clean()
        # What is typed counts before what is ticked: it takes more trouble.
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
            self.add_error("family_email", "Enter an e-mail or a postal address for the card.")
        if has_way and not cleaned.get("family_name") and "family_name" not in self.errors:
            self.add_error("family_name", "Enter who the card is to.")
        if cleaned.get("signs") and NOT_IN_A_NAME.search(cleaned.get("name") or ""):
            self.add_error("name", "Write a name here, and nothing else.")

    def honoring(self) -> Honoring | None:
        """What the card and the books are to say; None where nobody is honored."""
        wish = self.cleaned_data
        if not wish["manner"]:
            return None
        return Honoring(
            manner=wish["manner"],
            name=wish["of_name"],
            family_name=wish["family_name"],
            family_email=wish["family_email"],
            family_address=wish["family_address"].strip(),
            signed=" ".join(wish["name"].split()) if wish["signs"] and wish["family_name"] else "",
        )
