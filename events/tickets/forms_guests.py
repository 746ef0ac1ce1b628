"""Forms about guests."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.forms import BoundField

from events.models import Ticket
from events.sales.availability import SupperLeft
from events.sales.fields import (
    EMAIL_WORDS,
    LineField,
    NameField,
    access_help,
    needs_help,
    supper_field,
)
from events.tickets.guests import Said
from nsca.lib.mail.slips import AskedAddressField

NEEDS, ACCESS = "Allergies", "Access needs"


class GuestForm(forms.Form):
    """What a guest can change on the ticket's page."""

    name = NameField(label="Name", max_length=150, required=False)
    needs = LineField(label=NEEDS, max_length=240, required=False)
    access = LineField(label=ACCESS, max_length=240, required=False)

    def __init__(self, data=None, *, ticket, suppers: Sequence[SupperLeft]):
        initial = {
            "name": ticket.guest_name,
            "needs": ticket.needs,
            "access": ticket.access,
            "choice": ticket.choice_id,
        }
        super().__init__(data, initial=initial)
        self.fields["needs"].help_text = needs_help(ticket.event)
        self.fields["access"].help_text = access_help(ticket.event)
        if suppers:
            self.fields["choice"] = supper_field(suppers, label="Supper", ticket=ticket)
            self.order_fields(["name", "choice", "needs", "access"])


@dataclass(frozen=True)
class GuestRow:
    """One guest of the buyer's form: the ticket and the fields that can be changed."""

    ticket: Ticket
    fields: tuple[BoundField, ...]


class OrderGuestsForm(forms.Form):
    """All the guests of one order at once; each field carries its ticket's primary key."""

    def __init__(
        self, data=None, *, tickets: Sequence[Ticket], suppers: dict[int, list[SupperLeft]]
    ):
        """`suppers` by the primary key of their event."""
        super().__init__(data)
        self.tickets = tickets
        for number, ticket in enumerate(tickets, start=1):
            self._add(ticket, suppers.get(ticket.event_id, []), whose=f"of guest {number}")

    def _add(self, ticket: Ticket, suppers: list[SupperLeft], *, whose: str) -> None:
        key = f"t{ticket.pk}_"
        self.fields[key + "name"] = NameField(
            label=f"Name {whose}",
            max_length=150,
            required=False,
            initial=ticket.guest_name,
            help_text="For the place card." if ticket.event.needs_guest_names else "",
        )
        self.fields[key + "email"] = AskedAddressField(
            label=f"E-mail {whose}",
            max_length=254,
            required=False,
            initial=ticket.guest_email,
            help_text="We send their ticket there right away.",
            error_messages=EMAIL_WORDS,
        )
        if suppers:
            field = supper_field(suppers, label=f"Supper {whose}", ticket=ticket)
            field.initial = ticket.choice_id
            self.fields[key + "choice"] = field
        self.fields[key + "needs"] = LineField(
            label=f"{NEEDS} {whose}",
            max_length=240,
            required=False,
            initial=ticket.needs,
            help_text=needs_help(ticket.event),
        )
        self.fields[key + "access"] = LineField(
            label=f"{ACCESS} {whose}",
            max_length=240,
            required=False,
            initial=ticket.access,
            help_text=access_help(ticket.event),
        )

    @property
    def rows(self) -> list[GuestRow]:
        return [
            GuestRow(t, tuple(self[name] for name in self.fields if name.startswith(f"t{t.pk}_")))
            for t in self.tickets
        ]

    def said(self) -> dict[int, Said]:
        """What was filled in about each guest, by ticket. For valid forms only."""
        data = self.cleaned_data
        return {
            ticket.pk: Said(
                name=data[f"t{ticket.pk}_name"],
                needs=data[f"t{ticket.pk}_needs"],
                access=data[f"t{ticket.pk}_access"],
                email=data[f"t{ticket.pk}_email"],
                choice_id=data.get(f"t{ticket.pk}_choice", ticket.choice_id),
            )
            for ticket in self.tickets
        }

    def newly_written_to(self) -> list[Ticket]:
        """Tickets whose guest gets an e-mail at a new address."""
        said = self.said()
        return [
            ticket
            for ticket in self.tickets
            if (email := said[ticket.pk].email)
            and email != ticket.guest_email
            and email != ticket.line.order.buyer_email
        ]

    def new_addresses(self) -> list[str]:
        """The addresses of those e-mails, each once."""
        said = self.said()
        theirs = (said[ticket.pk].email for ticket in self.newly_written_to())
        return list(dict.fromkeys(theirs))

    def refuse_supper(self, choice_id: int, words: str) -> None:
        """Show the error at each guest who newly chose a supper that is sold out."""
        for ticket in self.tickets:
            chosen = self.cleaned_data.get(f"t{ticket.pk}_choice")
            if chosen == choice_id and ticket.choice_id != choice_id:
                self.add_error(f"t{ticket.pk}_choice", words)
