from django.db import migrations

from nsca.lib.mail.addresses import normalize_address
from nsca.lib.db.exact import rewrite_stored


def normalize(apps, schema_editor):
    for name in ("Order", "StandingOrder"):
        rewrite_stored(apps.get_model("orders", name), normalize_address, "buyer_email")


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_links_open_by_key_only")]

    operations = [migrations.RunPython(normalize, migrations.RunPython.noop)]
