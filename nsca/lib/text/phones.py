"""Phone numbers as people write them: checked, and stored as typed."""

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError

HOME = "US"  # numbers without a country code are dialed here
WORDS = (
    "Enter a phone number with its area code, like 757-555-0123; abroad, begin with + and the "
    "country code."
)


def validate_phone(typed: str) -> None:
    """Refuse a number nobody can dial. Raises ValidationError.

    It may be too short, too long, without an area code, or no number at all. Nobody checks that
    someone answers.
    """
    try:
        number = phonenumbers.parse(typed, HOME)
    except phonenumbers.NumberParseException:
        raise ValidationError(WORDS, code="phone") from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValidationError(WORDS, code="phone")


class PhoneField(forms.CharField):
    """A phone number in a form: up to 40 characters, with an extension if there is one."""

    default_validators = [validate_phone]

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Phone")
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)
