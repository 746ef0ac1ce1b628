from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("membership", "0015_addresses_normalized")]

    operations = [
        migrations.RemoveConstraint(
            model_name="address", name="an_address_once_a_person_whatever_the_case"
        ),
        migrations.RemoveConstraint(
            model_name="user", name="one_user_per_address_whatever_the_case"
        ),
        migrations.RemoveIndex(model_name="address", name="further_by_address"),
        migrations.RemoveIndex(model_name="person", name="people_by_address"),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["email"], name="people_by_exact_address"),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(fields=["email"], name="further_by_exact_address"),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(
                fields=["person", "email"], name="an_address_once_a_person"
            ),
        ),
    ]
