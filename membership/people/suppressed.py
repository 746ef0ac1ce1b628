"""Suppressed addresses: e-mail bounced for good or was reported as spam.

The e-mail provider (django-anymail's tracking) or staff report them. Mailings and reminders check
here; sign-in codes and receipts do not, because somebody just asked for them.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from membership.models import EmailSuppression
from nsca.lib.mail.addresses import normalize_address

Kind = EmailSuppression.Kind
# anymail's words. A "deferred" e-mail is still on its way; one that "failed" never reached the
# address.
RETURNED = {"bounced", "rejected"}
# Reasons that say nothing about the address: our server is blocked, or theirs is down.
NOT_THE_ADDRESS = {"blocked", "spam", "timed_out"}
AT_ONCE = 500  # addresses per query; SQLite takes at most a thousand values


def marked(addresses: Iterable[str]) -> dict[str, str]:
    """The suppressed ones of these addresses, each with its Kind; complaints outrank bounces."""
    wanted = sorted({normalize_address(address) for address in addresses})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = EmailSuppression.objects.open().filter(email__in=wanted[start : start + AT_ONCE])
        for email, kind in rows.order_by("kind").values_list("email", "kind"):
            found[email] = kind  # "bounced" before "complained"
    return found


def note(address: str, kind: str, *, at: datetime, source: str = "") -> bool:
    """Suppress an address once and return whether it is new.

    An address that staff cleared stays cleared if the report is older: providers repeat reports.
    """
    address = normalize_address(address)
    if not address:
        return False
    known = EmailSuppression.objects.filter(email=address, kind=kind)
    if known.open().exists() or known.filter(cleared_at__gte=at).exists():
        return False
    try:
        with transaction.atomic():
            EmailSuppression.objects.create(email=address, kind=kind, at=at, source=source[:200])
    except IntegrityError:  # reported twice at the same time
        return False
    return True


def clear(mark: EmailSuppression, *, by, at: datetime) -> None:
    """Clear a suppressed address. A second time changes nothing."""
    EmailSuppression.objects.open().filter(pk=mark.pk).update(cleared_at=at, cleared_by=by)


def heard(sender, event, esp_name, **kwargs) -> None:
    """Receive anymail's tracking signal; only the address of a report matters."""
    if event.event_type == "complained":
        kind = Kind.COMPLAINED
    elif event.event_type in RETURNED and event.reject_reason not in NOT_THE_ADDRESS:
        kind = Kind.BOUNCED
    else:
        return
    if event.recipient and event.timestamp:
        note(event.recipient, kind, at=event.timestamp, source=esp_name or "")
