"""What a guest gets may have a value that nobody stated, which is something else than 0."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0023_venue_log_chain")]

    operations = [
        migrations.AlterField(
            "addon",
            "fair_value_cents",
            models.PositiveIntegerField(
                "fair value",
                null=True,
                blank=True,
                help_text="In dollars: what one of it is worth at market price. The rest is deductible. Empty: not stated, and nothing is said about deductibility.",
            ),
        ),
        migrations.AlterField(
            "historicaladdon",
            "fair_value_cents",
            models.PositiveIntegerField(
                "fair value",
                null=True,
                blank=True,
                help_text="In dollars: what one of it is worth at market price. The rest is deductible. Empty: not stated, and nothing is said about deductibility.",
            ),
        ),
        migrations.AlterField(
            "choice",
            "fair_value_cents",
            models.PositiveIntegerField(
                "extra fair value",
                null=True,
                blank=True,
                help_text="In dollars: what this supper is worth beyond the fair value of the kind of ticket. Empty: not stated; where it costs extra, nothing is then said about deductibility.",
            ),
        ),
        migrations.AlterField(
            "historicalchoice",
            "fair_value_cents",
            models.PositiveIntegerField(
                "extra fair value",
                null=True,
                blank=True,
                help_text="In dollars: what this supper is worth beyond the fair value of the kind of ticket. Empty: not stated; where it costs extra, nothing is then said about deductibility.",
            ),
        ),
        migrations.AlterField(
            "tickettype",
            "fair_value_cents",
            models.PositiveIntegerField(
                "fair value",
                null=True,
                blank=True,
                help_text="In dollars: what the guest gets is worth (supper and show, at market price). The rest is deductible. Type 0 where it is worth nothing. Empty: not stated, and nothing is said about deductibility.",
            ),
        ),
        migrations.AlterField(
            "historicaltickettype",
            "fair_value_cents",
            models.PositiveIntegerField(
                "fair value",
                null=True,
                blank=True,
                help_text="In dollars: what the guest gets is worth (supper and show, at market price). The rest is deductible. Type 0 where it is worth nothing. Empty: not stated, and nothing is said about deductibility.",
            ),
        ),
    ]
