"""Mission control: one page per event that says who knows what, whom the e-mails reached, and what
staff can do. It refreshes automatically; nothing on it is, or reads, the venue.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms

from events import reveal
from events.models import Event
from events.night import admin_dry_run as dry_run_admin
from events.night import calls, dry_run, tally
from events.night.admin_calls import may_call, may_check
from events.night.knowledge import by_answer, knowledge
from events.reveal.admin_log import url_of_accesses
from events.reveal.outlook import lead_words
from nsca.lib.desk.fields import InstantField
from nsca.lib.desk.pages import AdminPage, Tool
from nsca.lib.timing import NORFOLK, exactly, hour, zone_word

SEE, HOLD, WATCH = "events.see_venue", "events.hold_reveal", "events.view_revealmail"
NEAR = timedelta(hours=2)  # around T the page refreshes every few seconds
OFTEN, SELDOM = 10, 60  # seconds
SECOND = timedelta(seconds=1)
A_DAY = timedelta(days=1)
STEPS = 5  # minutes per step of the slider


LABELS = {
    "mailed": "e-mailed",
    "queued": "queued",
    "unknown": "unknown",
    "bounced": "bounced",
    "failed": "no e-mail",
    "called": "called",
    "opened": "opened the ticket",
}
PRESSING = {"unknown", "bounced", "failed"}
MEANINGS = {
    "mailed": "The mail server accepted the e-mail.",
    "queued": "We haven’t tried to send the e-mail yet.",
    "unknown": "We tried to send the e-mail; it may not have arrived. We keep trying.",
    "bounced": "The e-mail bounced. Please call.",
    "failed": "There is no address, or it refuses e-mail. Please call.",
    "called": "A colleague told them the venue by phone.",
    "opened": "They opened the ticket page since the reveal, or pressed “I have the location”. "
    "Mail scanners don’t count.",
}


@dataclass(frozen=True)
class Number:
    """One number on the page, in tickets; `key` names its list."""

    key: str
    label: str
    count: int

    @property
    def is_pressing(self) -> bool:
        return self.key in PRESSING and self.count > 0


def numbers(event: Event) -> list[Number]:
    counts = tally.numbers(event)
    return [Number(key, label, counts[key]) for key, label in LABELS.items()]


class InstantForm(forms.Form):
    at = InstantField(label="At another time", help_text="Norfolk time.")


def reveal_view(model_admin, request, event):
    """Show the countdown, who knows what when, whom the e-mails reached, and the buttons."""
    form = InstantForm(request.GET if "at_0" in request.GET else None, initial={"at": request.now})
    is_picked = form.is_bound and form.is_valid()
    at = form.cleaned_data["at"] if is_picked else request.now
    may_see = request.user.has_perm(SEE)
    counts = numbers(event) if event.reveal_version else []
    is_still = form.is_bound or "still" in request.GET
    return model_admin.page(
        request,
        "admin/events/event/control.html",
        obj=event,
        title="Mission control",
        words=lead_words(event),
        now=request.now,
        clock=_clock(request.now),
        summary=summary(event, at=request.now),
        numbers=counts,
        outlook=tally.outlook(event, at=request.now) if counts else "",
        form=form,
        is_picked=is_picked,
        at=at,
        groups=by_answer(knowledge(event, at=at)) if event.is_secret else [],
        moments=moments(event, form, at=request.now),
        slider=slider(event, at=at),
        is_still=is_still,
        pause=0 if is_still else pause(event, at=request.now),
        may_see=may_see,
        has_venue=may_see and reveal.has_venue(event, by=request.user),
        looks=event.venue_accesses.select_related("user", "link")[:8] if may_see else [],
        accesses_url=url_of_accesses(event) if may_see else "",
        acts=_acts(model_admin, request, event),
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


def numbers_view(model_admin, request, event):
    """Show the people behind one number, to those who may see tickets."""
    counts = numbers(event)
    chosen = next((n for n in counts if n.key == request.GET.get("of")), counts[0])
    return model_admin.page(
        request,
        "admin/events/event/numbers.html",
        obj=event,
        title=f"{chosen.label.capitalize()}: {chosen.count}",
        chosen=chosen,
        meaning=MEANINGS[chosen.key],
        numbers=counts,
        rows=tally.behind(event, chosen.key),
        control_url=model_admin.url("reveal", event.pk),
        back_url=model_admin.url("change", event.pk),
    )


def _acts(model_admin, request, event: Event) -> list[Tool]:
    """The buttons: each opens a page that asks first, or a list."""
    acts = []
    if event.is_canceled or not event.is_secret:
        return acts
    if event.reveal_version and may_call(request.user):
        count = calls.call_list(event, at=request.now).count
        acts.append(Tool(f"Call list: {count}", model_admin.url("calls", event.pk)))
    elif may_check(request.user) and not event.reveal_version:
        acts.append(Tool("Pre-flight", model_admin.url("preflight", event.pk)))
    if request.user.has_perms(dry_run_admin.NEEDS) and dry_run.is_possible(event, at=request.now):
        acts.append(Tool("Dry run", model_admin.url("dry_run", event.pk)))
    if request.user.has_perm(HOLD):
        if event.reveal_held_at:
            acts.append(Tool("Release the hold", model_admin.url("release", event.pk)))
        else:
            acts.append(Tool("Hold the reveal", model_admin.url("hold", event.pk)))
            if reveal.can_reveal_now(event, at=request.now):
                acts.append(Tool("Reveal now", model_admin.url("reveal_now", event.pk)))
    if request.user.has_perm(SEE):
        words = "Change the venue" if event.reveal_version else "Venue"
        acts.append(Tool(words, model_admin.url("venue", event.pk)))
        acts.append(Tool("Word check", model_admin.url("word_check", event.pk)))
    return acts


def summary(event: Event, *, at: datetime) -> tuple[str, str]:
    """The headline and the sentence below it: the state of the reveal at an instant (UTC)."""
    if event.is_canceled:
        return "Canceled", "The venue is not revealed."
    if not event.is_secret:
        return "Not secret", "The venue appears on the event’s page once it is entered."
    left = event.opens_at - at
    if event.reveal_held_at:
        until = f"The reveal is set for {countdown(left)} from now." if left > timedelta(0) else (
            "The reveal time has passed: releasing the hold reveals the venue at once."
        )  # fmt: skip
        return "On hold", f"{reveal.held_sentence(event, at=at)} {until}"
    if event.reveal_version:
        opening = reveal.first_opening(event)
        since = opening.opened_at if opening else event.revealed_at
        words = f"{exactly(since)}, {countdown(at - since)} ago."
        if event.reveal_version > 1:
            words += " The venue has changed since, and we e-mailed the guests."
        return "Revealed", words
    if left > timedelta(0):
        return f"In {countdown(left)}", f"The venue is revealed on {exactly(event.opens_at)}."
    if event.is_past(at):
        return "Never revealed", "The event is over, and the venue was not revealed."
    return "Due now", "The e-mails start within a minute."


def countdown(span: timedelta) -> str:
    """A time span in words: "2 days and 3 hours", "4 minutes and 10 seconds". Never negative."""
    seconds = max(0, int(span.total_seconds()))
    sizes = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    for index, (size, name) in enumerate(sizes):
        if seconds >= size:
            count, rest = divmod(seconds, size)
            words = _many(count, name)
            if index + 1 < len(sizes):
                smaller, small_name = sizes[index + 1]
                if rest // smaller:
                    words += f" and {_many(rest // smaller, small_name)}"
            return words
    return "0 seconds"


def _many(count: int, name: str) -> str:
    return f"{count} {name}" + ("" if count == 1 else "s")


def _clock(at: datetime) -> str:
    local = at.astimezone(NORFOLK)
    return f"{hour(at)[:-5]}:{local:%S} {hour(at)[-4:]} {zone_word(at)}"


def pause(event: Event, *, at: datetime) -> int:
    """Seconds until the page refreshes: few around T and while e-mails go out."""
    if event.opens_at is None or event.is_past(at):
        return SELDOM
    return OFTEN if abs(event.opens_at - at) < NEAR else SELDOM


def moments(event: Event, form, *, at: datetime) -> list[tuple[str, datetime, list]]:
    """Instants worth checking: words, instant, and what the form would send for it."""
    if not event.is_secret:
        return []
    found = [
        ("now", at),
        ("a second before the reveal", event.opens_at - SECOND),
        ("the reveal", event.opens_at),
    ]
    found += [
        (f"hint {number}", opens_at)
        for number, opens_at in enumerate(
            event.hints.filter(opens_at__isnull=False)
            .order_by("opens_at")
            .values_list("opens_at", flat=True),
            1,
        )
    ]
    if event.volunteers_at:
        found.append(("door volunteers", event.volunteers_at))
    found += [("the start", event.starts_at), ("the end", event.ends_at)]
    widget = form["at"].field.widget
    # Seconds matter: 18:00 instead of 17:59:59 would give another answer.
    return [(words, instant, widget.decompress(instant)) for words, instant in found]


def slider(event: Event, *, at: datetime) -> dict[str, int]:
    """The slider's range in minutes since 1970: from the publication (or ten days before T,
    whichever is later) to a day after the end.
    """
    if not event.is_secret:
        return {}
    first = max(event.publish_at, event.opens_at - 10 * A_DAY)
    low, high, value = (
        int(instant.timestamp() // 60) for instant in (first, event.ends_at + A_DAY, at)
    )
    return {"low": low, "high": high, "step": STEPS, "value": min(max(value, low), high)}


PAGES = [
    AdminPage(
        "reveal",
        reveal_view,
        permission="view",
        needs=(WATCH,),
        label="Reveal",
        shows=lambda request, event: event.is_secret and not event.is_canceled,
    ),
    AdminPage("numbers", numbers_view, permission="view", needs=(WATCH, "events.view_ticket")),
]
