"""Dues and gifts that come by hand: cash at a meeting, a check by post, an invoice."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from membership.dues import Joining, dues_item
from membership.giving import gift_item
from membership.models import Household, Tier
from nsca.lib import codes
from nsca.lib.desk.base import Tool
from nsca.lib.desk.fields import DollarsField
from orders.checkout import Buyer, record_offline
from orders.kinds import Item, Refusal
from orders.models import Order

BY_HAND = (Order.Channel.CASH, Order.Channel.CHEQUE, Order.Channel.INVOICE)
MAY_TAKE = "orders.add_order"


class TakeForm(forms.Form):
    """Who pays, how, and for what: dues, a gift, or both in one."""

    channel = forms.ChoiceField(
        label="Paid by",
        choices=[(channel.value, channel.label) for channel in BY_HAND],
        help_text="An invoice stays open until it is noted as paid.",
    )
    name = forms.CharField(max_length=150, help_text="Who pays, as the receipt should say it.")
    email = forms.EmailField(
        label="E-mail", required=False, help_text="The receipt goes there. Empty: nobody is told."
    )
    phone = forms.CharField(label="Telephone", max_length=40, required=False)
    tier = forms.ModelChoiceField(
        Tier.objects.filter(is_offered=True, dues_cents__isnull=False),
        label="Dues",
        required=False,
        empty_label="none",
        help_text="One year; it begins today, or when the present year ends.",
    )
    gift = DollarsField(label="Gift", required=False, help_text="In dollars.")
    note = forms.CharField(
        required=False, max_length=500, help_text="For colleagues: the number of the check."
    )

    def clean(self):
        data = super().clean()
        if not self.errors and not data["tier"] and not data["gift"]:
            raise forms.ValidationError("Choose dues, or enter a gift.")
        return data

    def items(self, household: Household | None) -> list[Item]:
        """As an order's items. Raises GiftOutOfRange."""
        data, items = self.cleaned_data, []
        if data["tier"]:
            joining = Joining(
                name=data["name"],
                email=data["email"].lower(),
                phone=data["phone"],
                household_id=household.pk if household else None,
            )
            items.append(dues_item(data["tier"], joining))
        if data["gift"]:
            items.append(gift_item(data["gift"]))
        return items


class TakeDesk:
    """The part of HouseholdAdmin that takes money by hand."""

    def take_urls(self):
        return [self.own_path("take/", self.take_view, "take")]

    def take_tools(self, request, household=None):
        if not request.user.has_perm(MAY_TAKE):
            return []
        query = f"?household={household.pk}" if household else ""
        return [Tool("Take dues or a gift", self.url("take") + query)]

    def take_view(self, request):
        """With ?household= for one that is known; without, the payer is found or enrolled."""
        if not request.user.has_perm(MAY_TAKE) or not self.has_view_permission(request):
            raise PermissionDenied
        asked = codes.primary_key(request.GET.get("household"))
        household = get_object_or_404(Household, pk=asked) if asked else None
        person = household.head() if household else None
        initial = {"name": household.name} if household else {}
        if person:
            initial = {"name": person.name, "email": person.email, "phone": person.phone}
        # The key travels with the form: a second click finds the first order.
        key = request.POST.get("key") or codes.link_token()
        form = TakeForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                order = record_offline(
                    items=form.items(household),
                    buyer=Buyer(data["name"], data["email"], data["phone"]),
                    channel=Order.Channel(data["channel"]),
                    by=request.user,
                    at=request.now,
                    note=data["note"],
                    submission_key=key,
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, f"Order {order.number} is written.", messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))
        return self.act_page(
            request,
            household,
            title="Take dues or a gift",
            words=[
                "The order is paid at once, the year of membership begins, and the receipt goes "
                "out.",
                f"For the household {household}."
                if household
                else "A household is found by the e-mail address, or begun.",
            ],
            button="Write the order",
            form=form,
            key=key,
        )
