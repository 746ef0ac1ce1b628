"""Imports of lists of people: checked, shown, written once staff agree, and undone as a whole.

The lines are rows, and the rows are the queue: each step handles a few in one transaction, so it
continues after a crash and writes each line once. The ticker continues what a page began.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from membership.models import ImportBatch, ImportMap, ImportRow, Person
from membership.records import importing_rows
from membership.records.importing_columns import COLUMNS, guess
from membership.records.importing_files import read
from membership.records.importing_rows import Known, Reader, changes, keys_of, with_all_it_takes
from membership.records.importing_writing import CannotWrite, write
from membership.records.journal import ChangedSince, undo
from membership.security import address_mail
from nsca.lib.timing import day_of

State, Row = ImportBatch.State, ImportRow.State
Verdict = ImportRow.Verdict
WORKING = (State.CHECKING, State.WRITING, State.UNDOING)

LOOKED_AT, WRITTEN = 1000, 50  # lines in one transaction
A_ROUND = 2000  # lines per round of the ticker, which has other work too


class NotNow(Exception):
    """The import's state does not allow this; the text says why."""


def begin(name: str, content: bytes, *, by, at: datetime) -> ImportBatch:
    """Store a list, with columns as last chosen for these headings, or guessed.

    Raises Unreadable.
    """
    table = read(content)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            name=name[:200],
            headers=table.headers,
            columns=_remembered(table.headers),
            rows_in_all=len(table.rows),
            by=by,
            at=at,
        )
        ImportRow.objects.bulk_create(
            (ImportRow(batch=batch, number=number, cells=cells) for number, cells in table.rows),
            batch_size=500,
        )
    return batch


def choose_columns(batch: ImportBatch, columns: dict[str, int]) -> None:
    """Choose what each column is, remember it for these headings, and check the lines again.

    Raises NotNow.
    """
    if "name" not in columns and not {"first_name", "last_name"} & columns.keys():
        raise NotNow("Choose the column with the names.")
    places = list(columns.values())
    if len(set(places)) != len(places):
        raise NotNow("You chose one column for two things. Choose a different one for each.")
    known = {name: place for name, place in columns.items() if name in COLUMNS}
    with transaction.atomic():
        batch = _locked(batch, State.MAPPING, State.READY)
        ImportMap.objects.update_or_create(
            digest=_digest(batch.headers), defaults={"columns": known}
        )
        batch.rows.update(state=Row.RAW, verdict="", found={}, person=None, choice="", why="")
        batch.columns, batch.state = known, State.CHECKING
        batch.save(update_fields=["columns", "state"])


def choose(batch: ImportBatch, choices: dict[int, str]) -> None:
    """Choose who lines (by number) are: "same:12", "new" or "out". Raises NotNow."""
    with transaction.atomic():
        batch = _locked(batch, State.READY)
        for row in batch.rows.filter(number__in=list(choices), verdict=Verdict.LIKE):
            word, _, pk = choices[row.number].partition(":")
            if word == "same" and int(pk or 0) in row.found.get("like", ()):
                row.choice, row.person_id = "same", int(pk)
            elif word in ("new", "out"):
                row.choice, row.person_id = word, None
            row.save(update_fields=["choice", "person"])


def say_yes(batch: ImportBatch, *, by, at: datetime) -> None:
    """Start the import; undecided lines are left out. Raises NotNow."""
    with transaction.atomic():
        batch = _locked(batch, State.READY)
        batch.rows.filter(verdict__in=(Verdict.SAME, Verdict.PROBLEM)).update(state=Row.LEFT)
        batch.rows.filter(verdict=Verdict.LIKE).exclude(choice__in=("same", "new")).update(
            state=Row.LEFT
        )
        batch.state, batch.written_by, batch.written_at = State.WRITING, by, at
        batch.save(update_fields=["state", "written_by", "written_at"])


def take_back(batch: ImportBatch, *, by, at: datetime) -> None:
    """Start undoing the import; what was changed since stays. Raises NotNow."""
    with transaction.atomic():
        batch = _locked(batch, State.DONE)
        batch.state, batch.undone_by, batch.undone_at = State.UNDOING, by, at
        batch.save(update_fields=["state", "undone_by", "undone_at"])


def give_up(batch: ImportBatch) -> None:
    """Cancel an import before it writes anything, and delete its lines. Raises NotNow."""
    with transaction.atomic():
        batch = _locked(batch, State.MAPPING, State.CHECKING, State.READY)
        batch.rows.all().delete()
        batch.state = State.DROPPED
        batch.save(update_fields=["state"])


def tick(at: datetime) -> int:
    """Continue every unfinished import; return how many lines were handled."""
    count = 0
    for batch in ImportBatch.objects.filter(state__in=WORKING).order_by("pk"):
        count += work(batch, at=at)
    return count


def work(batch: ImportBatch, *, at: datetime, most: int = A_ROUND) -> int:
    """Continue one import for about `most` lines; return how many were handled."""
    count = 0
    while count < most:
        done = _some(batch, at=at)
        count += done
        if not done:
            break
    return count


def progress(batch: ImportBatch) -> tuple[int, int]:
    """How many lines of the current step are done, and how many there are."""
    to_do = _to_do(batch).count() if batch.state in WORKING else 0
    in_all = batch.rows_in_all
    if batch.state in (State.WRITING, State.UNDOING):
        in_all = to_do + batch.rows.filter(state__in=_AFTER[batch.state]).count()
    return in_all - to_do, in_all


def counts(batch: ImportBatch) -> Counter:
    """The number of lines by verdict."""
    return Counter(batch.rows.values_list("verdict", flat=True))


