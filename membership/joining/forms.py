"""The forms to join: the person and their household."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms

from membership.giving.forms_shared import MOST_OTHERS, OnTopField, SubmissionKeyMixin, TierChoice
from membership.joining.auto_renewal import AutoRenewalMixin
from membership.models import Consent, Person, Tier
from membership.models.people import ADULT
from membership.people.consents import WORDS
from membership.terms.coverage import way_out
from membership.terms.joining import Other
from nsca.lib.mail.slips import AskedAddressField
from nsca.lib.secrets import codes
from nsca.lib.text.phones import PhoneField

MORE = "more"  # the button that adds a row; everything typed stays


@dataclass(frozen=True)
class OtherRow:
    """The fields of one more person."""

    number: int
    name: forms.BoundField
    email: forms.BoundField
    is_child: forms.BoundField
    born_on: forms.BoundField


class HouseholdFields(forms.Form):
    """More people of a household, a row each; rows without a name are ignored.

    A parent adds a child with a birth date, so that we know when they turn 18, and no address.
    """

    known: Sequence[Person] = ()  # current household members
    rows_shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=3)

    def __init__(self, *args, on: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["rows_shown"].initial = "1"
        self.how_many = 1
        if self.is_bound:
            asked = codes.primary_key(self.data.get("rows_shown"))
            self.how_many = min(max(1, asked) + (MORE in self.data), MOST_OTHERS)
            self.data = self.data.copy()
            self.data["rows_shown"] = str(self.how_many)
        for number in range(2, self.how_many + 2):
            self.fields |= _other_fields(number)

    @property
    def rows(self) -> list[OtherRow]:
        return [
            OtherRow(number, *(self[f"p{number}_{part}"] for part in PARTS))
            for number in range(2, self.how_many + 2)
        ]

    @property
    def next_number(self) -> int:
        return self.how_many + 2

    @property
    def may_ask_for_more(self) -> bool:
        return self.how_many < MOST_OTHERS

    @property
    def has_people(self) -> bool:
        """Whether a row has text or an error, so that it is shown for any level."""
        return self.is_bound and any(
            self.data.get(f"p{row.number}_name", "").strip() or row.born_on.errors
            for row in self.rows
        )

    def clean_others(self) -> tuple[Other, ...]:
        """Validate the rows and return the people named."""
        data, others = self.cleaned_data, []
        for number in range(2, self.how_many + 2):
            name = " ".join(data.get(f"p{number}_name", "").split())
            is_child, born_on = data.get(f"p{number}_child"), data.get(f"p{number}_born_on")
            if not name:
                self.errors.pop(f"p{number}_born_on", None)
                if data.get(f"p{number}_email"):
                    self.add_error(f"p{number}_name", "Enter this person’s name, too.")
                continue
            if not is_child:
                self.errors.pop(f"p{number}_born_on", None)
                others.append(Other(name, data.get(f"p{number}_email", "")))
                continue
            self.errors.pop(f"p{number}_email", None)  # a child's address is never kept
            if f"p{number}_born_on" not in self.errors:
                self._judge_birthday(number, born_on)
            others.append(Other(name, born_on=born_on.isoformat() if born_on else ""))
        return tuple(others)

    def judge_how_many(self, tier: Tier, others: Sequence[Other]) -> None:
        """Refuse more people than a level covers, and say which level covers them all, if any."""
        count = len(others) + max(1, len(self.known))
        if others and count > tier.max_people:
            # A gift is for one level; somebody who joins may choose another.
            may_choose = "tier" in self.fields
            tiers = self.fields["tier"].queryset if may_choose else [tier]
            choose = "Choose another level or list fewer people." if may_choose else ""
            words = f"{tier.name} {tier.covers_words}, and there are {count} of you."
            self.add_error("p2_name", f"{words} {way_out(tiers, count)} {choose}".strip())

    def only_one_more(self) -> None:
        """Add a row without validating or losing anything."""
        self._errors = forms.utils.ErrorDict()

    def _judge_birthday(self, number: int, born_on: date | None) -> None:
        field = f"p{number}_born_on"
        if born_on is None:
            self.add_error(field, "Enter the child’s date of birth.")
        elif born_on > self.on:
            self.add_error(field, "This date is in the future. Enter the child’s date of birth.")
        elif not Person(born_on=born_on).is_minor(self.on):
            self.add_error(field, f"This person is {ADULT} or older. Clear “is a child”.")


PARTS = ("name", "email", "child", "born_on")


def _other_fields(number: int) -> dict[str, forms.Field]:
    return {
        f"p{number}_name": forms.CharField(
            label=f"Name of person {number}",
            max_length=150,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        ),
        f"p{number}_email": AskedAddressField(
            label=f"E-mail of person {number}",
            max_length=254,
            required=False,
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
            error_messages={"invalid": "Enter a complete e-mail address, like name@example.com."},
        ),
        f"p{number}_child": forms.BooleanField(
            label=f"Person {number} is a child", required=False
        ),
        f"p{number}_born_on": forms.DateField(
            label=f"Person {number}: date of birth",
            required=False,
            widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}),
            input_formats=["%Y-%m-%d", "%m/%d/%Y"],
            error_messages={"invalid": "Enter a date, like 5/14/2016."},
            help_text="So we know when they turn 18. We never e-mail children.",
        ),
    }


class CitiesFields(forms.Form):
    """Favorite cities, and whether their committees may write: a separate checkbox."""

    cities = forms.ModelMultipleChoiceField(
        label="Favorite cities",
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    may_be_seen = forms.BooleanField(
        label="Their committees may contact me",
        required=False,
        help_text="They will see your name and contact details, for these cities only.",
    )

    def __init__(self, *args, cities, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cities"].queryset = cities


class TopicsFields(forms.Form):
    """Which e-mails they want: a checkbox each, never ticked in advance."""

    wants_newsletter = forms.BooleanField(label="Send me the newsletter", required=False)
    wants_events = forms.BooleanField(label="Invite me to events", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for topic, name in TOPICS.items():
            self.fields[name].help_text = WORDS[topic][1]

    def topics(self) -> tuple[str, ...]:
        """The ticked topics, as a Joining stores them."""
        return tuple(str(topic) for topic, name in TOPICS.items() if self.cleaned_data[name])


TOPICS = {Consent.Topic.NEWSLETTER: "wants_newsletter", Consent.Topic.EVENTS: "wants_events"}


class AdultField(forms.BooleanField):
    """Younger people cannot join, pay or claim; a parent does it for them."""

    def __init__(self):
        super().__init__(
            label=f"I am {ADULT} or older",
            help_text="Younger? Ask a parent to join and add you as their child.",
            error_messages={
                "required": f"Tick this if you are {ADULT} or older. If not, ask a parent to join."
            },
        )


class JoinForm(AutoRenewalMixin, HouseholdFields, CitiesFields, TopicsFields, SubmissionKeyMixin):
    """One page, one payment. With `is_proven`, somebody signed in: no address is asked for."""

    tier = TierChoice()
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name as it should appear on your card."},
    )
    email = AskedAddressField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="For your receipt and sign-in codes.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter a complete e-mail address, like name@example.com.",
        },
    )
    phone = PhoneField(required=False)
    adult = AdultField()
    gift = OnTopField()
    field_order = ["tier", "name", "email", "phone", "adult", "cities", "may_be_seen", "gift"]

    def __init__(self, *args, tiers, known: Sequence[Person] = (), is_proven=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].queryset = tiers
        self.known = known  # current household members, including who signed in
        if is_proven:
            del self.fields["email"], self.fields["adult"]

    def clean(self):
        cleaned = super().clean()
        cleaned["others"] = others = self.clean_others()
        if cleaned.get("tier"):
            self.judge_how_many(cleaned["tier"], others)
        return cleaned
