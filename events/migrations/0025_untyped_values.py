"""The 0 of what costs something was the form's, typed by nobody: it becomes "not stated"."""

from django.db import migrations

KINDS = ["TicketType", "Choice", "AddOn"]


def forget_zeros(apps, schema_editor):
    for kind in KINDS:
        rows = apps.get_model("events", kind).objects
        rows.filter(fair_value_cents=0, price_cents__gt=0).update(fair_value_cents=None)


def write_zeros(apps, schema_editor):
    for kind in KINDS:
        rows = apps.get_model("events", kind).objects
        rows.filter(fair_value_cents=None).update(fair_value_cents=0)


class Migration(migrations.Migration):
    dependencies = [("events", "0024_unstated_values")]

    operations = [migrations.RunPython(forget_zeros, write_zeros)]
