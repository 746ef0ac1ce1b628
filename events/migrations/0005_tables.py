import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import nsca.lib.secrets.codes


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_append_only_scans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CatererLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("made_at", models.DateTimeField(editable=False)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="caterer_link",
                        to="events.event",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "caterer's link"},
        ),
        migrations.AddField(
            model_name="table",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="table",
            name="week_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="table",
            name="day_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="table",
            name="unit",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="table",
            name="line",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tables",
                to="orders.line",
            ),
        ),
        migrations.AddConstraint(
            model_name="table",
            constraint=models.UniqueConstraint(
                fields=["event", "captain_email"],
                condition=Q(kind="open", confirmed_at__isnull=False, released_at__isnull=True),
                name="one_open_table_a_captain_and_event",
            ),
        ),
        migrations.AddConstraint(
            model_name="table",
            constraint=models.UniqueConstraint(
                fields=["line", "unit"],
                condition=Q(line__isnull=False),
                name="one_table_a_unit_that_was_bought",
            ),
        ),
        migrations.AddConstraint(
            model_name="table",
            constraint=models.CheckConstraint(
                condition=~Q(kind="bought") | Q(line__isnull=False, unit__isnull=False),
                name="bought_tables_know_which_they_are",
            ),
        ),
    ]
