"""What is erased about guests after an event."""

from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from events.models import HintMail, MoveMail, RevealMail, Ticket, WaitlistEntry
from events.tickets import kits
from nsca.lib.retention import FORGOTTEN, Rule


def forget_guests_of(order_pks: list[int]) -> None:
    """Erase the guests of orders that were never paid."""
    Ticket.objects.filter(line__order__in=order_pks).update(
        guest_name="", guest_email="", needs="", access="", postal_address=""
    )


def _with_notes(before: datetime):
    told = ~Q(needs="") | ~Q(access="")
    return Ticket.objects.filter(told, event__ends_at__lte=before)


def _with_addresses(before: datetime):
    over = Ticket.objects.filter(event__ends_at__lte=before)
    return over.exclude(postal_address="")


def _entries(before: datetime):
    return WaitlistEntry.objects.filter(event__ends_at__lte=before).exclude(name=FORGOTTEN)


def _forget_entries(before: datetime, _at: datetime) -> int:
    """Erase waitlist entries: those that led to an order lose their name, the others
    are deleted.
    """
    deleted, _ = _entries(before).filter(offer__isnull=True).delete()
    kept = _entries(before).update(
        name=FORGOTTEN, email="", left_at=Coalesce(F("left_at"), F("joined_at"))
    )
    return deleted + kept


def _mailed(before: datetime):
    """Reveal, move and hint e-mails that still have their address."""
    revealed = RevealMail.objects.filter(event__ends_at__lte=before)
    moved = MoveMail.objects.filter(move__event__ends_at__lte=before)
    hinted = HintMail.objects.filter(hint__event__ends_at__lte=before)
    return [rows.exclude(address="") for rows in (revealed, moved, hinted)]


def _forget_mailed(before: datetime, _at: datetime) -> int:
    return sum(rows.update(address="") for rows in _mailed(before))


RULES = [
    Rule(
        name="guests-notes",
        what="Guests’ allergies and access needs",
        since="the event ended",
        days=14,
        least=1,
        due=lambda before: _with_notes(before).count(),
        forget=lambda before, at: _with_notes(before).update(needs="", access=""),
    ),
    Rule(
        name="kit-addresses",
        what="Postal addresses for kits",
        since="the event ended",
        days=kits.ADDRESSES_KEPT.days,
        due=lambda before: _with_addresses(before).count(),
        forget=lambda before, at: kits.forget_addresses(at=before + kits.ADDRESSES_KEPT),
    ),
    Rule(
        name="reveal-mail",
        what="Addresses that e-mails about a reveal or a new date went to",
        since="the event ended",
        days=90,
        least=14,
        due=lambda before: sum(rows.count() for rows in _mailed(before)),
        forget=_forget_mailed,
    ),
    Rule(
        name="waiting-lists",
        what="Waitlist entries: name and e-mail address",
        since="the event ended",
        days=90,
        least=7,
        due=lambda before: _entries(before).count(),
        forget=_forget_entries,
    ),
]
