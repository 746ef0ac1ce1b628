"""Who saw the place, the pace of the mail, calls to holders, letters to the committee before T."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

ID = (
    "id",
    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
)
OWNER = {"to": settings.AUTH_USER_MODEL, "related_name": "+"}


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0015_looks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="seen_version",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="revealnotice",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "queued"),
                    ("sent", "sent"),
                    ("superseded", "superseded"),
                    ("failed", "failed"),
                    ("no_address", "no address"),
                    ("bounced", "came back"),
                ],
                default="queued",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="MailServer",
            fields=[
                ID,
                ("silences", models.PositiveSmallIntegerField(default=0)),
                ("silent_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[ID, ("at", models.DateTimeField(db_index=True))],
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ID,
                ("hand", models.PositiveSmallIntegerField()),
                ("version", models.PositiveSmallIntegerField()),
                ("called_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "not told yet"),
                            ("told", "told by telephone"),
                            ("no_answer", "no answer"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "caller",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, **OWNER
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="events.ticket",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                fields=("ticket", "hand", "version"), name="one_call_a_holder_and_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=Q(outcome="open", called_at__isnull=True)
                | Q(caller__isnull=False, called_at__isnull=False),
                name="calls_have_a_caller",
            ),
        ),
        migrations.CreateModel(
            name="Preflight",
            fields=[
                ID,
                ("opens_at", models.DateTimeField()),
                (
                    "leg",
                    models.PositiveSmallIntegerField(
                        choices=[(24, "a day before"), (2, "two hours before")]
                    ),
                ),
                ("leased_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preflights",
                        to="events.event",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, **OWNER),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="preflight",
            constraint=models.UniqueConstraint(
                fields=("event", "opens_at", "leg", "user"),
                name="one_preflight_a_colleague_and_instant",
            ),
        ),
    ]
