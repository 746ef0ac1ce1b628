"""Form fields that take what people type: dollars, not cents."""

from django import forms
from django.core.exceptions import ValidationError

from nsca.lib.text.money import NotDollars, cents_of, dollars, is_too_little


def refuse_too_little(cents: int) -> None:
    """A validator of prices for model and form fields. Raises ValidationError."""
    if is_too_little(cents):
        raise ValidationError(
            "A card can't be charged less than 50 cents. Enter 0 for free, or at least 0.50.",
            code="too_little",
        )


class DollarsField(forms.CharField):
    """An amount as people type it ("95", "$1,250", "95.50"). Its value is whole cents, or None."""

    default_error_messages = {"invalid": "Enter an amount in dollars, like 25 or 25.50."}

    def __init__(self, *, min_cents: int = 0, max_cents: int | None = None, **kwargs):
        self.min_cents, self.max_cents = min_cents, max_cents
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value):
        text = super().to_python(value).strip()
        if text in self.empty_values:
            return None
        try:
            return cents_of(text)
        except NotDollars as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def validate(self, value):
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        if value is None:
            return
        if value < self.min_cents:
            raise ValidationError(f"The minimum is {dollars(self.min_cents)}.")
        if self.max_cents is not None and value > self.max_cents:
            raise ValidationError(
                f"The online maximum is {dollars(self.max_cents)}. For more, please call us."
            )

    def prepare_value(self, value):
        if isinstance(value, int):
            return f"{value // 100}" + (f".{value % 100:02d}" if value % 100 else "")
        return value


class OptionalDollarsField(DollarsField):
    """An optional amount: typing 0 is the same as leaving it empty."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def to_python(self, value):
        return super().to_python(value) or None
