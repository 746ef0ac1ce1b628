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

from events import notices, reveal
from events.desk_forms import PlaceForm, lead_words
from events.models import RevealNotice
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
            self.own_path("<int:object_id>/reveal/", self.reveal_view, "reveal"),
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

    def reveal_view(self, request, object_id):
        """When the place is told, who has been told it, and the buttons."""
        event = self.get_or_404(request, object_id, permission="view")
        _must(request, "events.view_revealnotice")
        may_hold = request.user.has_perm(HOLD) and event.is_secret and not event.is_cancelled
        rows = RevealNotice.objects.filter(event=event, version=event.reveal_version)
        may_see = request.user.has_perm(SEE)
        return self.page(
            request,
            "admin/events/event/reveal.html",
            obj=event,
            title="Reveal",
            words=lead_words(event),
            is_due=event.is_secret and event.opens_at <= request.now,
            tally=[
                (label, rows.filter(state=state).count())
                for state, label in RevealNotice.State.choices
            ],
            untold=notices.untold(event) if request.user.has_perm("events.view_ticket") else [],
            may_see=may_see,
            has_place=may_see and reveal.has_place(event, by=request.user),
            looks=event.venue_looks.select_related("user", "link")[:20] if may_see else [],
            hold_url=self.url("hold", event.pk) if may_hold and not event.reveal_held_at else "",
            release_url=self.url("release", event.pk) if may_hold and event.reveal_held_at else "",
            now_url=self.url("reveal_now", event.pk)
            if may_hold and not event.reveal_version
            else "",
            place_url=self.url("place", event.pk) if may_see else "",
        )

    @method_decorator(sensitive_post_parameters())
    @method_decorator(sensitive_variables())
    def place_view(self, request, object_id):
        """The envelope. It is opened for a look by a button of its own, and each look is
        logged.
        """
        event = self.get_or_404(request, object_id, permission="view")
        _must(request, SEE)
        has_place = reveal.has_place(event, by=request.user)
        form, looked, lost = PlaceForm(), False, ""
        if request.method == "POST" and "look" in request.POST:
            try:
                place = reveal.look(event, by=request.user, at=request.now)
                form = PlaceForm(initial=PlaceForm.typed(place) if place else None)
                looked = True
            except SealingError as error:
                lost = str(error)
        elif request.method == "POST":
            form = PlaceForm(request.POST)
            looked = True
            if form.is_valid():
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
            is_told=told and not event.is_cancelled,
            holders=event.tickets.valid().count() if told else 0,
            form=form,
            status=422 if form.errors else 200,
        )
        return self._private(response)

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
        if request.method == "POST":
            try:
                act(event, by=request.user, at=request.now)
            except reveal.NoPlace as refusal:
                self.message_user(request, str(refusal), "error")
            else:
                self.message_user(request, f"{title}: done.", "success")
            return HttpResponseRedirect(self.url("reveal", event.pk))
        words = [lead_words(event), *words]
        return self.act_page(
            request, event, title=title, words=words, button=button, is_grave=is_grave
        )

    def hold_view(self, request, object_id):
        return self._reveal_act(
            request,
            object_id,
            reveal.hold,
            title="Hold the reveal",
            words=[
                "Nobody learns the place until somebody releases the hold.",
                "Pages close within one request, mails stop within one batch. "
                "Who has read it has read it.",
            ],
            button="Hold it",
        )

    def release_view(self, request, object_id):
        return self._reveal_act(
            request,
            object_id,
            reveal.release,
            title="Release the hold",
            words=["The reveal goes on. Where its instant has passed, the place is told at once."],
            button="Release it",
        )

    def reveal_now_view(self, request, object_id):
        event = self.get_or_404(request, object_id, permission="view")
        count = event.tickets.valid().count()
        return self._reveal_act(
            request,
            object_id,
            reveal.reveal_now,
            title="Reveal now",
            words=[
                f"The place is told at once to the holders of {count} tickets.",
                "It cannot be unsaid.",
            ],
            button="Reveal the place now",
        )
