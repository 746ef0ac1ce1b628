"""Admin forms about an event beyond its own fields."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError

from events import reveal
from events.changes import foresight, moving
from events.changes.admin_saving import NOTHING_SAVED
from events.models import Event, TicketType
from events.sales.addons import add_on_items
from events.sales.least import too_little_by_code, too_little_for_codes
from events.sales.quotes import Guest, ticket_items
from nsca.lib.desk.fields import InstantField
from nsca.lib.mail.addresses import AddressFormField
from nsca.lib.text.money import dollars
from nsca.lib.text.phones import PhoneField
from nsca.lib.text.postal import validate_postal_address
from orders.lines.kinds import Item
from orders.models import Order


class EventForm(forms.ModelForm):
    """An event as staff edit it. The admin sets `at` and `may_reveal` on the class per request."""

    at: datetime
    may_reveal = False

    class Meta:
        model = Event
        exclude: list[str] = []  # the admin's fieldsets name them

    def clean(self):
        data = super().clean()
        if "_back" in self.data:  # from the page that asks (saving_desk.py)
            raise ValidationError(NOTHING_SAVED)
        # As it is now: when an old version is restored, `instance` is the old one.
        present = Event.objects.filter(pk=self.instance.pk).first()
        if present is not None:
            self._keep_revealed(present, data)
        if not self.may_reveal and not self.errors and self._would_reveal(present, data):
            raise ValidationError(
                "This would reveal the venue right away. Please ask someone who may reveal it."
            )
        return data

    def _keep_revealed(self, present: Event, data: dict) -> None:
        """A revealed venue stays revealed: a later start does not close its holders' pages."""
        start, lead = data.get("starts_at"), data.get("lead")
        if "lead" not in self.fields or start is None or lead is None or present.lead is None:
            return
        if start - lead > self.at and reveal.is_revealed(present, at=self.at):
            data["lead"] = moving.lead_after(present, start, at=self.at)

    def _would_reveal(self, present: Event | None, data: dict) -> bool:
        """A reveal in the past is due now: prevent that by mistake (docs/reveal.md §6)."""
        fields = {name: data[name] for name in self.fields if name in foresight.ABOUT_THE_REVEAL}
        after = foresight.as_changed(present or Event(), fields)
        before = present or foresight.as_changed(after, {"state": Event.State.DRAFT})
        return foresight.reveals_now(before, after, at=self.at)


class PromoCodeForm(forms.ModelForm):
    """A code takes a percentage or an amount, one of the two."""

    def clean(self):
        data = super().clean()
        if (data.get("percent_off") is None) == (data.get("cents_off") is None):
            self.add_error("percent_off", "Enter either a percentage or an amount off.")
        if (data.get("percent_off") or 0) > 100:
            self.add_error("percent_off", "Enter 100 percent or less.")
        if not self.errors:
            kinds = data["ticket_types"] or TicketType.objects.filter(event=self.instance.event_id)
            percent, off_cents = data["percent_off"], data["cents_off"]
            why = too_little_by_code(data["code"], kinds, percent=percent, off_cents=off_cents)
            if why:
                self.add_error("cents_off" if percent is None else "percent_off", why)
        return data


class TicketTypeForm(forms.ModelForm):
    def clean(self):
        data = super().clean()
        price, member_price = data.get("price_cents"), data.get("member_price_cents")
        if price is not None and member_price is not None and member_price > price:
            self.add_error(
                "member_price_cents", "Members can’t pay more than others. Enter a lower price."
            )
        first, then = data.get("members_open_at"), data.get("sales_open_at")
        if first and then and first > then:
            self.add_error(
                "members_open_at", "Members can’t buy later than others. Enter an earlier time."
            )
        if price is not None and self.instance.pk and "price_cents" in self.changed_data:
            name = data.get("name") or self.instance.name
            if why := too_little_for_codes(self.instance, name=name, price_cents=price):
                self.add_error("price_cents", why)
        return data


class DuplicateForm(forms.Form):
    starts_at = InstantField(
        label="New event starts",
        help_text="Norfolk time. All other times move with it.",
    )


class PreviewForm(forms.Form):
    """As whom, and when."""

    who = forms.ChoiceField(
        label="As",
        choices=[("visitor", "the page, to a visitor"), ("holder", "the ticket, to its holder")],
        required=False,
        help_text="From the reveal on, a ticket in a preview shows an example, never the venue.",
    )
    at = InstantField(label="As it is at", help_text="Norfolk time.")


