"""How forms look: label, hint, error above the field, all wired for screen readers."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    field_template_name = "components/field.html"
