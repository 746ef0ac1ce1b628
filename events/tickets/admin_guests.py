"""Admin of an event's guests, one per row: for seating, the kitchen, and the books."""

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from import_export.fields import Field

from events.models import Choice, Table, Ticket, Transfer
from events.returns.returning import covers_of
from events.reveal.admin import SEE
from nsca.lib.desk.base import BaseAdmin
from nsca.lib.desk.exports import SafeResource
from nsca.lib.desk.pages import AdminLinks, Tool
from nsca.lib.timing import day_of


class TicketResource(SafeResource):
    """The columns of every guest list. None contains anything about the venue."""

    event = Field(attribute="event__title", column_name="event")
    guest = Field(attribute="guest_name", column_name="guest")
    kind = Field(attribute="ticket_type__name", column_name="ticket type")
    is_valid = Field(column_name="valid")
    transfer = Field(column_name="transfer")

    class Meta:
        model = Ticket
        fields = export_order = ["event", "code", "guest", "kind", "is_valid", "transfer"]

    def dehydrate_is_valid(self, ticket):
        return "yes" if ticket.is_valid else "no"

    def dehydrate_transfer(self, ticket):
        """Whether it is offered to someone else, or was transferred; days in Norfolk."""
        if ticket.offered_until is not None:
            return f"offered until {_day(ticket.offered_until)}"
        return f"transferred {_day(ticket.given_on_at)}" if ticket.given_on_at else ""


class DoorResource(TicketResource):
    """What the door needs: who is coming, but no contact details and no allergies."""

    seat = Field(attribute="table", column_name="table")
    supper = Field(attribute="choice__label", column_name="supper")
    access_needs = Field(attribute="access", column_name="access needs")

    class Meta:
        model = Ticket
        fields = export_order = [
            "event", "code", "guest", "kind", "seat", "supper", "access_needs", "is_valid",
            "transfer",
        ]  # fmt: skip


class GuestResource(DoorResource):
    """The staff's: for seating, the kitchen, and reaching everyone."""

    allergies = Field(attribute="needs", column_name="allergies")
    order = Field(attribute="line__order__number", column_name="order")
    buyer = Field(attribute="line__order__buyer_name", column_name="buyer")
    buyer_phone = Field(attribute="line__order__buyer_phone", column_name="buyer's phone")
    email = Field(attribute="guest_email", column_name="guest's e-mail")
    address = Field(attribute="postal_address", column_name="postal address")

    class Meta:
        model = Ticket
        fields = export_order = [
            "event", "code", "guest", "kind", "seat", "supper", "allergies", "access_needs",
            "is_valid", "transfer", "order", "buyer", "buyer_phone", "email", "address",
        ]  # fmt: skip


class BooksResource(TicketResource):
    """The treasurer's: which seat belongs to which order, and its price. Nothing about health."""

    order = Field(attribute="line__order__number", column_name="order")
    buyer = Field(attribute="line__order__buyer_name", column_name="buyer")
    price = Field(column_name="price (dollars)")
    canceled = Field(column_name="canceled on")

    class Meta:
        model = Ticket
        fields = export_order = [
            "event", "code", "guest", "kind", "is_valid", "canceled", "transfer", "order",
            "buyer", "price",
        ]  # fmt: skip

    def dehydrate_price(self, ticket):
        """Shown once, at the first seat of a table bought whole, so that the column adds up."""
        is_first = (ticket.number - 1) % covers_of(ticket.line) == 0
        return ticket.line.unit_cents / 100 if is_first else ""

    def dehydrate_canceled(self, ticket):
        return _day(ticket.canceled_at) if ticket.canceled_at else ""


def _day(instant) -> str:
    return f"{day_of(instant):%Y-%m-%d}"


class ValidFilter(admin.SimpleListFilter):
    title = "valid"
    parameter_name = "valid"

    def lookups(self, request, model_admin):
        return [("yes", "yes"), ("no", "no")]

    def queryset(self, request, queryset):
        valid = Ticket.objects.valid().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=valid)
        return queryset.exclude(pk__in=valid) if self.value() == "no" else queryset


@admin.register(Ticket)
class TicketAdmin(BaseAdmin):
    """Tickets and their guests. Orders sell and cancel tickets; here staff name guests."""

    holds_money = True
    view_on_site = False  # its link belongs to its guest; the order shows it to those who may know
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
        "canceled_at", "suspended_at", "given_on_at",
    ]  # fmt: skip
    readonly_fields = [
        "code", "event", "ticket_type", "order", "canceled_at", "suspended_at", "given_on_at",
    ]  # fmt: skip

    def has_add_permission(self, request):
        return False

    def get_readonly_fields(self, request, obj=None):
        # The guest's address decides who learns the venue: only those who may know it change it.
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
        offers = Transfer.objects.filter(
            ticket=OuterRef("pk"),
            accepted_at__isnull=True,
            withdrawn_at__isnull=True,
            ends_at__gt=request.now,
        )
        rows = queryset.annotate(offered_until=Subquery(offers.values("ends_at")[:1]))
        return self._resource_for(request.user)().export(queryset=rows)

    def _resource_for(self, user) -> type[TicketResource]:
        """Allergies and addresses only for staff who need them, amounts for the treasurer."""
        if user.has_perm("events.change_ticket"):
            return GuestResource
        return BooksResource if user.has_perm("orders.view_order") else DoorResource

    @admin.display(description="guest", ordering="guest_name")
    def guest(self, ticket):
        return ticket.guest_name or f"with {ticket.line.order.buyer_name}"

    @admin.display(description="order", ordering="line__order__number")
    def order(self, ticket):
        return ticket.line.order.number

    @admin.display(description="valid", boolean=True)
    def is_valid_now(self, ticket):
        return ticket.is_valid


def _links(request, event) -> list[Tool]:
    if not request.user.has_perm("events.view_ticket"):
        return []
    guests = reverse("admin:events_ticket_changelist")
    return [Tool("Guests", f"{guests}?event__id__exact={event.pk}")]


GUESTS = AdminLinks(_links)
