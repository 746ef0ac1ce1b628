"""The desk of rehearsals: begin one for an event, watch it, change its place, end it."""

from django import forms
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404

from events.models import Event, Rehearsal
from events.night import drill
from events.night.control_desk import HOLD, OFTEN, SEE, countdown
from nsca.lib.codes import primary_key
from nsca.lib.desk.pages import AdminPage
from orders.kinds import Refusal

SHOWN = 10  # rehearsals so far

# The pages of an event that its rehearsal has, too. Every other page of the admin finds no event.
OF_A_REHEARSAL = {
    "events_event_reveal", "events_event_told", "events_event_hold", "events_event_release",
    "events_event_reveal_now", "events_event_rehearsal", "events_event_rehearsal_change",
    "events_event_rehearsal_end", "events_event_calls",
}  # fmt: skip


class PeopleField(forms.ModelMultipleChoiceField):
    """Drops numbers that no row can have: a database would trip over them."""

    def clean(self, value):
        return super().clean([pk for pk in value or [] if primary_key(str(pk))])


class DrillForm(forms.Form):
    people = PeopleField(
        queryset=None,
        label="Letters go to",
        widget=forms.CheckboxSelectMultiple,
        help_text="Colleagues who can sign in. Nobody else is written to.",
    )
    minutes = forms.IntegerField(
        min_value=drill.SOONEST,
        max_value=drill.LATEST,
        initial=3,
        label="The envelope opens in",
        help_text="Minutes from now.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = self.fields["people"]
        people.queryset = drill.committee()
        people.label_from_instance = lambda user: (
            f"{user.get_full_name()}, {user.email}" if user.name else user.email
        )


def rehearse_view(model_admin, request, event):
    """Choose who gets the letters, and begin."""
    form = DrillForm(request.POST or None, initial={"people": [request.user.pk]})
    if request.method == "POST" and form.is_valid():
        try:
            row = drill.begin(
                event,
                form.cleaned_data["people"],
                minutes=form.cleaned_data["minutes"],
                by=request.user,
                at=request.now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return model_admin.done(
                request,
                event,
                f"The rehearsal has begun, with {row.guests} of us.",
                url=model_admin.url("rehearsal", row.event_id),
            )
    return model_admin.page(
        request,
        "admin/events/event/rehearse.html",
        obj=event,
        title="Rehearse the reveal",
        form=form,
        button="Begin the rehearsal",
        words=[
            "A false place, false guests, and real letters to the colleagues you choose here. "
            "It takes some minutes.",
            "It has an event of its own that is on no page and in no list; guests, tickets, "
            "money and the real place are not touched. Every letter and page says REHEARSAL.",
            "When you end it, or four hours after it began, all of it is taken away.",
        ],
        past=[
            (row, drill.score(row))
            for row in Rehearsal.objects.select_related("began_by", "event")[:SHOWN]
        ],
        running=Rehearsal.objects.filter(ended_at=None, event__isnull=False),
        status=422 if form.errors else 200,
    )


def _rehearsal(event) -> Rehearsal:
    rows = Rehearsal.objects.select_related("event", "began_by")
    return get_object_or_404(rows, event=event)


def rehearsal_view(model_admin, request, event):
    """How it goes; what can be tried."""
    rehearsal = _rehearsal(event)
    event = rehearsal.event
    tickets = event.tickets.select_related("line__order").order_by("pk")
    return model_admin.page(
        request,
        "admin/events/event/rehearsal.html",
        obj=event,
        title="Rehearsal",
        rehearsal=rehearsal,
        score=drill.score(rehearsal),
        is_open=event.reveal_version > 0,
        left=countdown(event.opens_at - request.now),
        ends_in=countdown(rehearsal.until - request.now),
        tickets=tickets,
        own=[ticket for ticket in tickets if ticket.guest_email == request.user.email],
        pause=OFTEN,
        back_url="",
    )


def rehearsal_change_view(model_admin, request, event):
    rehearsal = _rehearsal(event)
    if request.method == "POST":
        drill.change_place(rehearsal, by=request.user, at=request.now)
        model_admin.message_user(request, "The false place is another one now.", "success")
        return HttpResponseRedirect(model_admin.url("rehearsal", event.pk))
    is_told = rehearsal.event.reveal_version > 0
    return model_admin.act_page(
        request,
        rehearsal.event,
        title="Change the false place",
        words=[
            "The place was told: everybody in the rehearsal gets a letter that begins with "
            "CHANGED, and the tickets show the other place."
            if is_told
            else "Nobody notices a change before the envelope opens."
        ],
        button="Change it",
    )


def rehearsal_end_view(model_admin, request, event):
    rehearsal = _rehearsal(event)
    if request.method == "POST":
        drill.end(rehearsal, at=request.now)
        model_admin.message_user(
            request, "The rehearsal is over, and all of it is taken away.", "success"
        )
        return HttpResponseRedirect(model_admin.url("changelist"))
    return model_admin.act_page(
        request,
        rehearsal.event,
        title="End the rehearsal",
        words=[
            "Its event, its tickets and its letters that have not left are taken away; the "
            "links in the letters die. One line stays: who rehearsed, when, and how long the "
            "letters took."
        ],
        button="End it",
    )


def found(request, object_id) -> Event | None:
    """A rehearsal is found by the few pages that a reveal needs, and by no others."""
    if request.resolver_match.url_name not in OF_A_REHEARSAL:
        return None
    return Event.every.filter(pk=object_id, is_rehearsal=True).first()


def _page(name: str, route: str, view) -> AdminPage:
    return AdminPage(
        name=name,
        route=f"<int:object_id>/{route}/",
        view=view,
        permission="view",
        needs=(SEE, HOLD),
        label="Rehearse" if name == "rehearse" else "",
        shows=lambda request, event: event.is_secret and not event.is_cancelled,
    )


PAGES = [
    _page("rehearse", "rehearse", rehearse_view),
    _page("rehearsal", "rehearsal", rehearsal_view),
    _page("rehearsal_change", "rehearsal/change", rehearsal_change_view),
    _page("rehearsal_end", "rehearsal/end", rehearsal_end_view),
]
