"""Admin of the waitlist: who is next, what was offered, and two actions."""

from django.contrib import admin

from events.models import WaitlistEntry
from events.waitlist import entries as waitlist
from events.waitlist import offers
from events.waitlist.forms import MoveUpForm
from nsca.lib.desk.base import BaseAdmin
from nsca.lib.desk.filters import stamped
from nsca.lib.desk.pages import AdminPage
from nsca.lib.timing import exactly
from orders.lines.kinds import Refusal
from orders.models import Order


def move_up_view(model_admin, request, entry):
    form = MoveUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if waitlist.move_up(entry):
            reason = form.cleaned_data["reason"]
            return model_admin.done(request, entry, f"Moved to the top of the line: {reason}")
        form.add_error(None, "This party is no longer waiting.")
    return model_admin.act_page(
        request,
        entry,
        title="Move to the top",
        words=[
            f"{entry} will be offered the next free seats at {entry.event.title}.",
            "The history keeps the reason and your name.",
        ],
        button="Move to the top",
        form=form,
    )


def offer_now_view(model_admin, request, entry):
    words = [
        f"{entry} gets an offer of the free seats at {entry.event.title} now, out of turn.",
        f"We hold the seats for {entry.event.offer_hours} hours and e-mail the party.",
    ]
    if request.method == "POST":
        try:
            order = offers.offer_now(entry, at=request.now)
        except Refusal as refusal:
            words = [str(refusal)]
        else:
            sentence = f"Offered out of turn until {exactly(order.held_until)}."
            return model_admin.done(request, entry, sentence)
    return model_admin.act_page(
        request, entry, title="Offer seats now", words=words, button="Offer seats"
    )


def _is_waiting(request, entry: WaitlistEntry) -> bool:
    return entry.left_at is None and entry.offer_id is None


PAGES = [
    AdminPage("move_up", move_up_view, may=_is_waiting, label="Move to the top"),
    AdminPage("offer_now", offer_now_view, may=_is_waiting, label="Offer seats now"),
]


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(BaseAdmin):
    """Who is waiting, in line order."""

    pages = {"": PAGES}
    list_display = ["place", "name", "event", "seats", "joined_at", "offered"]
    list_display_links = ["name"]
    ordering = ["-event__starts_at", "event", "-priority", "joined_at", "pk"]
    fields = [
        "event", "ticket_type", "name", "email", "party", "fewest", "joined_at", "left_at",
        "offered",
    ]  # fmt: skip
    readonly_fields = fields
    list_filter = [
        stamped("left_at", title="left", parameter="left"),
        ("event", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["name", "email", "event__title"]
    list_select_related = ["event", "offer"]

    def has_add_permission(self, request):
        return False

    def get_object(self, request, object_id, from_field=None):
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            entry.seen_at = request.now
        return entry

    # --- The list -------------------------------------------------------------------------------

    def get_changelist_instance(self, request):
        """Each party with its number in its event's line, in one more query for the page."""
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

    @admin.display(description="number in line")
    def place(self, entry):
        return entry.place or "–"

    @admin.display(description="seats", ordering="party")
    def seats(self, entry):
        return f"{entry.party}, or {entry.fewest}" if entry.fewest < entry.party else entry.party

    @admin.display(description="offer")
    def offered(self, entry):
        return offer_words(entry, at=entry.seen_at)


def offer_words(entry: WaitlistEntry, *, at) -> str:
    """The state of a party's offer, for staff."""
    order = entry.offer
    if order is None:
        return "left the list" if entry.left_at else "waiting"
    if order.state == Order.State.PAID:
        return f"taken, order {order.number}"
    if order.is_held(at):
        return f"offered until {exactly(order.held_until)}, order {order.number}"
    said_no = entry.left_at is not None and entry.passed_on_at is None
    return "declined" if said_no else "no answer, passed on"
