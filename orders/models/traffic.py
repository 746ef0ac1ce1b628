"""How Stripe responds, shared by all workers, and webhooks not yet applied."""

from django.db import models


class Traffic(models.Model):
    """One row per gateway: when it may be asked again, and the next turn (payments/traffic.py)."""

    gateway = models.CharField(max_length=10, unique=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)  # nobody asks before then
    next_turn_at = models.DateTimeField(null=True)  # when the next session may be opened
    # Down, not just slow (orders/payments/outage.py): since when Stripe has been silent; since when
    # it has refused us, what we asked for (empty: anything), and why.
    silent_since = models.DateTimeField(null=True)
    refused_since = models.DateTimeField(null=True)
    refused_what = models.CharField(max_length=40, blank=True)
    refused_because = models.CharField(max_length=60, blank=True)
    probed_at = models.DateTimeField(null=True)  # when the ticker last checked
    reconciled_until = models.DateTimeField(null=True)  # when Stripe's lists are read next

    class Meta:
        verbose_name_plural = "traffic"

    def __str__(self):
        return self.gateway


class PendingEvent(models.Model):
    """A webhook verified and acknowledged but not yet applied, because Stripe was slow to answer.

    It holds only names: what happened is read back from Stripe.
    """

    event_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField("type", max_length=120)
    livemode = models.BooleanField(default=False)
    object_id = models.CharField(max_length=255)
    intent_id = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["received_at", "pk"]

    def __str__(self):
        return f"{self.kind} {self.event_id}"
