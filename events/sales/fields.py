"""Fields that several ticket forms share: lenient cleaning, errors in full sentences."""

import re
import unicodedata
from collections.abc import Sequence

from django import forms
from django.utils.html import format_html_join

from events.models import Event, PromoCode, Ticket
from events.sales.addons import MOST, AddOnLeft
from events.sales.availability import SeatOffer, SupperLeft, noun_of
from events.sales.quotes import price_with
from membership.models import Tier
from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.text.money import dollars
from nsca.lib.text.postal import validate_postal_address

EMAIL_WORDS = {
    "required": "Enter your e-mail address. We send your tickets there.",
    "invalid": "Enter an e-mail address with an @, like ada@example.org.",
}


# Characters that reverse the direction of text: one name could be read as another.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ADDRESS = re.compile(r"://|\bwww\.|\w\.[a-z]{2,}/", re.IGNORECASE)


class LineField(forms.CharField):
    """One line of text: no control characters (they break e-mail headers), single spaces."""

    def to_python(self, value):
        text = super().to_python(value)
        kept = (
            " " if unicodedata.category(char) == "Cc" or char in TURNING else char for char in text
        )
        return " ".join("".join(kept).split())


class NameField(LineField):
    """A person's name. Our e-mails to other people contain it, so it cannot be a web address:
    nobody gets to send strangers there in our name.
    """

    default_error_messages = {"address": "Enter a name here, without a web address."}

    def to_python(self, value):
        name = super().to_python(value)
        if ADDRESS.search(name):
            raise forms.ValidationError(self.error_messages["address"], code="address")
        return name


class AddressField(forms.CharField):
    """A postal address of several lines: no empty lines, no control characters."""

    default_error_messages = {
        "required": "Enter the address to mail it to.",
        "max_length": "This won’t fit on a label. Please shorten it.",
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Postal address")
        kwargs.setdefault(
            "widget", forms.Textarea(attrs={"autocomplete": "street-address", "rows": 4})
        )
        super().__init__(max_length=500, validators=[validate_postal_address], **kwargs)

    def to_python(self, value):
        line = LineField()
        lines = (line.to_python(each) for each in super().to_python(value).splitlines())
        return "\n".join(each for each in lines if each)


class QuantityField(forms.IntegerField):
    """How many of one type; empty means none."""

    default_error_messages = {
        "invalid": "Enter a number, like 2.",
        "min_value": "Enter 0 for none, or how many you want.",
    }

    def __init__(self, **kwargs):
        super().__init__(min_value=0, **kwargs)

    def clean(self, value):
        return super().clean(value) if value not in self.empty_values else 0


class QuantityInput(forms.NumberInput):
    """Not marked as required: of several ticket types, most stay at 0."""

    def use_required_attribute(self, initial):
        return False


def supper_field(
    suppers: Sequence[SupperLeft], *, label: str, ticket: Ticket | None = None
) -> forms.TypedChoiceField:
    """A select of suppers; sold-out ones stay, marked, so that no choice is lost.

    For a `ticket` already bought: only suppers that cost no more than was paid.
    """
    dear = [s for s in suppers if ticket and not ticket.may_have(s.choice)]
    shown = [s for s in suppers if s not in dear]
    return forms.TypedChoiceField(
        label=label,
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", "Decide later"),
            *((s.choice.pk, supper_words(s, with_price=ticket is None)) for s in shown),
        ],
        error_messages={"invalid_choice": "Choose a supper from the list."},
        help_text=_supper_help(suppers, dear, ticket),
    )


def _supper_help(suppers, dear, ticket: Ticket | None) -> str:
    if ticket is None and any(supper.choice.price_cents for supper in suppers):
        return "Choose upgrades now; standard suppers can change later."
    return "To upgrade to a supper that costs more, call us." if dear else ""


def supper_words(supper: SupperLeft, *, with_price: bool) -> str:
    words = supper.choice.label
    if with_price and supper.choice.price_cents:
        words += f", {dollars(supper.choice.price_cents)} more"
    if supper.left is None:
        return words
    return f"{words} ({f'{supper.left} left' if supper.left else 'sold out'})"


