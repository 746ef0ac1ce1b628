"""What mails say is sealed in the outbox (nsca.lib.mail.outbox), those of before, too."""

import json

from django.db import migrations

from nsca.lib.secrets import at_rest

PURPOSE = "outbox"


def seal(apps, schema_editor):
    for mail in apps.get_model("post_office", "Email").objects.all().iterator():
        mail.message = _sealed(mail.message)
        mail.html_message = _sealed(mail.html_message)
        if mail.headers is not None and not at_rest.is_sealed(mail.headers):
            mail.headers = _sealed(json.dumps(mail.headers))
        mail.save(update_fields=["message", "html_message", "headers"])


def _sealed(text):
    return at_rest.seal(text, purpose=PURPOSE) if text and not at_rest.is_sealed(text) else text


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0006_addresses_normalized"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
    ]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
