"""What a database is made of, for comparing two: order aside, names included."""

import re
import sqlite3
from pathlib import Path

import psycopg

NOT_OURS = ("sqlite_", "django_migrations", "nsca_cache")  # createcachetable makes the last


def of_file(file: Path) -> dict[str, set[str]]:
    """Of a SQLite file: table, index or trigger → its parts."""
    with sqlite3.connect(file) as database:
        rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        made = {name: _parts(text) for name, text in rows if not name.startswith(NOT_OURS)}
    database.close()
    return made


def _parts(text: str) -> set[str]:
    """A statement's columns and constraints: a column that was added later stands last."""
    head, opened, rest = text.partition("(")
    if not head.lstrip().upper().startswith("CREATE TABLE"):
        return {text}
    parts, depth = [""], 0
    for sign in rest.rsplit(")", 1)[0]:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return {re.sub(r"\s+", " ", part).strip() for part in parts}


OF_A_SERVER = {
    "columns": "SELECT table_name, concat_ws(' ', column_name, udt_name, is_nullable, "
    "character_maximum_length, numeric_precision, numeric_scale) "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def of_server(address: str) -> dict[str, set[str]]:
    """Of a PostgreSQL database: table or function → its parts."""
    made: dict[str, set[str]] = {}
    with psycopg.connect(address) as database:
        for question in OF_A_SERVER.values():
            for name, part in database.execute(question):
                if not name.startswith(NOT_OURS):
                    made.setdefault(name, set()).add(part)
    return made
