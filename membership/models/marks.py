"""Addresses that mail does not reach, or whose owners called it spam."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from nsca.lib.mail.addresses import AddressField


class AddressMarkQuerySet(models.QuerySet):
    def open(self):
        """Those that nobody has cleared: they are not written to."""
        return self.filter(cleared_at__isnull=True)


class AddressMark(models.Model):
    """Why an address is not written to: no mailing and no reminder goes there until a person has
    cleared it. Codes to sign in and receipts do: somebody has just asked for them.
    """

    class Kind(models.TextChoices):
        BOUNCED = "bounced", "mail comes back"
        COMPLAINED = "complained", "called our mail spam"

    email = AddressField("e-mail", help_text="The address that mail does not reach.")
    kind = models.CharField("what happened", max_length=12, choices=Kind, default=Kind.BOUNCED)
    at = models.DateTimeField("since", editable=False)
    source = models.CharField(
        "who said so",
        max_length=200,
        blank=True,
        help_text="The mail provider, or how a colleague knows: “came back to the office”.",
    )
    cleared_at = models.DateTimeField(null=True, blank=True, editable=False)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = AddressMarkQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "address not written to"
        verbose_name_plural = "addresses not written to"
        constraints = [
            models.UniqueConstraint(
                fields=["email", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="an_address_is_marked_once",
            ),
        ]

    def __str__(self):
        return f"{self.email}: {self.get_kind_display()}"
