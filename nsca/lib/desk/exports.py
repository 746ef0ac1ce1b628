"""Lists for spreadsheets, safe from formulas that a stranger typed into a form."""

import unicodedata

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from import_export.resources import ModelResource

# What starts a formula in Excel, LibreOffice or Google Sheets (OWASP, "CSV Injection"), full-width
# forms included.
_BEGINS_A_FORMULA = tuple("=+-@|%\t\r\n＝＋－＠｜％")


def plain(value):
    """A cell that stays text: an apostrophe precedes whatever could be taken for a formula.

    Our own numbers pass unchanged; everything people typed is text and is checked.
    """
    if not isinstance(value, str):
        return value
    # Text that already begins with apostrophes gets one more, which `unplain` removes.
    return "'" + value if _is_like_a_formula(value.lstrip("'")) else value


def unplain(value: str) -> str:
    """What was typed, read from a cell that `plain` wrote."""
    if value.startswith("'") and _is_like_a_formula(value.lstrip("'")):
        return value[1:]
    return value


def _is_like_a_formula(value: str) -> bool:
    return value.startswith(_BEGINS_A_FORMULA) or _shown(value).startswith(_BEGINS_A_FORMULA)


def _shown(value: str) -> str:
    """The rest from the first visible character on.

    A spreadsheet may drop spaces and invisible characters (Unicode's separators, controls and
    format characters) before it looks.
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
    """Note that a file with people in it is downloaded (StaffSite.note_download).

    `whole`: how long the unfiltered list is, if it is everybody we know.
    """
    admin.site.note_download(request, what, count, whole=whole)


def note_export(request, model, count: int, *, whole: int | None = None) -> None:
    """Log who exported which list and how long it was; never what was in it."""
    note_download(request, str(model._meta.verbose_name_plural), count, whole=whole)
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(model),
        object_repr=str(model._meta.verbose_name_plural),
        action_flag=CHANGE,
        change_message=f"Exported {count} rows as CSV.",
    )
