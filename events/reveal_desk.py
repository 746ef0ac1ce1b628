"""The staff's pages about the secret of an event: the envelope, hold, release, reveal now.

What they show is behind reveal.py and its permissions; what is done is logged there, and only
there: nothing of
a place, not even that there is one, reaches the admin's own log, its messages or an event's
history.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from events import foresight, reveal
from events.desk_forms import PlaceForm, lead_words
from events.models import RevealNotice
from events.people import counted, people
from membership import again
from nsca.lib.desk.base import Tool
from nsca.lib.sealing import SealingError

SEE, HOLD = "events.see_venue", "events.hold_reveal"


def _must(request, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


class RevealDesk:
    """The part of EventAdmin that deals with the envelope."""

    def reveal_urls(self):
        return [
            self.own_path("<int:object_id>/place/", self.place_view, "place"),
            self.own_path("<int:object_id>/hold/", self.hold_view, "hold"),
            self.own_path("<int:object_id>/release/", self.release_view, "release"),
            self.own_path("<int:object_id>/reveal-now/", self.reveal_now_view, "reveal_now"),
        ]

    def reveal_tools(self, request, event):
        if event.is_cancelled:
            return []
        tools = []
        if request.user.has_perm(SEE):
            tools.append(Tool("Place", self.url("place", event.pk)))
        if event.is_secret and request.user.has_perm("events.view_revealnotice"):
            tools.append(Tool("Reveal", self.url("reveal", event.pk)))
        return tools

    @method_decorator(sensitive_post_parameters())
    @method_decorator(sensitive_variables())
    def place_view(self, request, object_id):
        """The envelope. It is opened for a look by a button of its own, and each look is
        logged. Who did not sign in just now is asked again who they are, for a look and for a
        change; what was typed goes back to who typed it and is kept nowhere.
        """
        event = self.get_or_404(request, object_id, permission="view")
        _must(request, SEE)
        has_place = reveal.has_place(event, by=request.user)
        form, looked, lost = PlaceForm(), False, ""
        asking = again.ask(request) if request.method == "POST" else None
        if asking is not None:
            looked = "look" not in request.POST
            form = PlaceForm(request.POST) if looked else form
        elif request.method == "POST" and "look" in request.POST:
            try:
                place = reveal.look(event, by=request.user, at=request.now)
                form = PlaceForm(initial=PlaceForm.typed(place) if place else None)
                looked = True
            except SealingError as error:
                lost = str(error)
        elif request.method == "POST":
            form = PlaceForm(request.POST)
            looked = True
            if form.is_valid() and "_back" not in request.POST:
                outlook = foresight.foresee_place(event, at=request.now)
                if outlook.is_worth_asking and not outlook.is_confirmed(request.POST):
                    return self._private(self.confirm_place(request, event, outlook))
                try:
                    reveal.write_place(event, form.place(), by=request.user, at=request.now)
                except SealingError as error:
                    form.add_error(None, str(error))
                else:
                    self.message_user(request, "The envelope is sealed.")
                    return self._private(HttpResponseRedirect(self.url("place", event.pk)))
        told = event.is_secret and event.opens_at <= request.now
        response = self.page(
            request,
            "admin/events/event/place.html",
            obj=event,
            title="Place",
            words=lead_words(event),
            has_place=has_place,
            shows_form=looked or not has_place or bool(lost),
            lost=lost,
            asking=asking,
            is_told=told and not event.is_cancelled,
            holders=event.tickets.valid().count() if told else 0,
            picture_url=self._picture_url(request, event) if has_place and looked else "",
            form=form,
            status=422 if form.errors else 200,
        )
        return self._private(response)

    def _picture_url(self, request, event):
        # A picture outlives a change of the place: whoever writes another is told of it.
        return self.url("picture", event.pk) if reveal.has_picture(event, by=request.user) else ""

    def confirm_place(self, request, event, outlook):
        said = request.POST.get("confirmed", "")
        is_stale = bool(said) and said != outlook.key
        missing = said == outlook.key
        return self.confirm_page(
            request, event, outlook, title="Place", is_stale=is_stale, missing_yes=missing
        )

    @staticmethod
    def _private(response):
        # Not "no-referrer": a form on it would say "Origin: null", which the CSRF check refuses.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def _reveal_act(self, request, object_id, act, *, title, words, button, is_grave=True):
        event = self.get_or_404(request, object_id, permission="view")
        _must(request, HOLD)
        if not event.is_secret or event.is_cancelled:
            raise PermissionDenied
        words = [lead_words(event), *words]
        key = foresight.key_of(words)
        is_stale = request.POST.get("key", key) != key  # somebody bought, or it moved, meanwhile
        if request.method == "POST" and (not is_stale or act is reveal.hold):
            try:
                act(event, by=request.user, at=request.now)
            except reveal.NoPlace as refusal:
                self.message_user(request, str(refusal), "error")
            else:
                self.message_user(request, f"{title}: done.", "success")
            return HttpResponseRedirect(self.url("reveal", event.pk))
        return self.act_page(
            request,
            event,
            title=title,
            words=[foresight.STALE, *words] if is_stale else words,
            button=button,
            is_grave=is_grave,
            key=key,
        )

    def hold_view(self, request, object_id):
        event = self.get_or_404(request, object_id, permission="view")
        return self._reveal_act(
            request,
            object_id,
            reveal.hold,
            title="Hold the reveal",
            words=[
                f"Nobody of {people(event.tickets.valid().count())} with a ticket learns the "
                "place until somebody releases the hold.",
                "Pages close within one request, mails stop within one batch. "
                + _read_words(event),
            ],
            button="Hold it",
        )

    def release_view(self, request, object_id):
        event = self.get_or_404(request, object_id, permission="view")
        is_due = event.is_secret and event.opens_at <= request.now
        whom = people(event.tickets.valid().count())
        when = "Its instant has passed: the place is told at once" if is_due else "It is told then"
        return self._reveal_act(
            request,
            object_id,
            reveal.release,
            title="Release the hold",
            words=["The reveal goes on.", f"{when} to {whom} with a ticket."],
            button="Release it",
        )

    def reveal_now_view(self, request, object_id):
        event = self.get_or_404(request, object_id, permission="view")
        whom = people(event.tickets.valid().count())
        return self._reveal_act(
            request,
            object_id,
            reveal.reveal_now,
            title="Reveal now",
            words=[
                f"The place is told at once to {whom} with a ticket.",
                "It cannot be unsaid.",
            ],
            button="Reveal the place now",
        )


def _read_words(event) -> str:
    """How many know it by now, as far as we can tell: what is read cannot be unsaid."""
    opened = event.tickets.filter(seen_open_at__isnull=False).count()
    sent = RevealNotice.objects.filter(event=event, state=RevealNotice.State.SENT).count()
    if not opened and not sent:
        return "Nobody has been told yet."
    return (
        f"{counted(opened, 'ticket page')} showed it and {counted(sent, 'ticket')} had a letter: "
        "who has read it has read it."
    )
