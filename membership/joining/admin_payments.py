"""Dues and gifts by cash, check or invoice.

From a person's page a check takes ten seconds: the person and level are filled in; type its
number and press Enter.
"""

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from membership.giving.gifts import gift_item
from membership.models import Fund, Household, Person, Tier
from membership.terms.dues import Joining, dues_item
from membership.terms.hardship import dues_of
from nsca.lib.desk.fields import DollarsField
from nsca.lib.desk.pages import AdminLinks, AdminPage, Tool
from nsca.lib.mail.addresses import AddressFormField
from nsca.lib.secrets import codes
from nsca.lib.text.money import dollars
from nsca.lib.text.phones import PhoneField
from nsca.lib.timing import day_of
from orders.checkout.placing import Buyer, record_offline
from orders.lines.kinds import Item, Refusal
from orders.models import Order

BY_HAND = (Order.Channel.CASH, Order.Channel.CHECK, Order.Channel.INVOICE)
MAY_TAKE = "orders.add_order"
LABEL = "Record dues or a gift"


class TakeForm(forms.Form):
    """Who pays, how, and for what: dues, a gift, or both."""

    reference = forms.CharField(
        label="Check number",
        max_length=40,
        required=False,
        help_text="As printed on the check. It appears on the deposit slip.",
    )
    channel = forms.ChoiceField(
        label="Paid by",
        choices=[(channel.value, channel.label) for channel in BY_HAND],
        help_text="An invoice stays open until you mark it as paid.",
    )
    tier = forms.ModelChoiceField(
        Tier.objects.filter(is_offered=True, dues_cents__isnull=False),
        label="Dues",
        required=False,
        empty_label="none",
        help_text="One year, from today or from the end of the current year.",
    )
    gift = DollarsField(label="Gift", required=False, help_text="In dollars.")
    fund = forms.ModelChoiceField(
        Fund.objects.filter(is_open=True),
        label="Gift for",
        required=False,
        empty_label="where it is needed most",
    )
    name = forms.CharField(
        max_length=150, help_text="Who pays, as it should appear on the receipt."
    )
    email = AddressFormField(
        label="E-mail", required=False, help_text="For the receipt. Empty: no e-mail is sent."
    )
    phone = PhoneField(required=False)
    note = forms.CharField(required=False, max_length=500, help_text="For staff only.")

    def __init__(self, *args, household: Household | None = None, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.household, self.on = household, on
        self.fields["reference"].widget.attrs["autofocus"] = True
        self.fields["tier"].label_from_instance = self._with_price

    def _with_price(self, tier: Tier) -> str:
        cents = dues_of(tier, self.household, on=self.on)
        return f"{tier.name}, {dollars(cents)}" + (" (sample)" if tier.is_sample else "")

    def clean(self):
        data = super().clean()
        if not self.errors and not data["tier"] and not data["gift"]:
            raise forms.ValidationError("Choose dues or enter a gift.")
        return data

    def items(self) -> list[Item]:
        """The order's items. Raises GiftOutOfRange."""
        data, items, household = self.cleaned_data, [], self.household
        if data["tier"]:
            joining = Joining(
                name=data["name"],
                email=data["email"],
                phone=data["phone"],
                household_id=household.pk if household else None,
            )
            items.append(dues_item(data["tier"], joining, on=self.on))
        if data["gift"]:
            household_id = household.pk if household and not data["email"] else None
            items.append(gift_item(data["gift"], fund=data["fund"], household_id=household_id))
        return items


def take_view(model_admin, request):
    """Record a payment for ?person= or ?household=, or for a payer to be found or enrolled.

    ?by=check preselects how they pay.
    """
    person, household = _who_pays(request)
    initial = _initial(person, household, request)
    # The key is in the form: a second click finds the first order.
    key = request.POST.get("key") or codes.link_token()
    on = day_of(request.now)
    form = TakeForm(request.POST or None, initial=initial, household=household, on=on)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            order = record_offline(
                items=form.items(),
                buyer=Buyer(data["name"], data["email"], data["phone"]),
                channel=Order.Channel(data["channel"]),
                by=request.user,
                at=request.now,
                note=data["note"],
                reference=data["reference"],
                submission_key=key,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            words = f"Order {order.number}: recorded {dollars(order.total_cents)}."
            model_admin.message_user(request, words, messages.SUCCESS)
            if person:  # back to the page with the next search
                page = reverse("admin:membership_person_change", args=[person.pk])
                return HttpResponseRedirect(page)
            return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))
    return model_admin.act_page(
        request,
        household,
        title="Record dues or a gift",
        words=[
            "This creates a paid order, starts the year of membership and e-mails the receipt.",
            f"For the household {household}."
            if household
            else "We find the household by its e-mail address or create a new one.",
        ],
        button="Record payment",
        form=form,
        key=key,
    )


def _who_pays(request) -> tuple[Person | None, Household | None]:
    """The person and household in the query string. Raises Http404."""
    pk = codes.primary_key(request.GET.get("person"))
    if pk:
        people = Person.objects.all()
        if not request.user.has_perm("membership.see_minors"):
            people = people.exclude(pk__in=Person.objects.minors(day_of(request.now)))
        person = get_object_or_404(people, pk=pk)
        return person, person.household
    pk = codes.primary_key(request.GET.get("household"))
    household = get_object_or_404(Household, pk=pk) if pk else None
    return None, household


def _initial(person: Person | None, household: Household | None, request) -> dict:
    """What we already know: who, their last level, and how they pay."""
    by = request.GET.get("by")
    initial = {"channel": by if by in BY_HAND else Order.Channel.CASH}
    payer = person or (household.head() if household else None)
    if payer:
        initial |= {"name": payer.name, "email": payer.email, "phone": payer.phone}
    elif household:
        initial["name"] = household.name
    if household:
        last = household.terms.real().order_by("-starts_on", "-pk").first()
        initial["tier"] = last.tier_id if last else None
    return initial


def _links(request, household) -> list[Tool]:
    if not request.user.has_perm(MAY_TAKE):
        return []
    take = reverse("admin:membership_household_take")
    return [Tool(LABEL, f"{take}?household={household.pk}")]


PAGES = [
    AdminPage("take", take_view, route="take/", permission="view", needs=(MAY_TAKE,), label=LABEL),
    AdminLinks(_links),
]
