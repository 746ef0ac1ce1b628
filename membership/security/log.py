"""The security log: for each event a row for the director and a line of JSON for a monitor.

It has ids, digests and our own words only. A monitor reads the logger `nsca.security`; rare events
are also e-mailed to the directors (membership.security.alarms).
"""

import logging
from datetime import datetime

from membership.models.security import SecurityEvent
from membership.security import network

log = logging.getLogger("nsca.security")
Kind = SecurityEvent.Kind


def refused(detail: str, *, at: datetime, mailbox: str = "", whom=None) -> SecurityEvent:
    """Record a wrong code or second factor."""
    return note(Kind.REFUSED, at=at, whom=whom, detail=detail, mailbox=mailbox)


def note(
    kind: Kind, *, at: datetime, who=None, whom=None, detail: str = "", mailbox: str = ""
) -> SecurityEvent:
    """Record an event.

    `who` did it (a User, or None for the site or an unknown person); `whom` it is about, if that
    is somebody else; `detail` is in our own words, without names and addresses.
    """
    who = who if who is not None and who.pk else None
    whom = whom if whom is not None and whom.pk and whom != who else None
    event = SecurityEvent.objects.create(
        at=at,
        kind=kind,
        who=who,
        whom=whom,
        detail=detail[:200],
        network=network.digest_here(),
        mailbox=mailbox,
    )
    fields = {
        "event": event.pk,
        "kind": event.kind,
        "who": event.who_id,
        "whom": event.whom_id,
        "detail": event.detail,
        "network": event.network,
        "mailbox": event.mailbox,
    }
    log.info("security: %s", event.kind, extra={"fields": fields})
    return event
