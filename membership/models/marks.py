"""Suppressed addresses: e-mail bounced, or somebody reported it as spam."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from nsca.lib.mail.addresses import AddressField


class EmailSuppressionQuerySet(models.QuerySet):
    def open(self):
        """Those that nobody has cleared."""
        return self.filter(cleared_at__isnull=True)


class EmailSuppression(models.Model):
    """An address that gets no mailings and reminders until staff clear it.

    Sign-in codes and receipts still go there, because somebody just asked for them.
    """

    class Kind(models.TextChoices):
        BOUNCED = "bounced", "e-mail bounced"
        COMPLAINED = "complained", "reported as spam"

    email = AddressField("e-mail", help_text="The address we stop writing to.")
    kind = models.CharField("what happened", max_length=12, choices=Kind, default=Kind.BOUNCED)
    at = models.DateTimeField("since", editable=False)
    source = models.CharField(
        "source",
        max_length=200,
        blank=True,
        help_text="The e-mail provider, or how staff know: “came back to us”.",
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

    objects = EmailSuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "suppressed address"
        verbose_name_plural = "suppressed addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["email", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="an_address_is_marked_once",
            ),
        ]

    def __str__(self):
        return f"{self.email}: {self.get_kind_display()}"
