"""Whoever paid a household's last dues is its main contact; where nobody of it did, none is named."""

from django.db import migrations


def name_payers(apps, schema_editor):
    households = apps.get_model("membership", "Household").objects
    terms = apps.get_model("membership", "Term").objects.filter(line__isnull=False)
    for household in households.filter(main_contact=None).iterator():
        last = terms.filter(household=household, line__order__paid_at__isnull=False)
        last = last.select_related("line__order").order_by("-line__order__paid_at", "-pk").first()
        payer = _payer(apps, household, last.line.order) if last else None
        if payer:
            households.filter(pk=household.pk).update(main_contact=payer)


def _payer(apps, household, order) -> int | None:
    """The living grown person of the household who signed in to pay, or has the address."""
    people = apps.get_model("membership", "Person").objects.filter(
        belongings__household=household,
        died_on=None,
        erased_at=None,
        merged_into=None,
        born_on=None,  # only children have one
    )
    address = order.buyer_email.lower()
    by_sign_in = by_address = None
    for person in people.select_related("user").prefetch_related("addresses").order_by("pk"):
        if order.user_id and person.user_id == order.user_id:
            by_sign_in = by_sign_in or person.pk
        known = {person.email.lower(), *(each.email.lower() for each in person.addresses.all())}
        known |= {person.user.email.lower()} if person.user else set()
        if address and address in known:
            by_address = by_address or person.pk
    return by_sign_in or by_address


class Migration(migrations.Migration):
    dependencies = [("membership", "0022_main_contacts")]

    operations = [migrations.RunPython(name_payers, migrations.RunPython.noop)]
