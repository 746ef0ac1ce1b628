"""Decisions about letters, the directory, wishes to be erased, and what stands in a passport.

A decision is never changed: a trigger refuses it, on both databases. It may go with its person,
and follow them when two records are made one.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import nsca.lib.secrets.codes

COLUMNS = "topic, is_given, at, words, how"
POSTGRESQL = [
    """
    CREATE FUNCTION membership_consents_are_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'A decision is not changed: the next one is the next row.'
    USING ERRCODE = 'restrict_violation'; END $$
    """,
    f"""
    CREATE TRIGGER consents_are_not_changed BEFORE UPDATE OF {COLUMNS} ON membership_consent
    FOR EACH ROW EXECUTE FUNCTION membership_consents_are_not_changed()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER consents_are_not_changed BEFORE UPDATE OF {COLUMNS} ON membership_consent
    BEGIN SELECT RAISE(ABORT, 'A decision is not changed: the next one is the next row.'); END
    """
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER consents_are_not_changed ON membership_consent")
        schema_editor.execute("DROP FUNCTION membership_consents_are_not_changed()")
    else:
        schema_editor.execute("DROP TRIGGER consents_are_not_changed")


class Migration(migrations.Migration):
    dependencies = [
        ("cities", "0002_links_between_apps"),
        ("membership", "0008_address_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shows_email",
                    models.BooleanField(default=False, verbose_name="my e-mail address"),
                ),
                (
                    "shows_phone",
                    models.BooleanField(default=False, verbose_name="my telephone number"),
                ),
                ("listed_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listing",
                        to="membership.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry in the directory",
                "verbose_name_plural": "entries in the directory",
            },
        ),
        migrations.CreateModel(
            name="PassportLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("shows_name", models.BooleanField(default=False, verbose_name="my name on it")),
                ("opened_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passport_link",
                        to="membership.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "shown passport",
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("newsletter", "the newsletter"),
                            ("news_flash", "the News Flash"),
                            ("events", "invitations to events"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "is_given",
                    models.BooleanField(
                        help_text="Unticked: withdrawn, or refused.", verbose_name="agreed"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "words",
                    models.CharField(
                        help_text="What stood beside the box when they decided.", max_length=400
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("member", "in the member area"),
                            ("joining", "on the form for joining"),
                            ("link", "by the link in a letter"),
                            ("staff", "told to us, and written down by staff"),
                            ("import", "from the records before this software"),
                            ("erased", "ended with the record"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who of staff wrote it down, where it was not the person.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="membership.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision about letters",
                "verbose_name_plural": "decisions about letters",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["topic", "person", "-id"], name="consents_by_last")
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasure_wish",
                        to="membership.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "wish to be erased",
                "verbose_name_plural": "wishes to be erased",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gte", models.F("asked_at"))),
                        name="erasures_are_due_after_they_are_asked_for",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Stamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hosting", "hosted"),
                            ("volunteering", "volunteered"),
                            ("exchange", "exchange"),
                            ("event", "attended"),
                        ],
                        help_text="What they did.",
                        max_length=12,
                    ),
                ),
                (
                    "on",
                    models.DateField(
                        help_text="The day, or the first of several.", verbose_name="date"
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True,
                        help_text="In a few words, as on a stamp: “Two students, June”.",
                        max_length=60,
                    ),
                ),
                ("recorded_at", models.DateTimeField(editable=False)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="Whose committee it was for, or where it was.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamps",
                        to="cities.city",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        help_text="Whose passport.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stamps",
                        to="membership.person",
                    ),
                ),
            ],
            options={
                "ordering": ["on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("person"),
                        models.F("city"),
                        models.F("kind"),
                        models.F("on"),
                        name="a_stamp_once_a_day_and_kind",
                    )
                ],
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
