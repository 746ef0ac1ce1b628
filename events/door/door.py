"""What happens at the door: a ticket is scanned, an entry is undone. Sales are in walk_up.py.

Who is in follows from append-only rows (Scan): the latest IN or UNDO of a ticket decides. Each
scan is decided under the ticket's row lock, so that of two phones only one lets the guest in; and
each carries its device's own number, so that sending it again changes nothing.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import Max

from events.door.answers import (
    Answer,
    Situation,
    answered_before,
    entries,
    judged,
    not_found,
    not_in,
    other_event,
    undone,
    welcome,
)
from events.models import DoorLink, Scan, Ticket
from nsca.lib.secrets.codes import SPOKEN_ALPHABET, normalize_code
from orders.lines.kinds import Refusal
from orders.lines.locks import brief

QR_PREFIX = "NSCA:"  # see views_ticket.door_code
_CODE = re.compile(rf"[{SPOKEN_ALPHABET}]{{8}}")
_ORDER = re.compile(rf"N[{SPOKEN_ALPHABET}]{{8}}")
# How long a scan made in time on an offline phone may be sent after the link has ended.
LATE = timedelta(hours=24)
SKEW = timedelta(minutes=5)  # by how much a phone's clock may be ahead of ours
ATTEMPTS = 3  # when another tab of the same browser takes the same number


@dataclass(frozen=True)
class Device:
    """A phone at the door: its own signed id, and the number of this act by its own count.

    `read_at`: when it was done by the phone's clock (UTC), where it is sent later.
    """

    id: str
    number: int
    read_at: datetime | None = None


class DoorClosed(Refusal):
    """The link is not valid now: not yet, expired, or revoked."""

    def __init__(self):
        super().__init__("This link isn’t valid right now.")


# --- Codes -------------------------------------------------------------------------------------


def code_in(text: str) -> str:
    """The ticket code in what was scanned or typed, as "CDF4-GHJ6"; "" where there is none.

    Case, spaces, a missing dash and the QR code's prefix do not matter.
    """
    bare = _bare(normalize_code(text).removeprefix(QR_PREFIX))
    return f"{bare[:4]}-{bare[4:]}" if _CODE.fullmatch(bare) else ""


def order_number_in(text: str) -> str:
    """The order number in it, as "N-CDF4-GHJ6"; "" where there is none."""
    bare = _bare(normalize_code(text))
    return f"N-{bare[1:5]}-{bare[5:]}" if _ORDER.fullmatch(bare) else ""


def _bare(text: str) -> str:
    return re.sub(r"[\s–-]+", "", text)


# --- Acts --------------------------------------------------------------------------------------


def check_open(link: DoorLink, *, at: datetime, read_at: datetime | None = None) -> None:
    """Raise DoorClosed where this link is not valid now.

    A scan made in time may be sent for a day after the link's end, unless the link was revoked.
    """
    in_time = read_at is not None and link.is_good(read_at) and at < link.ends_at + LATE
    if not link.is_good(at) and not in_time:
        raise DoorClosed


def read(link: DoorLink, code: str, *, device: Device, at: datetime) -> Answer:
    """Scan one ticket by its code (as `code_in` writes it), and check its guest in if it is valid.

    Every scan of a ticket leaves a row. Raises DoorClosed and Busy.
    """

    def judge(ticket: Ticket, device: Device) -> Answer:
        before = _sent_before(device, ticket, Scan.Act.IN, Scan.Act.SEEN)
        if before:
            return answered_before(link, ticket, before, at=at)
        answer = judged(link, ticket, device_id=device.id, at=at)
        if answer.situation != Situation.WELCOME:
            _write(link, ticket, Scan.Act.SEEN, device, at)
            return answer
        entry = _write(link, ticket, Scan.Act.IN, device, at)
        if ticket.offered_back_at is not None:  # a guest who comes in no longer returns the seat
            Ticket.objects.filter(pk=ticket.pk).update(offered_back_at=None)
        return welcome(ticket, entry)

    return _act(link, code, judge, device=device, at=at)


def undo(link: DoorLink, code: str, *, device: Device, at: datetime) -> Answer:
    """Undo an entry, where the wrong guest was let in. It adds a row; the undone one stays.

    Raises DoorClosed and Busy.
    """

    def take_back(ticket: Ticket, device: Device) -> Answer:
        if ticket.event_id != link.event_id:
            return other_event(ticket)
        before = _sent_before(device, ticket, Scan.Act.UNDO)
        if before:
            of_it = ticket.scans.filter(act=Scan.Act.IN, pk__lt=before.pk).select_related("link")
            return undone(ticket, of_it.latest("pk"), at=at)
        entry = entries([ticket.pk]).get(ticket.pk)
        if entry is None:
            return not_in(ticket)
        _write(link, ticket, Scan.Act.UNDO, device, at)
        return undone(ticket, entry, at=at)

    return _act(link, code, take_back, device=device, at=at)


def let_in(link: DoorLink, codes: Sequence[str], *, device: Device, at: datetime) -> list[Answer]:
    """Check in several of a party: a scan each, numbered from the device's number on."""
    return [
        read(link, code, device=replace(device, number=device.number + i), at=at)
        for i, code in enumerate(codes)
    ]


def next_number(device_id: str) -> int:
    """The number after the highest that this device has used."""
    return (Scan.objects.filter(device=device_id).aggregate(n=Max("number"))["n"] or 0) + 1


# --- Under the lock ----------------------------------------------------------------------------


def _act(
    link: DoorLink,
    code: str,
    act: Callable[[Ticket, Device], Answer],
    *,
    device: Device,
    at: datetime,
) -> Answer:
    device = _in_time(link, device, at)
    for attempt in range(ATTEMPTS):
        try:
            with brief():
                ticket = _locked(code)
                return act(ticket, device) if ticket else not_found(link, code)
        except IntegrityError:  # another tab took the number between our check and our write
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _in_time(link: DoorLink, device: Device, at: datetime) -> Device:
    """The device with a plausible scan time, or none. Raises DoorClosed."""
    read_at = device.read_at
    check_open(link, at=at, read_at=read_at)
    if read_at is not None and not link.opens_at <= read_at <= at + SKEW:
        read_at = None
    return replace(device, read_at=min(read_at, at) if read_at else None)


def _locked(code: str) -> Ticket | None:
    """The ticket, locked: nobody else scans, transfers or cancels it until we are done.

    After waiting for a transfer, the old code finds nothing: PostgreSQL checks the condition again
    once it has the lock.
    """
    return (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event", "ticket_type", "choice", "table", "line__order")
        .filter(code=code)
        .first()
    )


def _sent_before(device: Device, ticket: Ticket, *acts: str) -> Scan | None:
    """The row of this same act, where the phone sends it again."""
    rows = Scan.objects.filter(device=device.id, number=device.number, ticket=ticket, act__in=acts)
    return rows.select_related("link").first()


def _write(link: DoorLink, ticket: Ticket, act: str, device: Device, at: datetime) -> Scan:
    number = device.number
    if number < 1 or Scan.objects.filter(device=device.id, number=number).exists():
        number = next_number(device.id)  # a second tab counts separately
    return Scan.objects.create(
        ticket=ticket,
        act=act,
        at=at,
        read_at=device.read_at,
        device=device.id,
        number=number,
        link=link,
        gate=link.gate,
    )
