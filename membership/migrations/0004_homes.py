"""Everybody belongs to the household they had, and holds dear the city they had named."""

from django.db import migrations
from django.db.models import F


def forwards(apps, schema_editor):
    person_model = apps.get_model("membership", "Person")
    belonging = apps.get_model("membership", "Belonging")
    heart = apps.get_model("membership", "Heart")
    people = person_model.objects.values_list("pk", "household_id", "city_id").order_by("pk")
    rows = list(people)
    belonging.objects.bulk_create(
        [belonging(person_id=pk, household_id=household_id) for pk, household_id, _ in rows],
        batch_size=500,
    )
    heart.objects.bulk_create(
        [heart(person_id=pk, city_id=city_id) for pk, _, city_id in rows if city_id],
        batch_size=500,
    )
    # A refund after a term had run out noted an end later than the last day: it changed nothing.
    term = apps.get_model("membership", "Term")
    term.objects.filter(ended_on__gt=F("ends_on")).update(ended_on=None)


def backwards(apps, schema_editor):
    person_model = apps.get_model("membership", "Person")
    for belonging in apps.get_model("membership", "Belonging").objects.order_by("-pk"):
        person_model.objects.filter(pk=belonging.person_id).update(
            household_id=belonging.household_id
        )


class Migration(migrations.Migration):
    dependencies = [("membership", "0003_standing")]

    operations = [migrations.RunPython(forwards, backwards)]
