"""What staff fill in about a venue."""

from django import forms
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables

from events.venue.details import Kind, VenueDetails
from nsca.lib.geo import miles_from_norfolk

FAR_MILES = 60  # from Norfolk: guests drive no farther than this to an event


class VenueForm(forms.Form):
    """The venue. Nothing of it is repeated in an error, a message or a log."""

    kind = forms.ChoiceField(
        choices=Kind.choices, help_text="A venue to go to, or a link to join."
    )
    name = forms.CharField(required=False, help_text="What the venue is called.")
    lines = forms.CharField(
        label="Address",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 50}),
        help_text="One per line: street, then city and state.",
    )
    postcode = forms.CharField(label="ZIP code", required=False, help_text="Five digits.")
    latitude = forms.FloatField(
        required=False, help_text="In degrees, like 36.8508. Leave empty for no map."
    )
    longitude = forms.FloatField(
        required=False, help_text="In degrees, like -76.2859. Norfolk’s is negative."
    )
    phone = forms.CharField(
        label="Phone at the venue", required=False, help_text="For guests on the day."
    )
    parking = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="Where to park."
    )
    directions = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="How to find the way in.",
    )
    plan_b = forms.CharField(
        label="If it rains", required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Where we go instead, if anywhere.",
    )  # fmt: skip
    join_url = forms.CharField(
        label="Link to join",
        required=False,
        help_text="For an online class; it begins with https://.",
    )
    is_far = forms.BooleanField(label="Yes, it really is that far away", required=False)
    asks_if_far = False  # the page shows that checkbox only where it is needed

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # browsers must not remember it either

    @sensitive_variables()
    def clean(self):
        data = super().clean()
        if not self.errors:
            try:
                self.venue().check()
            except ValidationError as error:
                self.add_error(None, error)
            else:
                self._ask_if_far(data)
        return data

    def _ask_if_far(self, data) -> None:
        """A missing minus sign, or two swapped numbers, would send guests across the world."""
        venue = self.venue()
        if venue.is_online or not venue.has_point:
            return
        miles = miles_from_norfolk(venue.latitude, venue.longitude)
        self.asks_if_far = miles > FAR_MILES
        if self.asks_if_far and not data["is_far"]:
            self.add_error(
                "latitude",
                f"This point is {miles:,.0f} miles from Norfolk. Check both numbers and the minus "
                "sign, or check the box to confirm it.",
            )

    @sensitive_variables()
    def venue(self) -> VenueDetails:
        data = {name: self.cleaned_data[name] for name in self.cleaned_data.keys() & _OF_A_VENUE}
        lines = (line.strip() for line in data["lines"].splitlines())
        return VenueDetails(**data | {"lines": tuple(line for line in lines if line)})

    @staticmethod
    def typed(venue: VenueDetails) -> dict:
        """A venue as the form's initial data."""
        names = _OF_A_VENUE - {"lines"}
        return {name: getattr(venue, name) for name in names} | {"lines": "\n".join(venue.lines)}


_OF_A_VENUE = VenueForm.base_fields.keys() - {"is_far"}
