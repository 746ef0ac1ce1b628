"""What e-mails holders asked for, and the e-mails about hints they got."""

from django.db import models

from events.models.event import Hint
from events.models.ticket import Ticket
from nsca.lib.mail.addresses import AddressField
from nsca.lib.mail.queue import OwedMail
from nsca.lib.secrets.link_tokens import LinkTokenField


class OptIn(models.Model):
    """One ticket holder asked for one kind of e-mail. The next holder is asked again."""

    class Kind(models.TextChoices):
        HINTS = "hints", "an e-mail with each hint"
        FIRST_ACCESS = "first_access", "first access next year"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="opt_ins")
    transfer_count = models.PositiveSmallIntegerField(
        default=0
    )  # which holder of the ticket: see Ticket
    kind = models.CharField(max_length=12, choices=Kind)
    token = LinkTokenField("opt-in")
    asked_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "transfer_count", "kind"], name="one_opt_in_a_holder_and_kind"
            )
        ]

    def __str__(self):
        return f"opt-in {self.pk}"


class HintMail(OwedMail):
    """One e-mail about one hint for one holder, never sent twice. The rows are the outbox."""

    hint = models.ForeignKey(Hint, on_delete=models.CASCADE, related_name="mails")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="hint_mails")
    transfer_count = models.PositiveSmallIntegerField(default=0)
    address = AddressField(blank=True, default="")  # as RevealMail's

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "id"], name="hint_letters_in_turn")]
        constraints = [
            models.UniqueConstraint(
                fields=["hint", "ticket", "transfer_count"], name="one_mail_a_hint_and_holder"
            )
        ]

    def __str__(self):
        return f"hint e-mail {self.pk}"
