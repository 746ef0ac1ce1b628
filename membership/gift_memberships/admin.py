"""Gift memberships in the admin: who gave what to whom, and which are unclaimed."""

from django.contrib import admin

from membership.models import GiftMembership
from nsca.lib.desk.base import BaseAdmin


class WaitingFilter(admin.SimpleListFilter):
    """Filter by state; a call may help the unclaimed ones."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("waiting", "waiting"), ("taken", "claimed"), ("back", "refunded")]

    def queryset(self, request, queryset):
        if self.value() == "waiting":
            return queryset.waiting()
        if self.value() == "taken":
            return queryset.filter(claimed_at__isnull=False)
        if self.value() == "back":
            return queryset.filter(taken_back_at__isnull=False)
        return queryset


@admin.register(GiftMembership)
class GiftMembershipAdmin(BaseAdmin):
    """Read only: created by a payment, claimed by the recipient, ended by a refund."""

    list_display = [
        "recipient_name", "giver_name", "tier", "begins_on", "mailed_at", "claimed_at",
        "taken_back_at",
    ]  # fmt: skip
    list_filter = [WaitingFilter, "tier"]
    list_select_related = ["tier"]
    search_fields = ["recipient_name", "recipient_email", "giver_name", "line__order__number"]
    fields = [
        "recipient_name", "recipient_email", "giver_name", "tier", "begins_on", "message",
        "order", "created_at", "mailed_at", "reminded_at", "claimed_at", "claimed_by",
        "taken_back_at",
    ]  # fmt: skip
    readonly_fields = fields

    @admin.display(description="order")
    def order(self, gift):
        return gift.line.order.number

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
