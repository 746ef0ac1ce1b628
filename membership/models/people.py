"""Who belongs together: households and the people in them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords


class Household(models.Model):
    """People who belong together at one address; the holder of terms."""

    name = models.CharField(max_length=150, help_text="“The Ellery family”, or one person's name.")
    postal_address = models.TextField(blank=True, help_text="For printed letters; empty is fine.")
    note = models.TextField(blank=True, help_text="For colleagues only.")
    is_sample = models.BooleanField("sample", default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name


class Person(models.Model):
    """One human, with or without e-mail or login."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        related_name="people",
        help_text="Whom they belong to.",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        help_text="Their sign-in, if they have one.",
    )
    name = models.CharField(max_length=150, help_text="As they write it themselves.")
    email = models.EmailField("e-mail", blank=True, help_text="Empty for those who have none.")
    phone = models.CharField(max_length=40, blank=True, help_text="For a call when mail fails.")
    member_number = models.PositiveIntegerField(
        null=True, blank=True, unique=True, help_text="Stays theirs for life."
    )
    member_since = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The year they first joined, where it is known."
    )
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="friends",
        help_text="The city whose committee they would sit on.",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "people"

    def __str__(self):
        return self.name
