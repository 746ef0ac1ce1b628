"""What staff can do with a person's membership from their page, each confirmed and logged."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from membership.joining.admin_payments import MAY_TAKE
from membership.joining.renewals import make_renewal_link
from membership.models import Bereavement, Household, Pause, Person, Term, Tier
from membership.people import bereavement
from membership.privacy.personal_data import subject_of
from membership.terms import hardship, pausing
from membership.terms.ending import end
from membership.terms.years import refuse_slips
from nsca.lib.desk.fields import DollarsField
from nsca.lib.desk.pages import AdminLinks, AdminPage, Tool
from nsca.lib.mail import mail
from nsca.lib.text.fields import refuse_too_little
from nsca.lib.timing import day_of
from orders.models import Order

MAY_DECIDE = "membership.change_term"


def day_field(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, help_text=help_text, widget=widget, validators=[refuse_slips]
    )


class EndForm(forms.Form):
    on = day_field("From", "The first day it is no longer valid.")
    reason = forms.CharField(max_length=150, help_text="For staff only. It is kept.")


class PauseForm(forms.Form):
    starts_on = day_field("Pause from")
    until_on = day_field("Valid again from")
    reason = forms.CharField(max_length=200, help_text="For staff only.")


class HardshipForm(forms.Form):
    tier = forms.ModelChoiceField(Tier.objects.filter(is_offered=True), label="Level")
    dues = DollarsField(label="Dues a year", help_text="In dollars; 0 is free.")
    valid_until = day_field("Until", "The last day to renew at this price.")
    reason = forms.CharField(max_length=200, help_text="For staff only.")

    def clean_dues(self):
        refuse_too_little(self.cleaned_data["dues"])
        return self.cleaned_data["dues"]


class DeathForm(forms.Form):
    died_on = day_field("Died on", "If you don’t know, use the day you heard.")


# --- E-mails -----------------------------------------------------------------------------------


def link_view(model_admin, request, person):
    household = household_of(person, request.now)
    if not person.email or person.died_on or household is None:
        return _nobody(model_admin, request, person, "There is nobody to send it to.")
    if request.method != "POST":
        return model_admin.act_page(
            request,
            person,
            title="Send renewal link",
            words=[
                f"{person.email} will get an e-mail with a link to renew the membership of "
                f"{household}."
            ],
            button="Send",
        )
    link = make_renewal_link(household, at=request.now)
    url = settings.SITE_URL + reverse("membership:renew", args=[link.token])
    mail.post(
        "renewal_link",
        to=person.email,
        to_name=person.name,
        context={"person": person, "renew_url": url, "until": link.valid_until},
    )
    return model_admin.done(request, person, "Renewal link sent.")


def sign_in_view(model_admin, request, person):
    if not person.email or person.died_on:
        return _nobody(model_admin, request, person, "There is nobody to send it to.")
    if request.method != "POST":
        return model_admin.act_page(
            request,
            person,
            title="Send sign-in instructions",
            words=[
                f"{person.email} will get an e-mail that explains how to sign in.",
                "It has no code, because a code works only in the browser that asked for it. They "
                "ask for one on the page it links to.",
            ],
            button="Send",
        )
    url = settings.SITE_URL + reverse("account_login")
    mail.post(
        "sign_in_invitation",
        to=person.email,
        to_name=person.name,
        context={"person": person, "login_url": url},
    )
    return model_admin.done(request, person, "Sign-in instructions sent.")


def receipt_view(model_admin, request, person):
    """Go to the page that resends the e-mails of their last paid order."""
    theirs = Order.objects.filter(subject_of(person).bought(), state=Order.State.PAID)
    order = theirs.order_by("-paid_at", "-pk").first()
    if order is None:
        return _nobody(model_admin, request, person, "They have no paid order.")
    return HttpResponseRedirect(reverse("admin:orders_order_send_again", args=[order.pk]))


# --- Decisions ---------------------------------------------------------------------------------


def end_view(model_admin, request, person):
    household = _household_of(person, request)
    on = day_of(request.now)
    terms = _living_terms(household, on)
    if not terms:
        return _nobody(model_admin, request, person, "They have no current or future membership.")
    form = EndForm(request.POST or None, initial={"on": on})
    if request.method == "POST" and form.is_valid():
        reason = f"{form.cleaned_data['reason']} ({request.user.get_full_name()})"[:200]
        for term in terms:
            end(term, on=form.cleaned_data["on"], because=reason)
        if any(term.line_id for term in terms):
            words = "To refund the dues, open their order."
            model_admin.message_user(request, words, messages.INFO)
        return model_admin.done(request, person, f"Membership of {household} ended.")
    return model_admin.act_page(
        request,
        person,
        title="End membership",
        words=[
            f"For all of {household}: {', '.join(str(term.tier) for term in terms)}.",
            "This refunds nothing. To refund the dues, open their order.",
        ],
        button="End membership",
        form=form,
        is_grave=True,
    )


def pause_view(model_admin, request, person):
    household = _household_of(person, request)
    form = PauseForm(request.POST or None, initial={"starts_on": day_of(request.now)})
    if request.method == "POST" and form.is_valid():
        try:
            pausing.pause(household, by=request.user, at=request.now, **form.cleaned_data)
        except pausing.CannotPause as reason:
            form.add_error(None, str(reason))
        else:
            return model_admin.done(request, person, f"Membership of {household} paused.")
    rests = Pause.objects.filter(household=household, undone_at__isnull=True)
    known = rests.filter(until_on__gt=day_of(request.now)).first()
    words = [f"For all of {household}. The remaining days continue after the pause."]
    if known:
        words.append(f"It is already paused from {known.starts_on} to {known.until_on}.")
    return model_admin.act_page(
        request,
        person,
        title="Pause membership",
        words=words,
        button="Pause membership",
        form=form,
    )


def hardship_view(model_admin, request, person):
    household = _household_of(person, request)
    form = HardshipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        hardship.grant(
            household,
            tier=data["tier"],
            dues_cents=data["dues"],
            valid_until=data["valid_until"],
            reason=data["reason"],
            by=request.user,
            at=request.now,
        )
        return model_admin.done(request, person, f"Dues of {household} lowered.")
    return model_admin.act_page(
        request,
        person,
        title="Lower dues",
        words=[
            f"For {household} only: by their renewal link, signed in, or in the admin.",
            "This replaces earlier lower dues for the same level.",
        ],
        button="Lower dues",
        form=form,
    )


def died_view(model_admin, request, person):
    if person.died_on:
        return _nobody(model_admin, request, person, "Their death is already recorded.")
    form = DeathForm(request.POST or None, initial={"died_on": day_of(request.now)})
    if request.method == "POST" and form.is_valid():
        try:
            bereavement.record(
                person, died_on=form.cleaned_data["died_on"], by=request.user, at=request.now
            )
        except bereavement.CannotBe as reason:
            form.add_error(None, str(reason))
        else:
            return model_admin.done(
                request, person, "Death recorded. No more e-mails will be sent."
            )
    return model_admin.act_page(
        request,
        person,
        title=f"{person} has died",
        words=[
            "All e-mail to them stops now. Their records stay.",
            "People who share the address or the household are not affected.",
        ],
        button="Record death",
        form=form,
    )


def alive_view(model_admin, request, person):
    row = Bereavement.objects.filter(person=person, undone_at__isnull=True).first()
    if row is None:
        return _nobody(model_admin, request, person, "No death is recorded.")
    if request.method == "POST":
        bereavement.undo(row, by=request.user, at=request.now)
        return model_admin.done(request, person, "Undone. No death is recorded now.")
    return model_admin.act_page(
        request,
        person,
        title="Undo recorded death",
        words=[f"We’ll write to {person} again as before."],
        button="Undo",
    )


# --- Shared ------------------------------------------------------------------------------------


def _household_of(person, request) -> Household:
    household = household_of(person, request.now)
    if household is None:
        raise PermissionDenied
    return household


def _nobody(model_admin, request, person, words: str):
    model_admin.message_user(request, words, messages.ERROR)
    return HttpResponseRedirect(model_admin.url("change", person.pk))


def household_of(person: Person, at) -> Household | None:
    """The household that makes somebody a member now, else their home."""
    term = (
        Term.objects.current(day_of(at))
        .filter(household__people=person)
        .select_related("household")
        .first()
    )
    return term.household if term else person.household


def _living_terms(household: Household, on) -> list[Term]:
    """The terms valid on a day or later that were not ended early."""
    terms = household.terms.whole().select_related("tier").order_by("starts_on", "pk")
    return [term for term in terms if term.ends_on is None or term.ends_on >= on]


def _lives(request, person) -> bool:
    return person.died_on is None


def _is_reached(request, person) -> bool:
    return bool(person.email) and person.died_on is None


def _money_links(request, person) -> list[Tool]:
    tools, home = [], person.household
    if person.died_on:
        return tools
    if request.user.has_perm(MAY_TAKE):
        take = reverse("admin:membership_household_take")
        check = urlencode({"person": person.pk, "by": "check"})
        tools += [
            Tool("Record a check", f"{take}?{check}"),
            Tool("Cash, an invoice or a gift", f"{take}?{urlencode({'person': person.pk})}"),
        ]
    if request.user.has_perm("membership.add_term") and home:
        grant = reverse("admin:membership_term_add")
        tools.append(Tool("Grant a membership", f"{grant}?household={home.pk}"))
    return tools


MONEY = AdminLinks(_money_links)
LETTERS = [
    AdminPage(
        "receipt",
        receipt_view,
        permission="view",
        needs=("orders.change_order",),
        label="Resend last receipt",
    ),
    AdminPage("renewal_link", link_view, label="Send renewal link", shows=_is_reached),
    AdminPage("sign_in", sign_in_view, label="Send sign-in instructions", shows=_is_reached),
]
DECISIONS = [
    AdminPage("pause", pause_view, needs=(MAY_DECIDE,), label="Pause", shows=_lives),
    AdminPage("hardship", hardship_view, needs=(MAY_DECIDE,), label="Lower dues", shows=_lives),
]
# Serious acts, in a row of their own.
GRAVE = [
    AdminPage("end", end_view, needs=(MAY_DECIDE,), label="End membership", shows=_lives),
    AdminPage("died", died_view, label="Record a death", shows=_lives),
    AdminPage(
        "alive",
        alive_view,
        label="Undo recorded death",
        shows=lambda request, person: person.died_on is not None,
    ),
]
