import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cities", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalcity",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalmilestone",
            name="city",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cities.city",
            ),
        ),
        migrations.AddField(
            model_name="historicalmilestone",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalwelcome",
            name="city",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The city it speaks to.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cities.city",
            ),
        ),
        migrations.AddField(
            model_name="historicalwelcome",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="city",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="milestones",
                to="cities.city",
            ),
        ),
        migrations.AddField(
            model_name="photograph",
            name="city",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photographs",
                to="cities.city",
            ),
        ),
        migrations.AddField(
            model_name="welcome",
            name="city",
            field=models.ForeignKey(
                help_text="The city it speaks to.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="welcomes",
                to="cities.city",
            ),
        ),
        migrations.AddConstraint(
            model_name="welcome",
            constraint=models.UniqueConstraint(
                fields=("city", "lang"), name="one_welcome_a_language"
            ),
        ),
    ]
