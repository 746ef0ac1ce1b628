"""The small forms of holders: to give a ticket on, to accept it, to say where a kit goes."""

from django import forms

from events.sales.fields import EMAIL_WORDS, AddressField, NameField
from nsca.lib.mail.slips import AskedAddressField


class GiveForm(forms.Form):
    """To whom a ticket is offered."""

    name = NameField(
        label="Their name",
        max_length=150,
        required=False,
        help_text="How our letter should greet them.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = AskedAddressField(
        label="Their e-mail address",
        max_length=254,
        error_messages=EMAIL_WORDS | {"required": "Enter the address we should write to."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class AcceptForm(forms.Form):
    """Who takes a ticket over."""

    name = NameField(
        label="Your name",
        max_length=150,
        error_messages={"required": "Enter your name: it stands on the ticket."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class KitForm(forms.Form):
    """Where a kit goes."""

    address = AddressField(help_text="As it should stand on the label, below the name.")
