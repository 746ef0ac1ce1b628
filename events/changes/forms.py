"""How staff cancel an event."""

from django import forms


class CancelForm(forms.Form):
    EVERYBODY, NOT_YET = "everybody", "not-yet"
    note = forms.CharField(
        label="What guests should know now",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Printed on the event's page and in the letter to every ticket holder.",
    )
    money = forms.ChoiceField(
        label="The money",
        choices=[
            (EVERYBODY, "refund everybody, as the refund terms say"),
            (NOT_YET, "not yet: a task reminds us"),
        ],
        initial=EVERYBODY,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, may_refund: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_refund:
            del self.fields["money"]
