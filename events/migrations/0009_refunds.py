"""A cancelled event knows since when its money goes back."""

from django.db import migrations, models


def since():
    return models.DateTimeField(blank=True, editable=False, null=True)


class Migration(migrations.Migration):
    dependencies = [("events", "0008_nothing_mailed_by_the_event")]

    operations = [
        migrations.AddField("event", "refund_all_at", since()),
        migrations.AddField("historicalevent", "refund_all_at", since()),
    ]