def quantity_field(event: Event, seat: SeatOffer, *, first: bool) -> QuantityField:
    kind = seat.ticket_type
    price = dollars(kind.price_cents) if kind.price_cents else "free"
    words = [kind.description]
    if kind.covers > 1:
        words.append(f"{kind.covers} {noun_of(event)}s each.")
    if kind.member_price_cents is not None and kind.member_price_cents < kind.price_cents:
        words.append(_member_words(seat))
    words.append(f"{seat.words[0].upper()}{seat.words[1:]}." if seat.left is not None else "")
    most = min(event.max_per_order, seat.left or event.max_per_order)
    return QuantityField(
        label=f"{kind.name}, {price}",
        initial=1 if first else 0,
        help_text=format_html_join(" ", "{}", ((word,) for word in words if word)),
        widget=QuantityInput(
            attrs={
                "inputmode": "numeric",
                "min": 0,
                "max": most,
            }
        ),
    )


def add_on_field(each: AddOnLeft) -> QuantityField:
    add_on = each.add_on
    price = dollars(add_on.price_cents) if add_on.price_cents else "free"
    words = [add_on.description]
    if each.left is not None:
        words.append(f"{each.left} left." if each.left else "Sold out.")
    most = MOST if each.left is None else min(MOST, each.left)
    return QuantityField(
        label=f"{add_on.name}, {price}",
        initial=0,
        max_value=MOST,
        required=False,
        help_text=format_html_join(" ", "{}", ((word,) for word in words if word)),
        error_messages={"max_value": f"The limit is {MOST} per order."},
        widget=QuantityInput(
            attrs={
                "inputmode": "numeric",
                "min": 0,
                "max": most,
            }
        ),
    )


def _member_words(seat: SeatOffer) -> str:
    price = dollars(seat.ticket_type.member_price_cents)
    if seat.member_left == 0:
        return f"Members pay {price}."
    return (
        f"Your member price: {price}, for one."
        if seat.member_left == 1
        else f"Your member price: {price}, for up to {seat.member_left}."
    )


def saving_words(seats: Sequence[SeatOffer], promo: PromoCode | None) -> str:
    """What the member price saves one member, by ticket type: "Save $10: members pay $85 instead
    of $95 for one “Garden seat” per person covered." A promo code may leave nothing to save.
    """
    words = []
    for seat in seats:
        kind = seat.ticket_type
        price, count = price_with(promo, kind), kind.member_limit // kind.covers
        if kind.member_price_cents is None or not count or price <= kind.member_price_cents:
            continue
        how_many = "one" if count == 1 else f"up to {count}"
        words.append(
            f"Save {dollars(price - kind.member_price_cents)}"
            f"{'' if count == 1 else ' each'}: members pay {dollars(kind.member_price_cents)} "
            f"instead of {dollars(price)} for {how_many} “{kind.name}” per person covered."
        )
    return " ".join(words) or "With your code, joining saves nothing more here."


def join_field(tiers: Sequence[Tier], seats: Sequence[SeatOffer]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Join now and pay the member price",
        required=False,
        help_text=saving_words(seats, None),
        choices=[
            ("", "Not today"),
            *(
                (t.slug, f"{t.name} ({t.covers_words}), {dollars(t.dues_cents)} a year")
                for t in tiers
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose a membership from the list, or “Not today”."},
    )


def needs_help(event: Event) -> str:
    """Who sees allergies: an online class has no kitchen."""
    return "For packing the kits." if event.kind == event.Kind.ONLINE else "For the kitchen."


def access_help(event: Event) -> str:
    """Who sees access needs, with examples: an online class has no door."""
    if event.kind == event.Kind.ONLINE:
        return "For the instructor: captions, a slower pace."
    return "For the door team: a wheelchair, a seat near the exit."


def guest_fields(
    event: Event, suppers: Sequence[SupperLeft], number: int
) -> dict[str, forms.Field]:
    whose = f"of guest {number}"
    fields: dict[str, forms.Field] = {
        f"g{number}_name": NameField(
            label=f"Name {whose}",
            max_length=150,
            required=False,
            help_text="For the place card." if event.needs_guest_names else "",
        )
    }
    if suppers:
        fields[f"g{number}_choice"] = supper_field(suppers, label=f"Supper {whose}")
    fields[f"g{number}_needs"] = LineField(
        label=f"Allergies {whose}", max_length=240, required=False
    )
    fields[f"g{number}_access"] = LineField(
        label=f"Access needs {whose}",
        max_length=240,
        required=False,
        help_text=access_help(event),
    )
    fields[f"g{number}_email"] = AskedAddressField(
        label=f"E-mail {whose}",
        max_length=254,
        required=False,
        help_text="We send their ticket there.",
        error_messages=EMAIL_WORDS,
    )
    return fields
