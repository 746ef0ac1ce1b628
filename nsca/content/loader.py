"""Load the content without ever undoing what staff have done.

For every object we remember a digest of each field we loaded. We change a field only while it is
exactly what we loaded; once staff have edited it, it is theirs. What staff deleted stays deleted.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from nsca.content.reading import Item
from nsca.lib.text.html import washed
from nsca.lib.text.richtext import RichTextField
from nsca.lib.web.caching import content_changed
from pages.models import LoadedContent


@dataclass
class Tally:
    """What one loading did, counted in objects."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0  # staff changed at least one field that we would have written
    absent: int = 0  # deleted by staff, or belongs to something they deleted

    def __str__(self):
        return (
            f"content: {self.added} added, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.kept} left as staff have them, {self.absent} left deleted"
        )


def load(items: Iterable[Item]) -> Tally:
    """Load all items in one transaction, so that an error leaves nothing half loaded."""
    tally = Tally()
    with transaction.atomic():
        loading = _Loading(tally)
        for item in items:
            loading.load(item)
    if tally.added or tally.updated:
        content_changed()
    return tally


def digest(value) -> str:
    """A fingerprint of a field's value; the same instant in two zones has one."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class _Loading:
    def __init__(self, tally: Tally):
        self.tally = tally
        self.remembered = {record.key: record for record in LoadedContent.objects.all()}
        self.objects: dict[str, models.Model] = {}

    def load(self, item: Item) -> None:
        model = apps.get_model(item.model)
        parents = {name: self.objects.get(key) for name, key in item.parents.items()}
        record = self.remembered.get(item.key)
        if None in parents.values():
            self.tally.absent += 1
            return
        wanted = {name: _clean(model, name, value) for name, value in item.values.items()}
        wanted |= parents
        if record is None:
            self._first_time(item, model, wanted)
            return
        obj = model._default_manager.filter(pk=record.object_pk).first()
        if obj is None:
            self.tally.absent += 1
            return
        self.objects[item.key] = obj
        self._again(item, obj, wanted, record)

    def _first_time(self, item: Item, model, wanted: dict) -> None:
        natural = {name: wanted[name] for name in item.natural}
        obj = model._default_manager.filter(**natural).first()
        if obj is None:
            obj = model(**wanted)
            obj._change_reason = "load_content"
            obj.save(force_insert=True)
            for name, members in self._sets(item).items():
                getattr(obj, name).set(members)
            self.tally.added += 1
        else:
            # Somebody was here before us: fill only what is empty or at its default.
            before = LoadedContent(key=item.key, digests=_defaults(model, wanted))
            self._write(item, obj, wanted, before)
        self.objects[item.key] = obj
        LoadedContent.objects.create(
            key=item.key,
            object_pk=obj.pk,
            digests={name: digest(_plain(value)) for name, value in wanted.items()}
            | {name: digest(_pks(members)) for name, members in self._sets(item).items()},
        )

    def _again(self, item: Item, obj, wanted: dict, record: LoadedContent) -> None:
        learnt = self._write(item, obj, wanted, record)
        if learnt != record.digests:
            record.digests = learnt
            record.save(update_fields=["digests"])

    def _write(self, item: Item, obj, wanted: dict, record: LoadedContent) -> dict[str, str]:
        """Write the fields that are still ours; return the digests to remember."""
        learnt, changed, is_kept = dict(record.digests), [], False
        for name, value in wanted.items():
            now, new = digest(_plain(getattr(obj, name))), digest(_plain(value))
            if now == new:
                learnt[name] = new
            elif now == record.digests.get(name, _default(obj, name)):
                setattr(obj, name, value)
                changed.append(name)
                learnt[name] = new
            else:
                is_kept = True
        moved = []
        for name, members in self._sets(item).items():
            now, new = digest(_pks(getattr(obj, name).all())), digest(_pks(members))
            if now == new:
                learnt[name] = new
            elif now == record.digests.get(name, digest([])):
                getattr(obj, name).set(members)
                moved.append(name)
                learnt[name] = new
            else:
                is_kept = True
        if changed:
            stamps = [f.name for f in obj._meta.concrete_fields if getattr(f, "auto_now", False)]
            obj._change_reason = "load_content"
            obj.save(update_fields=[*changed, *stamps])
        if changed or moved:
            self.tally.updated += 1
        elif is_kept:
            self.tally.kept += 1
        else:
            self.tally.unchanged += 1
        return learnt

    def _sets(self, item: Item) -> dict[str, list[models.Model]]:
        """The members that still exist, by field."""
        return {
            name: [self.objects[key] for key in keys if key in self.objects]
            for name, keys in item.sets.items()
        }


def _clean(model, name: str, value):
    """A value as the database will return it: text without outer blank lines, cleaned HTML."""
    if isinstance(value, str):
        value = value.strip()
        if name != "pk" and isinstance(model._meta.get_field(name), RichTextField):
            value = washed(value)
    return value


def _plain(value):
    return value.pk if isinstance(value, models.Model) else value


def _pks(members) -> list[int]:
    return sorted(member.pk for member in members)


def _default(obj, name: str) -> str:
    """The digest of a field that nobody has changed."""
    if name == "pk":
        return digest(obj.pk)
    return digest(obj._meta.get_field(name).get_default())


def _defaults(model, wanted: dict) -> dict[str, str]:
    untouched = model()
    return {name: _default(untouched, name) for name in wanted}
