"""Rehearsals, which no list meets, and the radar's reports."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
ACTS = [
    ("looked", "looked"),
    ("changed", "changed"),
    ("held", "put the reveal on hold"),
    ("released", "released the hold"),
    ("opened", "revealed now"),
    ("sealed", "published the seal"),
    ("radar", "let the radar look for its words"),
]


def to(model, on_delete=django.db.models.deletion.CASCADE, **options):
    return models.ForeignKey(on_delete=on_delete, to=model, **options)


def by(**options):
    return to(settings.AUTH_USER_MODEL, django.db.models.deletion.PROTECT, related_name="+")


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0012_envelope"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "event", "is_rehearsal", models.BooleanField(default=False, editable=False)
        ),
        migrations.AddField(
            "historicalevent", "is_rehearsal", models.BooleanField(default=False, editable=False)
        ),
        migrations.AlterField("venuelook", "act", models.CharField(choices=ACTS, max_length=8)),
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                ("id", KEY),
                ("title", models.CharField(max_length=120)),
                ("began_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("guests", models.PositiveSmallIntegerField(default=0)),
                ("told", models.PositiveSmallIntegerField(default=0)),
                ("opened", models.PositiveSmallIntegerField(default=0)),
                ("took_seconds", models.PositiveIntegerField(blank=True, null=True)),
                ("began_by", by()),
                (
                    "event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="rehearsal",
                        to="events.event",
                    ),
                ),
                (
                    "people",
                    models.ManyToManyField(related_name="rehearsals", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ["-began_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("began_at"))),
                        name="rehearsals_end_after_they_begin",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RadarReport",
            fields=[
                ("id", KEY),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waits for the ticker"),
                            ("running", "is under way"),
                            ("done", "is done"),
                            ("failed", "could not be done"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("step", models.PositiveIntegerField(default=0)),
                ("steps", models.PositiveIntegerField(default=0)),
                ("sealed", models.BinaryField(null=True)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("asked_by", by()),
                ("event", to("events.event", related_name="radar_reports")),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("event",),
                        name="one_radar_at_a_time_and_event",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RadarNote",
            fields=[
                ("id", KEY),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="radar_note",
                        to="events.event",
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SavedText",
            fields=[
                ("id", KEY),
                ("model", models.CharField(max_length=80)),
                ("object_pk", models.BigIntegerField()),
                ("uploaded", models.TextField(blank=True)),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "object_pk"), name="a_saved_text_is_read_once"
                    )
                ],
            },
        ),
    ]
