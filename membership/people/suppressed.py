"""Which addresses are not written to any more: mail came back for good, or was called spam.

A mail provider tells it (django-anymail's tracking), or a colleague to whom a letter came back.
Mailings and reminders ask here; a code to sign in and a receipt do not: they were asked for a
moment ago.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from membership.models import AddressMark
from nsca.lib.mail.addresses import normalize_address

Kind = AddressMark.Kind
# anymail's words. A letter that is "deferred" is still on its way; one that "failed" never got to
# the address.
RETURNED = {"bounced", "rejected"}
# Reasons that say nothing of the address: our own server is not liked, or theirs is asleep.
NOT_THE_ADDRESS = {"blocked", "spam", "timed_out"}
AT_ONCE = 500  # addresses in one question; SQLite takes a thousand values at the most


def may_write(address: str) -> bool:
    """Whether a mailing or a reminder may go to an address."""
    return not marked([address])


def marked(addresses: Iterable[str]) -> dict[str, str]:
    """Of these addresses those that are not written to, normalized, each with its Kind; a
    complaint counts for more than a letter that came back.
    """
    wanted = sorted({normalize_address(address) for address in addresses})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = AddressMark.objects.open().filter(email__in=wanted[start : start + AT_ONCE])
        for email, kind in rows.order_by("kind").values_list("email", "kind"):
            found[email] = kind  # "bounced" before "complained"
    return found


def note(address: str, kind: str, *, at: datetime, source: str = "") -> bool:
    """Mark an address, once; whether it is news. What a colleague has cleared stays so where the
    report is older than that: providers repeat themselves.
    """
    address = normalize_address(address)
    if not address:
        return False
    known = AddressMark.objects.filter(email=address, kind=kind)
    if known.open().exists() or known.filter(cleared_at__gte=at).exists():
        return False
    try:
        with transaction.atomic():
            AddressMark.objects.create(email=address, kind=kind, at=at, source=source[:200])
    except IntegrityError:  # reported twice at the same time
        return False
    return True


def clear(mark: AddressMark, *, by, at: datetime) -> None:
    """Write to it again: somebody has asked, or the mailbox was full. Twice is once."""
    AddressMark.objects.open().filter(pk=mark.pk).update(cleared_at=at, cleared_by=by)


def heard(sender, event, esp_name, **kwargs) -> None:
    """Receiver of anymail's tracking signal. What a report is about is its address alone, so it
    does not matter which of our letters it was.
    """
    if event.event_type == "complained":
        kind = Kind.COMPLAINED
    elif event.event_type in RETURNED and event.reject_reason not in NOT_THE_ADDRESS:
        kind = Kind.BOUNCED
    else:
        return
    if event.recipient and event.timestamp:
        note(event.recipient, kind, at=event.timestamp, source=esp_name or "")
