"""The security log as the director reads it. Nobody can change it."""

from django.contrib import admin

from membership.accounts import sign_in
from membership.models import SecurityEvent, User
from nsca.lib.desk.base import BaseAdmin


@admin.register(SecurityEvent)
class SecurityEventAdmin(BaseAdmin):
    """Sign-ins, refusals, second factors, permissions, exports, venue access, ended sessions."""

    holds_money = True
    list_display = ["at", "kind", "by", "about", "detail", "where"]
    list_filter = ["kind"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    list_select_related = ["who", "whom"]
    fields = ["at", "kind", "by", "about", "detail", "where"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        self._users_by_mailbox = None  # built once per page, only if needed
        return super().get_queryset(request)

    @admin.display(description="who")
    def by(self, event):
        return event.who.get_full_name() if event.who else "–"

    @admin.display(description="about")
    def about(self, event):
        if event.whom:
            return event.whom.get_full_name()
        return self._of_mailbox(event.mailbox) if event.mailbox else "–"

    @admin.display(description="network")
    def where(self, event):
        """Enough of the digest to compare two."""
        return event.network[:8] or "–"

    def _of_mailbox(self, mailbox: str) -> str:
        """The user behind a refused address, if there is one."""
        if self._users_by_mailbox is None:
            users = User.objects.values_list("email", "name")
            self._users_by_mailbox = {
                sign_in.disguised(email): name or email for email, name in users
            }
        return self._users_by_mailbox.get(mailbox, f"unknown address ({mailbox[:8]})")
