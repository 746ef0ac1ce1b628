"""The venue access log: who viewed, changed, held or revealed a venue."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import reverse

from events.models import Event, VenueAccess
from nsca.lib.desk.base import BaseAdmin, Tool
from nsca.lib.desk.filters import stamped
from nsca.lib.secrets.codes import primary_key
from nsca.lib.text.counting import counted

SEEN = "events.change_venueaccess"  # the director's: to mark accesses as read
_ACCESS = "venue access,venue accesses"


def new_accesses() -> QuerySet[VenueAccess]:
    """Accesses that no director has read yet, newest first."""
    new = VenueAccess.objects.filter(seen_at__isnull=True)
    return new.select_related("event", "user", "link")


def url_of_accesses(event: Event | None = None) -> str:
    url = reverse("admin:events_venueaccess_changelist")
    return f"{url}?event__id__exact={event.pk}" if event else url


@admin.register(VenueAccess)
class VenueAccessAdmin(BaseAdmin):
    """A read-only list; a director may mark it as read."""

    holds_money = True
    list_display = ["at", "who", "act", "event", "is_read"]
    list_filter = [
        stamped("seen_at", title="read", parameter="read"),
        "act",
        ("event", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["user__name", "user__email", "link__name", "event__title"]
    list_select_related = ["event", "user", "link"]
    ordering = ["-at", "-pk"]
    fields = ["at", "who", "act", "event", "seen_at"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        return [self.own_path("read/", self.read_view, "read"), *super().get_urls()]

    def list_tools(self, request):
        if not request.user.has_perm(SEEN) or not new_accesses().exists():
            return super().list_tools(request)
        return [Tool("Mark as read", self.url("read"))]

    def read_view(self, request):
        """Mark what is new as read; the admin's first page no longer shows it."""
        if not request.user.has_perm(SEEN):
            raise PermissionDenied
        # What comes in while the question is on the screen stays new.
        newest = new_accesses().order_by("-pk").values_list("pk", flat=True).first() or 0
        if request.method == "POST":
            read = new_accesses().filter(pk__lte=primary_key(request.POST.get("key")))
            count = read.update(seen_at=request.now)
            self.message_user(request, f"{counted(count, _ACCESS)} marked as read.")
            return HttpResponseRedirect(self.url("changelist"))
        return self.act_page(
            request,
            None,
            title="Mark as read",
            words=[
                f"{counted(new_accesses().count(), _ACCESS)} since a director last checked.",
                "They stay in this list; the first page shows only later ones.",
            ],
            button="Mark as read",
            key=newest,
        )

    @admin.display(description="who")
    def who(self, look):
        return look.who

    @admin.display(description="read", boolean=True)
    def is_read(self, look):
        return look.seen_at is not None
