from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction
from post_office.models import Email

from membership.accounts.seeds import PURPOSE
from nsca.lib.mail import outbox
from nsca.lib.secrets import at_rest


class Command(BaseCommand):
    help = (
        "Seal second factors and mails anew under SECRET_KEY, so that the former key can be taken "
        "out of SECRET_KEY_FALLBACKS."
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
        mails = 0
        for mail in Email.objects.exclude(message="", html_message="").iterator():
            if outbox.is_unreadable(mail):
                lost += 1
                continue
            Email.objects.filter(pk=mail.pk).update(
                message=mail.message, html_message=mail.html_message, headers=mail.headers
            )
            mails += 1
        self.stdout.write(f"Resealed: {done} second factors, {mails} e-mails.")
        if lost:
            self.stderr.write(
                f"{lost} stay as they are: they were sealed under a SECRET_KEY that is not here. "
                "Put it into SECRET_KEY_FALLBACKS and run this again."
            )


def resealed(value):
    """One value of an authenticator's data. Raises KeyLost."""
    if isinstance(value, list):
        return [resealed(each) for each in value]
    if not at_rest.is_sealed(value):
        return value
    return at_rest.seal(at_rest.unseal(value, purpose=PURPOSE), purpose=PURPOSE)
