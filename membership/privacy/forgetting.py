"""Removing a name and its addresses from text that must stay."""

import re
from typing import Any

from django.db import models

from membership.privacy.personal_data import Subject


def words_without(value: Any, subject: Subject, instead: str | None = None) -> Any:
    """The same text, list or dict with the pseudonym (or `instead`) in place of the name.

    Addresses that are theirs alone are removed.
    """
    if isinstance(value, dict):
        return {key: words_without(one, subject, instead) for key, one in value.items()}
    if isinstance(value, list):
        return [words_without(one, subject, instead) for one in value]
    if not isinstance(value, str) or not value:
        return value
    for address in subject.own:
        value = re.sub(re.escape(address), "", value, flags=re.IGNORECASE)
    if subject.person.phone and len(subject.person.phone) > 5:
        value = value.replace(subject.person.phone, "")
    name = rf"\b{re.escape(subject.person.name)}\b"
    # A function, since a name may contain what `re` would read as a group reference.
    return re.sub(name, lambda _: instead or subject.pseudonym, value, flags=re.IGNORECASE)


def rewritten(row: models.Model, names: list[str], subject: Subject) -> None:
    """Save a row's fields without the person's name."""
    changed = []
    for name in names:
        before = getattr(row, name)
        after = words_without(before, subject)
        if after != before:
            field = row._meta.get_field(name)
            if isinstance(after, str) and field.max_length:
                after = after[: field.max_length]
            setattr(row, name, after)
            changed.append(name)
    if changed:
        row.save(update_fields=changed)
