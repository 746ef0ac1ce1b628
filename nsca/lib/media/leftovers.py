"""Deletes picture files that no row shows anymore.

A replaced photograph should be gone, not merely hidden at an address that somebody has saved.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import models, router, transaction
from django.db.models.deletion import Collector

from nsca.lib.media.images import PictureField
from nsca.lib.media.renditions import remove_renditions


def names_in(rows: Iterable[models.Model]) -> set[str]:
    """The stored names of all pictures in these rows."""
    return {
        getattr(row, field.attname).name
        for row in rows
        for field in _fields_of(type(row))
        if getattr(row, field.attname)
    }


def names_below(rows: Iterable[models.Model]) -> set[str]:
    """The same, including rows that are deleted along with these. Raises ProtectedError."""
    rows = list(rows)
    if not rows:
        return set()
    collector = Collector(using=router.db_for_write(type(rows[0])), origin=rows)
    collector.collect(rows)
    gone = [row for found in collector.data.values() for row in found]
    gone += [row for found in collector.fast_deletes for row in found if _fields_of(type(row))]
    return names_in(gone)


def names_replaced_in(forms: Iterable) -> set[str]:
    """Names that saved model forms removed from their rows: replaced, cleared or deleted."""
    names = set()
    for form in forms:
        deleted = form.cleaned_data.get("DELETE", False)
        for field in _fields_of(type(form.instance)):
            before = form.initial.get(field.name)
            if before and (deleted or field.name in form.changed_data):
                names.add(before.name)
    return names


def delete_after_commit(names: Iterable[str]) -> None:
    """After the commit, delete those that no row shows, along with their smaller copies.

    A draft made from last year's event shows the same file: it stays until neither does. A crash
    right after the commit leaves a file behind, and does no other harm.
    """
    names = set(names)
    if names:
        transaction.on_commit(lambda: _delete_unused(names))


def _delete_unused(names: set[str]) -> None:
    fields = [field for model in apps.get_models() for field in _fields_of(model)]
    for name in names:
        shown = (
            field.model._base_manager.filter(**{field.name: name}).exists() for field in fields
        )
        if not any(shown):
            picture = fields[0].attr_class(fields[0].model(), fields[0], name)
            remove_renditions(picture)
            picture.storage.delete(name)


def _fields_of(model: type[models.Model]) -> list[PictureField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, PictureField)]
