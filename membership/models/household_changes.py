"""Changes of a household's people and main contact, and who made them."""

from django.conf import settings
from django.db import models

from membership.models.people import Household, Person


class HouseholdChange(models.Model):
    """One change in a household, kept for its story."""

    class Kind(models.TextChoices):
        LEFT = "left", "left"
        REMOVED = "removed", "was removed from"
        CONTACT = "contact", "became the main contact of"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="changes")
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="household_changes",
        help_text="The person it is about.",
    )
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The household member who did it. Empty if staff did it or it was automatic.",
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The staff member who did it.",
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "household change"
        verbose_name_plural = "household changes"

    def __str__(self):
        return f"{self.person} {self.get_kind_display()} {self.household}"
