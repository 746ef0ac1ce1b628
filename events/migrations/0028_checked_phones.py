"""The telephone on the day is a number that can be dialed."""

from django.db import migrations, models

from nsca.lib.text.phones import validate_phone


def phone():
    return models.CharField(
        "telephone on the day",
        max_length=40,
        blank=True,
        validators=[validate_phone],
        help_text="Whom guests call. Empty: the office.",
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0027_reveal_mail")]

    operations = [
        migrations.AlterField("event", "help_phone", phone()),
        migrations.AlterField("historicalevent", "help_phone", phone()),
    ]
