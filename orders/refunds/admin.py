"""Refunds in the admin: each is confirmed, done once, and recorded by name."""

from datetime import datetime, timedelta

from django import forms
from django.db.models import Sum

from nsca.lib.desk.fields import DollarsField
from nsca.lib.desk.pages import AdminPage
from nsca.lib.text.money import dollars
from orders.lines.kinds import Refusal, after_refund, units_of
from orders.models import Line, Order, Payment, Refund
from orders.refunds import refunds
from orders.refunds.refund_amounts import (
    AT_A_GATEWAY,
    Wanted,
    amounts,
    amounts_of_units,
    refundable_of,
    returned_whole,
    units_back,
)

WHOLE_ORDER, SINGLE = "order", "single"
MAY_REFUND = "orders.add_refund"
HOUR = timedelta(hours=1)


class RefundForm(forms.Form):
    """What to refund, how much, and why; `yes` once the staff member has reviewed it."""

    what = forms.ChoiceField(
        label="What to refund", help_text="Refunding a whole line frees its seats, too."
    )
    units = forms.MultipleChoiceField(
        label="Single tickets",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only with “the tickets checked below”.",
    )
    amount = DollarsField(
        label="Amount",
        required=False,
        help_text="In dollars. Empty: all that is left. A partial refund keeps the seats.",
    )
    reason = forms.CharField(max_length=200, help_text="The buyer and the treasurer will read it.")
    becomes = forms.ChoiceField(label="After the refund", required=False, widget=forms.RadioSelect)
    yes = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, order: Order, **kwargs):
        super().__init__(*args, **kwargs)
        self.order = order
        self.lines = {str(line.pk): line for line in order.lines.all()}
        self.units = {
            f"{line.pk}-{unit.number}": (line, unit)
            for line in self.lines.values()
            for unit in units_of(line)
            if unit.number not in units_back(line)
        }
        whole = [(WHOLE_ORDER, "the whole order")] + [
            (key, f"{line}: {dollars(line.total_cents)}") for key, line in self.lines.items()
        ]
        self.fields["units"].choices = [
            (key, ", ".join(filter(None, (unit.title, unit.text, _gone(unit), line.label))))
            for key, (line, unit) in self.units.items()
        ]
        if len(self.units) > 1:
            whole.append((SINGLE, "the tickets checked below"))
        else:
            del self.fields["units"]
        self.fields["what"].choices = whole
        self.fields["becomes"].choices = after_refund(list(self.lines.values()))
        if not self.fields["becomes"].choices:
            del self.fields["becomes"]
        elif not self.data.get("yes"):
            self.fields["becomes"].widget = forms.HiddenInput()  # asked on the second page

    def clean(self):
        data = super().clean()
        is_single, ticked = data.get("what") == SINGLE, data.get("units")
        if is_single and not ticked:
            self.add_error("units", "Check at least one ticket.")
        if ticked and not is_single:
            self.add_error("what", "For single tickets, choose “the tickets checked below”.")
        if is_single and data.get("amount") is not None:
            self.add_error("amount", "A single ticket is refunded in full. Leave this empty.")
        return data

    def chosen(self) -> dict:
        """The chosen part, as keywords of refunds.give_back."""
        data = self.cleaned_data
        if data["what"] == SINGLE:
            picked: dict[Line, list[int]] = {}
            for key in data["units"]:
                line, unit = self.units[key]
                picked.setdefault(line, []).append(unit.number)
            return {"picked": picked}
        return {"line": self.lines.get(data["what"]), "cents": data["amount"]}

    def meaning(self) -> list[Wanted]:
        """What would be refunded. Raises NothingToRefund, TooMuch."""
        chosen = self.chosen()
        if "picked" in chosen:
            return amounts_of_units(self.order, chosen["picked"])
        return amounts(self.order, **chosen)

    def hide(self) -> None:
        """Keep the answers as hidden fields for the confirmation, and ask what only now can be."""
        answers = after_refund(returned_whole(self.order, self.meaning()))
        self.data = self.data.copy()
        self.data["yes"] = "1"
        for name, field in self.fields.items():
            if name == "becomes" and answers:
                field.widget = forms.RadioSelect(choices=answers)
                self.data[name] = self.data.get(name) or answers[0][0]
            else:
                field.widget = field.hidden_widget()


def _gone(unit) -> str:
    return "already canceled" if unit.is_gone else ""


# --- Pages -------------------------------------------------------------------------------------


