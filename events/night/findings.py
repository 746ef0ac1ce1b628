"""What the radar found, as it is kept: sealed with the key of the envelopes.

A report says which field of which page holds words of a place. Beside the texts themselves that
would be as good as the place, so it lies in the database as the place does: without the key, a
dump says when somebody looked, and nothing of what was found, nor whether anything was.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import models, transaction
from django.views.decorators.debug import sensitive_variables

from events.models import Event, RadarNote, RadarReport
from nsca.lib.sealing import SealingError, resealed, seal_bytes, unseal_bytes


@dataclass(frozen=True)
class Finding:
    """A text that holds words of a place: which field, and what kind of words. Never the words."""

    sentence: str
    url: str = ""  # where it is changed
    seen_by: str = ""  # who reads it a second before T, and where
    about: str = ""  # "pages.post 7": whose text it is; empty for what code makes

    @property
    def is_seen(self) -> bool:
        """Somebody reads it already."""
        return bool(self.seen_by)


@sensitive_variables()
def _sealed(content, purpose: str, at: datetime) -> bytes:
    return seal_bytes(json.dumps(content).encode(), bound_to=purpose, at=at)


@sensitive_variables()
def _unsealed(sealed: bytes | None, purpose: str, empty):
    return json.loads(unseal_bytes(bytes(sealed), bound_to=purpose)) if sealed else empty


def _purpose(row: models.Model) -> str:
    return f"{row._meta.model_name} of event {row.event_id}"


# --- A walk --------------------------------------------------------------------------------------


@dataclass
class Walked:
    """What a walk has met so far, and in the end what it found."""

    place: str = ""  # a digest: what numbers mean holds for one place
    seen: dict[str, list[list[str]]] = field(default_factory=dict)  # numbers → who and where
    unread: list[str] = field(default_factory=list)  # addresses that answered with an error
    findings: list[Finding] = field(default_factory=list)

    @property
    def in_order(self) -> list[Finding]:
        """What somebody reads already comes first."""
        return sorted(self.findings, key=lambda finding: not finding.is_seen)


def walked(report: RadarReport) -> Walked:
    """Raises KeyLost, WrongEnvelope."""
    kept = _unsealed(report.sealed, _purpose(report), {})
    return Walked(**kept | {"findings": [Finding(**each) for each in kept.get("findings", [])]})


def keep(report: RadarReport, what: Walked, *, at: datetime) -> None:
    """Put it into the report, unsaved."""
    report.sealed = _sealed(asdict(what), _purpose(report), at)


# --- Texts that were saved since -----------------------------------------------------------------


def noted(event: Event) -> list[Finding]:
    """What stands in texts that were saved since the last walk. Raises KeyLost, WrongEnvelope."""
    note = RadarNote.objects.filter(event=event).first()
    return _of(note) if note else []


def _of(note: RadarNote) -> list[Finding]:
    return [Finding(**each) for each in _unsealed(note.sealed, _purpose(note), [])]


def replace(event: Event, about: str, found: list[Finding], *, at: datetime) -> None:
    """What was found in one row's texts now, instead of what was found in an earlier wording."""
    _renew(event, lambda noted: [each for each in noted if each.about != about] + found, at)


def forget(event: Event, *, at: datetime) -> None:
    """A walk has read all of those texts, too."""
    _renew(event, lambda noted: [], at)


def _renew(event: Event, of: Callable[[list[Finding]], list[Finding]], at: datetime) -> None:
    """The note is sealed anew each time, whether anything was found or not, so that its row tells
    nothing to whoever cannot open it.
    """
    with transaction.atomic():
        RadarNote.objects.get_or_create(event=event)
        note = RadarNote.objects.select_for_update().get(event=event)
        try:
            before = _of(note)
        except SealingError:  # what an old key sealed is found again by the next walk
            before = []
        kept = [asdict(finding) for finding in of(before)]
        note.sealed = _sealed(kept, _purpose(note), at)
        note.save(update_fields=["sealed"])


def reseal_all() -> None:
    """Everything under the newest key; what no key opens any more goes: a walk finds it anew."""
    for model in (RadarReport, RadarNote):
        for row in model.objects.select_for_update().filter(sealed__isnull=False):
            try:
                sealed = resealed(bytes(row.sealed))
            except SealingError:
                sealed = None
            model.objects.filter(pk=row.pk).update(sealed=sealed)
