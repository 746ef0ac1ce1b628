"""The call list: holders who know the venue from neither the e-mail nor their ticket page.

A call is for a holder, not a ticket: somebody with four tickets gets one call. Staff take a call
for a few minutes before they make it, so that nobody is called twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F

from events.models import Call, Event, RevealMail, Ticket
from events.night import tally
from events.reveal import mails_owed
from orders.lines.kinds import Refusal

MINUTES_OF_A_CALL = timedelta(minutes=5)  # then a colleague may take it
MAIL_MAY_TAKE = timedelta(minutes=10)  # after T; holders without an e-mail by then are called
PAGE_MAY_TAKE = timedelta(hours=2)  # after T; holders who have not opened it by then, too
State, Outcome = RevealMail.State, Call.Outcome


class Why(StrEnum):
    """Why a holder is on the list, most urgent first."""

    NO_ADDRESS = "has no e-mail address"
    FAILED = "e-mail was refused"
    BOUNCED = "e-mail bounced"
    UNKNOWN = "e-mail is stuck"
    NEVER_OPENED = "got the e-mail, hasn’t opened the ticket"


WHY = {State.NO_ADDRESS: Why.NO_ADDRESS, State.FAILED: Why.FAILED, State.BOUNCED: Why.BOUNCED}


class BeingCalled(Refusal):
    """A colleague has this call: who, and since when (UTC)."""

    def __init__(self, name: str, since: datetime):
        super().__init__(f"{name} is already calling them.")
        self.name, self.since = name, since


class NotYours(Refusal):
    """This colleague never took the call, or somebody else has it now."""


@dataclass(frozen=True)
class Entry:
    """One holder on the list, with their tickets."""

    tickets: tuple[Ticket, ...]
    why: Why | None  # None: they know
    learned: tuple[str, ...]  # by what: "mail", "page", "call"
    call: Call | None

    @property
    def key(self) -> int:
        """Its name in a form: the first ticket."""
        return self.tickets[0].pk

    @property
    def name(self) -> str:
        first = self.tickets[0]
        return first.guest_name or ("" if self.is_given_on else first.line.order.buyer_name)

    @property
    def buyer(self) -> str:
        """The buyer, where that is somebody else: the phone number is theirs."""
        name = self.tickets[0].line.order.buyer_name
        return "" if name == self.name or self.is_given_on else name

    @property
    def is_given_on(self) -> bool:
        """Whether the ticket was transferred: the phone number on the order is not
        the holder's.
        """
        return self.tickets[0].transfer_count > 0

    @property
    def phone(self) -> str:
        """The number to call; empty where we have none."""
        return "" if self.is_given_on else self.tickets[0].line.order.buyer_phone.strip()

    @property
    def dial(self) -> str:
        """The number as a phone dials it."""
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")

    @property
    def is_by_mail(self) -> bool:
        return "mail" in self.learned

    @property
    def address(self) -> str:
        return self.tickets[0].holder_email

    @property
    def tries(self) -> int:
        """How many calls nobody answered."""
        return self.call.tries if self.call else 0

    def is_taken(self, at: datetime) -> bool:
        return self.call is not None and _is_taken(self.call, at)

    def is_with(self, user, at: datetime) -> bool:
        return self.is_taken(at) and self.call.caller_id == user.pk


@dataclass(frozen=True)
class CallList:
    """Whom to call, and who already knows: each most urgent first."""

    pressing: list[Entry]  # no e-mail has reached them
    quiet: list[Entry]  # the e-mail was accepted, the ticket page never opened
    learned: list[Entry]  # by page or by call, although the e-mail failed
    holders: int

    @property
    def count(self) -> int:
        return len(self.pressing) + len(self.quiet)


def call_list(event: Event, *, at: datetime) -> CallList:
    """The list at an instant (UTC). Empty before the reveal, during a hold and after the event.
    Two queries.
    """
    if not event.reveal_version or event.reveal_held_at or event.is_canceled or event.is_past(at):
        return CallList([], [], [], 0)
    entries = [_entry(event, tickets, at) for tickets in _by_holder(_with_calls(event))]
    order = list(Why)
    wanted = sorted((e for e in entries if e.why), key=lambda e: (order.index(e.why), e.key))
    return CallList(
        pressing=[entry for entry in wanted if entry.why != Why.NEVER_OPENED],
        quiet=[entry for entry in wanted if entry.why == Why.NEVER_OPENED],
        learned=[entry for entry in entries if entry.learned and "mail" not in entry.learned],
        holders=len(entries),
    )


def take(event: Event, key: int, *, by, at: datetime) -> Entry:
    """Reserve this holder for `by` to call for a few minutes. Raises BeingCalled, and Refusal
    where the holder no longer needs a call.
    """
    with transaction.atomic():
        entry = _locked(event, key, at)
        call = entry.call
        if call is not None and _is_taken(call, at) and call.caller_id != by.pk:
            raise BeingCalled(call.caller.get_full_name() or call.caller.email, call.called_at)
        _write(entry, caller=by, called_at=at, leased_until=at + MINUTES_OF_A_CALL)
    return entry


def reached(event: Event, key: int, *, by, at: datetime) -> Entry:
    """Note that the holder now knows the venue from `by`. Raises NotYours."""
    return _end(event, key, by, at, outcome=Outcome.REACHED)


def not_reached(event: Event, key: int, *, by, at: datetime) -> Entry:
    """Note that nobody answered: the holder stays on the list. Raises NotYours."""
    return _end(event, key, by, at, outcome=Outcome.NO_ANSWER, tried=1)


def leave(event: Event, key: int, *, by, at: datetime) -> Entry:
    """Give up the call: `by` does not make it after all. Raises NotYours."""
    return _end(event, key, by, at)


def take_back(event: Event, key: int, *, at: datetime) -> Entry:
    """Put a holder back on the list who was marked by mistake."""
    with transaction.atomic():
        entry = _locked(event, key, at, learned=True)
        _write(entry, outcome=Outcome.OPEN, leased_until=None)
    return entry


def mail_again(event: Event, key: int, *, at: datetime) -> Entry:
    """Queue the e-mail again after its address was corrected. Raises Refusal."""
    entry = _locked(event, key, at)
    rows = RevealMail.objects.filter(
        ticket__in=entry.tickets, version=event.reveal_version, event=event
    )
    if not entry.tickets[0].holder:
        raise Refusal("The ticket has no e-mail address. Open it and enter one first.")
    if not mails_owed.send_again(rows):
        raise Refusal("That e-mail is already on its way.")
    return entry


def came_back(event: Event, key: int, *, at: datetime) -> Entry:
    """Note that the e-mail bounced to the office's mailbox. Raises Refusal."""
    row = RevealMail.objects.filter(
        event=event,
        version=event.reveal_version,
        ticket=key,
        transfer_count=F("ticket__transfer_count"),
        state=State.SENT,
    ).last()  # fmt: skip
    if row is None or not mails_owed.bounced(row.message_id, at=at):
        raise Refusal("No e-mail to that guest has gone out.")
    held = [group for group in _by_holder(_with_calls(event)) if key in {one.pk for one in group}]
    if not held:
        raise Refusal("That ticket is no longer valid, so nobody needs a call.")
    return _entry(event, held[0], at)


