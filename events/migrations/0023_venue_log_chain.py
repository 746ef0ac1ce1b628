"""The venue log is append-only on both databases, and begins with what was written before it.

Former rows are chained in the order of their instants. The chain proves nothing about them: it
begins today.
"""

from django.db import migrations

from nsca.lib.secrets.hash_chain import BEGINNING, content_digest, link_digest

POSTGRESQL = [
    """
    CREATE FUNCTION events_venue_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'The venue log is append-only.' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER venue_log_is_append_only BEFORE UPDATE OR DELETE ON events_venuelogrecord
    FOR EACH ROW EXECUTE FUNCTION events_venue_log_is_append_only()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER venue_log_refuses_{act.lower()} BEFORE {act} ON events_venuelogrecord
    BEGIN SELECT RAISE(ABORT, 'The venue log is append-only.'); END
    """
    for act in ("UPDATE", "DELETE")
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER venue_log_is_append_only ON events_venuelogrecord")
        schema_editor.execute("DROP FUNCTION events_venue_log_is_append_only()")
    else:
        schema_editor.execute("DROP TRIGGER venue_log_refuses_update")
        schema_editor.execute("DROP TRIGGER venue_log_refuses_delete")


def of_seal(seal):
    return content_digest(
        {
            "event": seal.event_id,
            "digest": seal.digest,
            "form": seal.form,
            "sealed_at": seal.sealed_at,
        }
    )


def former_rows(apps):
    """(instant, order, kind, event, row, content) of each access, seal and publication."""
    for access in apps.get_model("events", "VenueLook").objects.all():
        content = {
            "event": access.event_id,
            "user": access.user_id,
            "link": access.link_id,
            "act": access.act,
            "at": access.at,
        }
        yield access.at, 0, "access", access.event_id, access.pk, content_digest(content)
    for seal in apps.get_model("events", "Commitment").objects.all():
        yield seal.sealed_at, 1, "sealed", seal.event_id, seal.pk, of_seal(seal)
        if at := seal.published_at:
            content = content_digest({"seal": of_seal(seal), "published_at": at})
            yield at, 2, "published", seal.event_id, seal.pk, content


def chain(apps, schema_editor):
    Record = apps.get_model("events", "VenueLogRecord")
    digest, number = BEGINNING, 0
    for at, _order, kind, event, row, content in sorted(
        former_rows(apps), key=lambda each: each[:5]
    ):
        number += 1
        fields = {
            "number": number,
            "kind": kind,
            "event": event,
            "row": row,
            "content": content,
            "at": at,
        }
        digest = link_digest(digest, fields)
        Record.objects.create(
            number=number, kind=kind, event_number=event, row_number=row, content=content, at=at,
            digest=digest,
        )  # fmt: skip
    if number:
        apps.get_model("events", "VenueLogHead").objects.create(pk=1, number=number, digest=digest)


class Migration(migrations.Migration):
    dependencies = [("events", "0022_venue_log")]

    operations = [
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.RunPython(forwards, backwards),
    ]
