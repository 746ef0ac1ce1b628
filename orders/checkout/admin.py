"""Orders in the admin: read-only, except for actions that ask before they act."""

from django.contrib import admin, messages
from django.db.models import F, Sum
from django.http import HttpResponseRedirect
from django.urls import reverse
from import_export.fields import Field

from nsca.lib.desk.base import BaseAdmin
from nsca.lib.desk.exports import SafeResource
from nsca.lib.desk.pages import AdminPage, Tool
from nsca.lib.text.money import dollars
from orders.books.admin_report import BehindTheReport
from orders.checkout import admin_arrivals, confirmations
from orders.lines.kinds import kind_of
from orders.lines.receipts import receipt_for
from orders.models import Dispute, Order, Refund
from orders.refunds import admin as admin_acts


class OrderResource(SafeResource):
    total = Field(column_name="total (dollars)")
    bought = Field(column_name="bought")

    class Meta:
        model = Order
        fields = [
            "number", "state", "channel", "buyer_name", "buyer_email", "buyer_phone", "placed_at",
            "paid_at",
            "bought", "total", "is_sample",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_total(self, order):
        return (
            order.total_cents / 100
        )  # for sums in the spreadsheet; nothing here computes with it

    def dehydrate_bought(self, order):
        return "; ".join(str(line) for line in order.lines.all())


def _send_again_view(model_admin, request, order):
    if order.state != Order.State.PAID or not order.buyer_email:
        model_admin.message_user(
            request, "This order isn't paid or has no e-mail address.", messages.ERROR
        )
        return HttpResponseRedirect(model_admin.url("change", order.pk))
    if request.method != "POST":
        return model_admin.act_page(
            request,
            order,
            title="Send the e-mails again",
            words=[f"The receipt and any tickets go to {order.buyer_email} again."],
            button="Send again",
        )
    confirmations.send(order, at=request.now)
    return model_admin.done(request, order, confirmations.SENT_AGAIN)


SEND_AGAIN = AdminPage(
    "send_again",
    _send_again_view,
    label="Send e-mails again",
    shows=lambda request, order: order.state == Order.State.PAID,
)


@admin.register(Order)
class OrderAdmin(BaseAdmin):
    """An order with its history: what was bought, paid and refunded, and when."""

    holds_money = True
    view_on_site = (
        False  # its page leads to the tickets; `story` links those if staff may see them
    )
    resource_class = OrderResource
    change_form_template = "admin/orders/order/change_form.html"
    list_display = ["number", "buyer_name", "status", "total", "channel", "placed_at"]
    list_filter = ["state", "channel", "lines__kind", "is_sample", BehindTheReport]
    search_fields = ["number", "buyer_name", "buyer_email", "buyer_phone", "lines__label"]
    date_hierarchy = "placed_at"
    fields = [
        "number", "state", "channel", "buyer_name", "buyer_email", "buyer_phone", "placed_at",
        "held_until",
        "paid_at", "expired_at", "note",
    ]  # fmt: skip
    readonly_fields = [
        name for name in fields if name not in ("buyer_email", "buyer_phone", "note")
    ]

    pages = {"": [SEND_AGAIN, *admin_arrivals.PAGES, *admin_acts.PAGES]}

    def get_queryset(self, request):
        total = Sum(F("lines__quantity") * F("lines__unit_cents"), default=0)
        return super().get_queryset(request).annotate(cents=total).prefetch_related("lines")

    def get_readonly_fields(self, request, obj=None):
        # The buyer's address decides who learns a location: only staff who may see venues can
        # correct a typo in it.
        may = request.user.has_perm("events.see_venue")
        return self.readonly_fields if may else [*self.readonly_fields, "buyer_email"]

    def has_add_permission(self, request):
        return False  # tickets are sold on an event's page, dues on a household's

    @admin.display(description="state", ordering="state")
    def status(self, order):
        return order.get_state_display() + (" (sample)" if order.is_sample else "")

    @admin.display(description="total", ordering="cents")
    def total(self, order):
        return dollars(order.cents) + (" (sample)" if order.is_sample else "")

    def list_tools(self, request):
        tools = super().list_tools(request)
        if request.user.has_perm("orders.add_order"):
            # Dues and gifts are created there, tickets on an event's page.
            url = reverse("admin:membership_household_take")
            tools = [*tools, Tool("Record dues or a gift", url)]
        return tools

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["story"] = {
                "receipt": receipt_for(obj),
                "lines": obj.lines.all(),
                "shown": [
                    shown
                    for line in obj.lines.all()
                    for shown in kind_of(line.kind).shown(line, at=request.now)
                ],
                "payments": obj.payments.all(),
                "refunds": Refund.objects.filter(payment__order=obj).select_related(
                    "requested_by", "line"
                ),
                "disputes": Dispute.objects.filter(payment__order=obj),
                "ledger": obj.ledger.all(),
                "tasks": obj.tasks.all(),
                "shows_links": request.user.has_perm("events.see_venue"),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)
