"""The waitlist forms: who the party is, how many seats, and how few it would take."""

from django import forms

from events.sales.fields import EMAIL_WORDS, LineField, NameField
from nsca.lib.mail.slips import AskedAddressField


class EntryForm(forms.Form):
    """How many seats a party wants, and how few it would take."""

    def __init__(self, data=None, *, most: int, noun: str = "seat", party: int, fewest=None):
        super().__init__(data)
        self.fields["party"] = _number(
            f"{noun.title()}s wanted",
            most=most,
            initial=party,
            error_messages={
                "required": f"Enter how many {noun}s you want.",
                "min_value": f"Enter at least one {noun}.",
                "max_value": f"The limit is {most} per party.",
            },
        )
        self.fields["fewest"] = _number(
            "Fewest you’d take",
            most=most,
            initial=fewest,
            required=False,
            help_text="In case only some come back. Leave empty for all or none.",
            error_messages={
                "min_value": f"Enter at least one {noun}, or leave this empty.",
                "max_value": f"The limit is {most} per party.",
            },
        )

    def clean(self):
        """An empty answer means all of them."""
        data = super().clean()
        party, fewest = data.get("party"), data.get("fewest")
        if "fewest" not in self.errors:
            data["fewest"] = fewest or party
        if party and fewest and fewest > party:
            self.add_error("fewest", "This can’t be more than you want. Enter a smaller number.")
        return data


class WaitlistForm(EntryForm):
    """The same, with a name and an e-mail address."""

    name = NameField(
        label="Your name",
        max_length=150,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        error_messages=EMAIL_WORDS
        | {"required": "Enter your e-mail address. We write to you there."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class MoveUpForm(forms.Form):
    """Why staff move a party to the top."""

    reason = LineField(
        label="Reason",
        max_length=200,
        error_messages={"required": "Enter a reason, for colleagues who ask later."},
    )


def _number(label: str, *, most: int, error_messages: dict, **options) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        error_messages={"invalid": "Enter a number, like 2."} | error_messages,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": most}),
        **options,
    )
