"""The summary on top of a refused admin form: each error once, with a link to its field."""

from dataclasses import dataclass

from django import template
from django.forms import RadioSelect
from django_prose_editor.widgets import ProseEditorWidget

register = template.Library()


@dataclass(frozen=True)
class Trouble:
    """One sentence; `anchor` is the id it links to, empty if it is about the whole form."""

    label: str
    anchor: str
    words: str


@register.inclusion_tag("admin/includes/error_summary.html")
def error_summary(form, formsets=()):
    """The summary of a form and of its inline formsets. Empty if nothing was refused."""
    found = _of_form(form)
    for each in formsets or ():
        formset = getattr(each, "formset", each)
        name = str(formset.model._meta.verbose_name) if hasattr(formset, "model") else ""
        found += [Trouble("", "", str(words)) for words in formset.non_form_errors()]
        for number, row in enumerate(formset.forms, start=1):
            found += _of_form(row, f"{name} {number}: " if name else "")
    return {"troubles": found}


def _of_form(form, lead: str = "") -> list[Trouble]:
    if form is None or not form.is_bound:
        return []
    found = []
    for name, sentences in form.errors.items():
        field = form[name] if name in form.fields else None
        label, anchor = lead.rstrip(": "), ""
        if field is not None:
            label, anchor = f"{lead}{str(field.label).rstrip('.:?')}", _anchor(field)
        found += [Trouble(label, anchor, str(words)) for words in sentences]
    return found


def _anchor(field) -> str:
    """The id of a field's first control, or of its row if an editor replaces the control."""
    if isinstance(field.field.widget, ProseEditorWidget):
        return f"row-{field.html_name}"
    if isinstance(field.field.widget, RadioSelect):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
