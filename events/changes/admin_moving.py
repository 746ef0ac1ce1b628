"""Staff move an event to another day, after reading what that means."""

from django import forms

from events.changes import foresight, moving, windows
from events.models import Event, Hint
from events.reveal.admin import HOLD
from events.reveal.outlook import Outlook
from events.reveal.people import people
from nsca.lib.desk.fields import InstantField
from nsca.lib.desk.pages import AdminPage
from nsca.lib.text.counting import counted
from nsca.lib.timing import exactly

# What a move leaves as it is, because others rely on it.
DEADLINES = (
    ("sales_open_at", "Sales open on {}, as before."),
    ("sales_close_at", "Sales end on {}, as before."),
    ("refunds_until", "The event’s own refunds end by {}, as before."),
    ("choices_close_at", "The caterer’s deadline is {}, as before."),
    ("post_by", "The mailing cut-off is {}, as before."),
    ("tables_until", "Open tables are held until {}, as before."),
)


class MoveForm(forms.Form):
    starts_at = InstantField(label="Starts", help_text="Norfolk time. The new date and time.")
    ends_at = InstantField(
        label="Ends",
        required=False,
        help_text="Norfolk time. Empty: the same length as before.",
    )
    note = forms.CharField(
        label="What guests should know",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Goes into the e-mail: “A storm is coming.” Don’t name the venue.",
    )
    refunds_until = InstantField(
        label="Offer refunds until",
        required=False,
        help_text="Norfolk time. Until then, guests who ordered before the move may return their "
        "tickets for a refund, even after the usual deadline. Empty: no offer.",
    )
    refunds_after_reveal = forms.BooleanField(
        label="Refunds even for guests who know the venue",
        required=False,
        help_text="Only if the board says so: guests could then return their seats.",
    )

    def __init__(self, *args, event: Event, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.event, self.at = event, at

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        try:
            moving.check(self.event, self.wanted(), at=self.at)
        except moving.CannotMove as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return data

    def wanted(self) -> moving.Wanted:
        data = self.cleaned_data
        lasts = self.event.ends_at - self.event.starts_at
        return moving.Wanted(
            starts_at=data["starts_at"],
            ends_at=data["ends_at"] or data["starts_at"] + lasts,
            note=data["note"],
            refunds_until=data["refunds_until"],
            refunds_after_reveal=data["refunds_after_reveal"],
        )


def _may_move(request, event) -> bool:
    """Where the venue is secret, a new start is a new T, as in the event's own form."""
    may = not event.is_secret or request.user.has_perm(HOLD)
    return may and event.state == Event.State.PUBLISHED


def move_view(model_admin, request, event):
    is_back = "_back" in request.POST
    form = MoveForm(
        request.POST or None,
        event=event,
        at=request.now,
        initial={"starts_at": event.starts_at},
    )
    if request.method == "POST" and form.is_valid() and not is_back:
        wanted = form.wanted()
        outlook = _outlook(event, wanted, at=request.now)
        if not outlook.is_confirmed(request.POST):
            return _ask_to_move(model_admin, request, event, outlook)
        row = _moved(request, event, wanted, outlook)
        if row is None:  # somebody bought or saved at this very moment
            event.refresh_from_db()
            outlook = _outlook(event, wanted, at=request.now)
            return _ask_to_move(model_admin, request, event, outlook)
        mails = counted(row.mails.count(), "guest and party,guests and parties")
        sentence = f"Moved to {exactly(row.to_starts_at)}. {mails} will get an e-mail."
        return model_admin.done(request, event, sentence)
    return model_admin.page(
        request,
        "admin/events/event/move.html",
        obj=event,
        title="Move to another day",
        words=[
            f"It starts on {exactly(event.starts_at)} and ends on {exactly(event.ends_at)}.",
            "Tickets stay valid. Before anything is saved, you’ll see what will happen and how "
            "many people it concerns.",
        ],
        button="See what will happen",
        form=form,
        moves=moving.mailed_so_far(event),
        media=model_admin.media + form.media,
        status=422 if form.errors and not is_back else 200,
    )


def _ask_to_move(model_admin, request, event, outlook):
    said = request.POST.get("confirmed", "")
    return model_admin.confirm_page(
        request,
        event,
        outlook,
        title="Move to another day",
        is_stale=bool(said) and said != outlook.key,
        missing_yes=said == outlook.key,
    )


def _moved(request, event, wanted, outlook):
    """Move the event if, under the lock, the outlook is still what was confirmed."""

    def as_confirmed(locked: Event) -> bool:
        return _outlook(locked, wanted, at=request.now).key == outlook.key

    return moving.move(event, wanted, by=request.user, at=request.now, still=as_confirmed)


def _outlook(event, wanted, *, at) -> Outlook:
    after = moving.moved(event, wanted, at=at)
    extra = [
        *_along_words(event, after, at),
        *_refund_words(after, wanted, at),
        *_staying_words(after, at),
    ]
    return foresight.foresee(event, after, at=at, extra=tuple(extra))


def _along_words(before: Event, after: Event, at) -> list[str]:
    words = []
    hints = Hint.objects.filter(event_id=before.pk, opens_at__gt=at).count()
    if hints:
        verb = "moves" if hints == 1 else "move"
        words.append(f"{counted(hints, 'hint')} not shown yet {verb} with the start.")
    latest = at - (after.starts_at - before.starts_at)
    turned = Hint.objects.filter(event_id=before.pk, opens_at__gt=at, opens_at__lte=latest).count()
    if turned:
        words.append(f"{counted(turned, 'hint')} would be shown at once.")
    return words


def _refund_words(after: Event, wanted: moving.Wanted, at) -> list[str]:
    if wanted.refunds_until is None:
        return ["No refunds beyond those the event already offers."]
    until = exactly(wanted.refunds_until)
    words = [f"Guests who ordered before now may return tickets online until {until}."]
    if after.is_secret and wanted.refunds_until > max(after.opens_at, at):
        count = people(after.tickets.valid().count())
        words.append(f"That is after the reveal: {count} could learn the venue, then return.")
    elif after.is_secret and after.opens_at <= at:
        words.append("They already know the venue; make sure the board agrees.")
    return words


def _staying_words(after: Event, at) -> list[str]:
    """What a move leaves as it is, because others rely on it."""
    words = []
    for name, sentence in DEADLINES:
        instant = getattr(after, name)
        if instant is None or (name == "sales_open_at" and instant <= at):
            continue
        words.append(sentence.format(exactly(instant)))
        if name == "sales_close_at" and after.opens_at is not None and instant > after.opens_at:
            words.append(windows.BOUGHT_AFTER)
    for kind in after.ticket_types.filter(is_offered=True):
        own = [("from", kind.sales_open_at), ("until", kind.sales_close_at)]
        spans = [f"{word} {exactly(instant)}" for word, instant in own if instant is not None]
        if spans:
            words.append(f"“{kind.name}” is sold {' '.join(spans)}, as before.")
    return [*words, "To change these, edit the event."] if words else []


PAGES = [
    AdminPage(
        "move",
        move_view,
        may=_may_move,
        label="Move to another day",
        shows=lambda request, event: not event.is_past(request.now),
    )
]
