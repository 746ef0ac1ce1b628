"""What pages forget of people: what they wrote to us, newsletters that nobody confirmed."""

from datetime import datetime

from nsca.lib.retention import Rule
from pages.models import Message, Subscriber


def _answered(before: datetime):
    return Message.objects.filter(answered_at__lte=before)


def _unconfirmed(before: datetime):
    """Whoever confirmed and left stays, so that no old list brings them back."""
    return Subscriber.objects.filter(
        asked_at__lte=before, confirmed_at__isnull=True, left_at__isnull=True
    )


RULES = [
    Rule(
        name="contact-messages",
        what="What somebody wrote to us by the contact page, with name and address",
        since="it was answered",
        days=365,
        due=lambda before: _answered(before).count(),
        forget=lambda before, at: _answered(before).delete()[0],
    ),
    Rule(
        name="unconfirmed-subscribers",
        what="Addresses that the newsletter was asked for, and that never said yes",
        since="it was asked for",
        days=30,
        due=lambda before: _unconfirmed(before).count(),
        forget=lambda before, at: _unconfirmed(before).delete()[0],
    ),
]
