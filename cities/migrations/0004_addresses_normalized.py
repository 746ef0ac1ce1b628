from django.db import migrations

from nsca.lib.mail.addresses import normalize_address
from nsca.lib.db.exact import rewrite_stored


def normalize(apps, schema_editor):
    rewrite_stored(apps.get_model("cities", "City"), normalize_address, "committee_email")


class Migration(migrations.Migration):
    dependencies = [("cities", "0003_decades_in_words")]

    operations = [migrations.RunPython(normalize, migrations.RunPython.noop)]
