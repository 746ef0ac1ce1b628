"""The page that says what will happen if staff save an event.

What concerns people who already know the event is listed first (foresight.py); a second button
saves. Nothing is saved before: the form's own POST is rolled back.
"""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction

from events import reveal
from events.changes import foresight, moving, windows
from events.models import Choice, Event, TicketType
from events.reveal.outlook import Outlook
from events.sales.tallies import limits_of

OURS = (
    "confirmed",
    "shown",
    "yes_reveal",
    "_back",
    "csrfmiddlewaretoken",
    "code",
)  # again.Asking's
NO_OFFER = (
    "This offers no refunds, and the e-mail gives only the new time. To offer refunds or add a "
    "note to guests, use “Move to another day”."
)


class Unconfirmed(Exception):
    """Staff have not yet confirmed what saving would do."""

    def __init__(self, outlook: Outlook):
        super().__init__("What saving would do has not been confirmed.")
        self.outlook = outlook


class SavingAdmin:
    """The part of EventAdmin that asks before it saves."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Unconfirmed as question:
            return self._ask_first(request, object_id, question.outlook)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        try:
            with transaction.atomic():
                return super().history_form_view(request, object_id, version_id, extra_context)
        except Unconfirmed as question:
            return self._ask_first(request, object_id, question.outlook)

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        request.event_formsets = formsets
        return formsets, inlines

    def save_model(self, request, obj, form, change):
        if not change:
            # Before it is first saved, it is a draft that nobody knows.
            before = foresight.as_changed(obj, {"state": Event.State.DRAFT})
            after = obj
        else:
            before = Event.objects.select_for_update().get(pk=obj.pk)
            after = _as_saved(before, obj, form)
        outlook = _outlook(request, before, after, is_new=not change)
        if outlook.is_worth_asking and not outlook.is_confirmed(request.POST):
            raise Unconfirmed(outlook)
        form.before = before
        was_open = change and reveal.record_opening(before, at=request.now)
        super().save_model(request, obj, form, change)
        saved = Event.objects.get(pk=obj.pk)  # a restored version has only some fields
        reveal.note_opened(saved, at=request.now, was_open=was_open)
        if change and before.starts_at != obj.starts_at:
            self._move_along(request, before, obj)

    def _move_along(self, request, before, after):
        """Move the door links and owe the e-mails. Hints are in the same form, and stay
        as typed.
        """
        moving.shift_links(after, after.starts_at - before.starts_at)
        if foresight.is_announced(before, after, at=request.now):
            wanted = moving.Wanted(after.starts_at, after.ends_at)
            moving.announce(
                after, came_from=before.starts_at, wanted=wanted, by=request.user, at=request.now
            )

    def _ask_first(self, request, object_id, outlook):
        is_stale = bool(request.POST.get("confirmed")) and (
            request.POST["confirmed"] != outlook.key
        )
        return self.confirm_page(
            request,
            self.get_object(request, unquote(str(object_id))) if object_id else None,
            outlook,
            is_stale=is_stale,
            missing_yes=not is_stale and "confirmed" in request.POST,
        )

    def confirm_page(self, request, obj, outlook, *, title="", missing_yes=False, **context):
        """Show the sentences, the typed values as hidden fields, and two buttons: save,
        go back.
        """
        typed = [
            (name, value)
            for name in request.POST
            if name not in OURS
            for value in request.POST.getlist(name)
        ]
        shown = request.POST.get("shown", "")
        changed = outlook.changes_since(shown, obj, at=request.now) if obj and shown else []
        return self.page(
            request,
            "admin/events/event/confirm.html",
            obj=obj,
            title=title or "What will happen if you save",
            outlook=outlook,
            typed=typed,
            changed=changed,
            # A browser does not send a file twice, so staff choose it again on this page.
            files=[(name, file.name) for name, file in request.FILES.items()],
            missing_yes=missing_yes,
            media=self.media,
            status=422 if missing_yes else 200,
            **context,
        )

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if "_back" in request.POST:
            context["errors"] = []  # going back is not an error
            messages.info(request, NOTHING_SAVED)
        return super().render_change_form(request, context, add, change, form_url, obj)


def _as_saved(before: Event, obj: Event, form) -> Event:
    """The event as the form would leave it: the form's fields changed, the rest as it is."""
    own = [field for field in Event._meta.concrete_fields if field.name in form.fields]
    return foresight.as_changed(before, {f.attname: getattr(obj, f.attname) for f in own})


def _outlook(request, before, after, *, is_new: bool) -> Outlook:
    if is_new:
        return foresight.foresee(before, after, at=request.now)
    taken = limits_of(before, at=request.now)
    return foresight.foresee(
        before,
        after,
        at=request.now,
        limits=_limits(request, before, after, taken),
        kinds=windows.of_kinds(
            _changed_kinds(request, before), before, after, sold=taken.kinds, at=request.now
        ),
        extra=(NO_OFFER,) if foresight.is_announced(before, after, at=request.now) else (),
    )


def _limits(request, before, after, taken) -> list[foresight.Limit]:
    """Limits that this form changes, with how much of each is taken."""
    limits = []
    if after.capacity is not None and (not before.capacity or after.capacity < before.capacity):
        limits.append(foresight.Limit("The event", after.capacity, taken.room))
    for row in _changed_rows(request, {"capacity", "covers"}):
        counts = taken.kinds if isinstance(row, TicketType) else taken.suppers
        if row.capacity is not None:
            name = row.name if isinstance(row, TicketType) else row.label
            seats = row.capacity * getattr(row, "covers", 1)
            limits.append(foresight.Limit(f"“{name}”", seats, counts.get(row.pk, 0)))
    return limits


def _changed_kinds(request, before) -> list[tuple[TicketType, TicketType]]:
    """Ticket types as they are and as this form would leave them, where their sale changes."""
    present = before.ticket_types.in_bulk()
    rows = _changed_rows(request, {*windows.OF_A_KIND})
    return [(present[row.pk], row) for row in rows if row.pk in present]


def _changed_rows(request, fields: set[str]) -> list[TicketType | Choice]:
    """Existing ticket types and suppers of which the form changes one of `fields`."""
    return [
        form.instance
        for formset in getattr(request, "event_formsets", [])
        if formset.model in (TicketType, Choice)
        for form in formset.forms
        if form.instance.pk and fields & {*form.changed_data}
    ]


NOTHING_SAVED = "Nothing is saved yet. Make your changes, then save."
