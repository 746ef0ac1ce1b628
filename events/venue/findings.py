"""What the word check found, as it is kept: sealed with the key of the envelopes.

A finding says which field of which page holds words of a venue. Beside the texts themselves that
would be as good as the venue, so it lies in the database as the venue does: without the key, a
dump says when texts were read, and nothing of what was found, nor whether anything was.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from events.models import Event, WordFindings
from nsca.lib.secrets.sealing import SealingError, resealed, seal_bytes, unseal_bytes


@dataclass(frozen=True)
class Finding:
    """A text that holds words of a venue: which field, and what kind of words. Never the words."""

    sentence: str
    url: str = ""  # where it is changed
    about: str = ""  # "pages.post 7": whose text it is
    is_of_file: bool = False  # of an upload's name, which nobody can read a second time


def noted(event: Event) -> list[Finding]:
    """What stands in texts now. Raises KeyLost, WrongEnvelope."""
    row = WordFindings.objects.filter(event=event).first()
    return _of(row) if row else []


def checked_at(event: Event) -> datetime | None:
    """When every text was last compared with the present venue; None: not yet."""
    return WordFindings.objects.filter(event=event).values_list("checked_at", flat=True).first()


def replace(event: Event, about: str, found: list[Finding], *, at: datetime) -> None:
    """What was found in one row's texts now, instead of what was found in an earlier wording."""
    _renew(event, lambda noted: [each for each in noted if each.about != about] + found, at)


def replace_all(event: Event, found: list[Finding], *, at: datetime) -> None:
    """What was found in every text now. A word about a file's name stays until its row is saved
    again: the name is not there to be read anew.
    """
    _renew(event, lambda noted: [each for each in noted if each.is_of_file] + found, at, at)


def forget(event: Event, *, at: datetime) -> None:
    """The venue is another one: what was found says nothing of it, and nothing was read for it."""
    _renew(event, lambda noted: [], at, None)


_AS_IT_IS = object()


@sensitive_variables()
def _renew(
    event: Event, of: Callable[[list[Finding]], list[Finding]], at: datetime, checked=_AS_IT_IS
) -> None:
    """The note is sealed anew each time, whether anything was found or not, so that its row tells
    nothing to those who cannot open it.
    """
    with transaction.atomic():
        WordFindings.objects.get_or_create(event=event)
        row = WordFindings.objects.select_for_update().get(event=event)
        try:
            before = _of(row)
        except SealingError:  # what an old key sealed is found again by the next check
            before = []
        kept = json.dumps([asdict(finding) for finding in of(before)]).encode()
        row.sealed = seal_bytes(kept, bound_to=_purpose(row), at=at)
        if checked is not _AS_IT_IS:
            row.checked_at = checked
        row.save(update_fields=["sealed", "checked_at"])


@sensitive_variables()
def _of(row: WordFindings) -> list[Finding]:
    if not row.sealed:
        return []
    kept = unseal_bytes(bytes(row.sealed), bound_to=_purpose(row))
    return [Finding(**each) for each in json.loads(kept)]


def _purpose(row: WordFindings) -> str:
    return f"words found of event {row.event_id}"


def reseal_all() -> None:
    """Everything under the newest key; what no key opens any more goes: the next check, which is
    due then, finds it anew.
    """
    for row in WordFindings.objects.select_for_update().filter(sealed__isnull=False):
        try:
            changed = {"sealed": resealed(bytes(row.sealed))}
        except SealingError:
            changed = {"sealed": None, "checked_at": None}
        WordFindings.objects.filter(pk=row.pk).update(**changed)
