"""Events, the chairs at them, who sits there, and who waits."""

from django.contrib import admin, messages
from django.urls import reverse
from import_export.fields import Field

from events import boxoffice, tables
from events.addon_desk import AddOnInline
from events.cancel_desk import CancelDesk
from events.desk_forms import EventForm, PromoCodeForm, TicketTypeForm, lead_words
from events.door_desk import DoorDesk
from events.event_desk import EventActs
from events.kits_desk import KitsDesk
from events.models import Choice, Event, Hint, PromoCode, Table, Ticket, TicketType, WaitlistEntry
from events.reveal_desk import HOLD, SEE, RevealDesk
from events.seating_desk import SeatingDesk
from events.tallies import chairs_sold, overdrawn
from events.waitlist_desk import WaitlistDesk
from nsca.lib.desk.base import Desk, DeskInline, DeskWithHistory, Tool
from nsca.lib.desk.exports import SafeResource
from nsca.lib.desk.filters import UpcomingFilter, stamped
from nsca.lib.timing import exactly


class TicketTypeInline(DeskInline):
    model = TicketType
    form = TicketTypeForm
    fields = [
        "name", "description", ("price_cents", "member_price_cents", "member_limit"),
        "fair_value_cents",
        ("capacity", "covers", "is_posted"), ("sales_open_at", "sales_close_at"),
        ("members_open_at", "is_by_invitation"),
        ("position", "is_offered", "is_sample"),
    ]  # fmt: skip


class ChoiceInline(DeskInline):
    model = Choice
    fields = ["label", ("price_cents", "fair_value_cents"), ("capacity", "position")]


class HintInline(DeskInline):
    model = Hint
    fields = ["text", ("opens_at", "audience")]


class PromoCodeInline(DeskInline):
    model = PromoCode
    form = PromoCodeForm
    fields = [
        ("code", "percent_off", "cents_off"), "ticket_types", ("starts_at", "ends_at"),
        ("max_uses", "invites", "is_sample"),
    ]  # fmt: skip

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "ticket_types":
            event_id = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = TicketType.objects.filter(event_id=event_id)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Event)
