"""Rows keep the name in a link's token, and no longer the token (nsca/lib/secrets/link_tokens.py)."""

from django.db import migrations

from nsca.lib.secrets import link_tokens


def keyed(model, name, field):
    """The column stays as it is: only what Python makes of it is another thing."""
    altered = migrations.AlterField(model, name, field)
    return migrations.SeparateDatabaseAndState(state_operations=[altered])


def digest_submission_keys(apps, schema_editor):
    for order in apps.get_model("orders", "Order")._base_manager.only("pk", "submission_key"):
        order.submission_key = link_tokens.digest_of_key(order.submission_key)
        order.save(update_fields=["submission_key"])


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_confirmations")]

    operations = [
        migrations.RunPython(digest_submission_keys, migrations.RunPython.noop),
        migrations.RunPython(
            link_tokens.names_of_former_keys(
                "orders",
                Order=["token"],
                StandingOrder=["token"],
            ),
            migrations.RunPython.noop,
        ),
        keyed("order", "submission_key", link_tokens.SubmissionKeyField()),
        keyed("order", "token", link_tokens.LinkTokenField("order")),
        keyed("standingorder", "token", link_tokens.LinkTokenField("recurring-payment")),
    ]
