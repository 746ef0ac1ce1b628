"""Rows keep the name in a link's token, and no longer the token (nsca/lib/secrets/link_tokens.py)."""

from django.db import migrations

from nsca.lib.secrets import link_tokens


def keyed(model, name, field):
    """The column stays as it is: only what Python makes of it is another thing."""
    altered = migrations.AlterField(model, name, field)
    return migrations.SeparateDatabaseAndState(state_operations=[altered])


class Migration(migrations.Migration):
    dependencies = [("pages", "0003_keeping")]

    operations = [
        migrations.RunPython(
            link_tokens.names_of_former_keys(
                "pages",
                Subscriber=["token"],
            ),
            migrations.RunPython.noop,
        ),
        keyed("subscriber", "token", link_tokens.LinkTokenField("newsletter")),
    ]
