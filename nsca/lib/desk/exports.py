"""Lists for spreadsheets, which cannot be tricked by what a stranger typed into a form."""

import unicodedata

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from import_export.resources import ModelResource

# What begins a formula in Excel, LibreOffice or Google Sheets (OWASP, "CSV Injection"), wide forms
# included.
_BEGINS_A_FORMULA = tuple("=+-@|%\t\r\n＝＋－＠｜％")


def plain(value):
    """A cell that stays text: an apostrophe goes before whatever a spreadsheet would take for a
    formula.

    Numbers of our own pass as they are; everything typed by people is text and is looked at.
    """
    if not isinstance(value, str):
        return value
    # What begins with apostrophes already gets one more, so that `unplain` takes back exactly it.
    return "'" + value if _is_like_a_formula(value.lstrip("'")) else value


def unplain(value: str) -> str:
    """What was typed, of a cell that `plain` wrote."""
    if value.startswith("'") and _is_like_a_formula(value.lstrip("'")):
        return value[1:]
    return value


def _is_like_a_formula(value: str) -> bool:
    return value.startswith(_BEGINS_A_FORMULA) or _shown(value).startswith(_BEGINS_A_FORMULA)


def _shown(value: str) -> str:
    """From the first character that shows: a spreadsheet may drop spaces and what has no width
    (Unicode's separators, controls and format characters) before it looks.
    """
    for number, char in enumerate(value):
        if unicodedata.category(char)[0] not in "ZC":
            return value[number:]
    return ""


class SafeResource(ModelResource):
    """A list for a spreadsheet. Subclasses name their columns in Meta.fields."""

    def export_field(self, field, instance, **kwargs):
        return plain(super().export_field(field, instance, **kwargs))


def csv_response(dataset, name: str) -> HttpResponse:
    """A download that Excel opens as UTF-8."""
    response = HttpResponse(
        "\ufeff" + dataset.export("csv"), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def note_download(request, what: str, count: int, *, whole: int | None = None) -> None:
    """Let the admin site know that a file with people in it leaves (StaffSite.note_download).
    `whole`: how long the list is without its filters, where it is everybody we know.
    """
    admin.site.note_download(request, what, count, whole=whole)


def note_export(request, model, count: int, *, whole: int | None = None) -> None:
    """Who took which list away, and how long it was. Never what was on it."""
    note_download(request, str(model._meta.verbose_name_plural), count, whole=whole)
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(model),
        object_repr=str(model._meta.verbose_name_plural),
        action_flag=CHANGE,
        change_message=f"Exported {count} rows as CSV.",
    )
