"""Where somebody is signed in, and the security log."""

from django.conf import settings
from django.db import models


class BrowserSessionQuerySet(models.QuerySet):
    def open(self):
        """Sessions that have not ended."""
        return self.filter(ended_at__isnull=True)


class BrowserSession(models.Model):
    """One signed-in browser, with only what its owner needs to recognize it.

    The session names this row, not the other way round, so a copy of this table opens nothing.
    Only the first half of the network address is kept.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="browser_sessions"
    )
    device = models.CharField(max_length=80)  # "Firefox on Windows"
    network = models.CharField(max_length=40, blank=True)  # "203.0.…"; empty where unknown
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)  # noted every few minutes
    ended_at = models.DateTimeField(null=True)
    # The user's round when it began; a later round ends it.
    sign_in_round = models.PositiveIntegerField(default=0)

    objects = BrowserSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at", "-pk"]
        verbose_name = "browser session"

    def __str__(self):
        return f"browser session {self.pk}"


class AppendOnly(Exception):
    """A row of the security log is never changed."""


class SecurityEvent(models.Model):
    """One event of the security log: who, what, when.

    Append-only; the database enforces it, too. No addresses and no guests' names: users are keys,
    the network and unknown mailboxes keyed digests. It is erased by membership.privacy.retention.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed-in", "signed in"
        SIGNED_OUT = "signed-out", "signed out"
        REFUSED = "refused", "was refused"
        PROVEN = "proven", "gave fresh proof"
        FACTOR_ADDED = "factor-added", "second factor added"
        FACTOR_REMOVED = "factor-removed", "second factor removed"
        ADDRESS = "address", "e-mail address changed"
        RIGHTS = "rights", "permissions changed"
        EXPORT = "export", "list exported"
        VENUE = "venue", "venue access"
        SESSION_ENDED = "session-ended", "sessions ended"

    at = models.DateTimeField("when", db_index=True)
    kind = models.CharField("what", max_length=16, choices=Kind)
    who = models.ForeignKey(  # who did it; empty for the site or a stranger
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="who",
    )
    whom = models.ForeignKey(  # whose sign-in it is about, if somebody else's
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="about",
    )
    detail = models.CharField(max_length=200, blank=True)  # our words: never a name or an address
    network = models.CharField(max_length=32, blank=True)  # a keyed digest; empty: not by the web
    mailbox = models.CharField(max_length=32, blank=True)  # a keyed digest, of who was refused

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "security log entry"
        verbose_name_plural = "security log"
        indexes = [models.Index(fields=["kind", "at"], name="security_log_by_kind")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly("The security log is append-only.")
        super().save(*args, **kwargs)
