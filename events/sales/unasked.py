"""Limits e-mails that someone else may have triggered: free tickets and waitlist entries.

Nobody pays to annoy strangers. But a free seat costs nothing, so someone could make us write to
any address; these e-mails are limited per mailbox and per network each day.
"""

from collections.abc import Iterable
from datetime import datetime

from nsca.lib.mail.addresses import normalize_address
from nsca.lib.secrets.codes import derived_token
from nsca.lib.web.throttle import spend

DAY = 86_400  # seconds
MAILS_A_MAILBOX = 10  # a day: a family that signs up for all the free events of a spring
MAILS_A_NETWORK = 120  # a day: a school class, one by one from the school's network


def spend_mails(addresses: Iterable[str], *, network: str, at: datetime) -> None:
    """Count an e-mail to each of these addresses, requested from a network (throttle.address_of).

    Raises TooOften; then none may be sent.
    """
    for address in addresses:
        spend("unasked-from", network, limit=MAILS_A_NETWORK, seconds=DAY, at=at)
        # No address in the cache's keys.
        mailbox = derived_token("mailbox", normalize_address(address))
        spend("unasked-to", mailbox, limit=MAILS_A_MAILBOX, seconds=DAY, at=at)
