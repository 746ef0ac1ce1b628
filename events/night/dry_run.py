"""A dry run: every e-mail of the real reveal is made, for every holder, and thrown away.

The same code makes them as at the real reveal. Nothing is stamped, queued or sent, except one
sample to the person who asked; it shows the venue only if the door opens it now, since e-mail may
be read and stored on its way.
"""

import logging
import time
from collections import defaultdict
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import get_connection
from django.views.decorators.debug import sensitive_variables

from events import reveal
from events.models import DryRun, Event, RevealMail, Ticket
from events.night import preflight
from events.reveal import Opened, Viewer, Why, sender
from events.venue import witnesses
from events.venue.details import VenueDetails
from nsca.lib.mail.mail import NoSuchAddress
from orders.lines.kinds import Refusal
from orders.lines.locks import refuse_inside_transaction

log = logging.getLogger(__name__)

BUDGET = 20.0  # seconds; somebody is waiting for the page
MESSAGE_ID = "<dry-run@localhost>"  # of e-mails that nobody gets
NOT_YET = VenueDetails(
    name="The venue goes here",
    lines=("This is a dry run.", "The venue is not revealed yet."),
)

NO_ADDRESS = "No e-mail address"
BAD_ADDRESS = "Invalid e-mail address"
REFUSED = "This address refused our e-mail before"
NOT_REACHED = "Not tried: the dry run took too long"
NOT_OPENED = {
    Why.MISSING: "No venue is entered",
    Why.LOST: "The venue can’t be decrypted: its key is missing",
}
NOT_THEIRS = "The ticket does not open the venue"


class CannotRun(Refusal):
    """The event has no reveal to make e-mails for."""


@dataclass(frozen=True)
class Result:
    """What a dry run found. `failures`: tickets whose holders would get no e-mail, by reason."""

    made: int
    seconds: float  # how long making them took
    failures: dict[str, list[Ticket]]
    sample: str  # one sentence: what happened to the sample

    @property
    def failed(self) -> int:
        return sum(len(tickets) for tickets in self.failures.values())


def is_possible(event: Event, *, at: datetime) -> bool:
    """Whether there is a reveal to try: published, secret, and not over."""
    return event.is_secret and event.state == Event.State.PUBLISHED and not event.is_past(at)


def last(event: Event) -> DryRun | None:
    return event.dry_runs.select_related("by").first()


@sensitive_variables()
def run(event: Event, *, by, at: datetime) -> Result:
    """Make every e-mail of the reveal, send one sample to `by`, and record the run. Logged as a
    venue access. Raises NotPermitted, CannotRun.
    """
    refuse_inside_transaction()
    if not is_possible(event, at=at):
        raise CannotRun("There is no reveal to try.")
    revealed = reveal.for_dry_run(event, by=by, at=at)
    when = max(at, event.opens_at)
    mails, refused = _mails(event), preflight.addresses_that_refused()
    failures = defaultdict(list, {NO_ADDRESS: mails.pop("", [])})
    made, began = [], time.monotonic()
    for address, tickets in mails.items():
        in_time = time.monotonic() - began < BUDGET
        trouble = _trouble(revealed, tickets, when) if in_time else NOT_REACHED
        if not trouble:
            made.append(tickets)
            trouble = REFUSED if address in refused else ""
        if trouble:
            failures[trouble] += tickets
    seconds = time.monotonic() - began
    failures = {reason: found for reason, found in failures.items() if found}
    sample = _send_sample(event, revealed, made[0], by, at) if made else "No e-mail was sent."
    result = Result(len(made), seconds, failures, sample)
    DryRun.objects.create(event=event, by=by, at=at, made=result.made, failed=result.failed)
    return result


def _mails(event: Event) -> dict[str, list[Ticket]]:
    """The valid tickets of each address: one e-mail each. Those without an address are
    under "".
    """
    mails = defaultdict(list)
    valid = Ticket.objects.valid().filter(event_id=event.pk).with_holder()
    for ticket in valid.select_related("line__order", "choice").order_by("pk"):
        mails[ticket.holder].append(ticket)
    return mails


@sensitive_variables()
def _trouble(event: Event, tickets: list[Ticket], at: datetime) -> str:
    """Make one e-mail as the sender does, and say why it failed; empty if it did not."""
    try:
        tokens = frozenset(ticket.token for ticket in tickets)
        answer = reveal.reveal_for(event, Viewer(tokens=tokens), at=at)
        if not isinstance(answer, Opened):
            return NOT_OPENED.get(getattr(answer, "why", None), NOT_THEIRS)
        mine = list(answer.tickets or tickets)
        for ticket in mine:
            ticket.event = event
        row = RevealMail(message_id=MESSAGE_ID)
        sender.make_message(row, mine, answer, at).message().as_bytes()
    except NoSuchAddress:
        return BAD_ADDRESS
    except Exception as error:  # noqa: BLE001 - one bad e-mail must not hide the others
        # Only the class: the error's text may contain the venue.
        return f"Couldn’t make the e-mail ({type(error).__name__})"
    return ""


@sensitive_variables()
def _send_sample(event: Event, revealed: Event, tickets, by, at: datetime) -> str:
    """Send one e-mail to the person who asked, as a guest would get it: without a guest's data,
    since a ticket's link lets people in, and with the venue only where the door opens it now.
    """
    answer = reveal.reveal_for(event, Viewer(tokens=frozenset([tickets[0].token])), at=at)
    more = {"dry_run": True}
    if not isinstance(answer, Opened):
        answer = Opened(NOT_YET, event.opens_at, revealed.reveal_version, at)
        more |= {"proof": None, "seals": witnesses.seals_for(event)}  # no more than is public
    ticket = copy(tickets[0])
    ticket.event, ticket.choice = revealed, None
    ticket.token, ticket.code = "dry-run", "DRY-RUN"
    ticket.guest_name, ticket.guest_email = by.get_full_name(), by.email
    try:
        row = RevealMail(message_id=MESSAGE_ID)
        message = sender.make_message(row, [ticket], answer, at, **more)
        message.connection = get_connection(settings.OUTGOING_EMAIL_BACKEND)
        message.extra_headers.pop("Message-ID")
        message.attachments = []  # mailboxes add a calendar file to the calendar unasked
        message.send()
    except Exception as error:  # noqa: BLE001 - the findings matter more than the sample
        log.warning("sample of dry run not sent: %s", type(error).__name__)
        return f"We couldn’t send the sample to {by.email} ({type(error).__name__})."
    return f"One sample was sent, to {by.email}."
