from django.db import migrations, models


class Migration(migrations.Migration):
    """That a director has read who looked at a place."""

    dependencies = [
        ("events", "0014_add_ons"),
    ]

    operations = [
        migrations.AddField(
            model_name="venuelook",
            name="seen_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="read by a director at"
            ),
        ),
    ]
