"""Fill a PostgreSQL database of the same migrations from a SQLite file, row by row."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg import sql

# What SQLite has no type for, by PostgreSQL's.
CONVERTED: dict[str, Callable] = {
    "boolean": bool,
    "interval": lambda microseconds: timedelta(microseconds=microseconds),
}


def copy(file: Path, address: str) -> None:
    """Copy each table as it is. Triggers and foreign keys are off: the rows were checked once."""
    source = sqlite3.connect(file)
    source.row_factory = sqlite3.Row
    with source, psycopg.connect(address) as target:
        target.execute("SET session_replication_role = replica")
        target.execute("SET TIME ZONE 'UTC'")
        for table, types in _columns(target).items():
            target.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            rows = source.execute(f'SELECT * FROM "{table}"').fetchall()
            _insert(target, table, types, rows)
        for table, column in _numbered(target):
            target.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {} "
                    "HAVING max({}) IS NOT NULL"
                ).format(
                    sql.Literal(table),
                    sql.Literal(column),
                    sql.Identifier(column),
                    sql.Identifier(table),
                    sql.Identifier(column),
                )
            )
    source.close()


def _insert(target, table: str, types: dict[str, str], rows: Iterable[sqlite3.Row]) -> None:
    if not rows:
        return
    names = rows[0].keys()
    converted = [CONVERTED.get(types[name], _as_it_is) for name in names]
    statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(sql.Placeholder() * len(names)),
    )
    with psycopg.ClientCursor(target) as cursor:  # literals: the server finds each value's type
        cursor.executemany(
            statement,
            [
                [
                    None if value is None else make(value)
                    for make, value in zip(converted, row, strict=True)
                ]
                for row in rows
            ],
        )


def _as_it_is(value):
    return value


def _columns(database) -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = {}
    for table, name, type_ in database.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name <> 'django_migrations'"
    ):
        columns.setdefault(table, {})[name] = type_
    return columns


def _numbered(database) -> list[tuple[str, str]]:
    return database.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND is_identity = 'YES'"
    ).fetchall()
