"""Recurring payments in the admin: who is charged, when and for what, and how to end it."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied

from nsca.lib.desk.base import Tool, money_column
from nsca.lib.text.money import dollars
from orders.books.admin import ReadOnlyAdmin
from orders.models import ChargeMail, RecurringCharge, RecurringPayment
from orders.recurring import agreements

MAY_END = "orders.change_recurringpayment"


class BookInline(admin.TabularInline):
    """Read-only rows."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None):
        return True  # anyone who may see the recurring payment

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class ChargeInline(BookInline):
    model = RecurringCharge
    fields = readonly_fields = ["charged_at", "order"]
    verbose_name_plural = "charges"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("order")


class ChargeMailInline(BookInline):
    model = ChargeMail
    fields = readonly_fields = ["posted_at", "charge_on", "amount"]
    verbose_name_plural = "notices sent"

    @admin.display(description="amount")
    def amount(self, notice):
        return dollars(notice.cents)


@admin.register(RecurringPayment)
class RecurringPaymentAdmin(ReadOnlyAdmin):
    """Recurring payments with their consent text, charges and notices."""

    view_on_site = False  # its page is the payer's, and one click there cancels it
    list_display = [
        "buyer_name", "label", money_column("cents", "price"), "interval", "state",
        "next_charge_on", "ended_at",
    ]  # fmt: skip
    list_filter = ["state", "kind", "interval"]
    search_fields = ["buyer_name", "buyer_email", "order__number"]
    date_hierarchy = "consented_at"
    fields = [
        "buyer_name", "buyer_email", "household", "label", "price", "interval", "state",
        "next_charge_on", "failing_since", "order", "consent_text", "consented_at", "began_at",
        "ended_at", "ended_by", "ended_because",
    ]  # fmt: skip
    readonly_fields = ["price"]
    inlines = [ChargeInline, ChargeMailInline]

    @admin.display(description="price")
    def price(self, row):
        return dollars(row.cents)

    def get_urls(self):
        return [self.own_path("<int:object_id>/end/", self.end_view, "end")] + super().get_urls()

    def tools(self, request, row):
        may = row.state not in RecurringPayment.OVER and request.user.has_perm(MAY_END)
        return [Tool("Cancel", self.url("end", row.pk))] if may else []

    def end_view(self, request, object_id):
        """Cancel for payers who call, as the link in each e-mail does."""
        row = self.get_or_404(request, object_id, permission="view")
        if not request.user.has_perm(MAY_END):
            raise PermissionDenied
        if request.method != "POST":
            return self.act_page(
                request,
                row,
                title="Cancel the recurring payment",
                words=[
                    f"{row.label}, {dollars(row.cents)} {row.get_interval_display()}: we won't "
                    "charge it again.",
                    "Past payments stay. The payer gets an e-mail.",
                ],
                button="Cancel the recurring payment",
                is_grave=True,
            )
        agreements.cancel(row, by=str(request.user), at=request.now)
        return self.done(request, row, "Canceled. Nothing more will be charged.")
