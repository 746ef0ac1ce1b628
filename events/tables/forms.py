"""The forms of a captain, and of who would like to sit with one."""

from collections.abc import Sequence

from django import forms

from events.models import Table, TicketType
from events.sales.fields import EMAIL_WORDS, LineField, NameField
from events.tables.tables import FEWEST, MOST
from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.text.money import dollars

STRANGERS = "Single guests may ask for an empty chair"
STRANGERS_HELP = "They see the table’s name and yours. You are asked each time, and say yes or no."


def _chairs_field(*, fewest: int, most: int, label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=fewest,
        max_value=most,
        error_messages={
            "required": "Write how many chairs.",
            "invalid": "Write how many in figures, like 6.",
            "min_value": f"{fewest} is the fewest here.",
            "max_value": f"{most} is the most here.",
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": fewest, "max": most}),
    )


def _name_field() -> NameField:
    return NameField(
        label="Name of the table",
        max_length=80,
        help_text="As it is called on the evening: “The Granby Street Eight”.",
        error_messages={"required": "Give the table a name."},
    )


class OpenTableForm(forms.Form):
    """What a captain says when opening a table."""

    captain_name = NameField(
        label="Your name",
        max_length=150,
        help_text="Your friends see it where they pay.",
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    captain_email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        help_text="We mail you a link. The chairs are kept once you have followed it.",
        error_messages=EMAIL_WORDS
        | {"required": "Enter your e-mail address: the link goes there."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = _name_field()
    chairs = _chairs_field(fewest=FEWEST, most=MOST, label="Chairs, your own among them")

    def __init__(self, data=None, *, kinds: Sequence[TicketType]):
        super().__init__(data, initial={"chairs": 8, "kind": kinds[0].pk if kinds else None})
        self.kinds = {kind.pk: kind for kind in kinds}
        if len(kinds) > 1:
            self.fields["kind"] = forms.TypedChoiceField(
                label="What each of you pays for",
                coerce=int,
                choices=[(kind.pk, _kind_words(kind)) for kind in kinds],
                error_messages={"required": "Choose a kind of ticket."},
                widget=forms.RadioSelect,
            )
        self.fields["is_open_to_strangers"] = forms.BooleanField(
            label=STRANGERS, required=False, help_text=STRANGERS_HELP
        )

    @property
    def kind(self) -> TicketType:
        """Of a form that is valid."""
        chosen = self.cleaned_data.get("kind")
        return self.kinds[chosen] if chosen else next(iter(self.kinds.values()))


def _kind_words(kind: TicketType) -> str:
    price = dollars(kind.price_cents) if kind.price_cents else "free"
    return f"{kind.name}, {price}"


class TableForm(forms.Form):
    """What a captain may change: chairs can be given back, never added."""

    name = _name_field()
    is_open_to_strangers = forms.BooleanField(
        label=STRANGERS, required=False, help_text=STRANGERS_HELP
    )

    def __init__(self, data=None, *, table: Table, taken: int, may_give_back: bool):
        super().__init__(
            data,
            initial={
                "name": table.name,
                "chairs": table.chairs,
                "is_open_to_strangers": table.is_open_to_strangers,
            },
        )
        if may_give_back:
            self.fields["chairs"] = _chairs_field(
                fewest=max(1, taken), most=table.chairs, label="Chairs"
            )
            self.fields["chairs"].help_text = "Fewer gives the others back to the public at once."
            self.order_fields(["name", "chairs", "is_open_to_strangers"])


class AskForm(forms.Form):
    """A single guest's wish to sit with a captain."""

    text = LineField(
        label="A word to the captain",
        max_length=240,
        required=False,
        help_text="Who you are, or how you know each other. Your name goes with it.",
    )

    def __init__(self, data=None, *, tables: Sequence[Table]):
        super().__init__(data)
        self.fields["table"] = forms.TypedChoiceField(
            label="Table",
            coerce=int,
            choices=[(table.pk, _table_words(table)) for table in tables],
            error_messages={
                "required": "Choose a table.",
                "invalid_choice": "That table can no longer be asked. Choose another.",
            },
            widget=forms.RadioSelect,
        )
        self.order_fields(["table", "text"])


def _table_words(table: Table) -> str:
    left = table.chairs - table.seated
    return f"{table.name}, with {table.captain_name} ({left} chair{'' if left == 1 else 's'} free)"