class EventAdmin(
    EventActs, CancelDesk, DoorDesk, KitsDesk, RevealDesk, SeatingDesk, DeskWithHistory
):
    form = EventForm
    list_display = ["title", "starts_at", "standing", "sold", "learned"]
    list_filter = [UpcomingFilter, "state", "kind", "city", "is_sample"]
    search_fields = ["title", "summary", "slug", "area"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at"]
    list_per_page = 25
    prepopulated_fields = {"slug": ["title"]}
    inlines = [TicketTypeInline, ChoiceInline, AddOnInline, HintInline, PromoCodeInline]
    readonly_fields = ["learned", "cancelled_note", "duplicated_from"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "title", "title_lang", "slug", "kind", "summary", "body", "city", "hosted_by",
                ]
            },
        ),
        ("When", {"fields": ["starts_at", "ends_at", "doors_at", "hour_is_known"]}),
        ("Publication", {"fields": ["state", "publish_at", "cancelled_note", "is_sample"]}),


        (
            "Where, and who learns it when",
            {
                "fields": [
                    "area", "lead", "audience", "learned", "yes_reveal", "volunteers_at",
                ]
            },
        ),
        (
            "Chairs and sales",
            {
                "fields": [
                    "capacity", "sales_open_at", "sales_close_at", "max_per_order",
                    "max_per_person", "offer_hours",
                    "needs_guest_names",
                    "post_by", "choices_close_at", "tables_until", "refunds_until",
                    "transfers_after_reveal",
                    "refunds_after_reveal", "refund_policy",
                ]
            },
        ),


        (
            "For guests",
            {
                "fields": [
                    "bring", "dress", "supper", "rain", "access", "help_phone", "offline_note",
                ]
            },
        ),
        ("Picture", {"fields": ["image", "image_alt"]}),
    ]  # fmt: skip

    def get_urls(self):
        return [
            *self.reveal_urls(),
            *self.seating_urls(),
            *self.act_urls(),
            *self.cancel_urls(),
            *self.kit_urls(),
            *self.door_urls(),
            *super().get_urls(),
        ]

    def tools(self, request, obj):
        tools = [
            *self.reveal_tools(request, obj),
            *self.seating_tools(request, obj),
            *self.act_tools(request, obj),
            *self.cancel_tools(request, obj),
            *self.door_tools(request, obj),
            *self.kit_tools(request, obj),
        ]
        if request.user.has_perm("events.view_ticket"):
            tools.append(
                Tool(
                    "Guests",
                    reverse("admin:events_ticket_changelist") + f"?event__id__exact={obj.pk}",
                )
            )
        return tools

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.at, form.may_reveal = request.now, request.user.has_perm(HOLD)
        return form

    def get_readonly_fields(self, request, obj=None):
        """When and to whom the place is told follows from start, lead and audience: they need
        the permission.
        """
        names = list(self.readonly_fields)
        # As it is now: where an old version is looked at, `obj` is the old one.
        present = Event.objects.filter(pk=obj.pk).first() if obj else None
        if not request.user.has_perm(HOLD):
            names += ["lead", "audience", "volunteers_at"]
            names += ["starts_at"] if present and present.is_secret else []
        if present and present.is_cancelled:
            names.append("state")
        return names

    def get_fieldsets(self, request, obj=None):
        """The box that says yes to a reveal is there for those who may say it."""
        may = request.user.has_perm(HOLD)
        return [
            (
                name,
                {**options, "fields": [f for f in options["fields"] if may or f != "yes_reveal"]},
            )
            for name, options in super().get_fieldsets(request, obj)
        ]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "state":
            # Cancelling is an act of its own: it writes to the holders.
            kwargs["choices"] = [c for c in Event.State.choices if c[0] != Event.State.CANCELLED]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        return {
            "publish_at": request.now.replace(second=0),
            **super().get_changeform_initial_data(request),
        }

    also_written = ("sequence",)

    def before_change(self, obj, form):
        if {"title", "starts_at", "ends_at", "area"} & set(form.changed_data):
            obj.sequence += 1  # RFC 5545: calendars replace the entry they have
        if "tables_until" in form.changed_data:
            tables.move_end(obj, at=form.at)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for sentence in overdrawn(form.instance, at=request.now):
            messages.warning(request, sentence)

    def lookup_allowed(self, lookup, value, request):
        # “?venue_looks__isnull=0” would list the events whose envelope somebody has filled.
        if lookup.startswith(("venue_looks", "reveal_")):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        events = list(changelist.result_list)
        offers = boxoffice.availabilities(events, at=request.now)
        sold = chairs_sold(events)
        for event in events:
            event.offer, event.chairs_sold, event.seen_at = (
                offers[event.pk],
                sold[event.pk],
                request.now,
            )
        changelist.result_list = events
        return changelist

    @admin.display(description="state", ordering="state")
    def standing(self, event):
        words = event.get_state_display()
        if event.state == Event.State.PUBLISHED and event.publish_at > event.seen_at:
            words = "scheduled"
        return words + (" (sample)" if event.is_sample else "")

    @admin.display(description="sold and left")
    def sold(self, event):
        left = event.offer.left
        return f"{event.chairs_sold} sold" + (f", {left} left" if left is not None else "")

    @admin.display(description="the place is told")
    def learned(self, event):
        if event.starts_at is None:
            return "Save once, and the instant is shown here."
        if hasattr(event, "offer"):  # in the list there is room for the instant alone
            return exactly(event.opens_at) if event.is_secret else "no secret"
        return lead_words(event)


