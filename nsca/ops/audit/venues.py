"""Every venue access and every seal is in the log, as it was written."""

from collections.abc import Iterator
from datetime import datetime

from events.venue import log as venue_log
from nsca.ops.audit.finding import Finding


def the_venue_log_is_whole(at: datetime) -> Iterator[Finding]:
    """No access or seal was altered, backdated, deleted or written past the hash chain."""
    for fault in venue_log.faults():
        yield Finding(fault)
