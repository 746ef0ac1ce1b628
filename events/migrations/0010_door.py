"""The door: readings that let nobody in, and a volunteer's first look at the place."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0009_refunds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="scan",
            options={
                "ordering": ["at", "pk"],
                "verbose_name": "reading at the door",
                "verbose_name_plural": "readings at the door",
            },
        ),
        migrations.AlterField(
            model_name="scan",
            name="act",
            field=models.CharField(
                choices=[
                    ("in", "came in"),
                    ("undo", "undone"),
                    ("seen", "read, and not let in by it"),
                ],
                default="in",
                max_length=4,
            ),
        ),
        migrations.AlterField(
            model_name="venuelook",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="venuelook",
            name="link",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="events.doorlink",
            ),
        ),
        migrations.AddConstraint(
            model_name="venuelook",
            constraint=models.CheckConstraint(
                name="looks_are_of_one_person",
                condition=Q(user__isnull=False, link__isnull=True)
                | Q(user__isnull=True, link__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            model_name="venuelook",
            constraint=models.UniqueConstraint(fields=["link"], name="one_first_look_a_door_link"),
        ),
    ]
