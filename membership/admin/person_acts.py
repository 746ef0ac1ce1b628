"""What staff do with one person's membership, from their page: each act is asked, and noted."""

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
    on = day_field("From", "The first day on which it does not hold any more.")
    reason = forms.CharField(max_length=150, help_text="For colleagues, and it is kept.")


class PauseForm(forms.Form):
    starts_on = day_field("Rests from")
    until_on = day_field("Holds again from")
    reason = forms.CharField(max_length=200, help_text="For colleagues.")


class HardshipForm(forms.Form):
    tier = forms.ModelChoiceField(Tier.objects.filter(is_offered=True), label="Level")
    dues = DollarsField(label="Dues a year", help_text="In dollars; 0 is free.")
    valid_until = day_field("Until", "The last day on which they may renew by it.")
    reason = forms.CharField(
        max_length=200, help_text="For colleagues only; nobody else reads it."
    )

    def clean_dues(self):
        refuse_too_little(self.cleaned_data["dues"])
        return self.cleaned_data["dues"]


class DeathForm(forms.Form):
    died_on = day_field("Died on", "The day you heard it is good enough.")


# --- Letters ---------------------------------------------------------------------------------


def link_view(model_admin, request, person):
    household = household_of(person, request.now)
    if not person.email or person.died_on or household is None:
        return _nobody(model_admin, request, person, "There is nobody to send it to.")
    if request.method != "POST":
        return model_admin.act_page(
            request,
            person,
            title="Send the renewal link",
            words=[
                f"{person.email} gets a letter with a link that renews the membership of "
                f"{household}, and does nothing else."
            ],
            button="Send it",
        )
    link = make_renewal_link(household, at=request.now)
    url = settings.SITE_URL + reverse("membership:renew", args=[link.token])
    mail.post(
        "renewal_link",
        to=person.email,
        to_name=person.name,
        context={"person": person, "renew_url": url, "until": link.valid_until},
    )
    return model_admin.done(request, person, "Sent the renewal link.")


def sign_in_view(model_admin, request, person):
    if not person.email or person.died_on:
        return _nobody(model_admin, request, person, "There is nobody to send it to.")
    if request.method != "POST":
        return model_admin.act_page(
            request,
            person,
            title="Send how to sign in",
            words=[
                f"{person.email} gets a letter that says how to sign in.",
                "No code is in it: a code opens only the browser that asked for it, and it is "
                "asked for on the page that the letter leads to.",
            ],
            button="Send it",
        )
    url = settings.SITE_URL + reverse("account_login")
    mail.post(
        "sign_in_invitation",
        to=person.email,
        to_name=person.name,
        context={"person": person, "login_url": url},
    )
    return model_admin.done(request, person, "Sent how to sign in.")


def receipt_view(model_admin, request, person):
    """To the page of their last paid order that sends its mails again."""
    theirs = Order.objects.filter(subject_of(person).bought(), state=Order.State.PAID)
    order = theirs.order_by("-paid_at", "-pk").first()
    if order is None:
        return _nobody(model_admin, request, person, "They have no paid order of their own.")
    return HttpResponseRedirect(reverse("admin:orders_order_send_again", args=[order.pk]))


# --- Decisions -------------------------------------------------------------------------------


