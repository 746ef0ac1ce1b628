"""What 0004 has moved goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("membership", "0004_homes")]

    operations = [
        migrations.RemoveField(
            model_name="historicalperson",
            name="city",
        ),
        migrations.RemoveField(
            model_name="historicalperson",
            name="household",
        ),
        migrations.RemoveField(
            model_name="person",
            name="city",
        ),
        migrations.RemoveField(
            model_name="person",
            name="household",
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", False),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="terms_for_life_have_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("ended_on__lte", models.F("ends_on")),
                    _connector="OR",
                ),
                name="terms_are_ended_before_their_end",
            ),
        ),
    ]