# --- Inside ------------------------------------------------------------------------------------


def _with_calls(event) -> list[Ticket]:
    tickets = list(tally.holders(event))
    calls = {
        (call.ticket_id, call.transfer_count): call
        for call in Call.objects.filter(
            ticket__event=event, version=event.reveal_version
        ).select_related("caller")
    }
    for ticket in tickets:
        ticket.last_call = calls.get((ticket.pk, ticket.transfer_count))
    return tickets


def _by_holder(tickets: Iterable[Ticket]) -> list[list[Ticket]]:
    """Group tickets that one call covers: those of one order that go to one address."""
    groups: dict = {}
    for ticket in tickets:
        groups.setdefault((ticket.line.order_id, ticket.holder), []).append(ticket)
    return list(groups.values())


def _entry(event, tickets, at) -> Entry:
    calls = [ticket.last_call for ticket in tickets if ticket.last_call]
    call = max(calls, key=lambda call: (call.called_at is not None, call.pk), default=None)
    learned = []
    if all(ticket.mail_state == State.SENT for ticket in tickets):
        learned.append("mail")
    least = max(1, event.reveal_version)
    if any(ticket.seen_version >= least for ticket in tickets):
        learned.append("page")
    if (
        calls
        and all(each.outcome == Outcome.REACHED for each in calls)
        and len(calls) == len(tickets)
    ):
        learned.append("call")
    why = None if {"page", "call"} & {*learned} else _why(tickets, at)
    return Entry(tuple(tickets), why, tuple(learned), call)


def _why(tickets, at) -> Why | None:
    for ticket in tickets:
        if ticket.mail_state in WHY:
            return WHY[ticket.mail_state]
    for ticket in tickets:
        is_stuck = ticket.mail_state == State.QUEUED and at >= ticket.owed_at + MAIL_MAY_TAKE
        if is_stuck:
            return Why.UNKNOWN
    mailed_at = max((t.mailed_at for t in tickets if t.mail_state == State.SENT), default=None)
    owed_at = max((t.owed_at for t in tickets if t.owed_at), default=None)
    if mailed_at and at >= owed_at + PAGE_MAY_TAKE:
        return Why.NEVER_OPENED
    return None


def _locked(event, key, at, *, learned=False) -> Entry:
    """The entry of a holder, with its call rows locked, and created where there were none."""
    with transaction.atomic():
        entry = _found(event, key, at, learned)
        Call.objects.bulk_create(
            [
                Call(
                    ticket=ticket,
                    transfer_count=ticket.transfer_count,
                    version=event.reveal_version,
                )
                for ticket in entry.tickets
            ],
            ignore_conflicts=True,  # a colleague was faster
        )
        list(_rows(entry).select_for_update(of=("self",)).order_by("pk"))
        return _found(event, key, at, learned)  # as it is now, under the lock


def _found(event, key, at, learned) -> Entry:
    present = call_list(event, at=at)
    entries = present.learned if learned else [*present.pressing, *present.quiet]
    for entry in entries:
        if any(ticket.pk == key for ticket in entry.tickets):
            return entry
    raise Refusal("That guest is no longer on the list: they know by now.")


def _rows(entry):
    first = entry.tickets[0]
    pks = [ticket.pk for ticket in entry.tickets]
    version = Event.objects.values_list("reveal_version", flat=True).get(pk=first.event_id)
    return Call.objects.filter(
        ticket__in=pks, transfer_count__in={t.transfer_count for t in entry.tickets}
    ).filter(version=version)


def _write(entry, **changes) -> None:
    _rows(entry).update(**changes)


def _is_taken(call: Call, at: datetime) -> bool:
    return call.leased_until is not None and call.leased_until > at


def _end(event, key, by, at, *, outcome=None, tried=0) -> Entry:
    with transaction.atomic():
        entry = _locked(event, key, at)
        if entry.call is None or entry.call.caller_id != by.pk or entry.call.leased_until is None:
            raise NotYours("Take the call first: press “I’ll call”.")
        changes = {"leased_until": None, "tries": entry.call.tries + tried}
        if outcome:
            changes |= {"outcome": outcome, "called_at": at}
        _write(entry, **changes)
    mails_owed.count_again(at=at)  # updates the number in the task
    return entry
