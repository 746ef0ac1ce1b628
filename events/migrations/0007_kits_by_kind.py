"""What is mailed is now said by each kind of ticket: where the whole event mailed something, its
kinds do.
"""

from django.db import migrations


def forwards(apps, schema_editor):
    kinds = apps.get_model("events", "TicketType")
    kinds.objects.filter(event__needs_postal_address=True).update(is_posted=True)


def backwards(apps, schema_editor):
    events = apps.get_model("events", "Event")
    events.objects.filter(ticket_types__is_posted=True).update(needs_postal_address=True)


class Migration(migrations.Migration):
    dependencies = [("events", "0006_given_on")]

    operations = [migrations.RunPython(forwards, backwards)]
