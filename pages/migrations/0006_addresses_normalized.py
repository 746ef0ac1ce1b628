from django.db import migrations

from nsca.lib.mail.addresses import normalize_address
from nsca.lib.db.exact import rewrite_stored


def normalize(apps, schema_editor):
    """Of two subscribers who are one address now, what was said last is true of both."""
    Subscriber = apps.get_model("pages", "Subscriber")
    for pk in rewrite_stored(Subscriber, normalize_address, "email"):
        second = Subscriber.objects.get(pk=pk)
        first = Subscriber.objects.get(email=normalize_address(second.email))
        older, newer = sorted((first, second), key=_said_last)
        older.delete()
        newer.email = normalize_address(newer.email)
        newer.save()
    rewrite_stored(apps.get_model("pages", "Message"), normalize_address, "email")
    rewrite_stored(
        apps.get_model("pages", "SiteSettings"), normalize_address, "email", "staff_email"
    )


def _said_last(subscriber):
    said = (subscriber.asked_at, subscriber.confirmed_at, subscriber.left_at)
    return max(at for at in said if at is not None)


class Migration(migrations.Migration):
    dependencies = [("pages", "0005_refund_proof_limit")]

    operations = [migrations.RunPython(normalize, migrations.RunPython.noop)]
