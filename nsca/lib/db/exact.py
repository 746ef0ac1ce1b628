"""Columns of text with one spelling, such as e-mail addresses: compared exactly, never folded.

What is saved and what is asked for passes through the same function, so the database compares two
spellings that function made. Folding in the database (`iexact`, LOWER, UPPER) differs by engine:
PostgreSQL's UPPER makes I of a dotless ı, and one person's row becomes another's.
"""

from django.core.exceptions import FieldError
from django.db import IntegrityError, transaction

_FOLDING = frozenset(
    {"iexact", "istartswith", "iendswith", "iregex", "lower", "upper", "unaccent"}
)


class ExactText:
    """Mixed into a CharField or EmailField whose class says how to `normalize` a text."""

    @staticmethod
    def normalize(text: str) -> str:
        """The one spelling of a text; doing it twice changes nothing."""
        raise NotImplementedError

    def deconstruct(self):
        """Migrations see the plain field: the column is the same."""
        name, _path, args, kwargs = super().deconstruct()
        plain = self.__class__.__mro__[2]
        return name, f"django.db.models.{plain.__name__}", args, kwargs

    def to_python(self, value):
        value = super().to_python(value)
        return self.normalize(value) if isinstance(value, str) else value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return self.normalize(value) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = self.normalize(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_lookup(self, lookup_name):
        self._refuse(lookup_name)
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name):
        self._refuse(lookup_name)
        return super().get_transform(lookup_name)

    def _refuse(self, lookup_name: str) -> None:
        if lookup_name in _FOLDING:
            raise FieldError(f"{self.name} is compared exactly; ask without __{lookup_name}.")


def rewrite_stored(model, normalize, *names: str) -> list[int]:
    """For migrations: give the texts of existing rows their one spelling.

    Where a constraint will not let a row have it (by now it is another row's), the row keeps the
    spelling it had, and nothing finds it by that text any more. Returns the keys of those rows.
    """
    left = []
    rows = model._base_manager.order_by("pk")
    for pk, *stored in list(rows.values_list("pk", *names)):
        changed = {
            name: normalize(text)
            for name, text in zip(names, stored, strict=True)
            if text and normalize(text) != text
        }
        if not changed:
            continue
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=pk).update(**changed)
        except IntegrityError:
            left.append(pk)
    return left
