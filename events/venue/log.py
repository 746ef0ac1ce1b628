"""The log of venue accesses and seals: a hash chain that shows what was altered or backdated.

Each access and each seal appends a record, in the transaction that writes it, under the lock of
the chain's head. Records say nothing about a venue: who, when, and a digest that is already
salted. If an event is deleted with its rows, a record says so; the other records stay.

A chain alone cannot prove that nobody rewrote all of it. The proof is in the digests of published
seals in the guests' own mailboxes, and in the chain's last record, which `audit_books` prints;
anyone who keeps that line can check it later (`audit_books --witness`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from events.models import Commitment, Event, VenueAccess, VenueLogHead, VenueLogRecord
from nsca.lib.secrets.hash_chain import BEGINNING, content_digest, link_digest

Kind = VenueLogRecord.Kind
HEAD = 1  # the one row
# Requests that began together may end in another order, and a clock may be set back.
CLOCKS_DIFFER = timedelta(minutes=10)


# --- Written -----------------------------------------------------------------------------------


def note_access(*, event: Event, act: str, at: datetime, by=None, link=None) -> VenueAccess:
    """Log that somebody viewed or changed a venue or acted on its reveal: the row and
    its record.
    """
    with transaction.atomic():
        access = VenueAccess.objects.create(event=event, user=by, link=link, act=act, at=at)
        _append(Kind.ACCESS, event, access.pk, _of_access(access), at)
    return access


def note_access_once(*, event: Event, act: str, at: datetime, by=None, link=None) -> None:
    """Log an access only once, however often it happens."""
    who = {"link": link} if link else {"event": event, "user": by, "act": act, "at": at}
    rest = {"event": event, "act": act, "at": at} if link else {}
    with transaction.atomic():
        access, is_new = VenueAccess.objects.get_or_create(**who, defaults=rest)
        if is_new:
            _append(Kind.ACCESS, event, access.pk, _of_access(access), at)


def note_seal(seal: Commitment) -> None:
    """Log that a seal was made. Call in the transaction that wrote it."""
    _append(Kind.SEALED, seal.event, seal.pk, _of_seal(seal), seal.sealed_at)


def note_publication(seal: Commitment) -> None:
    """Log that a seal was published. Call in the transaction that wrote it."""
    at = seal.published_at
    _append(Kind.PUBLISHED, seal.event, seal.pk, _of_publication(seal), at)


def note_removal(event: Event, *, at: datetime) -> None:
    """Log that an event is deleted with its accesses and seals. Call in that transaction."""
    _append(Kind.REMOVED, event, None, content_digest({"event": event.pk, "at": at}), at)


def _append(kind: str, event: Event, row_id: int | None, content: str, at: datetime) -> None:
    with transaction.atomic():
        heads = VenueLogHead.objects.select_for_update()
        head, _ = heads.get_or_create(pk=HEAD, defaults={"digest": BEGINNING})
        record = VenueLogRecord(
            number=head.number + 1, kind=kind, event_number=event.pk, row_number=row_id,
            content=content, at=at,
        )  # fmt: skip
        record.digest = link_digest(head.digest, _fields(record))
        record.save(force_insert=True)
        VenueLogHead.objects.filter(pk=HEAD).update(number=record.number, digest=record.digest)


def _fields(record: VenueLogRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "kind": str(record.kind),
        "event": record.event_number,
        "row": record.row_number,
        "content": record.content,
        "at": record.at,
    }


def _of_access(access: VenueAccess) -> str:
    """A digest of the access, except whether a director has read it."""
    return content_digest(
        {
            "event": access.event_id,
            "user": access.user_id,
            "link": access.link_id,
            "act": str(access.act),
            "at": access.at,
        }
    )


def _of_seal(seal: Commitment) -> str:
    """A digest of the seal, except its salt, which is re-encrypted and wiped with the venue."""
    return content_digest(
        {
            "event": seal.event_id,
            "digest": seal.digest,
            "form": seal.form,
            "sealed_at": seal.sealed_at,
        }
    )


def _of_publication(seal: Commitment) -> str:
    return content_digest({"seal": _of_seal(seal), "published_at": seal.published_at})


# --- Read --------------------------------------------------------------------------------------


def last() -> VenueLogRecord | None:
    return VenueLogRecord.objects.last()


def holds(witness: str) -> bool:
    """Whether the chain still has a record that somebody noted, "41:3f2a…": its number and at
    least the first twelve characters of its digest.
    """
    number, _, digest = witness.strip().lower().partition(":")
    if not (number.isdigit() and len(digest) >= 12):
        return False
    return VenueLogRecord.objects.filter(number=int(number), digest__startswith=digest).exists()


def faults() -> Iterator[str]:
    """What was altered, backdated, removed or added outside the log: a sentence each."""
    records = list(VenueLogRecord.objects.order_by("number"))
    yield from _broken_links(records)
    yield from _dated_back(records)
    removed = {record.event_number for record in records if record.kind == Kind.REMOVED}
    for pk in Event.objects.filter(pk__in=removed).order_by("pk").values_list("pk", flat=True):
        yield f"The venue log: it says that event {pk} was deleted, but the event exists."
    seals = {seal.pk: seal for seal in Commitment.objects.defer("salt")}
    published = {pk: seal for pk, seal in seals.items() if seal.published_at is not None}
    accesses = {access.pk: access for access in VenueAccess.objects.all()}
    for kind, rows, content in (
        (Kind.ACCESS, accesses, _of_access),
        (Kind.SEALED, seals, _of_seal),
        (Kind.PUBLISHED, published, _of_publication),
    ):
        mine = [record for record in records if record.kind == kind]
        yield from _compared(mine, rows, content, removed, kind.label)


def _broken_links(records) -> Iterator[str]:
    before, expected = BEGINNING, 1
    for record in records:
        if record.number != expected:
            yield f"The venue log: record {expected} is missing."
        elif record.digest != link_digest(before, _fields(record)):
            yield f"The venue log: record {record.number} was altered."
        before, expected = record.digest, record.number + 1
    head = VenueLogHead.objects.filter(pk=HEAD).first()
    end = (head.number, head.digest) if head else (0, BEGINNING)
    if end != (expected - 1, before):
        yield f"The venue log: it ends at record {expected - 1} and should end at {end[0]}."


def _dated_back(records) -> Iterator[str]:
    latest: dict[int, datetime] = {}
    for record in records:
        newest = latest.get(record.event_number, record.at)
        if record.at < newest - CLOCKS_DIFFER:
            yield (
                f"The venue log: record {record.number}, a {record.get_kind_display()} of event "
                f"{record.event_number}, says {record.at:%Y-%m-%d %H:%M} UTC but was written "
                f"after one of {newest:%Y-%m-%d %H:%M}. It was backdated."
            )
        latest[record.event_number] = max(newest, record.at)


def _compared(records, rows, content, removed, noun) -> Iterator[str]:
    """Compare each record with its row, and each row with its record."""
    known = set()
    for record in records:
        known.add(record.row_number)
        row = rows.get(record.row_number)
        what = f"a {noun} of event {record.event_number}, {record.at:%Y-%m-%d %H:%M} UTC"
        if row is None and record.event_number not in removed:
            yield f"The venue log: the row of record {record.number} was deleted: {what}."
        elif row is not None and content(row) != record.content:
            yield f"The venue log: the row of record {record.number} was altered: {what}."
    for pk in sorted(rows.keys() - known):
        yield (
            f"The venue log: a {noun} of event {rows[pk].event_id} (row {pk}) has no record, so "
            "its date can’t be trusted."
        )
