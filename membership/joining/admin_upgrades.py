"""Upgrades in the admin: the difference by cash or check, or complimentary."""

from dataclasses import replace

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from membership.joining.admin_payments import MAY_TAKE
from membership.joining.renewals import who_renews
from membership.models import Tier
from membership.terms.joining import Joining
from membership.terms.upgrades import changes_for, months_left, term_to_change, upgrade_item
from nsca.lib.desk.pages import AdminPage
from nsca.lib.secrets import codes
from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of
from orders.checkout.placing import Buyer, record_offline
from orders.lines.kinds import Refusal
from orders.models import Order

BY_HAND = (Order.Channel.CASH, Order.Channel.CHECK, Order.Channel.COMPLIMENTARY)


class LevelChoice(forms.ModelChoiceField):
    """Levels with what each upgrade costs now."""

    cents: dict[int, int] = {}

    def label_from_instance(self, tier):
        return f"{tier.name}, {dollars(self.cents[tier.pk])}"


class UpgradeForm(forms.Form):
    tier = LevelChoice(Tier.objects.none(), label="New level")
    channel = forms.ChoiceField(
        label="Paid by",
        choices=[(channel.value, channel.label) for channel in BY_HAND],
        help_text="If complimentary, say in the note who decided it.",
    )
    note = forms.CharField(
        required=False, max_length=500, help_text="For staff only, e.g. the check number."
    )

    def __init__(self, *args, changes, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["tier"]
        field.queryset = Tier.objects.filter(pk__in=[change.tier.pk for change in changes])
        field.cents = {change.tier.pk: change.cents for change in changes}

    def clean(self):
        data = super().clean()
        if data.get("channel") == Order.Channel.COMPLIMENTARY and not data.get("note"):
            self.add_error("note", "Enter who decided that this is free, and why.")
        return data


def upgrade_view(model_admin, request, household):
    """Upgrade a household: the old term ends today and the new one begins."""
    on = day_of(request.now)
    term, person = term_to_change(household, on=on), who_renews(household, on=on)
    tiers = list(Tier.objects.filter(is_offered=True).prefetch_related("benefits"))
    changes = changes_for(household, tiers, on=on)
    key = request.POST.get("key") or codes.link_token()
    form = UpgradeForm(request.POST or None, changes=changes)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        name, email = (person.name, person.email) if person else (household.name, "")
        joining = Joining(name=name, email=email, household_id=household.pk)
        channel = Order.Channel(data["channel"])
        try:
            item = upgrade_item(household, data["tier"], joining, on=on)
            if channel == Order.Channel.COMPLIMENTARY:
                item = replace(item, unit_cents=0, fair_value_cents=0)
            order = record_offline(
                items=[item],
                buyer=Buyer(name, email),
                channel=channel,
                by=request.user,
                at=request.now,
                note=data["note"],
                submission_key=key,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Order {order.number} created.")
            return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))
    words = ["Downgrades happen at renewal. Nothing is refunded for this year."]
    if term:
        months = months_left(on, term.ends_on)
        words.insert(
            0,
            f"{term.tier} is paid through {term.ends_on:%B %-d, %Y}: {months} whole months are "
            "left. The new level starts today and ends on the same day.",
        )
    return model_admin.act_page(
        request,
        household,
        title="Upgrade level",
        words=words,
        button="Upgrade",
        form=form,
        key=key,
    )


PAGES = [
    AdminPage(
        "level",
        upgrade_view,
        permission="view",
        needs=(MAY_TAKE,),
        label="Upgrade level",
        shows=lambda request, household: term_to_change(household, on=day_of(request.now)),
    )
]
