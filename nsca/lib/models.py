"""What the leaves count and note in tables."""

from django.db import models


class Throttle(models.Model):
    """How often somebody did something in a time window; written by nsca.lib.web.throttle."""

    key = models.CharField(max_length=200, primary_key=True)  # what, who, which window
    spent = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.key.partition(":")[0]


class Heartbeat(models.Model):
    """When a background process last reported that it is running."""

    name = models.CharField(max_length=40, unique=True)  # "ticker"
    beat_at = models.DateTimeField()

    def __str__(self):
        return self.name
