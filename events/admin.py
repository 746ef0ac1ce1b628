"""The events admin, composed from the packages' pages."""

from django.contrib import admin, messages

from events.changes import admin_canceling as cancel_admin
from events.changes import admin_moving as moving_admin
from events.changes import foresight, moving
from events.changes.admin_discarding import DiscardAdmin
from events.changes.admin_saving import SavingAdmin
from events.door import admin as door_admin
from events.hints import admin as envelope_admin
from events.models import Choice, Event, EventPicture, Hint, PromoCode, TicketType
from events.night import admin_calls as calls_admin
from events.night import admin_control as control_admin
from events.night import admin_dry_run as dry_run_admin
from events.night import admin_word_check as word_check_admin
from events.public import admin as event_admin
from events.public.forms_admin import EventForm, PromoCodeForm, TicketTypeForm
from events.reveal import admin as reveal_admin
from events.reveal import calendars
from events.reveal.admin import HOLD
from events.reveal.outlook import lead_words
from events.sales import availability
from events.sales.admin_addons import AddOnInline
from events.sales.tallies import overdrawn, seats_sold
from events.seating import admin as seating_admin
from events.tables import tables
from events.tickets import admin_guests as guest_admin
from events.tickets import admin_kits as kits_admin
from events.waitlist import admin as waitlist_admin  # noqa: F401 - registers itself
from nsca.lib.desk.base import BaseAdminWithHistory, BaseInline
from nsca.lib.desk.filters import UpcomingFilter
from nsca.lib.timing import exactly


class TicketTypeInline(BaseInline):
    model = TicketType
    form = TicketTypeForm
    fields = [
        "name", "description", ("price_cents", "member_price_cents", "member_limit"),
        "fair_value_cents",
        ("capacity", "covers", "is_posted"), ("sales_open_at", "sales_close_at"),
        ("members_open_at", "is_by_invitation"),
        ("position", "is_offered", "is_sample"),
    ]  # fmt: skip


class ChoiceInline(BaseInline):
    model = Choice
    fields = ["label", ("price_cents", "fair_value_cents"), ("capacity", "position")]


class HintInline(BaseInline):
    model = Hint
    fields = ["text", ("opens_at", "audience")]


class EventPictureInline(BaseInline):
    model = EventPicture
    fields = ["image", "alt", ("credit", "position"), "has_consent"]


class PromoCodeInline(BaseInline):
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
class EventAdmin(SavingAdmin, DiscardAdmin, BaseAdminWithHistory):
    form = EventForm
    list_display = ["title", "starts_at", "status", "sold", "learned"]
    list_filter = [UpcomingFilter, "state", "kind", "city", "is_sample"]
    search_fields = ["title", "summary", "slug", "area"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at"]
    list_per_page = 25
    prepopulated_fields = {"slug": ["title"]}
    inlines = [
        TicketTypeInline, ChoiceInline, AddOnInline, HintInline, PromoCodeInline,
        EventPictureInline,
    ]  # fmt: skip
    readonly_fields = ["learned", "canceled_note", "duplicated_from"]
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
        ("Publication", {"fields": ["state", "publish_at", "canceled_note", "is_sample"]}),
        (
            "Location and reveal",
            {
                "fields": [
                    "area", "lead", "audience", "learned", "volunteers_at",
                ]
            },
        ),
        (
            "Seats and sales",
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
                    "thanks",
                ]
            },
        ),
        ("Picture", {"fields": ["image", "image_alt"]}),
    ]  # fmt: skip

    pages = {
        "Venue": [
            *reveal_admin.PAGES,
            *control_admin.PAGES,
            *envelope_admin.PAGES,
            *calls_admin.PAGES,
            *word_check_admin.PAGES,
            *dry_run_admin.PAGES,
        ],
        "Guests": [
            guest_admin.GUESTS,
            event_admin.SELL,
            *seating_admin.PAGES,
            *kits_admin.PAGES,
            *door_admin.PAGES,
            envelope_admin.FIRST_ACCESS,
        ],
        "The event": [*event_admin.PAGES, *moving_admin.PAGES, *cancel_admin.PAGES],
    }

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.at, form.may_reveal = request.now, request.user.has_perm(HOLD)
        return form

    def get_readonly_fields(self, request, obj=None):
        """Start, lead and audience decide the reveal, so changing them needs permission."""
        names = list(self.readonly_fields)
        # The present event: when an old version is shown, `obj` is that version.
        present = Event.objects.filter(pk=obj.pk).first() if obj else None
        if not request.user.has_perm(HOLD):
            names += ["lead", "audience", "volunteers_at"]
            names += ["starts_at"] if present and present.is_secret else []
        if present and present.is_canceled:
            names.append("state")
        return names

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "state":
            # Canceling is an act of its own: it e-mails the ticket holders.
            kwargs["choices"] = [c for c in Event.State.choices if c[0] != Event.State.CANCELED]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        return {
            "publish_at": request.now.replace(second=0),
            **super().get_changeform_initial_data(request),
        }

    also_written = ("sequence", "moved_from")

    def before_change(self, obj, form):
        if {"title", "starts_at", "ends_at", "area"} & set(form.changed_data):
            obj.sequence += 1  # RFC 5545: calendars replace the entry they have
        obj.sequence += calendars.steps_back(form.before, obj, at=form.at)
        if foresight.is_announced(form.before, obj, at=form.at):
            obj.moved_from = moving.first_announced(form.before, obj.starts_at)
        if "tables_until" in form.changed_data:
            tables.move_end(obj, at=form.at)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for sentence in overdrawn(form.instance, at=request.now):
            messages.warning(request, sentence)

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        events = list(changelist.result_list)
        offers = availability.availabilities(events, at=request.now)
        sold = seats_sold(events)
        for event in events:
            event.offer, event.seats_sold, event.seen_at = (
                offers[event.pk],
                sold[event.pk],
                request.now,
            )
        changelist.result_list = events
        return changelist

    @admin.display(description="state", ordering="state")
    def status(self, event):
        words = event.get_state_display()
        if event.state == Event.State.PUBLISHED and event.publish_at > event.seen_at:
            words = "scheduled"
        return words + (" (sample)" if event.is_sample else "")

    @admin.display(description="sold and left")
    def sold(self, event):
        left = event.offer.left
        return f"{event.seats_sold} sold" + (f", {left} left" if left is not None else "")

    @admin.display(description="venue revealed")
    def learned(self, event):
        if event.starts_at is None:
            return "Shown once the event is saved."
        if hasattr(event, "offer"):  # the list has room only for the time
            return exactly(event.opens_at) if event.is_secret else "not secret"
        return lead_words(event)
