from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction
from post_office.models import Email

from membership.accounts.seeds import PURPOSE
from nsca.lib.mail import outbox
from nsca.lib.secrets import at_rest


class Command(BaseCommand):
    help = (
        "Encrypt second factors and e-mails under SECRET_KEY, so that the former key can be "
        "removed from SECRET_KEY_FALLBACKS."
    )

    @transaction.atomic
    def handle(self, **options):
        lost = done = 0
        for row in Authenticator.objects.select_for_update().exclude(type="webauthn"):
            try:
                row.data = {name: resealed(value) for name, value in row.data.items()}
            except at_rest.KeyLost:
                lost += 1
                continue
            row.save(update_fields=["data"])
            done += 1
        sent = 0
        for email in Email.objects.exclude(message="", html_message="").iterator():
            if outbox.is_unreadable(email):
                lost += 1
                continue
            Email.objects.filter(pk=email.pk).update(
                message=email.message, html_message=email.html_message, headers=email.headers
            )
            sent += 1
        self.stdout.write(f"Resealed: {done} second factors, {sent} e-mails.")
        if lost:
            self.stderr.write(
                f"{lost} were left alone: they were encrypted under a SECRET_KEY that is missing. "
                "Put it into SECRET_KEY_FALLBACKS and run this again."
            )


def resealed(value):
    """One value of an authenticator's data. Raises KeyLost."""
    if isinstance(value, list):
        return [resealed(each) for each in value]
    if not at_rest.is_sealed(value):
        return value
    return at_rest.seal(at_rest.unseal(value, purpose=PURPOSE), purpose=PURPOSE)
