"""Terms of membership in the admin."""

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef

from membership.insight import admin_reports as reports_admin
from membership.models import Term
from membership.terms.years import refuse_slips
from nsca.lib.desk.base import BaseAdmin
from nsca.lib.timing import day_of


class CurrentFilter(admin.SimpleListFilter):
    """Filter by who is a member today."""

    title = "member today"
    parameter_name = "member"

    def lookups(self, request, model_admin):
        return [("yes", "yes"), ("no", "no")]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        terms = Term.objects.current(day_of(request.now))
        if queryset.model is Term:
            has = terms.filter(pk=OuterRef("pk"))
        else:
            has = terms.filter(household__people=OuterRef("pk"))
        return queryset.filter(Exists(has) if self.value() == "yes" else ~Exists(has))


class TermForm(forms.ModelForm):
    """A term without a payment needs a reason."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"starts_on", "ends_on", "ended_on"} & self.fields.keys():
            self.fields[name].validators.append(refuse_slips)

    def clean(self):
        data = super().clean()
        if not self.instance.line_id and not data.get("reason") and "reason" in self.fields:
            self.add_error(
                "reason", "Enter who granted this term and why, because nobody paid for it."
            )
        return data


@admin.register(Term)
class TermAdmin(BaseAdmin):
    """Add granted terms here; paid ones come from orders. Neither can be extended by editing."""

    holds_money = True
    form = TermForm
    list_display = ["household", "tier", "starts_on", "ends_on", "ended_on", "reason"]
    list_filter = [CurrentFilter, "tier"]
    search_fields = ["household__name", "household__people__name", "reason"]
    date_hierarchy = "starts_on"
    list_select_related = ["household", "tier"]
    autocomplete_fields = ["household"]
    fields = ["household", "tier", "starts_on", "ends_on", "reason", "ended_on", "line"]
    pages = {"": reports_admin.PAGES}

    def save_model(self, request, obj, form, change):
        """Record who granted the term; the admin log says when."""
        if not change:
            obj.granted_by = request.user
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ["line", "ended_on"]
        return ["household", "tier", "starts_on", "ends_on", "line"]
