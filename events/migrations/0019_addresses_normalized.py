from django.db import migrations

from nsca.lib.mail.addresses import normalize_address
from nsca.lib.secrets.codes import normalize_code
from nsca.lib.db.exact import rewrite_stored


def normalize(apps, schema_editor):
    """A second code of an event, or a second open table or wish of one address, keeps the spelling
    it had: nothing finds it any more.
    """
    for name, field in (
        ("Ticket", "guest_email"),
        ("Transfer", "to_email"),
        ("Table", "captain_email"),
        ("WaitlistEntry", "email"),
    ):
        rewrite_stored(apps.get_model("events", name), normalize_address, field)
    rewrite_stored(apps.get_model("events", "PromoCode"), normalize_code, "code")


class Migration(migrations.Migration):
    dependencies = [("events", "0018_links_open_by_key_only")]

    operations = [migrations.RunPython(normalize, migrations.RunPython.noop)]
