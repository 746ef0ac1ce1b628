from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_addresses_normalized")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["buyer_email"], name="orders_by_buyer_address"),
        ),
    ]
