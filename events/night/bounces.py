"""Letters that come back: what a mail provider reports of them (django-anymail's tracking)."""

from events.models import RevealNotice
from events.reveal import notices

RETURNED = {"bounced", "rejected", "failed"}  # anymail's words; "deferred" is still on its way


def heard(sender, event, esp_name, **kwargs) -> None:
    """Receiver of anymail's tracking signal: a reveal letter that came back goes to the call
    list. Everything else a provider tells is not for us.
    """
    number = (event.metadata or {}).get("reveal", "")
    if event.event_type not in RETURNED or not number:
        return
    sent_at = RevealNotice.objects.filter(message_id=number).values_list("sent_at", flat=True)
    at = event.timestamp or sent_at.first()
    if at is not None:
        notices.bounced(number, at=at)
