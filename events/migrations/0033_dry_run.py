"""The rehearsals' fields and table go; a dry run leaves a line."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0032_no_rehearsals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField("event", "is_rehearsal"),
        migrations.RemoveField("historicalevent", "is_rehearsal"),
        migrations.DeleteModel("Rehearsal"),
        migrations.AlterField(
            model_name="venuelook",
            name="act",
            field=models.CharField(
                choices=[
                    ("looked", "looked"),
                    ("changed", "changed"),
                    ("held", "put the reveal on hold"),
                    ("released", "released the hold"),
                    ("opened", "revealed now"),
                    ("sealed", "published the seal"),
                    ("words", "had texts searched for its words"),
                    ("dry_run", "made a dry run of the reveal"),
                    ("wiped", "wiped the place of a cancelled event"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="DryRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("made", models.PositiveIntegerField()),
                ("failed", models.PositiveIntegerField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dry_runs",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
    ]
