"""Retention of messages and of unconfirmed newsletter addresses."""

from datetime import datetime

from nsca.lib.retention import Rule
from pages.models import Message, Subscriber


def _answered(before: datetime):
    return Message.objects.filter(answered_at__lte=before)


def _unconfirmed(before: datetime):
    """Unconfirmed addresses; those who left stay, so that no old list brings them back."""
    return Subscriber.objects.filter(
        asked_at__lte=before, confirmed_at__isnull=True, left_at__isnull=True
    )


RULES = [
    Rule(
        name="contact-messages",
        what="Contact form messages, with name and address",
        since="it was answered",
        days=365,
        due=lambda before: _answered(before).count(),
        forget=lambda before, at: _answered(before).delete()[0],
    ),
    Rule(
        name="unconfirmed-subscribers",
        what="Newsletter addresses that were never confirmed",
        since="they were entered",
        days=30,
        due=lambda before: _unconfirmed(before).count(),
        forget=lambda before, at: _unconfirmed(before).delete()[0],
    ),
]