def end_view(model_admin, request, person):
    household = _household_of(person, request)
    on = day_of(request.now)
    terms = _living_terms(household, on)
    if not terms:
        return _nobody(model_admin, request, person, "No membership holds, today or later.")
    form = EndForm(request.POST or None, initial={"on": on})
    if request.method == "POST" and form.is_valid():
        reason = f"{form.cleaned_data['reason']} ({request.user.get_full_name()})"[:200]
        for term in terms:
            end(term, on=form.cleaned_data["on"], because=reason)
        if any(term.line_id for term in terms):
            words = "Money that was paid is given back on its order, if it is to go back."
            model_admin.message_user(request, words, messages.INFO)
        return model_admin.done(request, person, f"Ended the membership of {household}.")
    return model_admin.act_page(
        request,
        person,
        title="End the membership",
        words=[
            f"For all of {household}: {', '.join(str(term.tier) for term in terms)}.",
            "Money is another matter: it is given back on its order, or not at all.",
        ],
        button="End it",
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
            return model_admin.done(request, person, f"Paused the membership of {household}.")
    rests = Pause.objects.filter(household=household, undone_at__isnull=True)
    known = rests.filter(until_on__gt=day_of(request.now)).first()
    words = [f"For all of {household}. The days that are left run on afterwards."]
    if known:
        words.append(f"It rests already from {known.starts_on} to {known.until_on}.")
    return model_admin.act_page(
        request,
        person,
        title="Pause the membership",
        words=words,
        button="Pause it",
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
        return model_admin.done(request, person, f"Lowered the dues of {household}.")
    return model_admin.act_page(
        request,
        person,
        title="Lower the dues",
        words=[
            f"For {household} alone: by the link in its letter, signed in, or at the desk.",
            "What was granted for the same level before is replaced.",
        ],
        button="Lower them",
        form=form,
    )


def died_view(model_admin, request, person):
    if person.died_on:
        return _nobody(model_admin, request, person, "Their death is recorded already.")
    form = DeathForm(request.POST or None, initial={"died_on": day_of(request.now)})
    if request.method == "POST" and form.is_valid():
        try:
            bereavement.record(
                person, died_on=form.cleaned_data["died_on"], by=request.user, at=request.now
            )
        except bereavement.CannotBe as reason:
            form.add_error(None, str(reason))
        else:
            return model_admin.done(request, person, "Recorded their death. No mail goes out now.")
    return model_admin.act_page(
        request,
        person,
        title=f"{person} has died",
        words=[
            "All mail to the name ends at once, and what was stays in the records.",
            "Whoever shares the address or the household goes on as before.",
        ],
        button="Record it",
        form=form,
    )


def alive_view(model_admin, request, person):
    row = Bereavement.objects.filter(person=person, undone_at__isnull=True).first()
    if row is None:
        return _nobody(model_admin, request, person, "No death is recorded.")
    if request.method == "POST":
        bereavement.undo(row, by=request.user, at=request.now)
        return model_admin.done(request, person, "Taken back: they live.")
    return model_admin.act_page(
        request,
        person,
        title="It was a mistake",
        words=[f"{person} is written to again, as before."],
        button="They live",
    )


# --- Shared ----------------------------------------------------------------------------------


def _household_of(person, request) -> Household:
    household = household_of(person, request.now)
    if household is None:
        raise PermissionDenied
    return household


def _nobody(model_admin, request, person, words: str):
    model_admin.message_user(request, words, messages.ERROR)
    return HttpResponseRedirect(model_admin.url("change", person.pk))


def household_of(person: Person, at) -> Household | None:
    """The household by which somebody is a member now, else the one they live in."""
    term = (
        Term.objects.current(day_of(at))
        .filter(household__people=person)
        .select_related("household")
        .first()
    )
    return term.household if term else person.household


def _living_terms(household: Household, on) -> list[Term]:
    """What holds on a day or later, and nobody has ended."""
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
        check = urlencode({"person": person.pk, "by": "cheque"})
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
        label="Send the last receipt again",
    ),
    AdminPage("renewal_link", link_view, label="Send the renewal link", shows=_is_reached),
    AdminPage("sign_in", sign_in_view, label="Send how to sign in", shows=_is_reached),
]
DECISIONS = [
    AdminPage("pause", pause_view, needs=(MAY_DECIDE,), label="Pause", shows=_lives),
    AdminPage(
        "hardship", hardship_view, needs=(MAY_DECIDE,), label="Lower the dues", shows=_lives
    ),
]
# What nobody should press by mistake: in a row of its own.
GRAVE = [
    AdminPage("end", end_view, needs=(MAY_DECIDE,), label="End the membership", shows=_lives),
    AdminPage("died", died_view, label="They have died", shows=_lives),
    AdminPage(
        "alive",
        alive_view,
        label="It was a mistake: they live",
        shows=lambda request, person: person.died_on is not None,
    ),
]
