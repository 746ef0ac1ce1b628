"""The form for walk-up sales."""

from django import forms

from events.door.walk_up import NotInTheRegister, OnSale, Sale, has_member_price
from events.models import Event, TicketType
from events.sales.addons import MOST, AddOnUnavailable
from events.sales.availability import noun_of
from events.sales.fields import NameField, QuantityField, QuantityInput, supper_words
from events.sales.refusals import ChoiceUnavailable, NotAMember
from nsca.lib.mail.addresses import AddressFormField
from nsca.lib.text.money import dollars
from orders.lines.kinds import Refusal

AT_ONCE = 20  # tickets in one walk-up sale: larger groups go to the office


def _how_many(label: str, *, most: int, help_text: str = "", **fields) -> QuantityField:
    """An optional number that may be 0."""
    return QuantityField(
        label=label,
        max_value=most,
        required=False,
        help_text=help_text,
        error_messages={"max_value": f"Enter {most} or fewer."},
        widget=QuantityInput(
            attrs={"inputmode": "numeric", "min": 0, "max": most, "data-few": True}
        ),
        **fields,
    )


class WalkUpForm(forms.Form):
    """A ticket type, how many, suppers and add-ons; name and e-mail are optional."""

    kind = forms.ChoiceField(
        label="Ticket",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a ticket type."},
    )
    quantity = forms.IntegerField(
        label="How many",
        min_value=1,
        max_value=AT_ONCE,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": AT_ONCE}),
        error_messages={
            "required": "Enter how many.",
            "invalid": "Enter a number, like 2.",
            "min_value": "Enter 1 or more.",
            "max_value": f"Enter {AT_ONCE} or fewer.",
        },
    )
    name = NameField(
        label="Guest’s name",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = AddressFormField(
        label="E-mail for ticket and receipt",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Enter an address with an @, or leave this empty."},
    )
    let_in = forms.BooleanField(label="Let them in at once", required=False, initial=True)

    def __init__(self, data=None, *, event: Event, on_sale: OnSale):
        super().__init__(data)
        self.event, self.on_sale = event, on_sale
        self.kinds = {str(kind.pk): kind for kind in on_sale.kinds}
        self.fields["kind"].choices = [(pk, _kind_words(kind)) for pk, kind in self.kinds.items()]
        if len(self.kinds) == 1:
            self.fields["kind"].initial = next(iter(self.kinds))
        names = ["kind", "quantity"]
        if on_sale.has_member_price:
            names.append("members")
            self.fields["members"] = _how_many(
                "Of these at the member price",
                most=AT_ONCE,
                help_text="Enter the member’s own e-mail below.",
            )
        for supper in on_sale.suppers:
            names.append(f"supper_{supper.choice.pk}")
            words = f"Supper: {supper_words(supper, with_price=True)}"
            self.fields[names[-1]] = _how_many(words, most=AT_ONCE)
        for each in on_sale.add_ons:
            names.append(f"add_{each.add_on.pk}")
            price = dollars(each.add_on.price_cents) if each.add_on.price_cents else "free"
            left = (
                "" if each.left is None else f" ({each.left} left)" if each.left else " (sold out)"
            )
            self.fields[names[-1]] = _how_many(f"{each.add_on.name}, {price}{left}", most=MOST)
        self.order_fields(names)

    def clean(self):
        data = self.cleaned_data
        kind = self.kinds.get(data.get("kind", ""))
        if kind is None or "quantity" not in data:
            return
        seats = data["quantity"] * kind.covers
        if sum(self._suppers().values()) > seats:
            noun = noun_of(self.event)
            words = f"That’s more suppers than {noun}s ({seats}). Enter fewer."
            first = next(name for name in self.fields if name.startswith("supper_") and data[name])
            self.add_error(first, words)
        if members := data.get("members"):
            if members > data["quantity"]:
                self.add_error("members", "That’s more than you’re selling. Enter fewer.")
            if not has_member_price(kind):
                self.add_error("members", f"“{kind.name}” has no member price.")
            if not data.get("email") and "email" not in self.errors:
                self.add_error("email", "Enter the member’s e-mail so we can look it up.")

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal at the field it is about."""
        name = None
        if isinstance(refusal, NotInTheRegister):
            name = "email"
        elif isinstance(refusal, NotAMember):
            name = "members"
        elif isinstance(refusal, ChoiceUnavailable):
            name = f"supper_{refusal.choice_id}"
        elif isinstance(refusal, AddOnUnavailable):
            name = f"add_{refusal.add_on_id}"
        self.add_error(name if name in self.fields else None, str(refusal))

    def _suppers(self) -> dict:
        counts = {
            s.choice: self.cleaned_data.get(f"supper_{s.choice.pk}") for s in self.on_sale.suppers
        }
        return {choice: count for choice, count in counts.items() if count}

    @property
    def sale(self) -> Sale:
        """The sale that was typed; for a valid form."""
        data = self.cleaned_data
        counts = {a.add_on: data[f"add_{a.add_on.pk}"] for a in self.on_sale.add_ons}
        return Sale(
            kind=self.kinds[data["kind"]],
            quantity=data["quantity"],
            at_member_price=data.get("members", 0),
            suppers=self._suppers(),
            add_ons={add_on: count for add_on, count in counts.items() if count},
            name=data["name"],
            email=data["email"],
        )


def _kind_words(kind: TicketType) -> str:
    words = f"{kind.name}, {dollars(kind.price_cents) if kind.price_cents else 'free'}"
    return words + (
        f", members {dollars(kind.member_price_cents)}" if has_member_price(kind) else ""
    )
