from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("membership", "0018_prices_a_card_can_be_charged")]

    operations = [
        migrations.AddField(
            model_name="signincode",
            name="is_from_home",
            field=models.BooleanField(default=False),
        ),
    ]
