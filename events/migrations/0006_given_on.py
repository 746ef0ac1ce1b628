from django.db import migrations, models
from django.db.models import Q

AFTER_REVEAL = models.BooleanField(
    "tickets given on even after the reveal",
    default=False,
    help_text="Guests may give their ticket to somebody else until the place is told. Ticked: until the start, so that who has learned the place could still pass the chair on.",
)


class Migration(migrations.Migration):
    dependencies = [("events", "0005_tables")]

    operations = [
        migrations.AddField("event", "transfers_after_reveal", AFTER_REVEAL),
        migrations.AddField("historicalevent", "transfers_after_reveal", AFTER_REVEAL.clone()),
        migrations.AddField(
            model_name="transfer",
            name="old_code",
            field=models.CharField(blank=True, db_index=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=Q(hand=0) | ~Q(guest_email=""),
                name="tickets_given_on_know_their_holder",
                violation_error_message="This ticket was given to somebody else: without their address the buyer would get its letters.",
            ),
        ),
    ]
