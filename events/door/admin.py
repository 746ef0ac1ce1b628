"""The door in the admin: door links, scans, and the printed door list."""

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from events.access.private import private
from events.door import lists as door_lists
from events.door.forms import DoorLinkForm, usual_hours
from events.door.mail import address_of, mail_link
from events.models import DoorLink, Event, Scan, Ticket
from nsca.lib.desk.base import BaseAdmin, Tool
from nsca.lib.desk.pages import AdminLinks, AdminPage
from nsca.lib.media import qr
from nsca.lib.secrets.codes import primary_key

SHOWN_ONCE = "door-link"  # in the session, from when a link is created until it is shown
SHEETS = {
    "name": ("by name", door_lists.sheets_by_name),
    "table": ("by table", door_lists.sheets_by_table),
}


def door_list_view(model_admin, request, event, by):
    """The guests, to print and check off; without allergies or the venue."""
    if by not in SHEETS:
        raise Http404
    words, sheets_of = SHEETS[by]
    sheets = sheets_of(event)
    count = sum(len(sheet.rows) for sheet in sheets)
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(Ticket),
        object_repr="door list",
        action_flag=CHANGE,
        change_message=f"Opened the door list of {count} guests, {words}.",
    )
    context = {
        "event": event,
        "sheets": sheets,
        "count": count,
        "by": by,
        "words": words,
        "ways": [
            (key, label, model_admin.url("door_list", event.pk, key))
            for key, (label, _) in SHEETS.items()
        ],
        "back_url": model_admin.url("change", event.pk),
    }
    return private(render(request, "events/door/paper.html", context))


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [("good", "valid now or later"), ("over", "expired or revoked")]

    def queryset(self, request, queryset):
        good = queryset.filter(revoked_at__isnull=True, ends_at__gt=request.now)
        if self.value() == "good":
            return good
        return queryset.exclude(pk__in=good.values("pk")) if self.value() == "over" else queryset


@admin.register(DoorLink)
class DoorLinkAdmin(BaseAdmin):
    """A volunteer's door link. Its URL is shown once, when the link is created."""

    form = DoorLinkForm
    holds_money = True  # scans refer to it: a link is revoked, not deleted
    list_display = ["name", "gate", "event", "opens_at", "ends_at", "may_sell", "status"]
    list_filter = [StatusFilter, ("event", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["name", "gate"]
    list_select_related = ["event"]

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/link/", self.link_view, "link"),
            self.own_path("<int:object_id>/revoke/", self.revoke_view, "revoke"),
            *super().get_urls(),
        ]

    def tools(self, request, obj):
        if obj.revoked_at or not self.has_change_permission(request, obj):
            return []
        return [Tool("Revoke", self.url("revoke", obj.pk))]

    # --- the form -------------------------------------------------------------------------------

    def get_fields(self, request, obj=None):
        fields = ["event", "name", "gate", "opens_at", "ends_at", "may_sell"]
        return [*fields, "revoked_at", "created_by"] if obj else [*fields, "mail_to"]

    def get_readonly_fields(self, request, obj=None):
        return ["event", "revoked_at", "created_by"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "event":
            kwargs["queryset"] = Event.objects.upcoming(request.now)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        """The usual hours of the next event, or of the event whose page led here."""
        data = super().get_changeform_initial_data(request)
        coming = Event.objects.published(request.now).upcoming(request.now)
        asked = primary_key(str(data.get("event", "")))
        event = coming.filter(pk=asked).first() if asked else coming.first()
        if event:
            opens_at, ends_at = usual_hours(event)
            data = {"event": event.pk, "opens_at": opens_at, "ends_at": ends_at} | data
        return data

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.created_at, obj.created_by = request.now, request.user
        super().save_model(request, obj, form, change)
        if form.cleaned_data["mail_to"]:
            mail_link(obj, to=form.cleaned_data["mail_to"])

    def response_add(self, request, obj, post_url_continue=None):
        request.session[SHOWN_ONCE] = obj.pk
        return HttpResponseRedirect(self.url("link", obj.pk))

    # --- acts -----------------------------------------------------------------------------------

    def link_view(self, request, object_id):
        """Show the URL and its QR code once: anyone who has it can check guests in."""
        link = self.get_or_404(request, object_id)
        is_new = request.session.get(SHOWN_ONCE) == link.pk
        if is_new:
            del request.session[SHOWN_ONCE]
        address = address_of(link) if is_new else ""
        response = self.page(
            request,
            "admin/events/doorlink/link.html",
            obj=link,
            title="Door link",
            address=address,
            square=qr.svg(address, label=f"Door link of {link.name}") if is_new else "",
            add_url=f"{self.url('add')}?event={link.event_id}",
        )
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def revoke_view(self, request, object_id):
        link = self.get_or_404(request, object_id)
        if link.revoked_at:
            raise PermissionDenied
        if request.method == "POST":
            link.revoked_at = request.now
            link.save(update_fields=["revoked_at"])
            return self.done(request, link, f"{link.name}’s link no longer works.")
        return self.act_page(
            request,
            link,
            title="Revoke the link",
            words=[
                f"{link.name}’s link stops working at once, on every phone.",
                "Its scans stay. This can’t be undone; you can create another link.",
            ],
            button="Revoke the link",
            is_grave=True,
        )

    @admin.display(description="status")
    def status(self, link):
        return "revoked" if link.revoked_at else "not revoked"


@admin.register(Scan)
class ScanAdmin(BaseAdmin):
    """The scans at the door, in order. Read-only."""

    holds_money = True
    list_display = ["at", "read_at", "act", "guest", "ticket", "gate", "link"]
    list_filter = ["act", ("ticket__event", admin.RelatedOnlyFieldListFilter), "gate"]
    search_fields = ["ticket__code", "ticket__guest_name", "ticket__line__order__buyer_name"]
    list_select_related = ["ticket__line__order", "link"]
    ordering = ["-pk"]
    fields = ["at", "read_at", "act", "ticket", "gate", "link", "number"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="guest", ordering="ticket__guest_name")
    def guest(self, scan):
        return scan.ticket.guest_name or f"with {scan.ticket.line.order.buyer_name}"


def _links(request, event) -> list[Tool]:
    if not request.user.has_perm("events.view_doorlink"):
        return []
    links = reverse("admin:events_doorlink_changelist")
    return [Tool("Door", f"{links}?event__id__exact={event.pk}")]


PAGES = [
    AdminLinks(_links),
    AdminPage(
        "door_list",
        door_list_view,
        route="<int:object_id>/door-list/<slug:by>/",
        permission="view",
        needs=("events.view_ticket",),
        label="Door list",
        args=("name",),
    ),
]
