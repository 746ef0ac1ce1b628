"""Who came to a household's head, left it, or was taken out of it, and who did that."""

from django.conf import settings
from django.db import models

from membership.models.people import Household, Person


class HouseholdChange(models.Model):
    """One change among the people of a household. Kept for its story; it names nobody itself."""

    class Kind(models.TextChoices):
        LEFT = "left", "left"
        REMOVED = "removed", "was removed from"
        CONTACT = "contact", "became the main contact of"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="changes")
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="household_changes",
        help_text="Whom it is about.",
    )
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who of the household did it; empty where staff did, or it followed by itself.",
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who of staff did it.",
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "change of a household"
        verbose_name_plural = "changes of households"

    def __str__(self):
        return f"{self.person} {self.get_kind_display()} {self.household}"
