"""The forms for signing in."""

from django import forms

from membership.accounts.sign_in import digits_of
from membership.models.sign_in import DIGITS
from nsca.lib.mail.addresses import AddressFormField


class AddressForm(forms.Form):
    """Where the code goes. The answer is the same for known and unknown addresses."""

    email = AddressFormField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter a complete e-mail address, like name@example.com.",
        },
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,  # pasted with spaces, a dash, or the whole line around it
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
        help_text="Eight digits. Spaces and dashes are fine.",
        error_messages={"required": "Enter the eight digits from our e-mail."},
    )

    def clean_code(self) -> str:
        digits = digits_of(self.cleaned_data["code"])
        if len(digits) != DIGITS:
            raise forms.ValidationError("The code has eight digits. It’s in our e-mail’s subject.")
        return digits
