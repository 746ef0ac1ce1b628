"""What a party on the waiting list fills in: who it is, how many chairs, and how few would do."""

from django import forms

from events.sales.fields import EMAIL_WORDS, LineField, NameField
from nsca.lib.mail.slips import AskedAddressField


class WishForm(forms.Form):
    """How many chairs a party wants, and how few it would take."""

    def __init__(self, data=None, *, most: int, noun: str = "chair", party: int, fewest=None):
        super().__init__(data)
        self.fields["party"] = _number(
            f"{noun.title()}s wanted",
            most=most,
            initial=party,
            error_messages={
                "required": f"Write how many {noun}s you want.",
                "min_value": f"One {noun} is the least we can look for.",
                "max_value": f"{most} is the most we can put on the list at once.",
            },
        )
        self.fields["fewest"] = _number(
            "Fewest you would take",
            most=most,
            initial=fewest,
            required=False,
            help_text="If only some come back. Empty: all or none.",
            error_messages={
                "min_value": f"One {noun} is the least we can offer.",
                "max_value": f"{most} is the most we can put on the list at once.",
            },
        )

    def clean(self):
        """No answer means all of them."""
        data = super().clean()
        party, fewest = data.get("party"), data.get("fewest")
        if "fewest" not in self.errors:
            data["fewest"] = fewest or party
        if party and fewest and fewest > party:
            self.add_error("fewest", "This cannot be more than you want.")
        return data


class WaitlistForm(WishForm):
    """The same, with whom we write to."""

    name = NameField(
        label="Your name",
        max_length=150,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        error_messages=EMAIL_WORDS | {"required": "Enter your e-mail address: we write there."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class MoveUpForm(forms.Form):
    """Why staff put a party before all others."""

    reason = LineField(
        label="Reason",
        max_length=200,
        error_messages={"required": "Say why, for colleagues who ask later."},
    )


def _number(label: str, *, most: int, error_messages: dict, **options) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        error_messages={"invalid": "Write how many in figures, like 2."} | error_messages,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": most}),
        **options,
    )
