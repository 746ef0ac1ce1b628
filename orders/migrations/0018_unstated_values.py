"""What a line gives may have a value that nobody stated: then no part of it is called a gift."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0017_no_address_of_the_till")]

    operations = [
        migrations.AlterField(
            "line", "fair_value_cents", models.PositiveIntegerField(default=0, null=True)
        ),
        migrations.AlterField(
            "standingorder", "fair_value_cents", models.PositiveIntegerField(default=0, null=True)
        ),
    ]
