"""What staff say of money that comes by hand: it came, it came back, it will not come."""

from django import forms

from nsca.lib.desk.pages import AdminPage
from nsca.lib.text.money import dollars
from orders.checkout import offline
from orders.checkout import settling as settle
from orders.lines.kinds import Refusal
from orders.models import Payment

MAY_TAKE = "orders.add_payment"


class RaisedMoney(forms.Form):
    """How the money of a check that came back arrived after all."""

    method = forms.ChoiceField(
        label="It came as",
        choices=[(m.value, m.label) for m in (Payment.Method.CASH, Payment.Method.CHEQUE)],
    )
    reference = forms.CharField(label="Number of the check", max_length=40, required=False)


class BouncedForm(forms.Form):
    """What becomes of what a check paid for, and whether its buyer hears of it by mail."""

    RESTS, STANDS = "rests", "stands"

    becomes = forms.ChoiceField(
        label="What it paid for",
        choices=[
            (RESTS, "rests until the money is here, tickets and membership, too"),
            (STANDS, "still stands while we talk"),
        ],
        initial=RESTS,
        required=False,
        widget=forms.RadioSelect,
    )
    told = forms.BooleanField(
        label="Tell them by mail",
        required=False,
        initial=True,
        help_text="A kind letter: that it came back, that it happens, and how to reach us.",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, help_text="For the ledger.")


def _open_invoice(order) -> Payment | None:
    return order.payments.filter(method=Payment.Method.INVOICE, state=Payment.State.OPEN).first()


def _check(order) -> Payment | None:
    return order.payments.filter(method=Payment.Method.CHEQUE, state=Payment.State.PAID).first()


def _bounced(order) -> Payment | None:
    """A check that came back, while nothing came in its place."""
    if order.payments.filter(state=Payment.State.PAID).exists():
        return None
    return order.payments.filter(method=Payment.Method.CHEQUE, state=Payment.State.BOUNCED).first()


def received_view(model_admin, request, order):
    payment = _open_invoice(order)
    if request.method != "POST":
        amount = dollars(payment.amount_cents)
        return model_admin.act_page(
            request,
            order,
            title="The invoice was paid",
            words=[f"{amount} from {order.buyer_name} is on the account."],
            button="It was paid",
        )
    settle.receive(payment, by=request.user, at=request.now)
    return model_admin.done(request, order, "Noted that the invoice was paid.")


def bounced_view(model_admin, request, order):
    payment = _check(order)
    form = BouncedForm(request.POST if request.method == "POST" else None)
    if not order.buyer_email:
        del form.fields["told"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        offline.bounce(
            payment,
            by=request.user,
            at=request.now,
            rests=data["becomes"] != BouncedForm.STANDS,
            told=data.get("told", False),
        )
        return model_admin.done(request, order, "Noted that the check came back.")
    number = f" no. {payment.reference}" if payment.reference else ""
    return model_admin.act_page(
        request,
        order,
        title="The check came back",
        words=[
            f"The bank did not honor the check{number} of {dollars(payment.amount_cents)} "
            f"from {order.buyer_name}.",
            "What rests comes back by itself once the money is here; chairs stay taken. A "
            "task reminds us, and the deposit says it, too.",
        ],
        button="It came back",
        form=form,
        is_grave=True,
    )


def make_good_view(model_admin, request, order):
    payment = _bounced(order)
    form = RaisedMoney(request.POST or None)
    if request.method == "POST" and form.is_valid():
        method = Payment.Method(form.cleaned_data["method"])
        offline.make_good(
            payment,
            method=method,
            by=request.user,
            at=request.now,
            reference=form.cleaned_data["reference"],
        )
        return model_admin.done(request, order, "Noted that the money came after all.")
    left = dollars(payment.amount_cents - payment.returned_cents)
    return model_admin.act_page(
        request,
        order,
        title="The money came after all",
        words=[f"{left} from {order.buyer_name} is here now. What it paid for holds again."],
        button="It is here",
        form=form,
    )


def give_up_view(model_admin, request, order):
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            offline.cancel_unpaid(
                order, reason=form.cleaned_data["reason"], by=request.user, at=request.now
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return model_admin.done(request, order, "Cancelled: nothing is owed any more.")
    return model_admin.act_page(
        request,
        order,
        title="Cancel the order",
        words=[
            f"{dollars(order.total_cents)} was not paid, and is not asked for any more.",
            "Its tickets are cancelled and their chairs free. This cannot be taken back.",
        ],
        button="Cancel the order",
        form=form,
        is_grave=True,
    )


PAGES = [
    AdminPage(
        name,
        view,
        permission="view",
        needs=(MAY_TAKE,),
        may=lambda request, order, found=found: bool(found(order)),
        label=label,
    )
    for name, view, found, label in (
        ("received", received_view, _open_invoice, "The invoice was paid"),
        ("bounced", bounced_view, _check, "The check came back"),
        ("make_good", make_good_view, _bounced, "The money came after all"),
        ("give_up", give_up_view, offline.is_unpaid, "Cancel the order"),
    )
]
