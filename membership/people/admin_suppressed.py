"""Suppressed addresses in the admin."""

from django.contrib import admin
from django.http import HttpResponseRedirect

from membership.models import EmailSuppression
from membership.people import suppressed
from nsca.lib.desk.base import BaseAdmin, Tool
from nsca.lib.desk.filters import stamped

ClearedFilter = stamped("cleared_at", title="cleared", parameter="cleared")


@admin.register(EmailSuppression)
class EmailSuppressionAdmin(BaseAdmin):
    """Reported by the e-mail provider or staff, and kept after it is cleared."""

    holds_money = True  # nothing is deleted here
    list_display = ["email", "kind", "at", "source", "cleared_at"]
    list_filter = ["kind", ClearedFilter]
    search_fields = ["email"]
    fields = ["email", "kind", "source"]

    def get_form(self, request, obj=None, **kwargs):
        kwargs["help_texts"] = {
            "kind": "E-mail that bounces, or somebody who reported it as spam."
        }
        return super().get_form(request, obj, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return ["email", "kind", "source", "at", "cleared_at", "cleared_by"] if obj else []

    def get_fields(self, request, obj=None):
        return [*self.fields, *(["at", "cleared_at", "cleared_by"] if obj else [])]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.at = request.now
        super().save_model(request, obj, form, change)

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/clear/", self.clear_view, "clear"),
            *super().get_urls(),
        ]

    def tools(self, request, obj):
        may = self.has_change_permission(request, obj) and obj.cleared_at is None
        return [Tool("Clear address", self.url("clear", obj.pk))] if may else []

    def clear_view(self, request, object_id):
        mark = self.get_or_404(request, object_id)
        if mark.cleared_at is not None:
            return HttpResponseRedirect(self.url("change", mark.pk))
        if request.method != "POST":
            complained = mark.kind == suppressed.Kind.COMPLAINED
            return self.act_page(
                request,
                mark,
                title="Clear address",
                words=[
                    f"{mark.email}: {mark.get_kind_display()}.",
                    "They reported our e-mail as spam. Clear this only if they have asked you to."
                    if complained
                    else "Check the address with them first. E-mails that keep bouncing make "
                    "providers distrust all of ours.",
                    "Mailings and reminders will go there again.",
                ],
                button="Clear address",
                is_grave=complained,
            )
        suppressed.clear(mark, by=request.user, at=request.now)
        return self.done(request, mark, "Cleared. Mailings and reminders go there again.")
