"""What is kept of a sign-in that is under way: never the code itself."""

from django.db import models
from django.db.models import Q

from nsca.lib.mail.addresses import AddressField
from nsca.lib.secrets import codes

DIGITS = 8
TRIES = 5


class SignInCodeQuerySet(models.QuerySet):
    def open(self, at):
        """Those that a right code still opens at an instant (UTC)."""
        return self.filter(used_at__isnull=True, valid_until__gt=at, tries__lt=TRIES)

    def unsent(self, at):
        """Those whose letter is owed at an instant, and which no ticker has in hand."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
        return self.open(at).filter(free, sent_at__isnull=True)


class SignInCode(models.Model):
    """Somebody asked for a code, in one browser: its session alone knows this row.

    The code follows from the salt and SECRET_KEY. So neither the database, nor a backup of it, nor
    the outbox holds one, and the letter can be made in the moment it is sent.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in", "to sign in"
        LASTING = "lasting", "before what outlives the session"
        SEAL = "seal", "before a page under seal"

    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.SIGN_IN)
    email = AddressField(editable=False)  # what was typed; known or not
    salt = models.CharField(max_length=64, default=codes.link_token, editable=False)
    asked_at = models.DateTimeField(db_index=True)
    valid_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(
        null=True
    )  # by the right code, or by another that was asked for
    sent_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    # Asked from a network from which this address was proven lately.
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
        """Eight digits. Only the letter and the comparison ask for it."""
        return codes.derived_digits("sign-in", self.purpose, self.pk, self.salt, length=DIGITS)
