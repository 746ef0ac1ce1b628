"""Where in the whole database a word stands: every text column of every table, JSON too.

Not by the kind of a field: an address stood for a year in a column that named what is scarce.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection

# A session is signed and packed; its own test looks into it.
PACKED = {"django_session"}


def tables_with(words: Iterable[str]) -> dict[str, list[str]]:
    """The tables in which one of the words stands in any column, as "table.column", each with the
    words that do, whatever their case.
    """
    wanted = {word.casefold() for word in words if word}
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in PACKED:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = _text(value)
                    hits = {word for word in wanted if word in text} if text else set()
                    if hits:
                        found.setdefault(f"{table}.{column}", set()).update(hits)
    return {name: sorted(hits) for name, hits in sorted(found.items())}


def _text(value: Any) -> str:
    """A cell as text to search: JSON comes as text from SQLite, and as lists and dicts from
    PostgreSQL.
    """
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "ignore").casefold()
    if isinstance(value, str | list | dict):
        return str(value).casefold()
    return ""
