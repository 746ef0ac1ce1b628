"""The box office's books: read, not written. What changes them are acts, each asked before it
is done.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Sum
from django.http import HttpResponseRedirect
from import_export.fields import Field

from nsca.lib import mail
from nsca.lib.desk.base import Desk, Tool
from nsca.lib.desk.exports import SafeResource
from nsca.lib.desk.fields import DollarsField
from nsca.lib.money import dollars
from orders import (
    admin_books,  # noqa: F401 - registers itself
    refunds,
    settle,
)
from orders.kinds import Refusal, by_kind, kind_of
from orders.locks import Busy
from orders.models import Line, Order, Payment, Refund
from orders.receipts import receipt_for

WHOLE_ORDER = "order"


class RefundForm(forms.Form):
    """Which part goes back, how much of it, and why."""

    what = forms.ChoiceField(
        label="What goes back", help_text="A line that goes back whole gives its chairs back too."
    )
    amount = DollarsField(
        label="How much",
        required=False,
        help_text="In dollars. Empty: all that is left. A part leaves the chairs where they are.",
    )
    reason = forms.CharField(
        max_length=200, help_text="The buyer and the treasurer will both read it."
    )

    def __init__(self, *args, order, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = {str(line.pk): line for line in order.lines.all()}
        self.fields["what"].choices = [(WHOLE_ORDER, "the whole order")] + [
            (key, f"{line}: {dollars(line.total_cents)}") for key, line in self.lines.items()
        ]

    @property
    def line(self) -> Line | None:
        return self.lines.get(self.cleaned_data["what"])


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
        )  # for the spreadsheet's own sums; nothing here computes with it

    def dehydrate_bought(self, order):
        return "; ".join(str(line) for line in order.lines.all())


@admin.register(Order)
class OrderAdmin(Desk):
    """An order tells its story: what was bought, what was paid, what went back, and when."""

    holds_money = True
    view_on_site = False  # its page leads to the tickets; `story` links those where it may
    resource_class = OrderResource
    change_form_template = "admin/orders/order/change_form.html"
    list_display = ["number", "buyer_name", "standing", "total", "channel", "placed_at"]
    list_filter = ["state", "channel", "lines__kind", "is_sample"]
    search_fields = ["number", "buyer_name", "buyer_email", "buyer_phone", "lines__label"]
    date_hierarchy = "placed_at"
    fields = [
        "number", "state", "channel", "buyer_name", "buyer_email", "buyer_phone", "placed_at",
        "held_until",
        "paid_at", "lapsed_at", "note",
    ]  # fmt: skip
    readonly_fields = [
        name for name in fields if name not in ("buyer_email", "buyer_phone", "note")
    ]

    def get_queryset(self, request):
        total = Sum(F("lines__quantity") * F("lines__unit_cents"), default=0)
        return super().get_queryset(request).annotate(cents=total).prefetch_related("lines")

    def get_readonly_fields(self, request, obj=None):
        # The buyer's address decides who learns a place: only those who may know it correct a
        # typing error.
        may = request.user.has_perm("events.see_venue")
        return self.readonly_fields if may else [*self.readonly_fields, "buyer_email"]

    def has_add_permission(self, request):
        return False  # tickets are sold on an event's page, dues on a household's

    @admin.display(description="state", ordering="state")
    def standing(self, order):
        return order.get_state_display() + (" (sample)" if order.is_sample else "")

    @admin.display(description="total", ordering="cents")
    def total(self, order):
        return dollars(order.cents) + (" (sample)" if order.is_sample else "")

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/refund/", self.refund_view, "refund"),
            self.own_path("<int:object_id>/send-again/", self.send_again_view, "send_again"),
            self.own_path("<int:object_id>/received/", self.received_view, "received"),
        ] + super().get_urls()

    def tools(self, request, order):
        tools = []
        if order.state == Order.State.PAID and self.has_change_permission(request, order):
            tools.append(Tool("Send the mails again", self.url("send_again", order.pk)))
        if self._open_invoice(order) and request.user.has_perm("orders.add_payment"):
            tools.append(Tool("The invoice was paid", self.url("received", order.pk)))
        if order.state == Order.State.PAID and request.user.has_perm("orders.add_refund"):
            tools.append(Tool("Give money back", self.url("refund", order.pk)))
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
                    "requested_by"
                ),
                "ledger": obj.ledger.all(),
                "tasks": obj.tasks.all(),
                "shows_links": request.user.has_perm("events.see_venue"),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def refund_view(self, request, object_id):
        order = self.get_or_404(request, object_id, permission="view")
        if not request.user.has_perm("orders.add_refund"):
            raise PermissionDenied
        form = RefundForm(request.POST or None, order=order)
        if request.method == "POST" and form.is_valid():
            try:
                sent = refunds.give_back(
                    order=order,
                    line=form.line,
                    cents=form.cleaned_data["amount"],
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                    at=request.now,
                )
            except (Refusal, Busy) as refusal:
                form.add_error(None, str(refusal))
            else:
                cents = sum(refund.cents for refund in sent)
                return self.done(request, order, f"Gave {dollars(cents)} back.")
        left = sum(refunds.refundable_cents(payment) for payment in order.payments.all())
        return self.act_page(
            request,
            order,
            title="Give money back",
            words=[
                f"{dollars(left)} of this order can be given back.",
                "A card gets it back by itself; cash and checks are given back by hand.",
                "A guest who has learned the place cannot unlearn it.",
            ],
            button="Give it back",
            form=form,
            is_grave=True,
        )

    def send_again_view(self, request, object_id):
        order = self.get_or_404(request, object_id)
        if order.state != Order.State.PAID or not order.buyer_email:
            self.message_user(
                request, "There is nothing to send, or nobody to send it to.", messages.ERROR
            )
            return HttpResponseRedirect(self.url("change", order.pk))
        if request.method != "POST":
            return self.act_page(
                request,
                order,
                title="Send the mails again",
                words=[
                    f"The receipt goes to {order.buyer_email} once more, and so do the tickets."
                ],
                button="Send them",
            )
        mail.post(
            "order_paid",
            to=order.buyer_email,
            to_name=order.buyer_name,
            context={"order": order, "receipt": receipt_for(order)},
        )
        for kind, _lines in by_kind(order.lines.all()):
            send_again = getattr(kind, "sent_again", None)
            if send_again:
                send_again(order, at=request.now)
        return self.done(request, order, "Sent the mails again.")

    def _open_invoice(self, order) -> Payment | None:
        return order.payments.filter(
            method=Payment.Method.INVOICE, state=Payment.State.OPEN
        ).first()

    def received_view(self, request, object_id):
        order = self.get_or_404(request, object_id, permission="view")
        payment = self._open_invoice(order)
        if not request.user.has_perm("orders.add_payment") or payment is None:
            raise PermissionDenied
        if request.method != "POST":
            return self.act_page(
                request,
                order,
                title="The invoice was paid",
                words=[
                    f"{dollars(payment.amount_cents)} from {order.buyer_name} is on the account."
                ],
                button="It was paid",
            )
        settle.receive(payment, by=request.user, at=request.now)
        return self.done(request, order, "Noted that the invoice was paid.")
