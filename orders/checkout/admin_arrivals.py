"""Admin actions for cash, checks and invoices: paid, bounced, canceled."""

from django import forms

from nsca.lib.desk.pages import AdminPage
from nsca.lib.text.money import dollars
from orders.checkout import offline, settling
from orders.lines.kinds import Refusal
from orders.models import Payment

MAY_TAKE = "orders.add_payment"


class RaisedMoney(forms.Form):
    """How a bounced check was made good."""

    method = forms.ChoiceField(
        label="Paid by",
        choices=[(m.value, m.label) for m in (Payment.Method.CASH, Payment.Method.CHECK)],
    )
    reference = forms.CharField(label="Check number", max_length=40, required=False)


class BouncedForm(forms.Form):
    """What happens to what the check paid for, and whether the buyer gets an e-mail."""

    RESTS, STANDS = "rests", "stands"

    becomes = forms.ChoiceField(
        label="What it paid for",
        choices=[
            (RESTS, "suspend tickets and membership until we have the money"),
            (STANDS, "keep it valid while we talk to the buyer"),
        ],
        initial=RESTS,
        required=False,
        widget=forms.RadioSelect,
    )
    mails_buyer = forms.BooleanField(
        label="E-mail the buyer",
        required=False,
        initial=True,
        help_text="A friendly note that the check bounced, and how to reach us.",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, help_text="It goes into the ledger.")


def _open_invoice(order) -> Payment | None:
    return order.payments.filter(method=Payment.Method.INVOICE, state=Payment.State.OPEN).first()


def _check(order) -> Payment | None:
    return order.payments.filter(method=Payment.Method.CHECK, state=Payment.State.PAID).first()


def _bounced(order) -> Payment | None:
    """A bounced check that has not been made good."""
    if order.payments.filter(state=Payment.State.PAID).exists():
        return None
    return order.payments.filter(method=Payment.Method.CHECK, state=Payment.State.BOUNCED).first()


def received_view(model_admin, request, order):
    payment = _open_invoice(order)
    if request.method != "POST":
        amount = dollars(payment.amount_cents)
        return model_admin.act_page(
            request,
            order,
            title="Mark the invoice as paid",
            words=[f"{amount} from {order.buyer_name} has arrived."],
            button="Mark as paid",
        )
    settling.receive(payment, by=request.user, at=request.now)
    return model_admin.done(request, order, "The invoice is marked as paid.")


def bounced_view(model_admin, request, order):
    payment = _check(order)
    form = BouncedForm(request.POST if request.method == "POST" else None)
    if not order.buyer_email:
        del form.fields["mails_buyer"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        offline.bounce(
            payment,
            by=request.user,
            at=request.now,
            rests=data["becomes"] != BouncedForm.STANDS,
            mails_buyer=data.get("mails_buyer", False),
        )
        return model_admin.done(request, order, "The check is marked as bounced.")
    number = f" no. {payment.reference}" if payment.reference else ""
    return model_admin.act_page(
        request,
        order,
        title="Mark the check as bounced",
        words=[
            f"The bank did not honor the check{number} of {dollars(payment.amount_cents)} "
            f"from {order.buyer_name}.",
            "Suspended tickets and memberships are restored when the money arrives. Seats stay "
            "taken. You'll get a task, and the deposit shows the check as bounced.",
        ],
        button="Mark as bounced",
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
        return model_admin.done(request, order, "The check is made good.")
    left = dollars(payment.amount_cents - payment.returned_cents)
    return model_admin.act_page(
        request,
        order,
        title="The bounced check was made good",
        words=[f"{left} from {order.buyer_name} has arrived. What it paid for is valid again."],
        button="Record the payment",
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
            return model_admin.done(request, order, "The order is canceled. Nothing is owed.")
    return model_admin.act_page(
        request,
        order,
        title="Cancel the order",
        words=[
            f"{dollars(order.total_cents)} was not paid and is no longer owed.",
            "Its tickets are canceled and their seats are free. You can't undo this.",
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
        ("received", received_view, _open_invoice, "Mark invoice as paid"),
        ("bounced", bounced_view, _check, "Mark check as bounced"),
        ("make_good", make_good_view, _bounced, "Make the bounced check good"),
        ("give_up", give_up_view, offline.is_unpaid, "Cancel the order"),
    )
]
