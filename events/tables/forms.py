"""The forms of captains, and of guests who would like to sit with one."""

from collections.abc import Sequence

from django import forms

from events.models import Table, TicketType
from events.sales.fields import EMAIL_WORDS, LineField, NameField
from events.tables.tables import FEWEST, MOST
from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.text.money import dollars

STRANGERS = "Let other guests ask for an empty seat"
STRANGERS_HELP = "They see the table’s name and yours. You say yes or no each time."


def _seats_field(*, fewest: int, most: int, label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=fewest,
        max_value=most,
        error_messages={
            "required": "Enter how many seats.",
            "invalid": "Enter a number, like 6.",
            "min_value": f"Enter at least {fewest}.",
            "max_value": f"Enter at most {most}.",
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": fewest, "max": most}),
    )


def _name_field() -> NameField:
    return NameField(
        label="Name of the table",
        max_length=80,
        help_text="Like “The Granby Street Eight”.",
        error_messages={"required": "Enter a name for the table."},
    )


class OpenTableForm(forms.Form):
    """What a captain fills in to open a table."""

    captain_name = NameField(
        label="Your name",
        max_length=150,
        help_text="Your friends see it when they pay.",
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    captain_email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        help_text="We e-mail you a link. Open it to hold the seats.",
        error_messages=EMAIL_WORDS
        | {"required": "Enter your e-mail address. We send the link there."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = _name_field()
    seats = _seats_field(fewest=FEWEST, most=MOST, label="Seats, including yours")

    def __init__(self, data=None, *, kinds: Sequence[TicketType]):
        super().__init__(data, initial={"seats": 8, "kind": kinds[0].pk if kinds else None})
        self.kinds = {kind.pk: kind for kind in kinds}
        if len(kinds) > 1:
            self.fields["kind"] = forms.TypedChoiceField(
                label="Ticket type for all of you",
                coerce=int,
                choices=[(kind.pk, _kind_words(kind)) for kind in kinds],
                error_messages={"required": "Choose a ticket type."},
                widget=forms.RadioSelect,
            )
        self.fields["is_open_to_strangers"] = forms.BooleanField(
            label=STRANGERS, required=False, help_text=STRANGERS_HELP
        )

    @property
    def kind(self) -> TicketType:
        """The ticket type chosen. For valid forms only."""
        chosen = self.cleaned_data.get("kind")
        return self.kinds[chosen] if chosen else next(iter(self.kinds.values()))


def _kind_words(kind: TicketType) -> str:
    price = dollars(kind.price_cents) if kind.price_cents else "free"
    return f"{kind.name}, {price}"


class TableForm(forms.Form):
    """What a captain can change: seats can be given back, never added."""

    name = _name_field()
    is_open_to_strangers = forms.BooleanField(
        label=STRANGERS, required=False, help_text=STRANGERS_HELP
    )

    def __init__(self, data=None, *, table: Table, taken: int, may_give_back: bool):
        super().__init__(
            data,
            initial={
                "name": table.name,
                "seats": table.seats,
                "is_open_to_strangers": table.is_open_to_strangers,
            },
        )
        if may_give_back:
            self.fields["seats"] = _seats_field(
                fewest=max(1, taken), most=table.seats, label="Seats"
            )
            self.fields[
                "seats"
            ].help_text = "If you enter fewer, the rest go back on sale right away."
            self.order_fields(["name", "seats", "is_open_to_strangers"])


class AskForm(forms.Form):
    """A guest's request to sit with a captain."""

    text = LineField(
        label="Note to the captain",
        max_length=240,
        required=False,
        help_text="Who you are, or how you know each other. We add your name.",
    )

    def __init__(self, data=None, *, tables: Sequence[Table]):
        super().__init__(data)
        self.fields["table"] = forms.TypedChoiceField(
            label="Table",
            coerce=int,
            choices=[(table.pk, _table_words(table)) for table in tables],
            error_messages={
                "required": "Choose a table.",
                "invalid_choice": "That table is no longer open to requests. Choose another.",
            },
            widget=forms.RadioSelect,
        )
        self.order_fields(["table", "text"])


def _table_words(table: Table) -> str:
    left = table.seats - table.seated
    return f"{table.name}, with {table.captain_name} ({left} seat{'' if left == 1 else 's'} free)"
