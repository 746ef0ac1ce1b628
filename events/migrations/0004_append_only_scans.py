"""What was read at the door stays read: a trigger refuses every change on both databases."""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION events_scans_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'Scans are append-only.' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER scans_are_append_only BEFORE UPDATE OR DELETE ON events_scan
    FOR EACH ROW EXECUTE FUNCTION events_scans_are_append_only()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER scans_refuse_{act.lower()} BEFORE {act} ON events_scan
    BEGIN SELECT RAISE(ABORT, 'Scans are append-only.'); END
    """
    for act in ("UPDATE", "DELETE")
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER scans_are_append_only ON events_scan")
        schema_editor.execute("DROP FUNCTION events_scans_are_append_only()")
    else:
        schema_editor.execute("DROP TRIGGER scans_refuse_update")
        schema_editor.execute("DROP TRIGGER scans_refuse_delete")


class Migration(migrations.Migration):
    dependencies = [("events", "0003_box_office")]

    operations = [migrations.RunPython(forwards, backwards)]