class GuestResource(SafeResource):
    """The list for the table and the kitchen. Nothing of the place is on it, whoever takes it."""

    event = Field(attribute="event__title", column_name="event")
    kind = Field(attribute="ticket_type__name", column_name="kind of ticket")
    supper = Field(attribute="choice__label", column_name="supper")
    order = Field(attribute="line__order__number", column_name="order")
    buyer = Field(attribute="line__order__buyer_name", column_name="buyer")
    buyer_phone = Field(attribute="line__order__buyer_phone", column_name="buyer's telephone")
    is_valid = Field(column_name="valid")

    class Meta:
        model = Ticket
        fields = [
            "event", "code", "guest_name", "kind", "supper", "needs", "is_valid", "order", "buyer",
            "buyer_phone", "guest_email", "postal_address",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_is_valid(self, ticket):
        return "yes" if ticket.is_valid else "no"


class DoorResource(GuestResource):
    """What the door needs: who comes, not how to reach them, nor what the kitchen knows."""

    class Meta:
        model = Ticket
        fields = ["event", "code", "guest_name", "kind", "seat", "supper", "access", "is_valid"]
        export_order = fields

    seat = Field(attribute="table", column_name="table")
    order = buyer = buyer_phone = None


class ValidFilter(admin.SimpleListFilter):
    title = "lets its guest in"
    parameter_name = "valid"

    def lookups(self, request, model_admin):
        return [("yes", "yes"), ("no", "no")]

    def queryset(self, request, queryset):
        valid = Ticket.objects.valid().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=valid)
        return queryset.exclude(pk__in=valid) if self.value() == "no" else queryset


@admin.register(Ticket)
class TicketAdmin(Desk):
    """Who sits where. Tickets are sold and cancelled by orders; here their guests are named."""

    holds_money = True
    view_on_site = False  # its link is its guest's key; the order shows it to those who may know
    resource_class = GuestResource
    list_display = ["code", "guest", "event", "ticket_type", "choice", "is_valid_now", "order"]
    list_filter = [ValidFilter, ("event", admin.RelatedOnlyFieldListFilter), "choice"]
    search_fields = [
        "code",
        "guest_name",
        "guest_email",
        "line__order__number",
        "line__order__buyer_name",
    ]
    list_select_related = ["event", "ticket_type", "choice", "table", "line__order"]
    fields = [
        "code", "event", "ticket_type", "order", "guest_name", "guest_email", "choice", "needs",
        "access", "table", "postal_address",
        "cancelled_at", "suspended_at", "given_on_at",
    ]  # fmt: skip
    readonly_fields = [
        "code", "event", "ticket_type", "order", "cancelled_at", "suspended_at", "given_on_at",
    ]  # fmt: skip

    def has_add_permission(self, request):
        return False

    def get_readonly_fields(self, request, obj=None):
        # The guest's address decides who learns the place: only those who may know it change it.
        may = request.user.has_perm(SEE)
        return self.readonly_fields if may else [*self.readonly_fields, "guest_email"]

    def get_fields(self, request, obj=None):
        hidden = (
            ()
            if request.user.has_perm("events.change_ticket")
            else ("guest_email", "postal_address", "needs")
        )
        return [name for name in self.fields if name not in hidden]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "choice":
            ticket_id = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Choice.objects.filter(event__tickets=ticket_id)
        if db_field.name == "table":
            ticket_id = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Table.objects.filter(event__tickets=ticket_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def exported(self, request, queryset):
        full = request.user.has_perm("events.change_ticket")
        return (GuestResource if full else DoorResource)().export(queryset=queryset)

    @admin.display(description="guest", ordering="guest_name")
    def guest(self, ticket):
        return ticket.guest_name or f"with {ticket.line.order.buyer_name}"

    @admin.display(description="order", ordering="line__order__number")
    def order(self, ticket):
        return ticket.line.order.number

    @admin.display(description="lets in", boolean=True)
    def is_valid_now(self, ticket):
        return ticket.is_valid


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(WaitlistDesk, Desk):
    """Who waits, in the order in which they came."""

    list_filter = [
        stamped("left_at", title="left", parameter="left"),
        ("event", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["name", "email", "event__title"]
    list_select_related = ["event", "offer"]

    def has_add_permission(self, request):
        return False
