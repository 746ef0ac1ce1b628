"""What a merge or an import wrote, row by row, so that it can be undone.

An entry is JSON: {"of": "membership.Address", "pk": 7, "before": {"person_id": 2},
"after": {"person_id": 1}}. A created row has no "before", a deleted one no "after".
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import FieldDoesNotExist
from django.db import models, router


class ChangedSince(Exception):
    """Later changes would be lost; `what` has sentences for staff."""

    def __init__(self, what: Sequence[str]):
        super().__init__(" ".join(what))
        self.what = tuple(what)


class Journal:
    """Writes rows and remembers their old values; histories name the user `by`."""

    def __init__(self, by=None):
        self.by = by
        self.entries: list[dict[str, Any]] = []

    def change(self, row: models.Model, **values) -> None:
        """Set fields of a row by attribute name ("person_id") if they differ."""
        before = {name: plain(getattr(row, name)) for name in values}
        after = {name: plain(value) for name, value in values.items()}
        changed = [name for name in values if before[name] != after[name]]
        if not changed:
            return
        for name in changed:
            setattr(row, name, values[name])
        _save(row, changed, self.by)
        self._note(row, {n: before[n] for n in changed}, {n: after[n] for n in changed})

    def make(self, row: models.Model) -> None:
        """Save a new row."""
        row._history_user = self.by
        row.save(force_insert=True)
        self.made(row)

    def made(self, row: models.Model) -> None:
        """Remember a row that other code just saved."""
        self._note(row, None, _all_of(row))

    def delete(self, row: models.Model) -> None:
        self._note(row, _all_of(row), None)
        row.delete()

    def _note(self, row, before, after) -> None:
        self.entries.append(
            {"of": row._meta.label, "pk": row.pk, "before": before, "after": after}
        )


def undo(entries: Sequence[dict[str, Any]], *, by) -> None:
    """Undo all entries, last first, in the caller's transaction.

    Raises ChangedSince before writing anything.
    """
    problems = changed_since(entries)
    if problems:
        raise ChangedSince(problems)
    for entry in reversed(entries):
        model = apps.get_model(entry["of"])
        if entry["before"] is None:
            _remove(model, entry["pk"])
        elif entry["after"] is None:
            values = _python(model, entry["before"])
            model(pk=entry["pk"], **values).save(force_insert=True)
        else:
            row = model._base_manager.get(pk=entry["pk"])
            for name, value in _python(model, entry["before"]).items():
                setattr(row, name, value)
            _save(row, list(entry["before"]), by)


def changed_since(entries: Sequence[dict[str, Any]]) -> list[str]:
    """One sentence for each row that was changed since; empty if none was."""
    left: dict[tuple[str, Any], dict[str, Any] | None] = {}
    for entry in entries:
        key = (entry["of"], entry["pk"])
        if entry["after"] is None:
            left[key] = None
        else:
            left[key] = {**(left.get(key) or {}), **entry["after"]}
    problems = []
    for (label, pk), after in left.items():
        model = apps.get_model(label)
        row = model._base_manager.filter(pk=pk).first()
        name = f"{model._meta.verbose_name} {row or pk}"
        if after is None:
            if row is not None:
                problems.append(f"The {name} was created again.")
        elif row is None:
            problems.append(f"The {name} was deleted since.")
        else:
            differing = [n for n, value in after.items() if plain(getattr(row, n)) != value]
            if differing:
                words = ", ".join(_word(model, n) for n in differing)
                problems.append(f"The {name} was changed since: {words}.")
    return problems


def plain(value: Any) -> Any:
    """A field's value as JSON stores it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _save(row: models.Model, fields: list[str], by) -> None:
    row._history_user = by
    row.save(update_fields=[_field(type(row), name).name for name in fields])


def _remove(model: type[models.Model], pk: Any) -> None:
    """Delete a row that was created, unless something refers to it by now."""
    row = model._base_manager.get(pk=pk)
    doomed = NestedObjects(using=router.db_for_write(model))
    doomed.collect([row])
    others = [each for rows in doomed.data.values() for each in rows if each != row]
    if doomed.protected or others:
        words = f"Something new belongs to the {model._meta.verbose_name} {row}."
        raise ChangedSince([words])
    doomed.delete()


def _all_of(row: models.Model) -> dict[str, Any]:
    return {
        field.attname: plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if not field.primary_key
    }


def _python(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is None else _field(model, name).to_python(value)
        for name, value in values.items()
    }


def _field(model: type[models.Model], attname: str):
    for field in model._meta.concrete_fields:
        if field.attname == attname:
            return field
    raise FieldDoesNotExist(attname)


def _word(model: type[models.Model], attname: str) -> str:
    return str(_field(model, attname).verbose_name)
