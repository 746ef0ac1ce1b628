"""Staff pages about an event's secret: the venue, hold, release, reveal now.

Only events.reveal checks acts and logs them: nothing about a venue, not even that
there is one, reaches the admin's own log, its messages or an event's history.
"""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponseRedirect
from django.views.decorators.debug import sensitive_variables

from events import reveal
from events.access.private import private_to_staff
from events.models import Event, RevealMail
from events.reveal import admin_confirm as venue_confirm
from events.reveal.forms import VenueForm
from events.reveal.outlook import STALE, foresee_venue, lead_words
from events.reveal.people import people
from membership.accounts import reauthenticate
from nsca.lib.desk.pages import AdminPage, Tool
from nsca.lib.secrets.sealing import SealingError
from nsca.lib.text.counting import counted

SEE, GUESTS = "events.see_venue", "events.change_ticket"

HOLD = "events.hold_reveal"


class Act:
    """One act on a reveal: what its page says, and what must still be true when it is done."""

    name, button, done = "", "", ""
    do: Callable

    def __init__(self, request, event):
        self.user, self.now = request.user, request.now
        self.title = ""

    def guests(self, event) -> int | None:
        """How many it concerns; None where that number may change without asking again."""
        return event.tickets.valid().count()

    def facts(self, event) -> dict:
        return reveal.facts_of(event, act=self.name, by=self.user, guests=self.guests(event))

    def still(self, facts):
        return lambda locked: self.facts(locked) == facts

    def words(self, event) -> list[str]:
        raise NotImplementedError

    def why_not(self, event) -> str:
        """Why it can't be done now; empty where it can."""
        try:
            self.check(event)
        except reveal.NotNow as refusal:
            return str(refusal)
        return ""


class HoldTheReveal(Act):
    name, button, done = "hold", "Hold the reveal", "The reveal is on hold."
    do = staticmethod(reveal.hold)

    def __init__(self, request, event):
        super().__init__(request, event)
        self.title = f"Hold the reveal of “{event.title}”"

    def guests(self, event):
        return None  # a sale at this moment must not stop anyone from pulling the brake

    def check(self, event):
        reveal.check_hold(event, at=self.now)

    def words(self, event):
        return [
            f"{people(event.tickets.valid().count())} with a ticket won’t learn the venue until "
            "the hold is released.",
            "Pages close at once; e-mails stop within one batch. " + _read_words(event),
        ]


class ReleaseTheHold(Act):
    name, button, done = "release", "Release the hold", "The hold is released."
    do = staticmethod(reveal.release)

    def __init__(self, request, event):
        super().__init__(request, event)
        self.title = f"Release the hold on “{event.title}”"

    def check(self, event):
        reveal.check_release(event)

    def words(self, event):
        whom = people(event.tickets.valid().count())
        late = "The reveal time has passed: the venue is revealed at once"
        when = late if event.opens_at <= self.now else "The venue is then revealed as planned"
        return [
            reveal.held_sentence(event, at=self.now),
            f"{when} to {whom} with a ticket.",
        ]


class RevealNow(Act):
    name, button, done = "reveal_now", "Reveal the venue now", "The venue is revealed."
    do = staticmethod(reveal.reveal_now)

    def __init__(self, request, event):
        super().__init__(request, event)
        early = reveal.early_words(event, at=self.now)
        self.title = f"Reveal “{event.title}” now" + (f", {early}" if early else "")

    def check(self, event):
        reveal.check_reveal_now(event, at=self.now)

    def words(self, event):
        return [
            f"The venue of “{event.title}” is revealed at once to "
            f"{people(self.guests(event))} with a ticket, "
            f"{reveal.early_words(event, at=self.now)}.",
            "This can’t be undone.",
        ]


@sensitive_variables()
def venue_view(model_admin, request, event):
    """Show or change the venue. Viewing takes a button of its own, and each view is logged. Both
    ask for fresh proof; what was typed goes back to the person who typed it, and is not stored.
    """
    has_venue = reveal.has_venue(event, by=request.user)
    form, looked, lost, changed = VenueForm(), False, "", []
    facts = reveal.facts_of(event, act="venue", by=request.user)
    key = reveal.key_of(facts)
    asking = reauthenticate.ask(request) if request.method == "POST" else None
    if asking is not None:
        looked = "look" not in request.POST
        form = VenueForm(request.POST) if looked else form
        key = request.POST.get("key", "") if looked else key  # what was read before
    elif request.method == "POST" and "look" in request.POST:
        try:
            venue = reveal.look(event, by=request.user, at=request.now)
            form = VenueForm(initial=VenueForm.typed(venue) if venue else None)
            looked = True
        except SealingError as error:
            lost = str(error)
    elif request.method == "POST":
        form = VenueForm(venue_confirm.typed_again(request.POST))
        looked = True
        shown = reveal.shown_in(request.POST.get("key"))
        if shown != facts:  # a colleague changed something: read first, then save
            changed = reveal.what_changed(shown, event, facts, at=request.now)
            changed = [STALE, *changed]
        elif form.is_valid() and "_back" not in request.POST:
            outlook = foresee_venue(event, at=request.now)
            asks = venue_confirm.questions(event, form.venue(), request.POST, by=request.user)
            has_said_yes = outlook.is_confirmed(request.POST)
            if asks or (outlook.is_worth_asking and not has_said_yes):
                return private_to_staff(
                    confirm_venue(model_admin, request, event, form, outlook, asks)
                )
            try:
                _write(request, event, form, facts, outlook)
            except SealingError as error:
                form.add_error(None, str(error))
            except reveal.Overtaken:  # at this very moment
                return venue_view(
                    model_admin,
                    request,
                    model_admin.get_or_404(request, event.pk, permission="view"),
                )
            else:
                model_admin.message_user(request, "The venue is sealed.")
                return private_to_staff(HttpResponseRedirect(model_admin.url("venue", event.pk)))
    revealed = event.is_secret and reveal.is_revealed(event, at=request.now)
    response = model_admin.page(
        request,
        "admin/events/event/venue.html",
        obj=event,
        title="Venue",
        words=lead_words(event),
        has_venue=has_venue,
        shows_form=looked or not has_venue or bool(lost),
        lost=lost,
        asking=asking,
        is_revealed=revealed and not event.is_canceled,
        holders=event.tickets.valid().count() if revealed else 0,
        picture_url=_picture_url(model_admin, request, event) if has_venue and looked else "",
        form=form,
        key=key,
        changed=changed,
        status=409 if changed else 422 if form.errors else 200,
    )
    return private_to_staff(response)