def refund_view(model_admin, request, order):
    """Ask what and why, show what that means, then refund."""
    form = RefundForm(request.POST or None, order=order)
    if request.method == "POST" and form.is_valid():
        try:
            wanted = form.meaning()
            asking = _proof_for(model_admin, request, wanted) if form.cleaned_data["yes"] else None
            if asking or not form.cleaned_data["yes"]:
                return _ask_to_refund(model_admin, request, order, form, asking)
            refunds.give_back(
                order=order,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=request.now,
                becomes=form.cleaned_data.get("becomes", ""),
                **form.chosen(),
            )
        except Refusal as refusal:
            form = RefundForm(request.POST, order=order)
            form.add_error(None, str(refusal))
        else:
            return model_admin.done(request, order, _given_back(order, at=request.now))
    return model_admin.act_page(
        request,
        order,
        title="Refund",
        words=[
            f"{dollars(refundable_of(order))} of this order can be refunded.",
            "You'll review the refund on the next page.",
        ],
        button="Continue",
        form=form,
    )


def _proof_for(model_admin, request, wanted: list[Wanted]):
    """Ask for fresh proof if one person refunds more than the limit within an hour."""
    lately = Refund.objects.filter(
        requested_by=request.user, requested_at__gt=request.now - HOUR
    ).exclude(state=Refund.State.FAILED)
    before = lately.aggregate(cents=Sum("cents"))["cents"] or 0
    if before + sum(each.cents for each in wanted) <= model_admin.admin_site.refund_limit():
        return None
    return model_admin.fresh_proof(request)


def _ask_to_refund(model_admin, request, order, form, asking=None):
    wanted = form.meaning()
    form.hide()
    return model_admin.act_page(
        request,
        order,
        title="Refund this?",
        words=_meaning_in_words(order, wanted),
        button=f"Refund {dollars(sum(each.cents for each in wanted))}",
        form=form,
        is_grave=True,
        asking=asking,
    )


def _by_hand(order) -> list[Refund]:
    waiting = Refund.objects.filter(payment__order=order, state=Refund.State.REQUESTED)
    return list(waiting.exclude(payment__method__in=AT_A_GATEWAY).select_related("payment"))


def handed_back_view(model_admin, request, order):
    waiting = _by_hand(order)
    amount = dollars(sum(refund.cents for refund in waiting))
    if request.method != "POST":
        return model_admin.act_page(
            request,
            order,
            title="Confirm a refund by hand",
            words=[f"{order.buyer_name} got {amount} back, in cash or by check."],
            button="Confirm refund",
        )
    for refund in waiting:
        refunds.hand_over(refund, by=request.user, at=request.now)
    return model_admin.done(request, order, f"The refund of {amount} by hand is recorded.")


def _given_back(order: Order, *, at: datetime) -> str:
    """The outcome of the refunds decided at an instant."""
    went = Refund.objects.filter(payment__order=order, requested_at=at)
    went = list(went.exclude(state=Refund.State.FAILED))
    if not went:
        return "Stripe declined the refund. The order's task says what to do."
    words = f"Refunded {dollars(sum(refund.cents for refund in went))}."
    if before := sum(r.cents for r in went if r.reason == refunds.MADE_AT_STRIPE):
        words += f" {dollars(before)} of it was already refunded in Stripe."
    return words


def _meaning_in_words(order: Order, wanted: list[Wanted]) -> list[str]:
    """What the refund will do, one sentence each."""
    words = []
    for each in wanted:
        words.append(f"{_thing(order, each)}: {dollars(each.cents)}.")
    if any(each.is_whole for each in wanted):
        words.append(
            "What is refunded in full is canceled at once: its tickets are no longer valid, and "
            "the seats are on sale again. A guest who has seen the location still knows it."
        )
    else:
        words.append("Part of the price: what was bought stays valid.")
    methods = {p.method for p in order.payments.filter(state=Payment.State.PAID)}
    if methods & set(AT_A_GATEWAY):
        words.append("Card refunds are automatic and take five to ten days.")
    if methods - {*AT_A_GATEWAY, Payment.Method.FREE}:
        words.append("Refund cash and checks by hand. Confirming says that you have done so.")
    if order.buyer_email:
        words.append(f"An e-mail with your reason goes to {order.buyer_email}.")
    return words


def _thing(order: Order, wanted: Wanted) -> str:
    if wanted.line is None:
        return "The whole order" if wanted.is_whole else "Part of the order"
    if wanted.unit is None:
        return str(wanted.line) if wanted.is_whole else f"Part of {wanted.line}"
    unit = next(unit for unit in units_of(wanted.line) if unit.number == wanted.unit)
    return ", ".join(filter(None, (unit.title, unit.text, wanted.line.label)))


PAGES = [
    AdminPage(
        "handed_back",
        handed_back_view,
        permission="view",
        needs=(MAY_REFUND,),
        may=lambda request, order: bool(_by_hand(order)),
        label="Confirm refund by hand",
    ),
    AdminPage(
        "refund",
        refund_view,
        permission="view",
        needs=(MAY_REFUND,),
        label="Refund",
        shows=lambda request, order: order.state == Order.State.PAID,
    ),
]
