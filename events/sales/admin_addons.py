"""Admin of add-ons: what is sold with an event's tickets, and who bought it."""

from django.contrib import admin
from import_export.fields import Field

from events.models import AddOn, AddOnSold
from nsca.lib.desk.base import BaseAdmin, BaseInline
from nsca.lib.desk.exports import SafeResource


class AddOnInline(BaseInline):
    model = AddOn
    fields = [
        "name", "description", ("price_cents", "fair_value_cents"),
        ("capacity", "position", "is_offered"),
    ]  # fmt: skip


class AddOnSoldResource(SafeResource):
    """What to hand out, one row per add-on sold."""

    event = Field(attribute="add_on__event__title", column_name="event")
    name = Field(attribute="add_on__name", column_name="add-on")
    order = Field(attribute="line__order__number", column_name="order")
    buyer = Field(attribute="line__order__buyer_name", column_name="buyer")
    price = Field(column_name="price (dollars)")
    state = Field(column_name="state")

    class Meta:
        model = AddOnSold
        fields = ["event", "name", "order", "buyer", "price", "state"]
        export_order = fields

    def dehydrate_price(self, add_on_sold):
        return add_on_sold.line.unit_cents / 100

    def dehydrate_state(self, add_on_sold):
        return state_of(add_on_sold)


@admin.register(AddOnSold)
class AddOnSoldAdmin(BaseAdmin):
    """Add-ons sold. Orders sell and return them; this page only shows them."""

    holds_money = True
    resource_class = AddOnSoldResource
    list_display = ["add_on", "event", "buyer", "order", "state"]
    list_filter = [("add_on__event", admin.RelatedOnlyFieldListFilter), "add_on"]
    search_fields = ["add_on__name", "line__order__number", "line__order__buyer_name"]
    list_select_related = ["add_on__event", "line__order"]
    ordering = ["-pk"]
    fields = ["add_on", "event", "buyer", "order", "number", "state"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="event", ordering="add_on__event__starts_at")
    def event(self, add_on_sold):
        return add_on_sold.add_on.event

    @admin.display(description="buyer", ordering="line__order__buyer_name")
    def buyer(self, add_on_sold):
        return add_on_sold.line.order.buyer_name

    @admin.display(description="order", ordering="line__order__number")
    def order(self, add_on_sold):
        return add_on_sold.line.order.number

    @admin.display(description="state")
    def state(self, add_on_sold):
        return state_of(add_on_sold)


def state_of(add_on_sold: AddOnSold) -> str:
    """The order's state, or "canceled"."""
    if add_on_sold.canceled_at is not None:
        return "canceled"
    return add_on_sold.line.order.get_state_display()
