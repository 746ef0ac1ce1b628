"""What a database believes a table to hold, after much was written into it at once."""

from django.db import connection, transaction

MUCH = 100  # rows; for fewer every plan is quick


def count_anew(model, written: int) -> None:
    """Let PostgreSQL look at `model`'s table again once the `written` rows are committed.

    Its own look comes a minute later. Until then it takes a queue that was empty yesterday for
    empty, and each claim reads everything that waits.
    """
    if connection.vendor != "postgresql" or written < MUCH:
        return

    def look():
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")

    transaction.on_commit(look, robust=True)