class SellForm(forms.Form):
    """Tickets sold for cash, a check, or an invoice, or given away."""

    channel = forms.ChoiceField(
        label="Paid by",
        choices=[choice for choice in Order.Channel.choices if choice[0] != Order.Channel.ONLINE],
        help_text="An invoice stays open until marked as paid. Complimentary tickets are free.",
    )
    buyer_name = forms.CharField(
        max_length=150, help_text="The person who pays or gets the free ticket."
    )
    buyer_email = AddressFormField(
        label="Buyer's e-mail",
        required=False,
        help_text="We send the tickets there. If empty, print or mail them.",
    )
    buyer_phone = PhoneField(
        label="Buyer's phone",
        required=False,
        help_text="In case e-mail fails.",
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        help_text="For colleagues: check number, who approved it.",
    )
    guests = forms.CharField(
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 50}),
        help_text="One per line, in the order of the tickets below; supper after a semicolon: "
        "“Ada Ellery; Garden box”. You can add names later.",
    )
    postal_address = forms.CharField(
        label="Kit address",
        required=False,
        max_length=500,
        validators=[validate_postal_address],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_member = forms.BooleanField(
        label="At the member price", required=False, help_text="For as many as a member may have."
    )
    sees_past_limits = forms.BooleanField(
        label="Ignore the limit per person",
        required=False,
        help_text="The ledger records it. Capacity still applies.",
    )

    def __init__(self, *args, event: Event, **kwargs):
        super().__init__(*args, **kwargs)
        self.event = event
        self.suppers = {choice.label.casefold(): choice.pk for choice in event.choices.all()}
        if not event.ticket_types.filter(is_offered=True, is_posted=True).exists():
            del self.fields["postal_address"]
        self.kinds = {
            f"kind_{kind.pk}": kind for kind in event.ticket_types.filter(is_offered=True)
        }
        for name, kind in self.kinds.items():
            self.fields[name] = forms.IntegerField(
                label=kind.name, min_value=0, max_value=50, required=False, initial=0,
                help_text=f"How many; each covers {kind.covers} seats."
                if kind.covers > 1
                else "How many.",
            )  # fmt: skip

        self.add_ons = {f"add_{row.pk}": row for row in event.add_ons.filter(is_offered=True)}
        for name, add_on in self.add_ons.items():
            self.fields[name] = forms.IntegerField(
                label=add_on.name, min_value=0, max_value=50, required=False, initial=0,
                help_text=f"How many, at {dollars(add_on.price_cents)}.",
            )  # fmt: skip

    def clean_guests(self) -> list[Guest]:
        """One guest per nonempty line; a supper by its name or the beginning of it."""
        guests = []
        for line in filter(None, map(str.strip, self.cleaned_data["guests"].splitlines())):
            name, _, supper = (part.strip() for part in line.partition(";"))
            guests.append(Guest(name=name[:150], choice_id=self._supper(supper)))
        return guests

    def _supper(self, words: str) -> int | None:
        if not words:
            return None
        found = [pk for label, pk in self.suppers.items() if label.startswith(words.casefold())]
        if len(found) != 1:
            raise ValidationError(f"“{words}” is not one of the suppers. Check the name.")
        return found[0]

    def clean(self):
        data = super().clean()
        seats = sum(kind.covers * count for kind, count in self.wanted())
        if len(data.get("guests") or []) > seats:
            self.add_error(
                "guests", "There are more guests than seats. Remove names or add tickets."
            )
        if data.get("postal_address") == "" and any(k.is_posted for k, _ in self.wanted()):
            self.add_error("postal_address", "Enter the address to mail the kit to.")
        return data

    def items(self, *, staff: str) -> list[Item]:
        """What was chosen, as an order's items. `staff`: the seller, for the ledger."""
        data, wanted = self.cleaned_data, self.wanted()
        at_member_price = {kind.pk: kind.covers * count for kind, count in wanted}
        added = [(add_on, data.get(name) or 0) for name, add_on in self.add_ons.items()]
        return ticket_items(
            self.event,
            wanted,
            guests=data["guests"],
            member_seats=at_member_price if data["is_member"] else None,
            postal_address=data.get("postal_address", ""),
            is_member=data["is_member"],
            sees_past_limits=data["sees_past_limits"],
            staff=staff,
        ) + add_on_items(self.event, added)

    def wanted(self) -> list[tuple[TicketType, int]]:
        counts = ((kind, self.cleaned_data.get(name) or 0) for name, kind in self.kinds.items())
        return [(kind, count) for kind, count in counts if count]
