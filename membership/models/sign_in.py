"""What we store of a pending sign-in: never the code itself."""

from django.db import models
from django.db.models import Q

from nsca.lib.mail.addresses import AddressField
from nsca.lib.secrets import codes

DIGITS = 8
TRIES = 5


class SignInCodeQuerySet(models.QuerySet):
    def open(self, at):
        """Codes that still work at an instant (UTC)."""
        return self.filter(used_at__isnull=True, valid_until__gt=at, tries__lt=TRIES)

    def unsent(self, at):
        """Codes whose e-mail is owed at an instant and that no ticker has leased."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
        return self.open(at).filter(free, sent_at__isnull=True)


class SignInCode(models.Model):
    """A requested code; only the session of the browser that asked knows this row.

    The code is derived from the salt and SECRET_KEY. So neither the database, nor a backup, nor the
    outbox contains one, and the e-mail is made as it is sent.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in", "to sign in"
        LASTING = "lasting", "before a lasting change"
        SEAL = "seal", "as fresh proof"

    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.SIGN_IN)
    email = AddressField(editable=False)  # what was typed; known or not
    salt = models.CharField(max_length=64, default=codes.link_token, editable=False)
    asked_at = models.DateTimeField(db_index=True)
    valid_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)  # by the right code, or by a newer one
    sent_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    # Requested from a network where this address was proven recently.
    is_from_home = models.BooleanField(default=False)

    objects = SignInCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "sign-in code"
        constraints = [
            models.CheckConstraint(
                name="a_code_is_tried_five_times", condition=Q(tries__lte=TRIES)
            )
        ]

    def __str__(self):
        return f"sign-in code {self.pk}"

    def code(self) -> str:
        """Eight digits, only for the e-mail and the comparison."""
        return codes.derived_digits("sign-in", self.purpose, self.pk, self.salt, length=DIGITS)
