"""The ledger is append-only on both databases: a trigger refuses every change."""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION orders_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'The ledger is append-only.' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON orders_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION orders_ledger_is_append_only()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER ledger_refuses_{act.lower()} BEFORE {act} ON orders_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END
    """
    for act in ("UPDATE", "DELETE")
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER ledger_is_append_only ON orders_ledgerentry")
        schema_editor.execute("DROP FUNCTION orders_ledger_is_append_only()")
    else:
        schema_editor.execute("DROP TRIGGER ledger_refuses_update")
        schema_editor.execute("DROP TRIGGER ledger_refuses_delete")


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
