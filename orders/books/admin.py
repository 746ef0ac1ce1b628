"""Payments, refunds, the ledger, payouts and tasks in the admin."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from import_export.fields import Field

from nsca.lib.desk.base import BaseAdmin, Tool, money_column
from nsca.lib.desk.exports import SafeResource
from nsca.lib.desk.filters import stamped
from nsca.lib.text.money import dollars
from orders.books import admin_report
from orders.models import LedgerEntry, Movement, Payment, Payout, Refund, Task


class ReadOnlyAdmin(BaseAdmin):
    """Read-only books: the code writes them, not a form."""

    holds_money = True

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = [
        "order",
        "method",
        "state",
        money_column("amount_cents", "amount"),
        "opened_at",
        "paid_at",
    ]
    list_filter = ["method", "state", "livemode"]
    search_fields = ["order__number", "order__buyer_name", "intent_id", "session_id"]
    date_hierarchy = "opened_at"
    list_select_related = ["order"]
    fields = [
        "order",
        "method",
        "state",
        "amount",
        "opened_at",
        "expires_at",
        "paid_at",
        "recorded_by",
    ]

    @admin.display(description="amount")
    def amount(self, payment):
        return dollars(payment.amount_cents)

    readonly_fields = ["amount"]


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = [
        "payment_order",
        money_column("cents", "amount"),
        "reason",
        "state",
        "requested_at",
        "settled_at",
    ]
    list_filter = ["state"]
    search_fields = ["payment__order__number", "payment__order__buyer_name", "reason"]
    date_hierarchy = "requested_at"
    list_select_related = ["payment__order"]
    fields = [
        "payment_order",
        "amount",
        "reason",
        "state",
        "requested_at",
        "settled_at",
        "requested_by",
    ]
    readonly_fields = ["payment_order", "amount"]

    @admin.display(description="order")
    def payment_order(self, refund):
        return refund.payment.order

    @admin.display(description="amount")
    def amount(self, refund):
        return dollars(refund.cents)


class LedgerResource(SafeResource):
    order = Field(attribute="order__number", column_name="order")
    dollars = Field(column_name="dollars")

    class Meta:
        model = LedgerEntry
        fields = ["at", "order", "entry", "dollars", "text", "actor"]
        export_order = fields

    def dehydrate_dollars(self, entry):
        return entry.cents / 100  # for the spreadsheet's own sums


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The append-only ledger, which the treasurer's report adds up."""

    resource_class = LedgerResource
    list_display = ["at", "order", "entry", money_column("cents", "amount"), "text", "actor"]
    list_filter = ["entry"]
    search_fields = ["order__number", "order__buyer_name", "text", "actor"]
    date_hierarchy = "at"
    list_select_related = ["order"]
    exclude = ["payment", "refund"]  # the text says it; these are for the report

    def get_urls(self):
        return [self.own_path("report/", self.report_view, "report")] + super().get_urls()

    def list_tools(self, request):
        tools = super().list_tools(request)
        if admin_report.may_see(request.user):
            tools = [Tool("Treasurer's report", self.url("report")), *tools]
        return tools

    def report_view(self, request):
        return admin_report.view(self, request)


class MovementInline(admin.TabularInline):
    """The balance movements in a payout."""

    model = Movement
    fields = readonly_fields = ["at", "kind", "gross", "fee", "net", "order"]
    extra = 0
    can_delete = False
    verbose_name_plural = "included in this payout"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("payment__order")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="gross")
    def gross(self, movement):
        return dollars(movement.gross_cents)

    @admin.display(description="fee")
    def fee(self, movement):
        return dollars(movement.fee_cents)

    @admin.display(description="net")
    def net(self, movement):
        return dollars(movement.net_cents)

    @admin.display(description="order")
    def order(self, movement):
        return movement.payment.order if movement.payment else "not one of ours"


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    """What Stripe sent to the bank, as the bank statement shows it."""

    list_display = ["arrives_on", money_column("cents", "amount"), "state"]
    list_filter = ["state"]
    date_hierarchy = "arrives_on"
    fields = readonly_fields = ["arrives_on", "amount", "state"]
    inlines = [MovementInline]

    @admin.display(description="amount")
    def amount(self, payout):
        return dollars(payout.cents)


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    """Things staff must do. A task is marked as done, by name, and never deleted."""

    list_display = ["text", "order", "created_at", "done_at", "done_by"]
    list_filter = [stamped("done_at", title="done", parameter="done")]
    search_fields = ["text", "order__number"]
    list_select_related = ["order", "done_by"]
    fields = ["text", "order", "created_at", "done_at", "done_by"]

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/done/", self.done_view, "done")
        ] + super().get_urls()

    def tools(self, request, task):
        may = task.done_at is None and request.user.has_perm("orders.change_task")
        return [Tool("Mark as done", self.url("done", task.pk))] if may else []

    def done_view(self, request, object_id):
        task = self.get_or_404(request, object_id, permission="view")
        if not request.user.has_perm("orders.change_task"):
            raise PermissionDenied
        if request.method != "POST":
            return self.act_page(
                request, task, title="Mark as done", words=[task.text], button="Mark as done"
            )
        Task.objects.filter(pk=task.pk, done_at__isnull=True).update(
            done_at=request.now, done_by=request.user
        )
        return self.done(request, task, "Marked as done.", url=self.url("changelist"))
