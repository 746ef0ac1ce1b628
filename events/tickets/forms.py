"""Ticket holders' forms: transfer a ticket, accept one, give a kit's address."""

from django import forms

from events.sales.fields import EMAIL_WORDS, AddressField, NameField
from nsca.lib.mail.slips import AskedAddressField


class GiveForm(forms.Form):
    """The person a ticket is offered to."""

    name = NameField(
        label="Their name",
        max_length=150,
        required=False,
        help_text="For the greeting in our e-mail.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = AskedAddressField(
        label="Their e-mail address",
        max_length=254,
        error_messages=EMAIL_WORDS
        | {"required": "Enter their e-mail address. We send the offer there."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class AcceptForm(forms.Form):
    """The person who accepts a ticket."""

    name = NameField(
        label="Your name",
        max_length=150,
        error_messages={"required": "Enter your name. It goes on the ticket."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class KitForm(forms.Form):
    """The address of a kit."""

    address = AddressField(help_text="For the label, without the name.")
