"""The typed-word check keeps what it found; the radar's reports go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0030_hints_and_preflights_in_the_queue")]

    operations = [
        migrations.DeleteModel("RadarReport"),
        migrations.DeleteModel("RadarNote"),
        migrations.CreateModel(
            name="WordFindings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        related_name="word_findings",
                        to="events.event",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            "venuelook",
            "act",
            models.CharField(
                max_length=8,
                choices=[
                    ("looked", "looked"),
                    ("changed", "changed"),
                    ("held", "put the reveal on hold"),
                    ("released", "released the hold"),
                    ("opened", "revealed now"),
                    ("sealed", "published the seal"),
                    ("words", "had texts searched for its words"),
                    ("wiped", "wiped the place of a cancelled event"),
                ],
            ),
        ),
    ]
