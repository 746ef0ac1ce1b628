"""The call list, for a phone, and the pre-flight: plain forms, no script."""

from dataclasses import dataclass

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.timesince import timesince

from events.models import Event
from events.night import calls, dry_run, preflight, preflight_mail, tally
from events.reveal.people import counted
from nsca.lib.desk.pages import AdminPage
from nsca.lib.secrets.codes import primary_key
from nsca.lib.timing import hour
from orders.lines.kinds import Refusal

SEE, WATCH, GUESTS = "events.see_venue", "events.view_revealmail", "events.view_ticket"
OFTEN = 30  # seconds until the list refreshes


@dataclass(frozen=True)
class Row:
    """An entry of the list as one colleague sees it at one instant."""

    entry: calls.Entry
    is_mine: bool
    who: str  # the colleague who is calling; empty for nobody, or for one's own call
    since: str
    last_try: str


def calls_view(model_admin, request, event):
    """Show whom to call; take a call, mark it done, undo that."""
    if request.method == "POST":
        return _call_act(model_admin, request, event)
    at = request.now
    found = calls.call_list(event, at=at)
    rows = [_row(entry, request) for entry in (*found.pressing, *found.quiet)]
    mine = [row for row in rows if row.is_mine]
    others = [row for row in rows if not row.is_mine]
    response = model_admin.page(
        request,
        "admin/events/event/calls.html",
        obj=event,
        title="Call list",
        list=found,
        mine=mine,
        pressing=[row for row in others if row.entry in found.pressing],
        quiet=[row for row in others if row.entry in found.quiet],
        learned=[_row(entry, request) for entry in found.learned],
        outlook=tally.outlook(event, at=at),
        summary=_summary(event, found, at=at),
        quiet_from=event.revealed_at + calls.PAGE_MAY_TAKE if event.revealed_at else None,
        minutes=calls.MINUTES_OF_A_CALL.seconds // 60,
        may_see=request.user.has_perm(SEE),
        may_change=request.user.has_perm("events.change_ticket"),
        control_url=model_admin.url("reveal", event.pk),
    )
    if not mine:  # no refresh during a call
        response.headers["Refresh"] = str(OFTEN)
    return response


def _call_act(model_admin, request, event):
    act = ACTS.get(request.POST.get("act", ""))
    key = primary_key(request.POST.get("key"))
    url = model_admin.url("calls", event.pk)
    if act is None or not key:
        return HttpResponseRedirect(url)
    function, words = act
    who = {"by": request.user} if function not in ANYBODYS else {}
    try:
        entry = function(event, key, at=request.now, **who)
    except Refusal as refusal:
        model_admin.message_user(request, str(refusal), "warning")
        return HttpResponseRedirect(url)
    model_admin.message_user(request, words.format(name=entry.name or "The guest"), "success")
    # After taking a call, go straight to its phone number.
    return HttpResponseRedirect(f"{url}#{'mine' if function is calls.take else 'calls'}")


def preflight_view(model_admin, request, event):
    """Show what would go wrong if the reveal were now."""
    found = []
    is_ahead = event.is_secret and not event.reveal_version
    if is_ahead and not event.is_past(request.now):
        found = [
            (trouble, preflight.url_of(event, trouble))
            for trouble in preflight.troubles(event, at=request.now)
        ]
    return model_admin.page(
        request,
        "admin/events/event/preflight.html",
        obj=event,
        title="Pre-flight",
        grave=[pair for pair in found if pair[0].is_grave],
        small=[pair for pair in found if not pair[0].is_grave],
        is_ahead=is_ahead,
        committee=preflight_mail.committee(),
        last_run=dry_run.last(event),
        pace=preflight.pace_words(event, at=request.now) if is_ahead else "",
        control_url=model_admin.url("reveal", event.pk),
    )


ACTS = {
    "take": (calls.take, "{name} is yours to call."),
    "reached": (calls.reached, "{name} knows now. To undo this, scroll down."),
    "no_answer": (calls.not_reached, "{name} didn’t answer and stays on the list."),
    "leave": (calls.leave, "A colleague may call {name} now."),
    "take_back": (calls.take_back, "{name} is back on the list."),
    "mail_again": (calls.mail_again, "{name} gets the e-mail again within a minute."),
    "came_back": (calls.came_back, "{name}: the e-mail now counts as bounced."),
}
ANYBODYS = (calls.take_back, calls.mail_again, calls.came_back)  # need not be one's own call


def may_call(user) -> bool:
    """Whether somebody may see the call list, with phone numbers."""
    return user.has_perm(WATCH) and user.has_perm(GUESTS)


def may_check(user) -> bool:
    """Whether somebody may see the pre-flight: it says whether there is a venue."""
    return user.has_perm(WATCH) and user.has_perm(SEE)


def url_of_calls(event: Event) -> str:
    return reverse("admin:events_event_calls", args=[event.pk])


def _row(entry: calls.Entry, request) -> Row:
    at, call = request.now, entry.call
    is_mine = entry.is_with(request.user, at)
    is_others = entry.is_taken(at) and not is_mine
    tried = call is not None and call.called_at is not None and not entry.is_taken(at)
    return Row(
        entry=entry,
        is_mine=is_mine,
        who=(call.caller.get_full_name() or call.caller.email) if is_others else "",
        since=hour(call.called_at) if is_others else "",
        last_try=f"{timesince(call.called_at, at)} ago" if tried else "",
    )


def _summary(event: Event, found: calls.CallList, *, at) -> tuple[str, str]:
    """The headline and the sentence below it."""
    if event.is_canceled or event.is_past(at):
        return "Nobody to call", "The event is over or canceled."
    if not event.reveal_version:
        return "Nobody to call yet", "The list begins with the reveal."
    if event.reveal_held_at:
        return (
            "On hold",
            "While the reveal is on hold, don’t tell anyone the venue, not even by phone.",
        )
    if not found.count:
        return "Nobody to call", (
            f"All {counted(found.holders, 'holder')} know, or their e-mails are on the way."
        )
    parts = [f"{len(found.pressing)} not reached by e-mail"] if found.pressing else []
    parts += [f"{len(found.quiet)} haven’t opened their ticket"] if found.quiet else []
    words = f"{', '.join(parts)}; {counted(found.holders, 'holder')} in all."
    return counted(found.count, "call"), words


def _is_ahead(request, event) -> bool:
    return event.is_secret and not event.is_canceled and not event.is_past(request.now)


PAGES = [
    AdminPage(
        "calls",
        calls_view,
        permission="view",
        needs=(WATCH, GUESTS),
        label="Call list",
        shows=lambda request, event: _is_ahead(request, event) and event.reveal_version > 0,
    ),
    AdminPage(
        "preflight",
        preflight_view,
        permission="view",
        needs=(WATCH, SEE),
        label="Pre-flight",
        shows=lambda request, event: _is_ahead(request, event) and not event.reveal_version,
    ),
]
