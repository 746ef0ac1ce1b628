"""Small questions of a fixed shape, compiled once.

Django compiles a QuerySet anew each time it is read, which is most of what a small query costs.
What is asked under every lock, while others wait for that lock, is compiled at its first use; from
then on only its values change.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection
from django.db.models import QuerySet

_STAND_INS = {
    int: lambda index: 1_976_000_000_000 + index,
    str: lambda index: f"stand-in {index}",
    datetime: lambda index: datetime(1976, 1, 1, microsecond=index, tzinfo=UTC),
}


class Prepared:
    """`build`, given each of `kinds` by its name (int, str, or datetime in UTC), makes a QuerySet
    of tuples of whole numbers and texts: its rows are handed out as the database gives them.
    """

    def __init__(self, build: Callable[..., QuerySet], **kinds: type):
        self._build = build
        self._kinds = kinds
        self._compiled: dict[str, tuple[str, list]] = {}  # by the kind of database

    def __call__(self, **values: int | str | datetime) -> list[tuple]:
        """The rows for these values. Raises TypeError where they are not those of `kinds`, and
        ValueError where the QuerySet does not use one.
        """
        if values.keys() != self._kinds.keys():  # a place left open would be asked for as a text
            raise TypeError(f"Asked for {', '.join(values)} and not for {', '.join(self._kinds)}.")
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile()
        sql, params = self._compiled[connection.vendor]
        given = {_Place(name): _as_asked(value) for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [given.get(each, each) for each in params])
            return cursor.fetchall()

    def _compile(self) -> tuple[str, list]:
        """The SQL, and its parameters with a place for each value."""
        stand_ins = {
            name: _STAND_INS[kind](index) for index, (name, kind) in enumerate(self._kinds.items())
        }
        sql, params = self._build(**stand_ins).query.sql_with_params()
        places = {_as_asked(value): _Place(name) for name, value in stand_ins.items()}
        params = [places.get(each, each) for each in params]
        if unused := [name for name in self._kinds if _Place(name) not in params]:
            raise ValueError(f"The count does not ask for {', '.join(unused)}.")
        return sql, params


class _Place(str):
    """Where a value goes, by its name; never equal to a parameter that is a text."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other):
        return isinstance(other, _Place) and str.__eq__(self, other)


def _as_asked(value: int | str | datetime):
    """As Django hands it to the database."""
    is_instant = isinstance(value, datetime)
    return connection.ops.adapt_datetimefield_value(value) if is_instant else value
