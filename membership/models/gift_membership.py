"""Gift memberships: a year given to somebody else."""

from datetime import datetime, time

from django.db import models
from django.db.models import Q
from django.urls import reverse

from membership.models.levels import Tier
from nsca.lib.mail.addresses import AddressField
from nsca.lib.secrets.link_tokens import LinkTokenField, SpokenKeyField
from nsca.lib.timing import NORFOLK, day_of

LETTER_HOUR = 8  # in Norfolk: the e-mail arrives at breakfast


class GiftMembershipQuerySet(models.QuerySet):
    def waiting(self):
        """Neither claimed nor refunded, like GiftMembership.is_waiting."""
        return self.filter(claimed_at=None, taken_back_at=None)

    def mails_due(self, at: datetime):
        """Those whose e-mail is due."""
        on, hour = day_of(at), at.astimezone(NORFOLK).hour
        morning = Q(begins_on__lt=on)
        if hour >= LETTER_HOUR:
            morning |= Q(begins_on=on)
        return self.waiting().filter(morning, mailed_at=None).exclude(recipient_email="")


class GiftMembership(models.Model):
    """A year paid by one person and claimed by another; it never expires before that."""

    token = LinkTokenField("gift-membership")
    code = SpokenKeyField("gift-code")
    line = models.OneToOneField(
        "orders.Line", on_delete=models.PROTECT, related_name="gift_membership"
    )
    tier = models.ForeignKey(
        Tier, on_delete=models.PROTECT, related_name="gift_memberships", verbose_name="level"
    )
    giver_name = models.CharField("from", max_length=150)
    recipient_name = models.CharField("for", max_length=150)
    recipient_email = AddressField(
        "their e-mail", blank=True, help_text="Empty: the giver hands over the card."
    )
    message = models.CharField(max_length=400, blank=True)
    begins_on = models.DateField("on", help_text="We send the e-mail that morning.")
    created_at = models.DateTimeField()
    mailed_at = models.DateTimeField("e-mail sent", null=True, blank=True)
    reminded_at = models.DateTimeField("reminded", null=True, blank=True)
    # The code that proves the recipient's address: where and when it was sent, and its tries.
    asked_email = AddressField(blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    claimed_at = models.DateTimeField("claimed", null=True, blank=True)
    claimed_by = models.ForeignKey(
        "membership.Household",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="gifts_had",
    )
    taken_back_at = models.DateTimeField("refunded", null=True, blank=True)
    is_sample = models.BooleanField("sample", default=False, editable=False)

    objects = GiftMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "gift membership"

    def __str__(self):
        return f"{self.tier} for {self.recipient_name}"

    def get_absolute_url(self):
        """The page to claim it."""
        return reverse("membership:claim", args=[self.token])

    @property
    def is_waiting(self) -> bool:
        """Like GiftMembership.objects.waiting."""
        return self.claimed_at is None and self.taken_back_at is None

    @property
    def mail_from(self) -> datetime:
        """When its e-mail is due."""
        return datetime.combine(self.begins_on, time(LETTER_HOUR), NORFOLK)
