"""Cards about events on the admin's home page."""

from datetime import timedelta

from django.db.models import Count, Sum
from django.urls import reverse

from events import reveal
from events.models import Event, WaitlistEntry
from events.night import word_check
from events.night.admin_calls import url_of_calls
from events.night.calls import call_list
from events.reveal.admin_log import new_accesses, url_of_accesses
from events.sales import availability
from events.sales.tallies import seats_sold
from nsca.desk.home.cards import SHOWN, Card, Line, list_of, page_of
from nsca.lib.text.counting import counted
from nsca.lib.timing import exactly, in_words
from nsca.ops.health import ticker_rests_for


def calls_to_make(user, at):
    """Ticket holders the reveal did not reach; from T + 2 h also those who haven't looked."""
    revealed = Event.objects.filter(reveal_version__gt=0, ends_at__gt=at, lead__isnull=False)
    lines, count, urgent = [], 0, False
    for event in revealed.order_by("starts_at"):
        found = call_list(event, at=at)
        count += found.count
        urgent = urgent or bool(found.pressing)
        words = [f"{len(found.pressing)} to call"] if found.pressing else []
        words += [f"{len(found.quiet)} with a ticket not opened yet"] if found.quiet else []
        if words:
            lines.append(Line(f"{event.title}: {', '.join(words)}", url_of_calls(event)))
    return Card(
        "calls",
        "Ticket holders to call",
        count,
        list_of(Event),
        lines=tuple(lines[:SHOWN]),
        is_urgent=urgent,
        todo=f"Call {counted(count, 'ticket holder')} no e-mail reached.",
        minutes=3,
    )


def next_reveals(user, at):
    """The next reveals; only with the permission, whether a venue is set."""
    secret = Event.objects.filter(
        state=Event.State.PUBLISHED, lead__isnull=False, reveal_version=0, ends_at__gt=at
    )
    lines = []
    urgent = False
    for event in sorted(secret, key=lambda event: event.opens_at)[:SHOWN]:
        words = f"{event}: {exactly(event.opens_at)}"
        if event.reveal_held_at:
            words += ", on hold"
            urgent = True
        if user.has_perm("events.see_venue"):
            is_set = reveal.has_venue(event, by=user)
            words += ". The venue is set." if is_set else ". The venue is not set."
            urgent = urgent or not is_set and event.opens_at <= at + timedelta(days=3)
            if telling := word_check.count(event):
                words += f" {counted(telling, 'text')} may give it away. See the word check."
                urgent = True
        lines.append(Line(words, reverse("admin:events_event_reveal", args=[event.pk])))
    rest = ticker_rests_for(at) if lines else None
    return Card(
        "reveals",
        "Next reveal",
        secret.count(),
        list_of(Event),
        words=f"The ticker, which sends e-mails, has been silent for {in_words(rest)}. Call your "
        "technical contact."
        if rest
        else "",
        lines=tuple(lines),
        is_urgent=urgent or rest is not None,
        # The same words in every case: this line is e-mailed, too.
        todo="Check that everything is ready for the next reveal." if urgent or rest else "",
        minutes=5,
        is_one=True,
    )


def looks(user, at):
    """Venue accesses since a director last reviewed them."""
    new = new_accesses()
    lines = tuple(
        Line(
            f"{look.who} {look.get_act_display()}: {look.event}, {exactly(look.at)}",
            url_of_accesses(),
        )
        for look in new[:SHOWN]
    )
    count = new.count()
    return Card(
        "looks",
        "Venue access log",
        count,
        url_of_accesses(),
        lines=lines,
        todo=f"Review {counted(count, 'entry,entries')} in the venue access log.",
        minutes=1,
    )


def next_events(user, at):
    events = Event.objects.published(at).upcoming(at)
    soon = list(events[:SHOWN])
    offers = availability.availabilities(soon, at=at)
    sold = seats_sold(soon)
    lines = []
    for event in soon:
        left = offers[event.pk].left
        words = f"{event}: {sold[event.pk]} sold"
        words += (
            ", canceled" if event.is_canceled else f", {left} left" if left is not None else ""
        )
        lines.append(Line(words, page_of(event)))
    return Card(
        "events",
        "Next events",
        events.count(),
        list_of(Event, when="upcoming"),
        lines=tuple(lines),
    )


def waiting_lists(user, at):
    waiting = WaitlistEntry.objects.filter(
        left_at__isnull=True, offer__isnull=True, event__ends_at__gt=at
    )
    rows = (
        waiting.order_by("event__starts_at")
        .values("event__pk", "event__title")
        .annotate(parties=Count("pk"), seats=Sum("party"))
    )
    lines = tuple(
        Line(
            f"{row['event__title']}: {counted(row['parties'], 'party,parties')}, "
            f"{counted(row['seats'], 'seat')}",
            list_of(WaitlistEntry, event__id__exact=row["event__pk"]),
        )
        for row in rows[:SHOWN]
    )
    return Card(
        "waiting",
        "Waitlists",
        sum(r["parties"] for r in rows),
        list_of(WaitlistEntry),
        lines=lines,
    )
