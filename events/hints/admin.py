"""Staff pages about the venue's seal and picture, the hints, and first access next year."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_variables
from tablib import Dataset

from events import reveal
from events.access.private import private_to_staff
from events.hints import mail as hint_mail_queue
from events.hints import opt_ins
from events.hints.hints import steps
from events.models import Ticket
from events.reveal.admin import GUESTS, SEE
from events.reveal.outlook import lead_words
from events.reveal.people import people
from events.venue.pictures import ALT_LIMIT, MIMETYPE
from membership.accounts import reauthenticate
from nsca.lib.desk.exports import csv_response, note_download, plain
from nsca.lib.desk.pages import AdminPage
from nsca.lib.media.images import PictureFormField, PictureRefused
from nsca.lib.secrets.sealing import SealingError
from nsca.lib.timing import day_of


class VenuePictureForm(forms.Form):
    picture = PictureFormField(
        help_text="A photo or a plan you drew. Its hidden data and file name are removed, it is "
        "made smaller, and it is encrypted like the venue."
    )
    alt = forms.CharField(
        label="Picture in words",
        max_length=ALT_LIMIT,
        help_text="Describe it for people who can’t see it.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["alt"].widget.attrs["autocomplete"] = "off"


# --- The seal ----------------------------------------------------------------------------------


def seal_view(model_admin, request, event):
    """Publish the venue's seal. It can't be undone."""
    asking = reauthenticate.ask(request) if request.method == "POST" else None
    if request.method == "POST" and asking is None:
        try:
            reveal.publish_seal(event, by=request.user, at=request.now)
        except (reveal.NoVenue, reveal.NotSealed, SealingError) as refusal:
            model_admin.message_user(request, str(refusal), "error")
        else:
            model_admin.message_user(request, "The seal is published.", "success")
        return private_to_staff(HttpResponseRedirect(model_admin.url("seal", event.pk)))
    rows = list(event.commitments.defer("salt"))
    response = model_admin.page(
        request,
        "admin/events/event/seal.html",
        obj=event,
        title="Seal",
        words=lead_words(event),
        published=[row for row in rows if row.published_at],
        is_renewed=bool(rows) and rows[-1].published_at is None,
        may_publish=request.now < event.opens_at,
        has_venue=reveal.has_venue(event, by=request.user),
        venue_url=model_admin.url("venue", event.pk),
        asking=asking,
    )
    return private_to_staff(response)


# --- The venue's picture -----------------------------------------------------------------------


@sensitive_variables()
def picture_view(model_admin, request, event):
    """Add, view or remove the venue's picture. Each view is logged as a venue access."""
    form, lost = VenuePictureForm(), ""
    asking = reauthenticate.ask(request) if request.method == "POST" else None
    if request.method == "POST" and asking is None:
        if "look" in request.POST:
            try:
                content = reveal.look_at_picture(event, by=request.user, at=request.now)
            except SealingError as error:
                lost = str(error)
            else:
                if content:
                    return private_to_staff(HttpResponse(content, content_type=MIMETYPE))
                lost = "There is no picture yet."
        elif "remove" in request.POST:
            reveal.remove_picture(event, by=request.user, at=request.now)
            model_admin.message_user(request, "The picture is removed.")
            return private_to_staff(HttpResponseRedirect(model_admin.url("picture", event.pk)))
        else:
            form = VenuePictureForm(request.POST, request.FILES)
            if form.is_valid() and _put(request, event, form):
                model_admin.message_user(request, "The picture is saved.")
                return private_to_staff(HttpResponseRedirect(model_admin.url("picture", event.pk)))
    response = model_admin.page(
        request,
        "admin/events/event/picture.html",
        obj=event,
        title="Venue picture",
        has_picture=reveal.has_picture(event, by=request.user),
        form=form,
        lost=lost,
        asking=asking,
        status=422 if form.errors else 200,
    )
    return private_to_staff(response)


@sensitive_variables()
def _put(request, event, form) -> bool:
    data = form.cleaned_data
    try:
        reveal.write_picture(event, data["picture"], data["alt"], by=request.user, at=request.now)
    except (PictureRefused, SealingError) as refusal:
        words = refusal.messages[0] if isinstance(refusal, ValidationError) else str(refusal)
        form.add_error("picture", words)
        return False
    return True


# --- Hints -------------------------------------------------------------------------------------


def hints_view(model_admin, request, event):
    """Show who will have seen what after each hint."""
    return model_admin.page(
        request,
        "admin/events/event/hints.html",
        obj=event,
        title="Hints",
        steps=steps(event),
        holders=Ticket.objects.valid().filter(event=event).count(),
        asked=hint_mail_queue.asked(event),
    )


# --- First access ------------------------------------------------------------------------------


def first_view(model_admin, request, event):
    """Guests who asked to hear first next year; ?csv=1 asks, then exports the list."""
    invited = opt_ins.invited(event)
    if "csv" in request.GET:
        return model_admin.proven_download(
            request,
            lambda: _first_access(model_admin, request, event, invited),
            obj=event,
            title="First access",
            words=[f"Names and e-mail addresses of {people(len(invited))}."],
            button="Export as CSV",
        )
    return model_admin.page(
        request,
        "admin/events/event/first_access.html",
        obj=event,
        title="First access",
        invited=invited,
    )


def _first_access(model_admin, request, event, invited):
    rows = Dataset(headers=["name", "e-mail", "asked on"])
    for address, name, asked_at in invited:
        rows.append([plain(name), plain(address), f"{day_of(asked_at):%Y-%m-%d}"])
    note_download(request, "first access", len(invited))
    model_admin.log_change(request, event, f"First access: exported a list of {len(invited)}.")
    return csv_response(rows, "first-access")


PAGES = [
    AdminPage(
        "picture",
        picture_view,
        permission="view",
        needs=(SEE,),
        label="Venue picture",
        shows=lambda request, event: not event.is_canceled,
    ),
    AdminPage(
        "seal",
        seal_view,
        permission="view",
        needs=(SEE,),
        may=lambda request, event: event.is_secret and not event.is_canceled,
        label="Seal",
    ),
    AdminPage("hints", hints_view, permission="view", needs=("events.view_hint",), label="Hints"),
]
FIRST_ACCESS = AdminPage(
    "first_access",
    first_view,
    permission="view",
    needs=(GUESTS,),
    label="First access",
    shows=lambda request, event: event.is_past(request.now),
)
