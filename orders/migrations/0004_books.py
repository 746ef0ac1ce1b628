"""Each movement of money in the ledger knows its payment, or its refund."""

import django.db.models.deletion
from django.db import migrations, models


def to(model):
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="ledger",
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_box_office")]

    operations = [
        migrations.AddField("ledgerentry", "payment", to("orders.payment")),
        migrations.AddField("ledgerentry", "refund", to("orders.refund")),
    ]
