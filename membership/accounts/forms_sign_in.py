"""What people type to sign in."""

from django import forms

from membership.accounts.sign_in import digits_of
from membership.models.sign_in import DIGITS
from nsca.lib.mail.addresses import AddressFormField


class AddressForm(forms.Form):
    """Where the code goes. What it says does not depend on whether we know the address."""

    email = AddressFormField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address with an @ in it.",
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
        help_text="Eight digits. Spaces and dashes do not matter.",
        error_messages={"required": "Enter the eight digits from your mail."},
    )

    def clean_code(self) -> str:
        digits = digits_of(self.cleaned_data["code"])
        if len(digits) != DIGITS:
            raise forms.ValidationError("The code has eight digits. It is in the mail's subject.")
        return digits