@sensitive_variables()
def _write(request, event, form, facts, outlook):
    """Save the venue if, under the lock, everything is still as the page said."""

    def as_read(locked: Event) -> bool:
        now = reveal.facts_of(locked, act="venue", by=request.user)
        return now == facts and (foresee_venue(locked, at=request.now).key == outlook.key)

    with transaction.atomic():
        reveal.write_venue(event, form.venue(), by=request.user, at=request.now, still=as_read)
        if venue_confirm.drops_the_picture(request.POST):
            reveal.remove_picture(event, by=request.user, at=request.now)


def _picture_url(model_admin, request, event):
    # A picture outlives a change of the venue, so staff who change the venue are told about it.
    return (
        model_admin.url("picture", event.pk) if reveal.has_picture(event, by=request.user) else ""
    )


def confirm_venue(model_admin, request, event, form, outlook, asks):
    """Show old and new side by side, and ask again for what belongs to the old address."""
    said, shown = request.POST.get("confirmed", ""), request.POST.get("shown", "")
    return model_admin.page(
        request,
        "admin/events/event/place_confirm.html",
        obj=event,
        title="Venue",
        outlook=outlook,
        is_stale=bool(said) and said != outlook.key,
        changed=outlook.changes_since(shown, event, at=request.now) if shown else [],
        **venue_confirm.context(request, event, form, asks),
    )


def _reveal_act(model_admin, request, event, act: Act):
    """Ask, then do it if everything is still as the page said. Otherwise show the page again, with
    what changed first.
    """
    facts = act.facts(event)
    shown = reveal.shown_in(request.POST.get("key"))
    refused = ""
    may_go_on = request.method == "POST" and shown == facts
    asking = model_admin.fresh_proof(request) if may_go_on else None
    if may_go_on and asking is None:
        try:
            act.do(event, by=request.user, at=request.now, still=act.still(facts))
        except (reveal.NoVenue, reveal.NotNow) as refusal:
            refused = str(refusal)
        except reveal.Overtaken:  # at this very moment
            event.refresh_from_db()
            facts = act.facts(event)
        else:
            model_admin.message_user(request, act.done, "success")
            return HttpResponseRedirect(model_admin.url("reveal", event.pk))
    is_stale = request.method == "POST" and shown != facts
    changed = reveal.what_changed(shown, event, facts, at=request.now) if is_stale else []
    refused = refused or act.why_not(event)
    if refused:
        return _refused(model_admin, request, event, act, [*changed, refused])
    first = [STALE, *changed] if is_stale else []
    return model_admin.act_page(
        request,
        event,
        title=act.title,
        words=[*first, lead_words(event), *act.words(event)],
        button=act.button,
        is_grave=True,
        key=reveal.key_of(facts),
        asking=asking,
        status=409 if is_stale else 200,
        back_url=model_admin.url("reveal", event.pk),
    )


def _refused(model_admin, request, event, act: Act, words):
    """Say why it can't be done now, and what comes first."""
    links = [Tool("Mission control", model_admin.url("reveal", event.pk))]
    if event.reveal_held_at and act.do is not reveal.release:
        links.insert(0, Tool("Release the hold", model_admin.url("release", event.pk)))
    return model_admin.page(
        request,
        "admin/events/event/refused.html",
        obj=event,
        title=act.title,
        words=list(dict.fromkeys(words)),
        links=links,
        status=409 if request.method == "POST" else 200,
    )


def hold_view(model_admin, request, event):
    return _reveal_act(model_admin, request, event, HoldTheReveal(request, event))


def release_view(model_admin, request, event):
    return _reveal_act(model_admin, request, event, ReleaseTheHold(request, event))


def reveal_now_view(model_admin, request, event):
    return _reveal_act(model_admin, request, event, RevealNow(request, event))


def _read_words(event) -> str:
    """How many know it by now, as far as we can tell."""
    opened = event.tickets.filter(seen_open_at__isnull=False).count()
    sent = RevealMail.objects.filter(event=event, state=RevealMail.State.SENT).count()
    if not opened and not sent:
        return "Nobody knows it yet."
    return (
        f"{counted(opened, 'ticket page')} showed it and {counted(sent, 'ticket')} got an e-mail; "
        "what was read can’t be taken back."
    )


def _has_an_envelope(request, event) -> bool:
    return event.is_secret and not event.is_canceled


PAGES = [
    AdminPage(
        "venue",
        venue_view,
        permission="view",
        needs=(SEE,),
        label="Venue",
        shows=lambda request, event: not event.is_canceled,
    ),
    *(
        AdminPage(name, view, permission="view", needs=(HOLD,), may=_has_an_envelope)
        for name, view in (
            ("hold", hold_view),
            ("release", release_view),
            ("reveal_now", reveal_now_view),
        )
    ),
]
