"""The small forms: what a guest changes on the ticket's own page, and the waiting list."""

from collections.abc import Sequence

from django import forms

from events.boxoffice import SupperLeft
from events.ticket_fields import EMAIL_WORDS, LineField, supper_field


class GuestForm(forms.Form):
    """What a guest may still change on the ticket's own page."""

    name = LineField(label="Name", max_length=150, required=False)
    needs = LineField(label="Allergies or access needs", max_length=240, required=False)

    def __init__(self, data=None, *, ticket, suppers: Sequence[SupperLeft]):
        initial = {"name": ticket.guest_name, "needs": ticket.needs, "choice": ticket.choice_id}
        super().__init__(data, initial=initial)
        if suppers:
            self.fields["choice"] = supper_field(suppers, label="Supper")


class WaitlistForm(forms.Form):
    name = LineField(
        label="Your name",
        max_length=150,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages=EMAIL_WORDS | {"required": "Enter your e-mail address: we write there."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data=None, *, most: int):
        super().__init__(data)
        self.fields["party"] = forms.IntegerField(
            label="Chairs wanted",
            initial=2 if most > 1 else 1,
            min_value=1,
            max_value=most,
            error_messages={
                "required": "Write how many chairs you want.",
                "invalid": "Write how many in figures, like 2.",
                "min_value": "One chair is the least we can look for.",
                "max_value": f"{most} is the most we can put on the list at once.",
            },
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": most}),
        )
