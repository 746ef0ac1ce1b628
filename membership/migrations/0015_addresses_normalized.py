import re

from django.db import migrations
from django.db.models import F

from nsca.lib.mail.addresses import normalize_address
from nsca.lib.db.exact import rewrite_stored

RECORDS = {
    "Person": ["email"],
    "AddressMark": ["email"],
    "MailingRecipient": ["email"],
    "SignInCode": ["email"],
    "Tribute": ["family_email"],
    "GiftInKind": ["giver_email"],
    "Statement": ["email"],
    "GiftMembership": ["recipient_email", "asked_email"],
}
_MAILBOX = re.compile(r"[^\s<>]+@[^\s<>]+")


def normalize(apps, schema_editor):
    for name, fields in RECORDS.items():
        rewrite_stored(apps.get_model("membership", name), normalize_address, *fields)
    Address = apps.get_model("membership", "Address")
    Address.objects.filter(pk__in=rewrite_stored(Address, normalize_address, "email")).delete()
    _forget_look_alikes(apps)
    _normalize_sign_ins(apps)
    Email = apps.get_model("post_office", "Email")
    for letter in Email.objects.only("pk", "to").iterator(chunk_size=500):
        to = [
            _MAILBOX.sub(lambda found: normalize_address(found.group()), one) for one in letter.to
        ]
        if to != letter.to:
            Email.objects.filter(pk=letter.pk).update(to=to)


def _forget_look_alikes(apps):
    """Addresses that may have been proven on a sign-in by folding letters: PostgreSQL took
    norfolksıstercıtıes for norfolksistercities. Whoever owns one proves it anew; every session of
    such a sign-in ends.
    """
    User = apps.get_model("membership", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    for address in EmailAddress.objects.select_related("user"):
        own = normalize_address(address.user.email)
        if not address.email.isascii() and normalize_address(address.email) != own:
            address.delete()
            User.objects.filter(pk=address.user_id).update(sign_in_round=F("sign_in_round") + 1)


def _normalize_sign_ins(apps):
    """Of two sign-ins that are one address now, the one that was spelled plainly, or the older,
    keeps it. The other is closed and says in its name which address it had.
    """
    User = apps.get_model("membership", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    second = rewrite_stored(EmailAddress, normalize_address, "email")
    EmailAddress.objects.filter(pk__in=second).delete()
    for user in User.objects.filter(pk__in=rewrite_stored(User, normalize_address, "email")):
        EmailAddress.objects.filter(user=user).update(verified=False)
        user.name = f"{user.name} (was {user.email})"[:150]
        user.email = f"second-sign-in-{user.pk}@nobody.invalid"
        user.is_active = False
        user.sign_in_round += 1
        user.save()


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("membership", "0014_links_open_by_key_only"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
    ]

    operations = [migrations.RunPython(normalize, migrations.RunPython.noop)]
