"""Rows keep the name in a link's token, and no longer the token (nsca/lib/secrets/link_tokens.py)."""

from django.db import migrations

from nsca.lib.secrets import link_tokens


def keyed(model, name, field):
    """The column stays as it is: only what Python makes of it is another thing."""
    altered = migrations.AlterField(model, name, field)
    return migrations.SeparateDatabaseAndState(state_operations=[altered])


class Migration(migrations.Migration):
    dependencies = [("membership", "0013_gift_memberships")]

    operations = [
        migrations.RunPython(
            link_tokens.names_of_former_keys(
                "membership",
                GiftMembership=["token", "code"],
                PassportLink=["token"],
                RenewalLink=["token"],
                Statement=["token"],
            ),
            migrations.RunPython.noop,
        ),
        keyed("giftmembership", "token", link_tokens.LinkTokenField("gift-membership")),
        keyed("giftmembership", "code", link_tokens.SpokenKeyField("gift-code")),
        keyed("passportlink", "token", link_tokens.LinkTokenField("passport")),
        keyed("renewallink", "token", link_tokens.LinkTokenField("renewal")),
        keyed("statement", "token", link_tokens.LinkTokenField("statement")),
    ]
