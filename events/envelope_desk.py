"""The staff's pages about what is shown around the place: its seal, its picture, the hints, and
who is asked first next year.
"""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from tablib import Dataset

from events import hint_letters, opt_ins, reveal
from events.desk_forms import lead_words
from events.hints import steps
from events.models import Ticket
from events.people import people
from events.place_pictures import ALT_LIMIT, MIMETYPE
from membership import again
from nsca.lib.desk.base import Tool
from nsca.lib.desk.exports import csv_response, note_download, plain
from nsca.lib.images import PictureFormField, PictureRefused
from nsca.lib.sealing import SealingError
from nsca.lib.timing import day_of

SEE, GUESTS = "events.see_venue", "events.change_ticket"


class PlacePictureForm(forms.Form):
    picture = PictureFormField(
        help_text="A photograph, or a plan that you drew. Its hidden data and its name are "
        "dropped, it is made smaller, and it is encrypted like the place."
    )
    alt = forms.CharField(
        label="Picture in words",
        max_length=ALT_LIMIT,
        help_text="What it shows, for those who cannot see it.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["alt"].widget.attrs["autocomplete"] = "off"


def _must(request, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _private(response):
    # Not "no-referrer": a form on it would say "Origin: null", which the CSRF check refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


class EnvelopeDesk:
    """The part of EventAdmin that deals with seal, picture, hints and first access."""

    def envelope_urls(self):
        return [
            self.own_path("<int:object_id>/seal/", self.seal_view, "seal"),
            self.own_path("<int:object_id>/picture/", self.picture_view, "picture"),
            self.own_path("<int:object_id>/hints/", self.hints_view, "hints"),
            self.own_path("<int:object_id>/first-access/", self.first_view, "first_access"),
        ]

    def envelope_tools(self, request, event):
        user, tools = request.user, []
        if user.has_perm(SEE) and not event.is_cancelled:
            tools.append(Tool("Picture of the place", self.url("picture", event.pk)))
            if event.is_secret:
                tools.append(Tool("Seal", self.url("seal", event.pk)))
        if user.has_perm("events.view_hint"):
            tools.append(Tool("Hints", self.url("hints", event.pk)))
        return tools

    def first_access_tools(self, request, event):
        if not request.user.has_perm(GUESTS) or not event.is_past(request.now):
            return []
        return [Tool("First access", self.url("first_access", event.pk))]

    # --- The seal --------------------------------------------------------------------------------

    def seal_view(self, request, object_id):
        """Publish that the place is decided. It cannot be taken back."""
        event = self.get_or_404(request, object_id, permission="view")
        _must(request, SEE)
        if not event.is_secret or event.is_cancelled:
            raise PermissionDenied
        asking = again.ask(request) if request.method == "POST" else None
        if request.method == "POST" and asking is None:
            try:
                reveal.publish_seal(event, by=request.user, at=request.now)
            except (reveal.NoPlace, reveal.NotSealed, SealingError) as refusal:
                self.message_user(request, str(refusal), "error")
            else:
                self.message_user(request, "The seal is published.", "success")
            return _private(HttpResponseRedirect(self.url("seal", event.pk)))
        rows = list(event.commitments.defer("salt"))
        response = self.page(
            request,
            "admin/events/event/seal.html",
            obj=event,
            title="Seal",
            words=lead_words(event),
            published=[row for row in rows if row.published_at],
            is_renewed=bool(rows) and rows[-1].published_at is None,
            may_publish=request.now < event.opens_at,
            has_place=reveal.has_place(event, by=request.user),
            place_url=self.url("place", event.pk),
            asking=asking,
        )
        return _private(response)

    # --- The picture of the place ----------------------------------------------------------------

    @method_decorator(sensitive_post_parameters())
    @method_decorator(sensitive_variables())
    def picture_view(self, request, object_id):
        """Put it in, look at it, take it out. Each look is logged, as looks at the place are."""
        event = self.get_or_404(request, object_id, permission="view")
        _must(request, SEE)
        form, lost = PlacePictureForm(), ""
        asking = again.ask(request) if request.method == "POST" else None
        if request.method == "POST" and asking is None:
            if "look" in request.POST:
                try:
                    content = reveal.look_at_picture(event, by=request.user, at=request.now)
                except SealingError as error:
                    lost = str(error)
                else:
                    if content:
                        return _private(HttpResponse(content, content_type=MIMETYPE))
                    lost = "There is no picture yet."
            elif "remove" in request.POST:
                reveal.remove_picture(event, by=request.user, at=request.now)
                self.message_user(request, "Taken out.")
                return _private(HttpResponseRedirect(self.url("picture", event.pk)))
            else:
                form = PlacePictureForm(request.POST, request.FILES)
                if form.is_valid() and self._put(request, event, form):
                    self.message_user(request, "The picture lies in the envelope.")
                    return _private(HttpResponseRedirect(self.url("picture", event.pk)))
        response = self.page(
            request,
            "admin/events/event/picture.html",
            obj=event,
            title="Picture of the place",
            has_picture=reveal.has_picture(event, by=request.user),
            form=form,
            lost=lost,
            asking=asking,
            status=422 if form.errors else 200,
        )
        return _private(response)

    @staticmethod
    @sensitive_variables()
    def _put(request, event, form) -> bool:
        data = form.cleaned_data
        try:
            reveal.write_picture(
                event, data["picture"], data["alt"], by=request.user, at=request.now
            )
        except (PictureRefused, SealingError) as refusal:
            words = refusal.messages[0] if isinstance(refusal, ValidationError) else str(refusal)
            form.add_error("picture", words)
            return False
        return True

    # --- Hints -----------------------------------------------------------------------------------

    def hints_view(self, request, object_id):
        """Who will have read what after each of them."""
        event = self.get_or_404(request, object_id, permission="view")
        _must(request, "events.view_hint")
        return self.page(
            request,
            "admin/events/event/hints.html",
            obj=event,
            title="Hints",
            steps=steps(event),
            holders=Ticket.objects.valid().filter(event=event).count(),
            asked=hint_letters.asked(event),
        )

    # --- First access ----------------------------------------------------------------------------

    def first_view(self, request, object_id):
        """Guests who asked to be asked first next year; ?csv=1 asks, and takes the list away."""
        event = self.get_or_404(request, object_id, permission="view")
        _must(request, GUESTS)
        invited = opt_ins.invited(event)
        if "csv" in request.GET:
            return self.proven_download(
                request,
                lambda: self._first_access(request, event, invited),
                obj=event,
                title="First access",
                words=[f"Names and e-mail addresses of {people(len(invited))}."],
                button="Export as CSV",
            )
        return self.page(
            request,
            "admin/events/event/first_access.html",
            obj=event,
            title="First access",
            invited=invited,
        )

    def _first_access(self, request, event, invited):
        rows = Dataset(headers=["name", "e-mail", "asked on"])
        for address, name, asked_at in invited:
            rows.append([plain(name), plain(address), f"{day_of(asked_at):%Y-%m-%d}"])
        note_download(request, "first access", len(invited))
        self.log_change(request, event, f"First access: list of {len(invited)} taken away.")
        return csv_response(rows, "first-access")