# --- A few lines at a time ---------------------------------------------------------------------

_AFTER = {State.WRITING: (Row.WRITTEN, Row.LEFT), State.UNDOING: (Row.UNDONE, Row.STAYED)}


def _to_do(batch: ImportBatch):
    if batch.state == State.CHECKING:
        return batch.rows.filter(state=Row.RAW).order_by("number")
    if batch.state == State.WRITING:
        return batch.rows.filter(state=Row.CHECKED).order_by("number")
    return batch.rows.filter(state=Row.WRITTEN).order_by("-number")


def _some(batch: ImportBatch, *, at: datetime) -> int:
    """Handle the next lines of the current step in one transaction; 0 if none are left."""
    with transaction.atomic():
        batch = (
            ImportBatch.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=batch.pk, state__in=WORKING)
            .first()
        )
        if batch is None:  # finished, or another ticker works on it
            return 0
        most = LOOKED_AT if batch.state == State.CHECKING else WRITTEN
        rows = list(_to_do(batch)[:most])
        if not rows:
            _finish(batch)
            return 0
        if batch.state == State.CHECKING:
            _look_at(batch, rows, on=day_of(at))
        elif batch.state == State.WRITING:
            _write(batch, rows, at=at)
        else:
            _undo(batch, rows, at=at)
    return len(rows)


def _finish(batch: ImportBatch) -> None:
    after = {
        State.CHECKING: State.READY,
        State.WRITING: State.DONE,
        State.UNDOING: State.UNDONE,
    }
    batch.state = after[batch.state]
    batch.save(update_fields=["state"])


def _look_at(batch: ImportBatch, rows: list[ImportRow], *, on) -> None:
    reader, known = Reader(batch.columns, on=on), Known()
    seen = _seen_before(batch)
    judged = []
    for row in rows:
        said = reader.read(row.cells)
        pk, like = known.find(said)
        keys = [f"={pk}"] if pk else keys_of(said)
        twice = next((seen[key] for key in keys if key in seen), None)
        if twice is not None:
            said.problems.append(f"Same person as line {twice}.")
        for key in keys:
            seen.setdefault(key, row.number)
        judged.append((row, said, pk, like, keys))
    people = with_all_it_takes().in_bulk({pk for _r, _s, pk, _l, _k in judged if pk})
    for row, said, pk, like, keys in judged:
        person = people.get(pk)
        differing = changes(said, person)
        row.person = person
        row.found = {
            "changes": differing, "problems": said.problems, "like": like, "keys": keys,
            "name": said.name,
        }  # fmt: skip
        row.verdict = _verdict(said, person, like, differing)
        row.state = Row.CHECKED
    ImportRow.objects.bulk_update(rows, ["person", "found", "verdict", "state"], batch_size=200)


def _verdict(said: importing_rows.Said, person: Person | None, like, differing) -> str:
    if said.problems:
        return Verdict.PROBLEM
    if person is not None:
        return Verdict.CHANGED if differing else Verdict.SAME
    return Verdict.LIKE if like else Verdict.NEW


def _seen_before(batch: ImportBatch) -> dict[str, int]:
    """Lines checked in earlier transactions, by the keys that identify their person."""
    seen: dict[str, int] = {}
    rows = batch.rows.filter(state=Row.CHECKED).exclude(verdict=Verdict.PROBLEM)
    for number, found in rows.values_list("number", "found").iterator():
        for key in found.get("keys", ()):
            seen.setdefault(key, number)
    return seen


def _write(batch: ImportBatch, rows: list[ImportRow], *, at: datetime) -> None:
    reader = Reader(batch.columns, on=day_of(at))
    people = with_all_it_takes().in_bulk({row.person_id for row in rows if row.person_id})
    for row in rows:
        try:
            if row.person_id and row.person_id not in people:
                raise CannotWrite("Their record no longer exists.")
            with transaction.atomic():
                row.done, row.person = write(
                    reader.read(row.cells),
                    people.get(row.person_id),
                    source=batch.name,
                    by=batch.written_by,
                    at=batch.written_at,
                )
            row.state = Row.WRITTEN
        except (CannotWrite, IntegrityError) as reason:
            words = (
                str(reason)
                if isinstance(reason, CannotWrite)
                else "The member number is already taken."
            )
            row.state, row.why = Row.LEFT, words
        row.save(update_fields=["done", "person", "state", "why"])


def _undo(batch: ImportBatch, rows: Iterable[ImportRow], *, at: datetime) -> None:
    for row in rows:
        try:
            with transaction.atomic():
                before = address_mail.addresses_of([row.person_id])
                row.person = None  # it may be the one removed
                undo(row.done, by=batch.undone_by)
                still = Person.every.filter(pk__in=before).values_list("pk", flat=True)
                before = {pk: before[pk] for pk in still}
                address_mail.addresses_changed(before, at=at, by=batch.undone_by)
            row.state = Row.UNDONE
        except ChangedSince as reason:
            row.state, row.why = Row.STAYED, str(reason)[:300]
            row.save(update_fields=["state", "why"])
            continue
        row.save(update_fields=["state", "person"])


def _locked(batch: ImportBatch, *states: str) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state not in states:
        raise NotNow(f"This can’t be done now. Status of the import: {batch.get_state_display()}.")
    return batch


def _remembered(headers: list[str]) -> dict[str, int]:
    known = ImportMap.objects.filter(digest=_digest(headers)).first()
    return known.columns if known else guess(headers)


def _digest(headers: list[str]) -> str:
    said = json.dumps([" ".join(header.casefold().split()) for header in headers])
    return hashlib.sha256(said.encode()).hexdigest()
