"""What staff do with one person's membership, from their page: each act is asked, and noted."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from membership import bereavement, hardship, pausing
from membership.ending import end
from membership.models import Bereavement, Household, Pause, Person, Term, Tier
from membership.records import subject_of
from membership.renewals import make_renewal_link
from membership.take_desk import MAY_TAKE
from membership.years import refuse_slips
from nsca.lib import mail
from nsca.lib.desk.base import Tool
from nsca.lib.desk.fields import DollarsField
from nsca.lib.fields import refuse_too_little
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


class PersonActs:
    """The part of PersonAdmin that decides."""

    def act_urls(self):
        return [
            self.own_path("<int:object_id>/renewal-link/", self.link_view, "renewal_link"),
            self.own_path("<int:object_id>/sign-in/", self.sign_in_view, "sign_in"),
            self.own_path("<int:object_id>/receipt/", self.receipt_view, "receipt"),
            self.own_path("<int:object_id>/end/", self.end_view, "end"),
            self.own_path("<int:object_id>/pause/", self.pause_view, "pause"),
            self.own_path("<int:object_id>/hardship/", self.hardship_view, "hardship"),
            self.own_path("<int:object_id>/died/", self.died_view, "died"),
            self.own_path("<int:object_id>/alive/", self.alive_view, "alive"),
        ]

    def money_tools(self, request, person):
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

    def letter_tools(self, request, person):
        tools = []
        if request.user.has_perm("orders.change_order"):
            tools.append(Tool("Send the last receipt again", self.url("receipt", person.pk)))
        may = self.has_change_permission(request, person)
        if may and person.email and not person.died_on:
            tools += [
                Tool("Send the renewal link", self.url("renewal_link", person.pk)),
                Tool("Send how to sign in", self.url("sign_in", person.pk)),
            ]
        return tools

    def may_decide_on(self, request, person):
        """About the membership of somebody who lives."""
        may = self.has_change_permission(request, person) and request.user.has_perm(MAY_DECIDE)
        return may and not person.died_on

    def decision_tools(self, request, person):
        if not self.may_decide_on(request, person):
            return []
        return [
            Tool("Pause", self.url("pause", person.pk)),
            Tool("Lower the dues", self.url("hardship", person.pk)),
        ]

    def grave_tools(self, request, person):
        """What nobody should press by mistake: in a row of its own."""
        tools = []
        if self.may_decide_on(request, person):
            tools.append(Tool("End the membership", self.url("end", person.pk)))
        if self.has_change_permission(request, person):
            tools.append(
                Tool("It was a mistake: they live", self.url("alive", person.pk))
                if person.died_on
                else Tool("They have died", self.url("died", person.pk))
            )
        return tools

    # --- Letters ---------------------------------------------------------------------------------

    def link_view(self, request, object_id):
        person = self.get_or_404(request, object_id)
        household = household_of(person, request.now)
        if not person.email or person.died_on or household is None:
            return self._nobody(request, person, "There is nobody to send it to.")
        if request.method != "POST":
            return self.act_page(
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
        return self.done(request, person, "Sent the renewal link.")

    def sign_in_view(self, request, object_id):
        person = self.get_or_404(request, object_id)
        if not person.email or person.died_on:
            return self._nobody(request, person, "There is nobody to send it to.")
        if request.method != "POST":
            return self.act_page(
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
        return self.done(request, person, "Sent how to sign in.")

    def receipt_view(self, request, object_id):
        """To the page of their last paid order that sends its mails again."""
        person = self.get_or_404(request, object_id, permission="view")
        if not request.user.has_perm("orders.change_order"):
            raise PermissionDenied
        theirs = Order.objects.filter(subject_of(person).bought(), state=Order.State.PAID)
        order = theirs.order_by("-paid_at", "-pk").first()
        if order is None:
            return self._nobody(request, person, "They have no paid order of their own.")
        return HttpResponseRedirect(reverse("admin:orders_order_send_again", args=[order.pk]))

    # --- Decisions -------------------------------------------------------------------------------

    def end_view(self, request, object_id):
        person, household = self._decide(request, object_id)
        on = day_of(request.now)
        terms = _living_terms(household, on)
        if not terms:
            return self._nobody(request, person, "No membership holds, today or later.")
        form = EndForm(request.POST or None, initial={"on": on})
        if request.method == "POST" and form.is_valid():
            reason = f"{form.cleaned_data['reason']} ({request.user.get_full_name()})"[:200]
            for term in terms:
                end(term, on=form.cleaned_data["on"], because=reason)
            if any(term.line_id for term in terms):
                words = "Money that was paid is given back on its order, if it is to go back."
                self.message_user(request, words, messages.INFO)
            return self.done(request, person, f"Ended the membership of {household}.")
        return self.act_page(
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

    def pause_view(self, request, object_id):
        person, household = self._decide(request, object_id)
        form = PauseForm(request.POST or None, initial={"starts_on": day_of(request.now)})
        if request.method == "POST" and form.is_valid():
            try:
                pausing.pause(household, by=request.user, at=request.now, **form.cleaned_data)
            except pausing.CannotPause as reason:
                form.add_error(None, str(reason))
            else:
                return self.done(request, person, f"Paused the membership of {household}.")
        rests = Pause.objects.filter(household=household, undone_at__isnull=True)
        known = rests.filter(until_on__gt=day_of(request.now)).first()
        words = [f"For all of {household}. The days that are left run on afterwards."]
        if known:
            words.append(f"It rests already from {known.starts_on} to {known.until_on}.")
        return self.act_page(
            request,
            person,
            title="Pause the membership",
            words=words,
            button="Pause it",
            form=form,
        )

    def hardship_view(self, request, object_id):
        person, household = self._decide(request, object_id)
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
            return self.done(request, person, f"Lowered the dues of {household}.")
        return self.act_page(
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

    def died_view(self, request, object_id):
        person = self.get_or_404(request, object_id)
        if person.died_on:
            return self._nobody(request, person, "Their death is recorded already.")
        form = DeathForm(request.POST or None, initial={"died_on": day_of(request.now)})
        if request.method == "POST" and form.is_valid():
            try:
                bereavement.record(
                    person, died_on=form.cleaned_data["died_on"], by=request.user, at=request.now
                )
            except bereavement.CannotBe as reason:
                form.add_error(None, str(reason))
            else:
                return self.done(request, person, "Recorded their death. No mail goes out now.")
        return self.act_page(
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

    def alive_view(self, request, object_id):
        person = self.get_or_404(request, object_id)
        row = Bereavement.objects.filter(person=person, undone_at__isnull=True).first()
        if row is None:
            return self._nobody(request, person, "No death is recorded.")
        if request.method == "POST":
            bereavement.undo(row, by=request.user, at=request.now)
            return self.done(request, person, "Taken back: they live.")
        return self.act_page(
            request,
            person,
            title="It was a mistake",
            words=[f"{person} is written to again, as before."],
            button="They live",
        )

    # --- Shared ----------------------------------------------------------------------------------

    def _decide(self, request, object_id) -> tuple[Person, Household]:
        person = self.get_or_404(request, object_id)
        household = household_of(person, request.now)
        if not request.user.has_perm(MAY_DECIDE) or household is None:
            raise PermissionDenied
        return person, household

    def _nobody(self, request, person, words: str):
        self.message_user(request, words, messages.ERROR)
        return HttpResponseRedirect(self.url("change", person.pk))


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
