"""Forms for members about themselves and their household."""

from django import forms

from membership.models import Person
from membership.models.people import ADULT
from nsca.lib.mail.slips import AskedAddressField


class HouseholdPersonForm(forms.Form):
    """One person of a household: an adult, perhaps with an address, or a child without."""

    name = forms.CharField(
        label="Name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter their name as it should appear on the card."},
    )
    email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="If they should sign in themselves. Leave empty for a child.",
        error_messages={"invalid": "Enter a complete e-mail address, or leave it empty."},
    )
    born_on = forms.DateField(
        label="Date of birth, for a child",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=f"Only if they are under {ADULT}, so we know when they turn {ADULT}.",
        error_messages={"invalid": "Enter the date like 2017-05-20."},
    )

    def __init__(self, *args, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_born_on(self):
        born_on = self.cleaned_data["born_on"]
        if born_on and born_on > self.on:
            raise forms.ValidationError("This date is in the future. Enter the date of birth.")
        if born_on and not Person(born_on=born_on).is_minor(self.on):
            raise forms.ValidationError(
                f"This person is {ADULT} or older. Leave the date of birth empty."
            )
        return born_on


class ListingForm(forms.Form):
    """What other members may see."""

    is_listed = forms.BooleanField(
        label="List me with my name and favorite cities", required=False
    )
    shows_email = forms.BooleanField(label="Show my e-mail address", required=False)
    shows_phone = forms.BooleanField(label="Show my phone number", required=False)


class PassportLinkForm(forms.Form):
    is_shown = forms.BooleanField(label="Anyone with the link can see my passport", required=False)
    shows_name = forms.BooleanField(label="Show my name on it", required=False)
