"""A member's passport: the stamps that staff add, and its share link."""

from django.conf import settings
from django.db import models

from membership.models.people import Person
from nsca.lib.secrets.link_tokens import LinkTokenField


class Stamp(models.Model):
    """What a person did for or in a city, recorded by staff.

    Events attended are not here: they come from scans at the door (membership/portal/passport.py).
    """

    class Kind(models.TextChoices):
        HOSTING = "hosting", "hosted"
        VOLUNTEERING = "volunteering", "volunteered"
        EXCHANGE = "exchange", "exchange"
        EVENT = "event", "attended"  # from before scans were kept

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="stamps", help_text="Whose passport it is."
    )
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.PROTECT,
        related_name="stamps",
        help_text="The committee it was for, or where it was.",
    )
    kind = models.CharField(max_length=12, choices=Kind, help_text="What they did.")
    on = models.DateField("date", help_text="The day, or the first of several days.")
    words = models.CharField(
        max_length=60, blank=True, help_text="A few words for the stamp: “Two students, June”."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    recorded_at = models.DateTimeField(editable=False)
    is_sample = models.BooleanField("sample", default=False, editable=False)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                "person", "city", "kind", "on", name="a_stamp_once_a_day_and_kind"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.on:%Y-%m-%d}"


class PassportLink(models.Model):
    """A shared passport: anyone with the link can see it. Deleting the row ends the sharing."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="passport_link")
    token = LinkTokenField("passport")
    shows_name = models.BooleanField("my name on it", default=False)
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = "shared passport"

    def __str__(self):
        return f"passport of person {self.person_id}"
