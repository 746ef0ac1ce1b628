"""Passport stamps that staff add: hosting, volunteering, exchanges."""

from django.contrib import admin

from membership.models import Stamp
from nsca.lib.desk.base import BaseAdmin


@admin.register(Stamp)
class StampAdmin(BaseAdmin):
    list_display = ["person", "city", "kind", "on", "words"]
    list_filter = ["city", "kind"]
    search_fields = ["person__name", "words"]
    autocomplete_fields = ["person"]
    fields = ["person", "city", "kind", "on", "words"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.by, obj.recorded_at = request.user, request.now
        super().save_model(request, obj, form, change)
