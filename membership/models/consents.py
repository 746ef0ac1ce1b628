"""Consents to e-mails, one row per decision; directory entries; erasure requests."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from membership.models.people import Person


class ConsentQuerySet(models.QuerySet):
    def agreeing(self, topic: str):
        """The living people whose last decision about a topic was yes; silence is no consent."""
        return self.agreed(topic, Person.objects.living())

    def agreed(self, topic: str, people):
        """Those of some people (a QuerySet) whose last decision about a topic was yes."""
        last = self.filter(person=OuterRef("pk"), topic=topic).order_by("-pk")
        answered = people.alias(agrees=Subquery(last.values("is_given")[:1]))
        return answered.filter(agrees=True)

    def last_of(self, person: Person) -> dict[str, "Consent"]:
        """The last decision of one person about each topic; a topic without one is not in it."""
        return {consent.topic: consent for consent in self.filter(person=person).order_by("pk")}


class Consent(models.Model):
    """One person's decision about one topic of e-mails. Append-only, enforced by a trigger."""

    class Topic(models.TextChoices):
        NEWSLETTER = "newsletter", "the newsletter"
        NEWS_FLASH = "news_flash", "the News Flash"
        EVENTS = "events", "invitations to events"

    class How(models.TextChoices):
        MEMBER = "member", "in the member area"
        JOINING = "joining", "on the join form"
        LINK = "link", "by the link in an e-mail"
        STAFF = "staff", "recorded by staff"
        IMPORT = "import", "imported from earlier records"
        ERASED = "erased", "ended with the record"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    topic = models.CharField(max_length=12, choices=Topic)
    is_given = models.BooleanField("agreed", help_text="Not ticked: withdrawn or refused.")
    at = models.DateTimeField()
    words = models.CharField(
        max_length=400, help_text="The words beside the checkbox when they decided."
    )
    how = models.CharField(max_length=8, choices=How)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The staff member who recorded it, if not the person.",
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "consent to e-mails"
        verbose_name_plural = "consents to e-mails"
        indexes = [models.Index(fields=["topic", "person", "-id"], name="consents_by_last")]

    def __str__(self):
        return f"{self.get_topic_display()}: {'yes' if self.is_given else 'no'}"


class ListingQuerySet(models.QuerySet):
    def shown(self, on):
        """Entries that members see on a date: living adults who are members that day."""
        people = Person.objects.living().members(on)
        return self.filter(person__in=people).exclude(person__in=Person.objects.minors(on))


class Listing(models.Model):
    """A person's own entry in the members' directory."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="listing")
    shows_email = models.BooleanField("my e-mail address", default=False)
    shows_phone = models.BooleanField("my phone number", default=False)
    listed_at = models.DateTimeField()

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = "directory entry"
        verbose_name_plural = "directory entries"

    def __str__(self):
        return f"{self.person}"


class ErasureRequest(models.Model):
    """A request to be erased; it can be canceled until it is due."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="erasure_request")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = "erasure request"
        verbose_name_plural = "erasure requests"
        constraints = [
            models.CheckConstraint(
                name="erasures_are_due_after_they_are_asked_for",
                condition=Q(due_at__gte=F("asked_at")),
            )
        ]

    def __str__(self):
        return f"erasure request of person {self.person_id}"
