"""Columns of text with one spelling, such as e-mail addresses, which are compared exactly.

Saved values and lookups pass through the same function, so the database only ever compares
normalized text. Folding in the database (`iexact`, LOWER, UPPER) differs by engine: PostgreSQL's
UPPER turns a dotless ı into I, and one person's row becomes another's.
"""

from django.core.exceptions import FieldError

_FOLDING = frozenset(
    {"iexact", "istartswith", "iendswith", "iregex", "lower", "upper", "unaccent"}
)


class ExactText:
    """Mixed into a CharField or EmailField whose class says how to `normalize` text."""

    @staticmethod
    def normalize(text: str) -> str:
        """The one spelling of a text. Idempotent."""
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
