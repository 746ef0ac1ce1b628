"""What people fill in to join, to renew and to give."""

from django import forms

from membership.giving import LEAST_CENTS, MOST_CENTS
from membership.models import Tier
from nsca.lib import codes
from nsca.lib.fields import DollarsField

MOST_OTHERS = 12  # people of one household besides the first


class SubmissionKeyMixin(forms.Form):
    """One form, one order: a double click finds the first."""

    submission_key = forms.CharField(
        widget=forms.HiddenInput, max_length=64, initial=codes.link_token
    )

    def clean_submission_key(self):
        # A key too short to be ours is replaced: it must not be guessable, and must not lose what
        # was typed.
        key = self.cleaned_data["submission_key"]
        return key if len(key) >= 30 else codes.link_token()


class TierChoice(forms.ModelChoiceField):
    widget = forms.RadioSelect

    def label_from_instance(self, tier):
        return tier.name


class JoinForm(SubmissionKeyMixin):
    """One page, one payment."""

    tier = TierChoice(
        queryset=Tier.objects.none(),
        label="Membership",
        empty_label=None,
        to_field_name="slug",
        error_messages={
            "required": "Choose a kind of membership.",
            "invalid_choice": "Choose a kind of membership.",
        },
    )
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name, as it should stand on the card."},
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="The receipt goes there, and your sign-in codes.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address with an @ in it.",
        },
    )
    phone = forms.CharField(
        label="Telephone",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    others = forms.CharField(
        label="Others of your household",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For a level that covers more than one person: one name a line. "
        "Children need no e-mail address.",
    )
    cities = forms.ModelMultipleChoiceField(
        label="Cities of your heart",
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    gift = DollarsField(
        label="A gift on top, in dollars",
        required=False,
        max_cents=MOST_CENTS,
        help_text="If you wish; any amount is welcome.",
    )

    def __init__(self, *args, tiers, cities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].queryset = tiers
        self.fields["cities"].queryset = cities

    def clean_others(self):
        names = [" ".join(line.split())[:150] for line in self.cleaned_data["others"].splitlines()]
        names = [name for name in names if name]
        if len(names) > MOST_OTHERS:
            raise forms.ValidationError(f"Name at most {MOST_OTHERS} more people here.")
        return tuple(names)

    def clean(self):
        cleaned = super().clean()
        tier, others = cleaned.get("tier"), cleaned.get("others", ())
        if tier and len(others) + 1 > tier.max_people:
            covers = "one person" if tier.max_people == 1 else f"{tier.max_people} people"
            self.add_error(
                "others",
                f"{tier.name} covers {covers}. Choose a wider level, or leave some names out.",
            )
        gift = cleaned.get("gift")
        if gift is not None and 0 < gift < LEAST_CENTS:
            self.add_error("gift", "The least is $1, or leave it empty.")
        return cleaned


class RenewForm(SubmissionKeyMixin):
    tier = TierChoice(
        queryset=Tier.objects.none(),
        label="Membership",
        empty_label=None,
        to_field_name="slug",
        error_messages={
            "required": "Choose a kind of membership.",
            "invalid_choice": "Choose a kind of membership.",
        },
    )
    gift = DollarsField(label="A gift on top, in dollars", required=False, max_cents=MOST_CENTS)

    def __init__(self, *args, tiers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].queryset = tiers


class GiveForm(SubmissionKeyMixin):
    amount = DollarsField(
        label="Amount in dollars",
        min_cents=LEAST_CENTS,
        max_cents=MOST_CENTS,
        error_messages={"required": "Enter an amount in dollars, like 25."},
    )
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name, for the receipt."},
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="The receipt goes there.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address with an @ in it.",
        },
    )


class ParticularsForm(forms.Form):
    """What a member may change about themselves."""

    name = forms.CharField(
        label="Name", max_length=150, error_messages={"required": "Enter your name."}
    )
    phone = forms.CharField(label="Telephone", max_length=40, required=False)
    cities = forms.ModelMultipleChoiceField(
        label="Cities of your heart",
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, cities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cities"].queryset = cities
