"""E-mails to many people: what was written, to whom, and how far sending has come."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from membership.models.consents import Consent
from membership.models.levels import Tier
from membership.models.people import Person
from nsca.lib.mail.addresses import AddressField
from nsca.lib.text.richtext import RichTextField

MEMBERSHIP = "membership"  # belongs to what somebody bought: it asks no consent, and is no news


class Mailing(models.Model):
    """One e-mail to many people. It is written and previewed as a draft; once sending starts, its
    words and its recipients no longer change.
    """

    class About(models.TextChoices):
        MEMBERSHIP = MEMBERSHIP, "about your membership"
        NEWSLETTER = Consent.Topic.NEWSLETTER.value, "the newsletter"
        NEWS_FLASH = Consent.Topic.NEWS_FLASH.value, "the News Flash"
        EVENTS = Consent.Topic.EVENTS.value, "invitations to events"

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        READING = "reading", "waits for a reader"  # who may see places, while one is sealed
        SENDING = "sending", "on its way"
        SENT = "sent", "sent"
        STOPPED = "stopped", "stopped"

    subject = models.CharField(max_length=150, help_text="As the mailbox shows it. One line.")
    body = RichTextField(
        help_text="{name} becomes the reader's name. Links to our own pages may begin with /."
    )
    about = models.CharField(
        "what it is",
        max_length=12,
        choices=About,
        help_text="News goes only to those who asked for it. “About your membership” goes to members, too, who want no news: their renewal, their card, the Annual Meeting they may vote at. Nothing else belongs in it.",
    )
    statuses = models.JSONField(
        "who stands",
        default=list,
        blank=True,
        help_text="Tick none for everybody.",
    )
    tiers = models.ManyToManyField(
        Tier, blank=True, related_name="+", verbose_name="levels", help_text="None: every level."
    )
    cities = models.ManyToManyField(
        "cities.City",
        blank=True,
        related_name="+",
        verbose_name="cities of the heart",
        help_text="None: with or without one.",
    )
    expired_since = models.DateField(
        "ran out since",
        null=True,
        blank=True,
        help_text="Only those whose membership ran out on this day or later, and who have not renewed.",
    )
    came_to = models.CharField(
        "came to", max_length=40, blank=True, help_text="Only those who were there."
    )
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    tested_at = models.DateTimeField(null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    begun_at = models.DateTimeField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)  # a ticker has it in hand
    finished_at = models.DateTimeField(null=True, editable=False)
    stopped_because = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="mailings_on_their_way_have_begun",
                condition=Q(state__in=("draft", "reading"))
                | Q(begun_at__isnull=False, sent_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.subject

    @property
    def is_news(self) -> bool:
        """It needs a consent, a postal address and a way to leave (15 U.S.C. §7704)."""
        return self.about != MEMBERSHIP

    @property
    def may_be_changed(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_to_everybody(self) -> bool:
        """Nothing narrows it: of a list that is kept elsewhere, all its readers are meant."""
        narrow = (self.statuses, self.expired_since, self.came_to)
        return not any(narrow) and not self.tiers.exists() and not self.cities.exists()


class MailingRecipient(models.Model):
    """One address of one mailing: once, however many records lead to it."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        HANDED = "handed", "handed to the outbox"
        SPARED = "spared", "left out at the last moment"  # left the list, bounced, died
        DROPPED = "dropped", "dropped when it was stopped"

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="recipients")
    email = AddressField("e-mail")
    name = models.CharField(max_length=150, blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="mailings"
    )  # None: a reader of a list, whom we know by the address alone
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    handed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["mailing", "state"], name="recipients_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "email"], name="a_mailing_reaches_an_address_once"
            ),
            models.CheckConstraint(
                name="handed_letters_know_when",
                condition=~Q(state="handed") | Q(handed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"recipient {self.pk} of mailing {self.mailing_id}"
