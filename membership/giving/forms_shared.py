"""Form parts shared by joining, renewing and giving."""

from django import forms

from membership.giving.gifts import LEAST_CENTS, MOST_CENTS
from membership.models import Tier
from nsca.lib.secrets import codes
from nsca.lib.text.fields import OptionalDollarsField
from nsca.lib.text.phones import PhoneField

MOST_OTHERS = 12  # people of one household besides the first


class SubmissionKeyMixin(forms.Form):
    """One order per form: a double click finds the first order."""

    submission_key = forms.CharField(
        widget=forms.HiddenInput, max_length=64, initial=codes.link_token
    )

    def clean_submission_key(self):
        # Replace a key that no form of ours made: it must not be guessable, and nothing typed
        # may be lost.
        key = self.cleaned_data["submission_key"]
        return key if codes.is_form_key(key) else codes.link_token()


class TierChoice(forms.ModelChoiceField):
    widget = forms.RadioSelect

    def __init__(self, **kwargs):
        words = "Choose a membership level."
        super().__init__(
            queryset=Tier.objects.none(),
            label="Membership",
            empty_label=None,
            to_field_name="slug",
            error_messages={"required": words, "invalid_choice": words},
            **kwargs,
        )

    def label_from_instance(self, tier):
        return tier.name


class OnTopField(OptionalDollarsField):
    """An optional gift on top of a purchase, within a gift's limits."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", "Optional. Any amount helps.")
        super().__init__(
            label="Additional gift, in dollars",
            min_cents=LEAST_CENTS,
            max_cents=MOST_CENTS,
            **kwargs,
        )


class ParticularsForm(forms.Form):
    """What members may change about themselves."""

    name = forms.CharField(
        label="Name", max_length=150, error_messages={"required": "Enter your name."}
    )
    phone = PhoneField(required=False)
    cities = forms.ModelMultipleChoiceField(
        label="Favorite cities",
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, cities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cities"].queryset = cities
