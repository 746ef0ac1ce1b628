"""A benefit's 0 was the form's, typed by nobody: it becomes "not stated"."""

from django.db import migrations


def forget_zeros(apps, schema_editor):
    benefits = apps.get_model("membership", "Benefit").objects
    benefits.filter(fair_value_cents=0).update(fair_value_cents=None)


def write_zeros(apps, schema_editor):
    benefits = apps.get_model("membership", "Benefit").objects
    benefits.filter(fair_value_cents=None).update(fair_value_cents=0)


class Migration(migrations.Migration):
    dependencies = [("membership", "0020_benefit_values_unstated")]

    operations = [migrations.RunPython(forget_zeros, write_zeros)]
