"""A card: one thing that may need staff."""

from dataclasses import dataclass

from django.urls import reverse

SHOWN = 4  # lines on a card; the list it links to has the rest


@dataclass(frozen=True)
class Line:
    """One line of a card: its text and link."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Card:
    """One thing that needs attention. `count` is how many; `url` is the list it links to.

    `todo`: what to do, in one sentence without a name, for the list of five and the Monday e-mail;
    empty if there is nothing to do. `minutes`: how long one of them takes, or all if `is_one`.
    """

    key: str
    title: str
    count: int
    url: str
    words: str = ""
    lines: tuple[Line, ...] = ()
    is_urgent: bool = False
    todo: str = ""
    minutes: int = 0
    is_one: bool = False


def list_of(model, **filters) -> str:
    opts = model._meta
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return f"{url}?{query}" if query else url


def page_of(obj) -> str:
    opts = obj._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[obj.pk])
