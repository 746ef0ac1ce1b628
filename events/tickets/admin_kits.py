"""The admin page of kits: addresses missing, what to pack, what was mailed."""

import tablib
from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect

from events.models import Ticket
from events.tickets import kits
from events.tickets.kits import State
from nsca.lib.desk.exports import csv_response, note_export, plain
from nsca.lib.desk.pages import AdminPage
from orders.lines.kinds import Refusal

LABEL_LINES = 5  # of an address; more lines share the last one


class ParcelsForm(forms.Form):
    """Which kits, and what happened to them."""

    act = forms.ChoiceField(
        choices=[("pack", "packed"), ("unpack", "to pack again"), ("post", "mailed")],
        widget=forms.HiddenInput,
        error_messages={"required": "Choose what happened to the kits."},
    )
    parcel = forms.TypedMultipleChoiceField(
        coerce=int,
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": "Check at least one kit.",
            "invalid_choice": "One of these kits is gone. Check the list again.",
        },
    )

    def __init__(self, *args, parcels, **kwargs):
        super().__init__(*args, **kwargs)
        self.parcels = {parcel.ticket.pk: parcel for parcel in parcels}
        self.fields["parcel"].choices = [(pk, pk) for pk in self.parcels]

    @property
    def chosen(self) -> list[kits.Parcel]:
        return [self.parcels[pk] for pk in self.cleaned_data["parcel"]]


def parcels_view(model_admin, request, event):
    """Every kit by its state; the checked ones are packed or mailed together."""
    found = kits.parcels(event)
    form = ParcelsForm(request.POST or None, parcels=found)
    if form.is_bound:
        if not form.is_valid():
            for words in {str(error) for errors in form.errors.values() for error in errors}:
                model_admin.message_user(request, words, messages.ERROR)
        elif form.cleaned_data["act"] == "post" and "sure" not in request.POST:
            return _ask_before_mailing(model_admin, request, event, form)
        else:
            _done_to(model_admin, request, form)
        return HttpResponseRedirect(model_admin.url("parcels", event.pk))
    groups = [
        (state, state.label, [parcel for parcel in found if parcel.state == state])
        for state in State
    ]
    return model_admin.page(
        request,
        "admin/events/event/parcels.html",
        obj=event,
        title="Kits",
        groups=[group for group in groups if group[2]],
        labels_url=model_admin.url("labels", event.pk)
        if any(parcel.state in (State.TO_PACK, State.PACKED) for parcel in found)
        else "",
    )


def _ask_before_mailing(model_admin, request, event, form):
    count = len(form.chosen)
    return model_admin.act_page(
        request,
        event,
        title="Mark as mailed",
        words=[
            f"{_parcels(count)} in the mail: we e-mail each ticket holder.",
            "This cannot be undone, because the e-mails go out right away.",
        ],
        button="Mark as mailed and send e-mails",
        form=_Sure(form.cleaned_data),
        back_url=model_admin.url("parcels", event.pk),
    )


def _done_to(model_admin, request, form) -> None:
    act, chosen = form.cleaned_data["act"], form.chosen
    try:
        if act == "pack":
            done, words = kits.pack(chosen, at=request.now), "packed"
        elif act == "unpack":
            done, words = kits.unpack(chosen), "to be packed again"
        else:
            done, words = (
                kits.post(chosen, at=request.now),
                "mailed, and the ticket holders e-mailed",
            )
    except Refusal as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
        return
    for ticket in done:
        model_admin.log_change(request, ticket, f"Kit: {words}.")
    if done:
        are = "is" if len(done) == 1 else "are"
        model_admin.message_user(
            request, f"{_parcels(len(done))} {are} {words}.", messages.SUCCESS
        )
    if left := len(chosen) - len(done):
        were = "was" if left == 1 else "were"
        model_admin.message_user(
            request,
            f"{_parcels(left)} {were} not changed: the address is missing, or it was done before.",
            messages.WARNING,
        )


def labels_view(model_admin, request, event):
    """Kits not yet in the mail, for printing labels: a name and the lines of an address."""
    waiting = (State.TO_PACK, State.PACKED)
    rows = [parcel for parcel in kits.parcels(event) if parcel.state in waiting]
    labels = tablib.Dataset(
        headers=["name", *(f"line {n}" for n in range(1, LABEL_LINES + 1)), "ticket", "state"]
    )
    for parcel in rows:
        cells = [parcel.name, *_lines(parcel), parcel.ticket.code, parcel.state.label]
        labels.append([plain(cell) for cell in cells])
    return model_admin.proven_download(
        request,
        lambda: _labels_csv(request, event, labels),
        obj=event,
        title="Labels",
        words=[f"Names and postal addresses of {_parcels(len(labels))}, for printing labels."],
        button="Download labels",
    )


def _labels_csv(request, event, labels):
    note_export(request, Ticket, len(labels))
    return csv_response(labels, f"labels-{event.slug}")


class _Sure(ParcelsForm):
    """The same form, confirmed."""

    sure = forms.CharField(initial="1", widget=forms.HiddenInput)

    def __init__(self, data):
        super().__init__(initial={**data, "sure": "1"}, parcels=())


def _lines(parcel: kits.Parcel) -> list[str]:
    lines = parcel.lines
    last = ", ".join(lines[LABEL_LINES - 1 :])
    lines = [*lines[: LABEL_LINES - 1], last]
    return lines + [""] * (LABEL_LINES - len(lines))


def _parcels(count: int) -> str:
    return f"{count} kit" + ("" if count == 1 else "s")


PAGES = [
    AdminPage(
        "parcels",
        parcels_view,
        permission="view",
        needs=("events.change_ticket",),
        label="Kits",
        shows=lambda request, event: event.ticket_types.filter(is_posted=True).exists(),
    ),
    AdminPage(
        "labels",
        labels_view,
        route="<int:object_id>/parcels/labels/",
        permission="view",
        needs=("events.change_ticket",),
    ),
]
