from django.db import migrations, models


class Migration(migrations.Migration):
    """That a director has read who looked at a place."""

    dependencies = [
        ("events", "0014_add_ons"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="venuelook",
            options={
                "ordering": ["-at", "-pk"],
                "verbose_name": "look at a place",
                "verbose_name_plural": "looks at places",
            },
        ),
        migrations.AddField(
            model_name="venuelook",
            name="seen_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="read by a director at"
            ),
        ),
    ]
