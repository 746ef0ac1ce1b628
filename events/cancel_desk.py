"""Staff cancel an event, choose what becomes of the money, and see how far it has gone back."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied

from events import foresight, money_back, reveal
from events.cancelling import AlreadyCancelled, cancel, refund_all
from events.desk_forms import CancelForm
from events.models import Event
from nsca.lib.counting import counted
from nsca.lib.desk.base import Tool
from nsca.lib.money import dollars

MAY_REFUND = "orders.add_refund"
CALLED_OFF_WITHIN = timedelta(days=30)  # after the end


class CancelDesk:
    """The part of EventAdmin that takes an event back."""

    def cancel_urls(self):
        return [
            self.own_path("<int:object_id>/cancel/", self.cancel_view, "cancel"),
            self.own_path("<int:object_id>/refunds/", self.refunds_view, "refunds"),
        ]

    def cancel_tools(self, request, event):
        tools = []
        if self._may_cancel(request, event):
            tools.append(Tool("Cancel the event", self.url("cancel", event.pk)))
        if event.is_cancelled and request.user.has_perm(MAY_REFUND):
            label = "Refunds"
            if event.refund_all_at:
                progress = money_back.progress_of(event)
                label = f"Refunds: {progress.done} of {progress.orders}"
            tools.append(Tool(label, self.url("refunds", event.pk)))
        return tools

    def _may_cancel(self, request, event) -> bool:
        """Also for a while after its end: an evening that broke up may be called off afterwards,
        for the money. What is long over is history.
        """
        return (
            event.state == Event.State.PUBLISHED
            and request.now < event.ends_at + CALLED_OFF_WITHIN
            and request.user.has_perm("events.delete_event")
        )

    def cancel_view(self, request, object_id):
        event = self.get_or_404(request, object_id)
        if not self._may_cancel(request, event):
            raise PermissionDenied
        may_refund = request.user.has_perm(MAY_REFUND)
        form = CancelForm(request.POST or None, may_refund=may_refund)
        words = self._cancel_words(event, request, may_refund)
        facts = _cancel_facts(event, words)
        shown = reveal.shown_in(request.POST.get("key"))
        is_stale = request.method == "POST" and shown != facts  # somebody bought, or held it, say
        may_go_on = request.method == "POST" and form.is_valid() and not is_stale
        asking = self.fresh_proof(request) if may_go_on else None
        if may_go_on and asking is None:

            def as_read(locked: Event) -> bool:
                now = self._cancel_words(locked, request, may_refund)
                return _cancel_facts(locked, now) == facts

            try:
                told = cancel(
                    event,
                    note=form.cleaned_data["note"],
                    refund_all=form.cleaned_data.get("money") == CancelForm.EVERYBODY,
                    by=request.user,
                    at=request.now,
                    still=as_read,
                )
            except reveal.Overtaken:  # in this very moment
                return self.cancel_view(request, object_id)
            except AlreadyCancelled as refusal:
                form.add_error(None, str(refusal))
            else:
                sentence = f"Cancelled. {counted(told, 'letter')} to ticket holders."
                url = self.url("refunds", event.pk) if may_refund else ""
                return self.done(request, event, sentence, url=url)
        return self.act_page(
            request,
            event,
            title="Cancel the event",
            words=[*self._changed(event, shown, facts, request.now), *words]
            if is_stale
            else words,
            button="Cancel the event",
            form=form,
            is_grave=True,
            key=reveal.key_of(facts),
            asking=asking,
            status=409 if is_stale else 422 if form.errors else 200,
        )

    @staticmethod
    def _cancel_words(event, request, may_refund) -> list[str]:
        return [
            *foresight.foresee_cancelling(event, at=request.now),
            _money_words(money_back.owed_by(event), may_refund),
        ]

    @staticmethod
    def _changed(event, shown, facts, at) -> list[str]:
        return [foresight.STALE, *reveal.what_changed(shown, event, facts, at=at)]

    def refunds_view(self, request, object_id):
        """How far the money has gone back; or, while nobody decided, the question."""
        event = self.get_or_404(request, object_id, permission="view")
        if not request.user.has_perm(MAY_REFUND) or not event.is_cancelled:
            raise PermissionDenied
        asking = self.fresh_proof(request) if request.method == "POST" else None
        if request.method == "POST" and asking is None:
            refund_all(event, by=request.user, at=request.now)
            sentence = "Everybody gets their money back; the site is at it."
            return self.done(request, event, sentence, url=self.url("refunds", event.pk))
        return self.page(
            request,
            "admin/events/event/refunds.html",
            obj=event,
            title="Refunds",
            progress=money_back.progress_of(event),
            owed=money_back.owed_by(event),
            asking=asking,
            media=self.media,
        )


def _cancel_facts(event, words) -> dict:
    """How the reveal stands, and every number that the page says."""
    return reveal.facts_of(event, act="cancel") | {"words": foresight.key_of(words)}


def _money_words(owed: money_back.Owed, may_refund: bool) -> str:
    if not owed.orders:
        return "Nobody has ordered anything, so no money goes back."
    people = f"{counted(owed.orders, 'order')}, {counted(owed.guests, 'guest')}"
    sums = f"{people}, {dollars(owed.cents)}"
    if may_refund:
        return (
            f"To be given back: {sums}. Only what was paid for the event: dues and gifts in the "
            "same orders stay. Cash and checks become tasks, one each."
        )
    return f"About the money ({sums}) the treasurer is asked: they get a task."
