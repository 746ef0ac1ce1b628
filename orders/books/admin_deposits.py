"""Deposits in the admin: start one, print its slip, hand it over, count it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect

from nsca.lib.desk.base import BaseAdmin, Tool
from nsca.lib.secrets import codes
from nsca.lib.text.money import dollars
from orders.books import deposit_slip, deposits
from orders.lines.kinds import Refusal
from orders.models import Deposit, Payment

_CAME_BACK = Q(items__payment__state=Payment.State.BOUNCED)


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", "open"), ("handed", "not counted yet"), ("counted", "counted")]

    def queryset(self, request, queryset):
        if self.value() == "open":
            return queryset.filter(handed_over_at__isnull=True)
        if self.value() == "handed":
            return queryset.filter(handed_over_at__isnull=False, acknowledged_at__isnull=True)
        if self.value() == "counted":
            return queryset.filter(acknowledged_at__isnull=False)
        return queryset


@admin.register(Deposit)
class DepositAdmin(BaseAdmin):
    """Cash and checks that go to the bank together, chosen while the deposit is open."""

    holds_money = True
    change_form_template = "admin/orders/deposit/change_form.html"
    list_display = ["name", "handed_over_at", "total", "status", "bounced"]
    list_filter = [StateFilter]
    search_fields = ["items__payment__order__number", "items__payment__order__buyer_name"]
    date_hierarchy = "handed_over_at"
    fields = [
        "opened_at", "opened_by", "handed_over_at", "handed_over_by", "acknowledged_at",
        "acknowledged_by", "note",
    ]  # fmt: skip
    readonly_fields = fields[:-1]

    def get_queryset(self, request):
        came_back = Count("items", filter=_CAME_BACK)
        return super().get_queryset(request).annotate(came_back=came_back)

    def has_add_permission(self, request):
        return False  # it starts with what is waiting

    @admin.display(description="deposit", ordering="number")
    def name(self, deposit):
        return str(deposit)

    @admin.display(description="total")
    def total(self, deposit):
        if deposit.handed_over_at is None:
            return "–"
        return dollars(deposit.cash_cents + deposit.check_cents)

    @admin.display(description="state")
    def status(self, deposit):
        if deposit.handed_over_at is None:
            return "open"
        return "counted" if deposit.acknowledged_at else "not counted yet"

    @admin.display(description="bounced checks", ordering="came_back")
    def bounced(self, deposit):
        return deposit.came_back or "–"

    def get_urls(self):
        own = [
            self.own_path("begin/", self.begin_view, "begin"),
            self.own_path("<int:object_id>/choose/", self.choose_view, "choose"),
            self.own_path("<int:object_id>/hand-over/", self.hand_over_view, "hand_over"),
            self.own_path("<int:object_id>/counted/", self.counted_view, "counted"),
            self.own_path("<int:object_id>/slip.pdf", self.slip_view, "slip"),
        ]
        return own + super().get_urls()

    def list_tools(self, request):
        tools = list(super().list_tools(request))
        if _may_begin(request):
            tools.append(Tool("Start a deposit", self.url("begin")))
        return tools

    def tools(self, request, deposit):
        tools = []
        if deposit.handed_over_at is None:
            if _may_begin(request):
                tools += [
                    Tool("Choose payments", self.url("choose", deposit.pk)),
                    Tool("Hand over", self.url("hand_over", deposit.pk)),
                ]
            return tools
        tools.append(Tool("Slip as PDF", self.url("slip", deposit.pk)))
        if deposit.acknowledged_at is None and self.has_change_permission(request, deposit):
            tools.append(Tool("Mark as counted", self.url("counted", deposit.pk)))
        return tools

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["items"] = _items(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def begin_view(self, request):
        """Cash and checks not in a deposit yet, and the button that starts one."""
        if not _may_begin(request):
            raise PermissionDenied
        found = Deposit.objects.filter(handed_over_at__isnull=True).first()
        if found and request.method != "POST":
            return HttpResponseRedirect(self.url("choose", found.pk))
        payments = list(deposits.waiting())
        if request.method == "POST":
            try:
                deposit = deposits.open_deposit(by=request.user, at=request.now)
            except IntegrityError:  # a colleague just started one
                deposit = Deposit.objects.get(handed_over_at__isnull=True)
            return self.done(request, deposit, "The deposit is started.")
        return self.page(
            request,
            "admin/orders/deposit/begin.html",
            title="Start a deposit",
            payments=payments,
            total=sum(p.amount_cents - p.returned_cents for p in payments),
        )

    def choose_view(self, request, object_id):
        deposit = self._theirs(request, object_id)
        if deposit.handed_over_at is not None:
            return HttpResponseRedirect(self.url("change", deposit.pk))
        if request.method == "POST":
            ticked = [codes.primary_key(each) for each in request.POST.getlist("payment")]
            try:
                count = deposits.choose(deposit, ticked)
            except Refusal as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                return HttpResponseRedirect(self.url("change", deposit.pk))
            return self.done(request, deposit, f"Payments in this deposit: {count}.")
        inside = [item.payment for item in _items(deposit)]
        return self.page(
            request,
            "admin/orders/deposit/choose.html",
            obj=deposit,
            title=f"Choose payments for {deposit}",
            rows=[(p, True) for p in inside] + [(p, False) for p in deposits.waiting()],
        )

    def hand_over_view(self, request, object_id):
        deposit = self._theirs(request, object_id)
        items = [i for i in _items(deposit) if i.payment.state == Payment.State.PAID]
        if request.method == "POST":
            try:
                deposits.hand_over(deposit, by=request.user, at=request.now)
            except Refusal as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                return HttpResponseRedirect(self.url("change", deposit.pk))
            return self.done(request, deposit, "The deposit is handed over.")
        total = dollars(sum(i.payment.amount_cents - i.payment.returned_cents for i in items))
        return self.act_page(
            request,
            deposit,
            title=f"Hand over {deposit}",
            words=[
                f"This deposit has {len(items)} payments, {total} in total.",
                "You can't change it after you hand it over. Print the slip and put it inside.",
            ],
            button="Hand over",
        )

    def counted_view(self, request, object_id):
        deposit = self.get_or_404(request, object_id)
        if deposit.handed_over_at is None:
            raise Http404
        if request.method == "POST":
            deposits.acknowledge(deposit, by=request.user, at=request.now)
            return self.done(request, deposit, "The deposit is counted.")
        total = dollars(deposit.cash_cents + deposit.check_cents)
        return self.act_page(
            request,
            deposit,
            title=f"Mark {deposit} as counted",
            words=[
                f"{deposit.handed_over_by.get_full_name()} handed over {total}: checks for "
                f"{dollars(deposit.check_cents)} and {dollars(deposit.cash_cents)} in cash.",
                "If your count differs, don't confirm. Note the difference on the deposit.",
            ],
            button="My count matches",
        )

    def slip_view(self, request, object_id):
        deposit = self.get_or_404(request, object_id, permission="view")
        if deposit.handed_over_at is None:
            raise Http404
        paper = deposit_slip.draw(deposit, _items(deposit), at=request.now)
        response = HttpResponse(paper, content_type="application/pdf")
        name = f'inline; filename="deposit-{deposit.number}.pdf"'
        response.headers["Content-Disposition"] = name
        return response

    def _theirs(self, request, object_id) -> Deposit:
        deposit = self.get_or_404(request, object_id, permission="view")
        if not _may_begin(request):
            raise PermissionDenied
        return deposit


def _may_begin(request) -> bool:
    return request.user.has_perm("orders.add_deposit")


def _items(deposit: Deposit) -> list:
    return list(deposit.items.select_related("payment__order", "payment__recorded_by"))
