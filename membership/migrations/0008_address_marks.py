import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0007_giving"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        help_text="The address that mail does not reach.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bounced", "mail comes back"),
                            ("complained", "called our mail spam"),
                        ],
                        default="bounced",
                        max_length=12,
                        verbose_name="what happened",
                    ),
                ),
                ("at", models.DateTimeField(editable=False, verbose_name="since")),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="The mail provider, or how a colleague knows: “came back to the office”.",
                        max_length=200,
                        verbose_name="who said so",
                    ),
                ),
                ("cleared_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "cleared_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "address not written to",
                "verbose_name_plural": "addresses not written to",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cleared_at__isnull", True)),
                        fields=("email", "kind"),
                        name="an_address_is_marked_once",
                    )
                ],
            },
        ),
    ]
