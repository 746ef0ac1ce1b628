"""The form that cancels an event."""

from django import forms


class CancelForm(forms.Form):
    EVERYBODY, NOT_YET = "everybody", "not-yet"
    note = forms.CharField(
        label="What guests should know",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown on the event’s page and in the e-mail to every ticket holder.",
    )
    money = forms.ChoiceField(
        label="Refunds",
        choices=[
            (EVERYBODY, "Refund everyone, as the refund terms say"),
            (NOT_YET, "Decide later: a task reminds us"),
        ],
        initial=EVERYBODY,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, may_refund: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_refund:
            del self.fields["money"]
