"""A worker's database between tests: emptied after those that commit, empty after each module.

Only tables with rows are touched. Django's own way empties all of them and makes every permission
again: half a second and more for each test.
"""

from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

LASTING_MODELS = (ContentType, Permission)  # `migrate` fills them, as part of the tables
LASTING = {"django_migrations", *(model._meta.db_table for model in LASTING_MODELS)}


class Database:
    """As it was when `migrate` had ended."""

    copy: Path | None = None  # of its file, without rows
    is_kept = False

    def __init__(self):
        names = connection.introspection.django_table_names(only_existing=True)
        self.tables = sorted({*names} - LASTING)
        self.lasting = _lasting_rows()

    def tables_with_rows(self) -> list[str]:
        """By one query."""
        quote = connection.ops.quote_name
        asked = (f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {quote(t)})" for t in self.tables)
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked))
            return [name for (name,) in cursor.fetchall()]

    def empty(self) -> None:
        """Take away what was committed."""
        if names := self.tables_with_rows():
            _EMPTY[connection.vendor](names)
        if _lasting_rows() != self.lasting:  # a test made permissions of its own
            with transaction.atomic():
                ContentType.objects.all().delete()  # and permissions with them
                for model, rows in self.lasting.items():
                    model.objects.bulk_create(model(**row) for row in rows)
            ContentType.objects.clear_cache()

    @contextmanager
    def keep(self):
        """What is committed within stays for all tests until the end, and is gone then."""
        self.is_kept = True
        try:
            with mock.patch.object(TransactionTestCase, "_fixture_teardown", lambda case: None):
                yield
        finally:
            self.is_kept = False
            self.empty()

    def left_behind(self) -> list[str]:
        """What stands here and should not; it is gone afterwards."""
        left = []
        if connection.in_atomic_block:
            left.append("an open transaction")
            connection.close()
            connection.connect()
        if names := self.tables_with_rows():
            left += names
            self.empty()
        return left


def _lasting_rows() -> dict:
    return {model: list(model.objects.order_by("pk").values()) for model in LASTING_MODELS}


def _empty_sqlite(names):
    """Append-only tables refuse a DELETE: their triggers are taken off for it and put back."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, sql) for table, name, sql in cursor.fetchall() if table in names]
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {quote(name)}")
        for name in names:
            cursor.execute(f"DELETE FROM {quote(name)}")
        for _name, sql in triggers:
            cursor.execute(sql)


def _empty_postgresql(names):
    """Without triggers and foreign keys where the user may say so. A TRUNCATE, which append-only
    tables let pass, would write new files for each table and index.
    """
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(";".join(f"DELETE FROM {quote(name)}" for name in names))
        else:
            cursor.execute(f"TRUNCATE {', '.join(map(quote, names))} CASCADE")


_EMPTY = {"sqlite": _empty_sqlite, "postgresql": _empty_postgresql}
