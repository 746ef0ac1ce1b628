"""How the way to Stripe fares, known to every worker."""

from django.db import models


class Traffic(models.Model):
    """One row a till: whether it is left in peace, and whose turn is next (orders/traffic.py)."""

    till = models.CharField(max_length=10, unique=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)  # nobody asks before
    next_turn_at = models.DateTimeField(null=True)  # when the next session may be opened
    reconciled_until = models.DateTimeField(null=True)  # the next look at Stripe's lists

    class Meta:
        verbose_name_plural = "traffic"

    def __str__(self):
        return self.till
