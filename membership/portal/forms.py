"""What members fill in about themselves and their household."""

from django import forms

from membership.models import Person
from membership.models.people import ADULT
from nsca.lib.mail.slips import AskedAddressField


class HouseholdPersonForm(forms.Form):
    """One person of a household: grown, perhaps with an address; or a child, who needs none."""

    name = forms.CharField(
        label="Name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter their name, as it should stand on the card."},
    )
    email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="If they should sign in by themselves. A child needs none.",
        error_messages={"invalid": "Enter an e-mail address with an @ in it, or leave it empty."},
    )
    born_on = forms.DateField(
        label="Day of birth, of a child",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=f"Of those younger than {ADULT}: so that we know when they are grown.",
        error_messages={"invalid": "Enter the day as 2017-05-20."},
    )

    def __init__(self, *args, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_born_on(self):
        born_on = self.cleaned_data["born_on"]
        if born_on and born_on > self.on:
            raise forms.ValidationError("That day has not come yet.")
        if born_on and not Person(born_on=born_on).is_minor(self.on):
            raise forms.ValidationError(f"Who is {ADULT} or older needs no day of birth here.")
        return born_on


class ListingForm(forms.Form):
    """What other members may see of one."""

    is_listed = forms.BooleanField(
        label="List me: my name, and the cities of my heart", required=False
    )
    shows_email = forms.BooleanField(label="Show my e-mail address", required=False)
    shows_phone = forms.BooleanField(label="Show my telephone number", required=False)


class PassportLinkForm(forms.Form):
    is_shown = forms.BooleanField(label="Whoever has the link may see my passport", required=False)
    shows_name = forms.BooleanField(label="Put my name on it", required=False)
