"""The form for a volunteer's door link."""

from datetime import datetime, timedelta

from django import forms

from events.models import DoorLink, Event
from nsca.lib.mail.addresses import AddressFormField

BEFORE_DOORS, AFTER_END = timedelta(hours=2), timedelta(hours=2)


class DoorLinkForm(forms.ModelForm):
    """A link for one volunteer. The e-mail address typed here is used once and not stored."""

    mail_to = AddressFormField(
        label="E-mail it to",
        required=False,
        help_text="The volunteer’s e-mail address, if they aren’t with you. We don’t keep it.",
    )

    class Meta:
        model = DoorLink
        fields = ["event", "name", "gate", "opens_at", "ends_at", "may_sell"]

    def clean(self):
        data = super().clean()
        opens_at, ends_at = data.get("opens_at"), data.get("ends_at")
        if opens_at and ends_at and ends_at <= opens_at:
            self.add_error("ends_at", "The link ends before it starts. Check the date and time.")
        return data


def usual_hours(event: Event) -> tuple[datetime, datetime]:
    """From two hours before the doors open (else the start) to two hours after the end."""
    return (event.doors_at or event.starts_at) - BEFORE_DOORS, event.ends_at + AFTER_END
