"""Lists for spreadsheets, which cannot be tricked by what a stranger typed into a form."""

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
    if value.startswith(_BEGINS_A_FORMULA) or value.lstrip().startswith(_BEGINS_A_FORMULA):
        return "'" + value
    return value


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
