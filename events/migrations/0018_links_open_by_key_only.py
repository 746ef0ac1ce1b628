"""Rows keep the name in a link's token, and no longer the token (nsca/lib/secrets/link_tokens.py)."""

from django.db import migrations

from nsca.lib.secrets import link_tokens


def keyed(model, name, field):
    """The column stays as it is: only what Python makes of it is another thing."""
    altered = migrations.AlterField(model, name, field)
    return migrations.SeparateDatabaseAndState(state_operations=[altered])


class Migration(migrations.Migration):
    dependencies = [("events", "0017_hint_letters")]

    operations = [
        migrations.RemoveField("transfer", "old_token_digest"),
        migrations.AddField(
            "transfer",
            "old_token",
            link_tokens.LinkTokenField(
                "ticket", null=True, blank=True, unique=False, db_index=True
            ),
        ),
        migrations.RunPython(
            link_tokens.names_of_former_keys(
                "events",
                CatererLink=["token"],
                DoorLink=["token"],
                OptIn=["token"],
                Table=["token", "friends_token"],
                Ticket=["token"],
                Transfer=["token"],
                WaitlistEntry=["token"],
            ),
            migrations.RunPython.noop,
        ),
        keyed("catererlink", "token", link_tokens.LinkTokenField("caterer")),
        keyed("doorlink", "token", link_tokens.LinkTokenField("door")),
        keyed("optin", "token", link_tokens.LinkTokenField("opt-in")),
        keyed("table", "token", link_tokens.LinkTokenField("table")),
        keyed("table", "friends_token", link_tokens.LinkTokenField("friends")),
        keyed("ticket", "token", link_tokens.LinkTokenField("ticket")),
        keyed("transfer", "token", link_tokens.LinkTokenField("transfer")),
        keyed("waitlistentry", "token", link_tokens.LinkTokenField("waitlist")),
    ]
