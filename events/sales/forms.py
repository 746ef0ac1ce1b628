"""The ticket form: one page for everything. It explains each refusal."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms

from events.models import AddOn, Event, PromoCode, TicketType
from events.sales.addons import AddOnLeft, AddOnUnavailable
from events.sales.availability import Availability, SeatOffer, SupperLeft, noun_of
from events.sales.fields import (
    EMAIL_WORDS,
    AddressField,
    LineField,
    NameField,
    add_on_field,
    guest_fields,
    join_field,
    quantity_field,
    saving_words,
)
from events.sales.quotes import Guest, find_code, price_with
from events.sales.refusals import ChoiceUnavailable, CodeRefusal, NotEnoughLeft, SoldOut, TooMany
from membership.giving.forms_shared import OnTopField
from membership.giving.gifts import GiftOutOfRange
from membership.models import Tier
from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.secrets.codes import is_form_key, link_token
from nsca.lib.text.phones import validate_phone
from orders.lines.kinds import Item, Refusal
from orders.payments.least import TooLittle, total_of

MOST_GUESTS = 100  # guests on the page; a larger party names the rest later, ticket by ticket


@dataclass(frozen=True)
class GuestRow:
    """The fields of one guest."""

    number: int
    fields: Sequence[forms.BoundField]


class TicketsForm(forms.Form):
    """Everything about one ticket order, on one page."""

    submission_key = forms.CharField(
        widget=forms.HiddenInput, min_length=32, max_length=64, required=False
    )
    code = LineField(
        label="Promo code", max_length=30, required=False, help_text="If you have one."
    )
    gift = OnTopField(
        help_text="For the association’s work. Any amount, or none.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    name = NameField(
        label="Your name",
        max_length=150,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        error_messages=EMAIL_WORDS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = LineField(
        label="Phone",
        max_length=40,
        required=False,
        validators=[validate_phone],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text="So we can reach you on the day if e-mail doesn’t.",
    )

    def __init__(
        self,
        data=None,
        *,
        event: Event,
        offer: Availability,
        suppers: Sequence[SupperLeft],
        tiers: Sequence[Tier] = (),
        add_ons: Sequence[AddOnLeft] = (),
        at: datetime,
        initial=None,
    ):
        super().__init__(data, initial=initial)
        self.event, self.offer, self.suppers, self.at = event, offer, suppers, at
        self.add_ons = add_ons
        self.tiers = {tier.slug: tier for tier in tiers}
        self.promo: PromoCode | None = None
        self.seats = [seat for seat in offer.seats if seat.is_on_sale]
        for place, seat in enumerate(self.seats):
            self.fields[_key(seat.ticket_type)] = quantity_field(event, seat, first=place == 0)
        if tiers:
            self.fields["join"] = join_field(tiers, self.seats)
        posted = [seat for seat in self.seats if seat.ticket_type.is_posted]
        if posted:
            self.fields["postal_address"] = AddressField(
                required=len(posted) == len(self.seats),
                help_text="We mail your kit here."
                if len(posted) == len(self.seats)
                else "Only if you order a kit: we mail it here.",
            )
        for each in self.add_ons:
            self.fields[f"add_{each.add_on.pk}"] = add_on_field(each)
        self.fields["terms"] = forms.BooleanField(
            label="I agree to the refund terms.", required=False
        )
        self.guest_count = self._seats_asked_for()
        for number in range(1, max(self.guest_count, 1) + 1):  # one while the number is unknown
            self.fields |= guest_fields(event, suppers, number)
        rest = ["name", "email", "phone", "postal_address", "join", "code", "gift", "terms"]
        rest[4:4] = [f"add_{each.add_on.pk}" for each in self.add_ons]
        seats_and_guests = [name for name in self.fields if name not in rest]
        self.order_fields(seats_and_guests + rest)  # the summary of errors follows the page

    # --- Drawing --------------------------------------------------------------------------------

    @property
    def seat_fields(self):
        return [self[_key(seat.ticket_type)] for seat in self.seats]

    @property
    def add_on_fields(self):
        return [self[f"add_{each.add_on.pk}"] for each in self.add_ons]

    @property
    def is_too_late_for_kits(self) -> bool:
        """Kits can no longer be mailed in time; tickets without one are still sold."""
        post_by = self.event.post_by
        return (
            post_by is not None
            and self.at >= post_by
            and any(seat.ticket_type.is_posted for seat in self.offer.seats)
        )

    @property
    def is_guest_list_wanted(self) -> bool:
        """Whether place cards or suppers need guests; otherwise their fields are folded away."""
        return self.event.needs_guest_names or bool(self.suppers)

    @property
    def has_guest_words(self) -> bool:
        """Whether something was typed about a guest, or refused: then the fold stays open."""
        return any(
            self[name].value() or self[name].errors
            for name in self.fields
            if name[0] == "g" and name != "gift"
        )

    @property
    def guest_rows(self) -> list[GuestRow]:
        """One per seat; the script fetches more when more seats are chosen."""
        rows = []
        for number in range(1, max(self.guest_count, 1) + 1):
            names = [name for name in self.fields if name.startswith(f"g{number}_")]
            rows.append(GuestRow(number, [self[name] for name in names]))
        return rows

    def price(self) -> None:
        """Say what joining saves at the prices after the promo code, if there is one."""
        if "join" in self.fields:
            self.fields["join"].help_text = saving_words(self.seats, self.promo)

    def only_the_sum(self) -> None:
        """After “Update total”, check only what makes up the total; the rest can be empty."""
        kept = ("qty_", "add_", "code", "gift", "join")
        for name in [name for name in self.errors if not name.startswith(kept)]:
            del self.errors[name]

    def refuse_too_little(self, items: Sequence[Item]) -> None:
        """Refuse a total above zero that is too small to charge to a card."""
        try:
            total_of(items)
        except TooLittle as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of sales or payments next to the field it is about."""
        name = None
        if (type_id := getattr(refusal, "ticket_type_id", None)) is not None:
            name = f"qty_{type_id}"
        elif isinstance(refusal, ChoiceUnavailable):
            name = self._last_to_choose(refusal.choice_id)
        elif isinstance(refusal, AddOnUnavailable):
            name = f"add_{refusal.add_on_id}"
        elif isinstance(refusal, CodeRefusal):
            name = "code"
        elif isinstance(refusal, GiftOutOfRange):
            name = "gift"
        self.add_error(name if name in self.fields else None, str(refusal))

    # --- What was asked for, as far as it could be understood -----------------------------------

    @property
    def wanted(self) -> list[tuple[TicketType, int]]:
        if self.is_bound:
            given = {seat: self.cleaned_data.get(_key(seat.ticket_type)) for seat in self.seats}
        else:
            given = {seat: self.fields[_key(seat.ticket_type)].initial for seat in self.seats}
        return [(seat.ticket_type, count) for seat, count in given.items() if count]

    @property
    def wanted_add_ons(self) -> list[tuple[AddOn, int]]:
        data = self.cleaned_data if self.is_bound else {}
        counts = ((each.add_on, data.get(f"add_{each.add_on.pk}")) for each in self.add_ons)
        return [(add_on, count) for add_on, count in counts if count]

    @property
    def guests(self) -> list[Guest]:
        data = self.cleaned_data
        return [
            Guest(
                name=data.get(f"g{number}_name", ""),
                email=data.get(f"g{number}_email", ""),
                choice_id=data.get(f"g{number}_choice"),
                needs=data.get(f"g{number}_needs", ""),
                access=data.get(f"g{number}_access", ""),
            )
            for number in range(1, min(self.guest_count, MOST_GUESTS) + 1)
        ]

    @property
    def mails_to(self) -> list[str]:
        """The addresses that get tickets: the buyer's and the guests'."""
        own = [guest.email for guest in self.guests if guest.email]
        return list(dict.fromkeys([self.cleaned_data["email"], *own]))

    @property
    def tier(self) -> Tier | None:
        return self.tiers.get(self.cleaned_data.get("join", "")) if self.is_bound else None

    def _seats_asked_for(self) -> int:
        """Seats in what was typed, before cleaning: the form asks about that many guests."""
        if not self.is_bound:
            return sum(kind.covers * count for kind, count in self.wanted)
        guest_count = 0
        for seat in self.seats:
            typed = str(self.data.get(_key(seat.ticket_type), "")).strip()
            if typed.isdecimal() and len(typed) < 5:
                # Someone who typed 99 is refused, not asked for 99 names.
                guest_count += min(int(typed), self.event.max_per_order) * seat.ticket_type.covers
        return min(guest_count, MOST_GUESTS)

    # --- Judging --------------------------------------------------------------------------------

    def clean_submission_key(self) -> str:
        key = self.cleaned_data["submission_key"]
        return key if is_form_key(key) else link_token()

    def clean(self):
        self._judge_quantities()
        self._judge_code()
        self._judge_guests()
        self._judge_address()
        self._judge_add_ons()
        dear = {supper.choice.pk for supper in self.suppers if supper.choice.price_cents}
        owes = any(price_with(self.promo, kind) for kind, _ in self.wanted)
        owes = owes or any(guest.choice_id in dear for guest in self.guests)
        owes = owes or any(add_on.price_cents for add_on, _ in self.wanted_add_ons)
        data = self.cleaned_data
        if (owes or data.get("gift") or data.get("join")) and not data.get("terms"):
            self.add_error("terms", "Please read the refund terms and check the box to agree.")

    def _judge_quantities(self):
        if any(name.startswith("qty_") for name in self.errors):
            return
        wanted = self.wanted
        units = sum(count for _, count in wanted)
        first = _key(self.seats[0].ticket_type)
        if units == 0:
            self.add_error(first, f"Choose at least one {noun_of(self.event)}.")
        elif units > self.event.max_per_order:
            self.add_error(_key(wanted[0][0]), str(TooMany(self.event.max_per_order)))
        for seat in self.seats:
            count = self.cleaned_data.get(_key(seat.ticket_type)) or 0
            if seat.left is not None and count > seat.left and units <= self.event.max_per_order:
                self.refuse(_too_few(self.event, seat))
        guest_count = sum(kind.covers * count for kind, count in wanted)
        if self.offer.left is not None and guest_count > self.offer.left and not self.errors:
            self.add_error(first, str(NotEnoughLeft(self.offer.left, noun_of(self.event))))

    def _judge_code(self):
        if text := self.cleaned_data.get("code"):
            kinds = [kind for kind, _ in self.wanted] or [seat.ticket_type for seat in self.seats]
            try:
                self.promo = find_code(self.event, text, kinds, at=self.at)
            except CodeRefusal as refusal:
                self.refuse(refusal)

    def _judge_guests(self):
        chosen: Counter = Counter()
        left = {supper.choice.pk: supper for supper in self.suppers}
        # After the caterer's deadline, nothing can be added on the ticket's own page.
        closes_at = self.event.choices_close_at
        is_late = closes_at is not None and self.at >= closes_at
        for number, guest in enumerate(self.guests, start=1):
            if is_late and self.event.needs_guest_names and not guest.name:
                self.add_error(f"g{number}_name", "Enter the name for the place card.")
            if is_late and self.suppers and not guest.choice_id:
                self.add_error(f"g{number}_choice", "Choose a supper.")
            if guest.choice_id in left:
                chosen[guest.choice_id] += 1
                supper = left[guest.choice_id]
                if supper.left is not None and chosen[guest.choice_id] > supper.left:
                    self.add_error(
                        f"g{number}_choice", str(ChoiceUnavailable(supper.choice.label))
                    )

    def _judge_address(self):
        is_posted = any(kind.is_posted for kind, _ in self.wanted)
        is_missing = not self.cleaned_data.get("postal_address")
        if is_posted and is_missing and "postal_address" not in self.errors:
            field = self.fields["postal_address"]
            self.add_error("postal_address", field.error_messages["required"])

    def _judge_add_ons(self):
        left = {each.add_on: each.left for each in self.add_ons}
        for add_on, count in self.wanted_add_ons:
            if left[add_on] is not None and count > left[add_on]:
                self.refuse(AddOnUnavailable(add_on.name, left[add_on], add_on_id=add_on.pk))

    def _last_to_choose(self, choice_id: int | None) -> str | None:
        for number in range(len(self.guests), 0, -1):
            if self.cleaned_data.get(f"g{number}_choice") == choice_id:
                return f"g{number}_choice"
        return None


def _key(kind: TicketType) -> str:
    return f"qty_{kind.pk}"


def _too_few(event: Event, seat: SeatOffer) -> Refusal:
    kind = seat.ticket_type
    if not seat.left:
        return SoldOut(kind.name, ticket_type_id=kind.pk)
    noun = noun_of(event) if kind.covers == 1 else "table"
    return NotEnoughLeft(seat.left, noun, ticket_type_id=kind.pk)
