"""A letter about a hint is claimed first and posted then, like those that tell the place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0016_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="hintletter",
            name="claimed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="hintletter",
            name="posted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
