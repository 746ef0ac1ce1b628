"""Refresh the query planner's statistics after many rows are written at once."""

from django.db import connection, transaction

MUCH = 100  # rows; with fewer, every plan is fast


def analyze(model, written: int) -> None:
    """Have PostgreSQL analyze `model`'s table once the `written` rows are committed.

    Autovacuum does so a minute later. Until then the planner takes a queue that was empty
    yesterday for empty, and each claim reads everything that waits.
    """
    if connection.vendor != "postgresql" or written < MUCH:
        return

    def look():
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")

    transaction.on_commit(look, robust=True)
