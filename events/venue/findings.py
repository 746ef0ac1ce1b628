"""What the word check found, sealed with the venues' key.

A finding says which field of which page contains words of a venue. Together with the texts, that
would give the venue away, so findings are stored like the venue: without the key, a database dump
says when texts were checked, but not whether anything was found.
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
    """A text with words of a venue: which field and what kind of words, never the words."""

    sentence: str
    url: str = ""  # where to change it
    about: str = ""  # "pages.post 7": whose text it is
    is_of_file: bool = False  # of an upload's file name, which can't be read again


def noted(event: Event) -> list[Finding]:
    """The present findings. Raises KeyLost, WrongEnvelope."""
    row = WordFindings.objects.filter(event=event).first()
    return _of(row) if row else []


def checked_at(event: Event) -> datetime | None:
    """When every text was last compared with the present venue; None if never."""
    return WordFindings.objects.filter(event=event).values_list("checked_at", flat=True).first()


def replace(event: Event, about: str, found: list[Finding], *, at: datetime) -> None:
    """Replace the findings of one row's texts."""
    _renew(event, lambda noted: [each for each in noted if each.about != about] + found, at)


def replace_all(event: Event, found: list[Finding], *, at: datetime) -> None:
    """Replace the findings of every text. One about a file name stays until its row is saved
    again: the name can't be checked again.
    """
    _renew(event, lambda noted: [each for each in noted if each.is_of_file] + found, at, at)


def forget(event: Event, *, at: datetime) -> None:
    """Drop all findings, because the venue has changed."""
    _renew(event, lambda noted: [], at, None)


_AS_IT_IS = object()


@sensitive_variables()
def _renew(
    event: Event, of: Callable[[list[Finding]], list[Finding]], at: datetime, checked=_AS_IT_IS
) -> None:
    """Seal the findings again each time, whether or not there are any, so that the row says
    nothing without the key.
    """
    with transaction.atomic():
        WordFindings.objects.get_or_create(event=event)
        row = WordFindings.objects.select_for_update().get(event=event)
        try:
            before = _of(row)
        except SealingError:  # the next check finds it again
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
    """Encrypt all findings with the newest key. What no key opens is dropped: the next check finds
    it again.
    """
    for row in WordFindings.objects.select_for_update().filter(sealed__isnull=False):
        try:
            changed = {"sealed": resealed(bytes(row.sealed))}
        except SealingError:
            changed = {"sealed": None, "checked_at": None}
        WordFindings.objects.filter(pk=row.pk).update(**changed)
