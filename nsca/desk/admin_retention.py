"""Retention in the admin: each rule, how much it would erase by tomorrow, and its days."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect

from nsca.lib.desk.base import BaseAdmin
from nsca.ops import retention
from pages.models import RetentionRule


class DaysForm(forms.Form):
    """The number of days of every rule."""

    def __init__(self, *args, kept, **kwargs):
        super().__init__(*args, **kwargs)
        for each in kept:
            least = each.rule.least
            self.fields[each.rule.name] = forms.IntegerField(
                label=f"Days after {each.rule.since}",
                min_value=least,
                max_value=retention.MOST_DAYS,
                initial=each.days,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                help_text=f"At least {least}. The default is {each.rule.days}.",
            )


@admin.register(RetentionRule)
class RetentionRuleAdmin(BaseAdmin):
    """One page instead of a list: the rules are fixed, the days can be changed."""

    holds_money = True

    def has_add_permission(self, request):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(self.url("changelist"))

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        kept = list(retention.kept())
        form = DaysForm(request.POST or None, kept=kept)
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            if form.is_valid():
                return self._saved(request, kept, form.cleaned_data)
        at = request.now
        return self.page(
            request,
            "admin/pages/keeping.html",
            title="Retention",
            form=form,
            may_change=may_change,
            rows=[(each.sentence, each.due_tomorrow(at), form[each.rule.name]) for each in kept],
            status=422 if form.errors else 200,
        )

    def _saved(self, request, kept, days: dict[str, int]):
        changed = 0
        for each in kept:
            number = days[each.rule.name]
            if number == each.days:
                continue
            row, _ = RetentionRule.objects.update_or_create(
                rule=each.rule.name, defaults={"days": number}
            )
            self.log_change(
                request, row, f"{each.rule.what}: changed from {each.days} to {number} days."
            )
            changed += 1
        words = f"Rules changed: {changed}." if changed else "Nothing changed."
        self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(self.url("changelist"))
