"""The waiting list on the staff's desk: who is next, what was offered, and the two acts."""

from collections.abc import Sequence

from django.contrib import admin
from django.core.exceptions import PermissionDenied

from events import offers, waitlist
from events.models import WaitlistEntry
from events.waitlist_forms import MoveUpForm
from nsca.lib.desk.base import Tool
from nsca.lib.timing import exactly
from orders.kinds import Refusal
from orders.models import Order


class WaitlistDesk:
    """The part of WaitlistEntryAdmin that knows the line."""

    list_display = ["place", "name", "event", "wish", "joined_at", "offered"]
    list_display_links = ["name"]
    ordering = ["-event__starts_at", "event", "-priority", "joined_at", "pk"]
    fields = [
        "event", "ticket_type", "name", "email", "party", "fewest", "joined_at", "left_at",
        "offered",
    ]  # fmt: skip
    readonly_fields = fields

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/move_up/", self.move_up_view, "move_up"),
            self.own_path("<int:object_id>/offer_now/", self.offer_now_view, "offer_now"),
            *super().get_urls(),
        ]

    def tools(self, request, obj) -> Sequence[Tool]:
        if not self._may_act(request, obj):
            return []
        return [
            Tool("Move to the top", self.url("move_up", obj.pk)),
            Tool("Offer chairs now", self.url("offer_now", obj.pk)),
        ]

    def _may_act(self, request, entry: WaitlistEntry) -> bool:
        is_waiting = entry.left_at is None and entry.offer_id is None
        return is_waiting and self.has_change_permission(request, entry)

    # --- The acts --------------------------------------------------------------------------------

    def move_up_view(self, request, object_id):
        entry = self._waiting_or_403(request, object_id)
        form = MoveUpForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            if waitlist.move_up(entry):
                reason = form.cleaned_data["reason"]
                return self.done(request, entry, f"Moved to the top of the line: {reason}")
            form.add_error(None, "This party does not wait any more.")
        return self.act_page(
            request,
            entry,
            title="Move to the top",
            words=[
                f"{entry} will be the first to be offered chairs at {entry.event.title}.",
                "The reason is kept in the history, with your name.",
            ],
            button="Move to the top",
            form=form,
        )

    def offer_now_view(self, request, object_id):
        entry = self._waiting_or_403(request, object_id)
        words = [
            f"{entry} is offered what is free at {entry.event.title} now, out of its turn.",
            f"The chairs are kept for {entry.event.offer_hours} hours, and a letter goes out.",
        ]
        if request.method == "POST":
            try:
                order = offers.offer_now(entry, at=request.now)
            except Refusal as refusal:
                words = [str(refusal)]
            else:
                sentence = f"Offered out of turn until {exactly(order.held_until)}."
                return self.done(request, entry, sentence)
        return self.act_page(
            request, entry, title="Offer chairs now", words=words, button="Offer them"
        )

    def _waiting_or_403(self, request, object_id) -> WaitlistEntry:
        entry = self.get_or_404(request, object_id)
        if not self._may_act(request, entry):
            raise PermissionDenied
        return entry

    def get_object(self, request, object_id, from_field=None):
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            entry.seen_at = request.now
        return entry

    # --- The list --------------------------------------------------------------------------------

    def get_changelist_instance(self, request):
        """Each party with its place in its own event's line, in one query more for the page."""
        changelist = super().get_changelist_instance(request)
        entries = list(changelist.result_list)
        line = WaitlistEntry.objects.filter(
            event__in={entry.event_id for entry in entries}, left_at=None, offer=None
        )
        places, number = {}, {}
        for pk, event_id in line.values_list("pk", "event_id"):
            number[event_id] = places[pk] = number.get(event_id, 0) + 1
        for entry in entries:
            entry.place, entry.seen_at = places.get(entry.pk), request.now
        changelist.result_list = entries
        return changelist

    @admin.display(description="place")
    def place(self, entry):
        return entry.place or "–"

    @admin.display(description="chairs", ordering="party")
    def wish(self, entry):
        return f"{entry.party}, or {entry.fewest}" if entry.fewest < entry.party else entry.party

    @admin.display(description="offer")
    def offered(self, entry):
        return offer_words(entry, at=entry.seen_at)


def offer_words(entry: WaitlistEntry, *, at) -> str:
    """How a party's offer stands, for staff."""
    order = entry.offer
    if order is None:
        return "left the list" if entry.left_at else "waits"
    if order.state == Order.State.PAID:
        return f"taken, order {order.number}"
    if order.is_held(at):
        return f"offered until {exactly(order.held_until)}, order {order.number}"
    said_no = entry.left_at is not None and entry.passed_on_at is None
    return "said no" if said_no else "not answered, passed on"
