"""What is typed at the door: walk-up sales, and the links that staff make for volunteers."""

from datetime import datetime, timedelta

from django import forms

from events.models import DoorLink, Event, TicketType
from events.ticket_fields import LineField
from nsca.lib.money import dollars

BEFORE_DOORS, AFTER_END = timedelta(hours=2), timedelta(hours=2)
AT_ONCE = 20  # chairs in one sale for cash: a coach party goes to the office


class WalkUpForm(forms.Form):
    """A kind of ticket, how many, and, if the guest likes, a name and an address."""

    kind = forms.ChoiceField(
        label="Ticket",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a kind of ticket."},
    )
    quantity = forms.IntegerField(
        label="How many",
        min_value=1,
        max_value=AT_ONCE,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": AT_ONCE}),
        error_messages={
            "required": "Write how many.",
            "invalid": "Write how many in figures, like 2.",
            "min_value": "One is the least.",
            "max_value": f"{AT_ONCE} is the most at once.",
        },
    )
    name = LineField(
        label="Guest’s name",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label="E-mail for ticket and receipt",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Write an address with an @ in it, or leave it empty."},
    )
    let_in = forms.BooleanField(label="Let them in at once", required=False, initial=True)

    def __init__(self, data=None, *, kinds: list[TicketType]):
        super().__init__(data)
        self.kinds = {str(kind.pk): kind for kind in kinds}
        self.fields["kind"].choices = [
            (pk, f"{kind.name}, {dollars(kind.price_cents) if kind.price_cents else 'free'}")
            for pk, kind in self.kinds.items()
        ]
        if len(kinds) == 1:
            self.fields["kind"].initial = str(kinds[0].pk)

    @property
    def ticket_type(self) -> TicketType:
        return self.kinds[self.cleaned_data["kind"]]

    @property
    def cents(self) -> int:
        """What the volunteer takes in cash."""
        return self.ticket_type.price_cents * self.cleaned_data["quantity"]


def sold_at_the_door(event: Event) -> list[TicketType]:
    """Kinds that a stranger may have: on offer, not by invitation, nothing that is mailed."""
    kinds = event.ticket_types.filter(is_offered=True, is_by_invitation=False, is_posted=False)
    return list(kinds)


class DoorLinkForm(forms.ModelForm):
    """A link for one volunteer. The address typed here is written to, and not kept."""

    mail_to = forms.EmailField(
        label="Mail it to",
        required=False,
        help_text="The volunteer's e-mail, if they are not beside you; used once, not kept.",
    )

    class Meta:
        model = DoorLink
        fields = ["event", "name", "gate", "opens_at", "ends_at", "may_sell"]

    def clean(self):
        data = super().clean()
        opens_at, ends_at = data.get("opens_at"), data.get("ends_at")
        if opens_at and ends_at and ends_at <= opens_at:
            self.add_error("ends_at", "The end comes after the beginning.")
        return data


def usual_hours(event: Event) -> tuple[datetime, datetime]:
    """From two hours before the doors open (else the start) to two hours after the end."""
    return (event.doors_at or event.starts_at) - BEFORE_DOORS, event.ends_at + AFTER_END
