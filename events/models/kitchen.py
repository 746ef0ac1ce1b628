"""The caterer's link to the counts."""

from django.conf import settings
from django.db import models

from events.models.event import Event
from nsca.lib.secrets.link_tokens import LinkTokenField


class CatererLink(models.Model):
    """The caterer's access to the counts of one event: read-only, without guests or venue.

    The URL is the key. A new one ends the old.
    """

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="caterer_link")
    token = LinkTokenField("caterer")
    made_at = models.DateTimeField(editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = "caterer’s link"

    def __str__(self):
        return f"the caterer’s link for {self.event}"
