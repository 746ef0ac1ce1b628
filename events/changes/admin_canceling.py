"""Staff cancel an event, decide about refunds, and follow them."""

from datetime import timedelta

from events import reveal
from events.changes import foresight, money_back
from events.changes.canceling import AlreadyCanceled, cancel, refund_all
from events.changes.forms import CancelForm
from events.models import Event
from events.reveal.outlook import STALE, key_of
from nsca.lib.desk.pages import AdminPage
from nsca.lib.text.counting import counted
from nsca.lib.text.money import dollars

MAY_REFUND = "orders.add_refund"
CALLED_OFF_WITHIN = timedelta(days=30)  # after the end


def _may_cancel(request, event) -> bool:
    """Whether the event may be canceled, also for a while after its end, to give refunds for an
    event that broke off.
    """
    return (
        event.state == Event.State.PUBLISHED
        and request.now < event.ends_at + CALLED_OFF_WITHIN
        and request.user.has_perm("events.delete_event")
    )


def cancel_view(model_admin, request, event):
    may_refund = request.user.has_perm(MAY_REFUND)
    form = CancelForm(request.POST or None, may_refund=may_refund)
    words = _cancel_words(event, request, may_refund)
    facts = _cancel_facts(event, words)
    shown = reveal.shown_in(request.POST.get("key"))
    is_stale = request.method == "POST" and shown != facts  # e.g. somebody bought, or held it
    may_go_on = request.method == "POST" and form.is_valid() and not is_stale
    asking = model_admin.fresh_proof(request) if may_go_on else None
    if may_go_on and asking is None:

        def as_read(locked: Event) -> bool:
            now = _cancel_words(locked, request, may_refund)
            return _cancel_facts(locked, now) == facts

        try:
            mailed = cancel(
                event,
                note=form.cleaned_data["note"],
                refund_all=form.cleaned_data.get("money") == CancelForm.EVERYBODY,
                by=request.user,
                at=request.now,
                still=as_read,
            )
        except reveal.Overtaken:  # at this very moment
            return cancel_view(model_admin, request, model_admin.get_or_404(request, event.pk))
        except AlreadyCanceled as refusal:
            form.add_error(None, str(refusal))
        else:
            sentence = f"Canceled. Ticket holders get {counted(mailed, 'e-mail')}."
            url = model_admin.url("refunds", event.pk) if may_refund else ""
            return model_admin.done(request, event, sentence, url=url)
    return model_admin.act_page(
        request,
        event,
        title="Cancel the event",
        words=[*_changed(event, shown, facts, request.now), *words] if is_stale else words,
        button="Cancel the event",
        form=form,
        is_grave=True,
        key=reveal.key_of(facts),
        asking=asking,
        status=409 if is_stale else 422 if form.errors else 200,
    )


def _cancel_words(event, request, may_refund) -> list[str]:
    return [
        *foresight.foresee_canceling(event, at=request.now),
        _money_words(money_back.owed_by(event), may_refund),
    ]


def _changed(event, shown, facts, at) -> list[str]:
    return [STALE, *reveal.what_changed(shown, event, facts, at=at)]


def refunds_view(model_admin, request, event):
    """Show the progress of refunds or, before the decision, ask for it."""
    asking = model_admin.fresh_proof(request) if request.method == "POST" else None
    if request.method == "POST" and asking is None:
        refund_all(event, by=request.user, at=request.now)
        sentence = "Everyone gets a refund. The site is working on it."
        return model_admin.done(request, event, sentence, url=model_admin.url("refunds", event.pk))
    return model_admin.page(
        request,
        "admin/events/event/refunds.html",
        obj=event,
        title="Refunds",
        progress=money_back.progress_of(event),
        owed=money_back.owed_by(event),
        asking=asking,
        media=model_admin.media,
    )


def _cancel_facts(event, words) -> dict:
    """The state of the reveal, and every number on the page."""
    return reveal.facts_of(event, act="cancel") | {"words": key_of(words)}


def _money_words(owed: money_back.Owed, may_refund: bool) -> str:
    if not owed.orders:
        return "There are no orders to refund."
    people = f"{counted(owed.orders, 'order')}, {counted(owed.guests, 'guest')}"
    sums = f"{people}, {dollars(owed.cents)}"
    if may_refund:
        return (
            f"To refund: {sums}. Only what was paid for the event: dues and gifts in the same "
            "orders stay. Each cash or check refund becomes a task."
        )
    return f"The treasurer gets a task about the refunds ({sums})."


def _refunds_label(event) -> str:
    if not event.refund_all_at:
        return "Refunds"
    progress = money_back.progress_of(event)
    return f"Refunds: {progress.done} of {progress.orders}"


PAGES = [
    AdminPage("cancel", cancel_view, may=_may_cancel, label="Cancel the event"),
    AdminPage(
        "refunds",
        refunds_view,
        permission="view",
        needs=(MAY_REFUND,),
        may=lambda request, event: event.is_canceled,
        label=_refunds_label,
    ),
]
