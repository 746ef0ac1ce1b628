"""The Monday e-mail to staff: who got it in which week."""

from django.conf import settings
from django.db import models


class MondayMail(models.Model):
    """One person's e-mail of one week; its row makes sure it is sent once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="monday_mails"
    )
    week = models.CharField(max_length=8)  # of ISO 8601 in Norfolk, "2027-W18"
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-week", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "week"], name="one_monday_mail_a_week")
        ]

    def __str__(self):
        return f"{self.week} for user {self.user_id}"
