"""The security log: one row an event for the director, one line of JSON for a monitor.

Ids, digests and our own words only. A monitor reads the logger `nsca.security`; what is rare is
mailed to the directors as well (membership.security.alarms).
"""

import logging
from datetime import datetime

from membership.models.security import SecurityEvent
from membership.security import network

log = logging.getLogger("nsca.security")
Kind = SecurityEvent.Kind


def refused(detail: str, *, at: datetime, mailbox: str = "", whom=None) -> SecurityEvent:
    """A code or a factor that was not the right one."""
    return note(Kind.REFUSED, at=at, whom=whom, detail=detail, mailbox=mailbox)


def note(
    kind: Kind, *, at: datetime, who=None, whom=None, detail: str = "", mailbox: str = ""
) -> SecurityEvent:
    """Write an event down. `who` did it (a User; None: the site, or nobody we know); `whom` it is
    about, where that is not the same; `detail` in words of ours, without names and addresses.
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
