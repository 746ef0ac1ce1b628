"""Our texts that others may read, row by row and field by field, and where to change each."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse

# What staff write and others read. A new model that is shown belongs here, or nobody finds a venue
# typed into it (tests/admin/events/test_word_check.py keeps the list complete).
SHOWN = (
    "events.event", "events.hint", "events.tickettype", "events.choice", "events.addon",
    "events.promocode", "events.table", "events.eventpicture", "events.doorlink", "events.move",
    "cities.city", "cities.milestone", "cities.citylink", "cities.welcome", "cities.photograph",
    "membership.tier", "membership.benefit", "membership.mailing",
    "membership.fund", "membership.giftfigure",
    "pages.page", "pages.post", "pages.sitesettings", "pages.openquestion", "pages.redirect",
    "pages.synonym",
    "orders.task",  # colleagues without permission read it
)  # fmt: skip
AT_MOST = 2000  # newest rows of each model
TEXT = (models.CharField, models.TextField, models.JSONField, models.FileField)


@dataclass(frozen=True)
class Text:
    """One field of one row; `text` may contain a word of a venue, `row` and `field` never do."""

    row: models.Model
    field: str
    text: str

    @property
    def url(self) -> str:
        """Where to change it: its own admin page, or its event's, at the field."""
        return where_changed(self.row, self.field)


def texts_of(row: models.Model) -> Iterator[Text]:
    """Every text field of a row that is not empty."""
    for field in row._meta.concrete_fields:
        if not isinstance(field, TEXT) or field.choices:
            continue
        value = getattr(row, field.attname)
        if value:
            yield Text(row, field.name, str(value))


def all_texts() -> Iterator[Text]:
    """Every text of the models in SHOWN."""
    for label in SHOWN:
        for row in apps.get_model(label)._default_manager.order_by("-pk")[:AT_MOST]:
            yield from texts_of(row)


def is_shown(row: models.Model) -> bool:
    return row._meta.label_lower in SHOWN


def named(row: models.Model, holds_words) -> str:
    """What to call a row: "event “Soirée en Blanc, 2027”"; its number where its name contains
    words of the venue (`holds_words`, a test of a text).
    """
    kind = str(row._meta.verbose_name)
    title = str(row)[:80]
    return f"{kind} number {row.pk}" if holds_words(title) else f"{kind} “{title}”"


def where_changed(row: models.Model, field: str) -> str:
    """The URL of the admin page that changes a row; empty where there is none."""
    for owner in (row, getattr(row, "event", None), getattr(row, "city", None)):
        if owner is None:
            continue
        opts = owner._meta
        try:
            url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[owner.pk])
        except NoReverseMatch:
            continue
        return f"{url}#id_{field}" if field and owner is row else url
    return ""
