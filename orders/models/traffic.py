"""How the way to Stripe fares, known to every worker, and what it could not be asked about yet."""

from django.db import models


class Traffic(models.Model):
    """One row a till: whether it is left in peace, and whose turn is next (orders/payments/traffic.py)."""

    till = models.CharField(max_length=10, unique=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)  # nobody asks before
    next_turn_at = models.DateTimeField(null=True)  # when the next session may be opened
    # The way is shut, not merely slow (orders/payments/outage.py): nothing was heard since then;
    # we are turned away since then, when asking for what (empty: for anything), and why.
    silent_since = models.DateTimeField(null=True)
    refused_since = models.DateTimeField(null=True)
    refused_what = models.CharField(max_length=40, blank=True)
    refused_because = models.CharField(max_length=60, blank=True)
    probed_at = models.DateTimeField(null=True)  # when the ticker last asked how it is
    reconciled_until = models.DateTimeField(null=True)  # the next look at Stripe's lists

    class Meta:
        verbose_name_plural = "traffic"

    def __str__(self):
        return self.till


class PendingEvent(models.Model):
    """A webhook that was believed and acknowledged, and has had no effect yet: Stripe was too slow
    to be asked about it just then. Only names: what happened is read back from Stripe.
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
