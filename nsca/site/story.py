"""A person's e-mails and what became of each, and what they wrote to us.

Never the text of an e-mail: it has links and codes.
"""

from collections.abc import Sequence
from email.utils import parseaddr

from django.db.models import Q
from django.urls import reverse
from post_office.models import STATUS, Email

from membership.insight.story import About, Entry, Source
from nsca.lib.mail.addresses import normalize_address
from pages.models import Message

FATE = {
    STATUS.sent: "sent",
    STATUS.failed: "could not be sent",
    STATUS.queued: "waiting in the outbox",
    STATUS.requeued: "waiting for another try",
}


def all_of_ours() -> list[Source]:
    """What nsca/hooks.py registers."""
    return [
        Source("e-mails", _mails, ("post_office.view_email",)),
        Source("messages to us", _messages, ("pages.view_message",)),
    ]


def _mails(about: About, most: int) -> Sequence[Entry]:
    """Search the outbox's recipients, which are text with names in it.

    One column of a hundred thousand e-mails takes a fraction of a second.
    """
    from nsca.desk.admin import SIGN_IN_CODE

    addresses = about.subject.addresses
    if not addresses:
        return []
    to_them = Q(pk__in=[])
    for address in addresses:
        to_them |= Q(to__icontains=address)
    rows = (
        Email.objects.filter(to_them)
        .only("to", "subject", "status", "created", "last_updated")
        .order_by("-created", "-pk")[:most]
    )
    return [
        Entry(
            row.created,
            "",
            f"“{SIGN_IN_CODE.sub('Your', row.subject)}”: {FATE.get(row.status, 'waiting')}.",
            reverse("admin:post_office_email_change", args=[row.pk]),
        )
        for row in rows
        if any(normalize_address(parseaddr(each)[1]) in addresses for each in row.to)
    ]


def _messages(about: About, most: int) -> Sequence[Entry]:
    rows = Message.objects.filter(about.subject.theirs("email", "name")).order_by(
        "-received_at", "-pk"
    )
    entries = []
    for row in rows[:most]:
        url = reverse("admin:pages_message_change", args=[row.pk])
        entries.append(Entry(row.received_at, "", f"Wrote to us: {row.about}.", url))
        if row.answered_at:
            entries.append(Entry(row.answered_at, "", "Their message was answered.", url))
    return entries
