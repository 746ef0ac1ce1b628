"""Letters to people who may not have asked for them: tickets that cost nothing, wishes to wait.

What is paid for is not bought to annoy strangers. A free chair costs nothing, so somebody could
have us write to any address; a mailbox and a network get so many of these letters a day.
"""

from collections.abc import Iterable
from datetime import datetime

from nsca.lib.mail.addresses import normalize_address
from nsca.lib.secrets.codes import derived_token
from nsca.lib.web.throttle import spend

DAY = 86_400  # seconds
LETTERS_A_MAILBOX = 10  # a day: a family that comes to all the free events of a spring
LETTERS_A_NETWORK = 120  # a day: a school class, one by one from the school's own network


def spend_letters(addresses: Iterable[str], *, network: str, at: datetime) -> None:
    """Count a letter to each of these addresses, asked for from a network (throttle.address_of).

    Raises TooOften; then none is to be written.
    """
    for address in addresses:
        spend("unasked-from", network, limit=LETTERS_A_NETWORK, seconds=DAY, at=at)
        # No address in the cache's keys.
        mailbox = derived_token("mailbox", normalize_address(address))
        spend("unasked-to", mailbox, limit=LETTERS_A_MAILBOX, seconds=DAY, at=at)
