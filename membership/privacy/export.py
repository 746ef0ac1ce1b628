"""Everything the site holds on one person, as a page to read and JSON for a machine."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string

from membership.models import Person
from membership.privacy.personal_data import everything, subject_of
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.timing import NORFOLK


@dataclass(frozen=True)
class Chapter:
    """What one part of the site holds, one dict per row."""

    title: str
    rows: list[dict[str, Any]]


def collect(person: Person, *, at: datetime) -> list[Chapter]:
    """Every chapter, including empty ones: "nothing" is an answer too."""
    subject = subject_of(person)
    return [
        Chapter(keeper.title, [_plain(row) for row in keeper.export(subject, at=at)])
        for keeper in everything()
    ]


def archive(person: Person, *, at: datetime) -> bytes:
    """A ZIP with my-data.html and my-data.json."""
    chapters = collect(person, at=at)
    made = at.astimezone(NORFOLK)
    said = {
        "made_at": made.isoformat(timespec="seconds"),
        "by": letterhead().name,
        "about": person.name,
        "held": {chapter.title: chapter.rows for chapter in chapters},
    }
    page = render_to_string(
        "membership/privacy/my_data.html",
        {"chapters": chapters, "person": person, "made": made, "letterhead": letterhead()},
    )
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as parcel:
        parcel.writestr("my-data.html", page)
        parcel.writestr("my-data.json", json.dumps(said, ensure_ascii=False, indent=2))
    return kept.getvalue()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """The row with times in Norfolk time, and other values JSON cannot hold as text."""
    return {key: _told(value) for key, value in row.items()}


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(NORFOLK).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float | bool | list | dict) or value is None:
        return value
    return str(value)
