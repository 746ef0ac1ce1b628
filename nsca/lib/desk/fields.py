"""How staff type money, durations and instants: stored as cents, timedeltas and UTC."""

from datetime import datetime, timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from nsca.lib.text import fields
from nsca.lib.timing import NORFOLK, ClockFold, ClockGap, to_instant, zone_word

YEARS = range(1900, 2200)  # typos (0027, 9999) are outside
HOUR = timedelta(hours=1)
MOST_CENTS = 999_999_999  # what fits the database's integers, for every amount in the admin


class DollarsField(fields.DollarsField):
    """Made from a model's field, in a narrow box; reads whatever visitors may type."""

    default_error_messages = {"invalid": "Enter an amount in dollars, such as 95 or 95.50."}

    def __init__(
        self, *, min_value=None, max_value=None, **kwargs
    ):  # IntegerField's, of no use here
        super().__init__(max_cents=MOST_CENTS, **kwargs)
        self.widget.attrs |= {"size": 10, "class": "desk-dollars"}

    def to_python(self, value):
        return value if isinstance(value, int) else super().to_python(value)

    def run_validators(self, value):
        if value is not None and value > self.max_cents:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class HoursField(forms.DecimalField):
    """A duration typed as hours: 24, or 1.5. Empty means none."""

    def __init__(self, **kwargs):
        super().__init__(**{"min_value": 0, "max_value": 24 * 365, "decimal_places": 2} | kwargs)
        self.widget.attrs |= {"step": "any", "class": "desk-hours"}
        self.error_messages["min_value"] = "The reveal must be before the start. Check the hours."

    def prepare_value(self, value):
        if isinstance(value, timedelta):
            return f"{Decimal(str(value / HOUR)).normalize():f}"
        return value

    def to_python(self, value):
        if isinstance(value, timedelta):
            return value
        return super().to_python(value)

    def clean(self, value):
        hours = super().clean(value)
        return None if hours is None else timedelta(seconds=round(float(hours) * 3600))

    def has_changed(self, initial, data):
        try:
            return self.clean(data) != initial
        except ValidationError:
            return True


def _folds(day: str, time: str) -> list[tuple[str, str]]:
    """The two instants a local time may mean, to choose from; empty if it means only one."""
    try:
        local = datetime.fromisoformat(f"{day}T{time}")
        to_instant(local)
    except ClockFold:
        return [
            (str(fold), f"the {word} time ({zone_word(to_instant(local, fold=fold))})")
            for fold, word in enumerate(("first", "second"))
        ]
    except (ValueError, OverflowError):  # ClockGap, or not a time: the field says so
        return []
    return []


class InstantWidget(forms.MultiWidget):
    """A day, a time and, if it happens twice as the clocks go back, which of the two."""

    template_name = "admin/widgets/instant.html"

    def __init__(self, attrs=None):
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        time = forms.TimeInput(attrs={"type": "time", "aria-label": "Time"})
        which = forms.Select(attrs={"aria-label": "Which one"})
        super().__init__([day, time, which], attrs)

    def decompress(self, value):
        if not isinstance(value, datetime):
            return [None, None, None]
        local = value.astimezone(NORFOLK)
        # Seconds are shown only if there are some, so that saving a form never moves an instant.
        form = "%H:%M:%S" if local.second else "%H:%M"
        day, time = f"{local:%Y-%m-%d}", f"{local:{form}}"
        return [day, time, str(local.fold) if _folds(day, time) else ""]

    def get_context(self, name, value, attrs):
        day, time, *_ = value if isinstance(value, list) else self.decompress(value)
        folds = _folds(str(day or ""), str(time or ""))
        self.widgets[2].choices = [("", "choose"), *folds]
        context = super().get_context(name, value, attrs)
        context["widget"]["is_ambiguous"] = bool(folds)
        return context

    def id_for_label(self, id_):
        return f"{id_}_0" if id_ else ""


class InstantField(forms.MultiValueField):
    """Norfolk time in, a UTC instant out. Refuses skipped times; asks about repeated ones."""

    widget = InstantWidget
    default_error_messages = {
        "half": "Enter both the day and the time.",
        "year": "Check the year. Write it with four digits, such as 2027.",
        "gap": "Clocks skip this time in March, so it doesn't exist. Choose an hour later.",
        "fold": "Clocks go back at this time, so it happens twice. Choose which one.",
    }

    def __init__(self, *, input_formats=None, **kwargs):
        required = kwargs.pop("required", True)
        fields = [
            forms.DateField(required=False),
            forms.TimeField(required=False),
            forms.CharField(required=False),
        ]
        super().__init__(fields, require_all_fields=False, required=required, **kwargs)

    def clean(self, value):
        day, time = (list(value or []) + ["", ""])[:2]
        if bool(day) != bool(time):
            raise ValidationError(self.error_messages["half"], code="half")
        if not day and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return super().clean(value)

    def compress(self, data_list):
        if not data_list or not data_list[0]:
            return None
        day, time, which = data_list
        if day.year not in YEARS:
            raise ValidationError(self.error_messages["year"], code="year")
        fold = int(which) if which in ("0", "1") else None
        try:
            return to_instant(datetime.combine(day, time), fold=fold)
        except ClockGap as error:
            raise ValidationError(self.error_messages["gap"], code="gap") from error
        except ClockFold as error:
            raise ValidationError(self.error_messages["fold"], code="fold") from error

    def has_changed(self, initial, data):
        try:
            new = self.clean(data)
        except ValidationError:
            return True
        if isinstance(initial, datetime) and new is not None:
            return initial.replace(microsecond=0) != new
        return initial != new


class LinksField(forms.Field):
    """Links typed one per line, "Name https://…"; stored as a list of [name, address] pairs."""

    default_error_messages = {
        "invalid": "Line %(number)s: enter a name, a space and an address that begins with https://."
    }

    def __init__(self, *, encoder=None, decoder=None, **kwargs):  # JSONField's, of no use here
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4, "cols": 60}))
        super().__init__(**kwargs)

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join(f"{name} {address}" for name, address in value)
        return value

    def to_python(self, value):
        if isinstance(value, list):
            return value
        links = []
        for number, line in enumerate((value or "").splitlines(), 1):
            if not line.strip():
                continue
            name, _, address = line.strip().rpartition(" ")
            try:
                URLValidator(schemes=["https", "http"])(address)
            except ValidationError:
                name = ""
            if not name.strip():
                raise ValidationError(
                    self.error_messages["invalid"], code="invalid", params={"number": number}
                )
            links.append([name.strip(), address])
        return links

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True
