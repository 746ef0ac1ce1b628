"""Bounced e-mails, as an e-mail provider reports them (django-anymail's tracking)."""

from events.models import RevealMail
from events.reveal import mails_owed

RETURNED = {"bounced", "rejected", "failed"}  # anymail's words; "deferred" is still on its way


def heard(sender, event, esp_name, **kwargs) -> None:
    """Put a bounced reveal e-mail on the call list. Receives anymail's tracking signal; ignores
    everything else a provider reports.
    """
    number = (event.metadata or {}).get("reveal", "")
    if event.event_type not in RETURNED or not number:
        return
    sent_at = RevealMail.objects.filter(message_id=number).values_list("sent_at", flat=True)
    at = event.timestamp or sent_at.first()
    if at is not None:
        mails_owed.bounced(number, at=at)
