"""Make the tables of the released edition: the migrations its file names, and no later one."""

import sqlite3
import sys

import django


def key_of(migration) -> tuple[str, str]:
    return migration.app_label, migration.name


def make(file: str) -> None:
    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with sqlite3.connect(file) as released:
        applied = set(released.execute("SELECT app, name FROM django_migrations"))
    released.close()
    executor = MigrationExecutor(connection)
    later = set(executor.loader.graph.nodes) - applied
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    executor.migrate(None, plan=[step for step in plan if key_of(step[0]) not in later])


if __name__ == "__main__":
    make(*sys.argv[1:])
