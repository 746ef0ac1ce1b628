"""What needs a person, for the admin's first page: only what this person may see, the pressing
things first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Sum
from django.urls import reverse
from post_office.models import STATUS, Email

from events import boxoffice, reveal
from events.looks_desk import SEEN, new_looks, url_of_looks
from events.models import Event, WaitlistEntry
from events.night import radar
from events.night.calls import call_list
from events.night.calls_desk import url_of_calls
from events.tallies import chairs_sold
from nsca.health import ticker_rests_for
from nsca.lib.timing import exactly, hour, in_words
from nsca.templatetags.voice import counted
from orders.models import Order, Task
from pages.models import Message, OpenQuestion, Page, Post

SHOWN = 4  # lines on a card; the list behind it has the rest
MAIL_IS_LATE = timedelta(minutes=15)  # the ticker sends within one


@dataclass(frozen=True)
class Line:
    """One line of a card: words and where they lead."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Card:
    """One thing that needs attention. `count` is how many; `url` is the list behind it."""

    key: str
    title: str
    count: int
    url: str
    words: str = ""
    lines: tuple[Line, ...] = ()
    is_urgent: bool = False


def _list_of(model, **filters) -> str:
    opts = model._meta
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return f"{url}?{query}" if query else url


def _page_of(obj) -> str:
    opts = obj._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[obj.pk])


def open_tasks(user, at):
    tasks = Task.objects.filter(done_at__isnull=True)
    count = tasks.count()
    lines = tuple(Line(task.text, _page_of(task)) for task in tasks[:SHOWN])
    return Card(
        "tasks", "Open tasks", count, _list_of(Task, done="no"), lines=lines, is_urgent=bool(count)
    )


def unpaid_orders(user, at):
    held = Order.objects.filter(state=Order.State.HELD, held_until__gt=at).order_by("held_until")
    lines = tuple(
        Line(
            f"{order.number}, {order.buyer_name}: held until {hour(order.held_until)}",
            _page_of(order),
        )
        for order in held[:SHOWN]
    )
    url = _list_of(Order, state__exact=Order.State.HELD)
    words = "Their chairs fall free by themselves when the hold ends."
    return Card("unpaid", "Not yet paid", held.count(), url, words=words, lines=lines)


def undelivered_mail(user, at):
    failed = Email.objects.filter(status=STATUS.failed)
    late = Email.objects.filter(
        status__in=(STATUS.queued, STATUS.requeued), created__lt=at - MAIL_IS_LATE
    ).count()
    count = failed.count() + late
    words = f"{late} waiting for more than a quarter of an hour." if late else ""
    url = _list_of(Email, state="undelivered")
    return Card("mail", "Undelivered mail", count, url, words=words, is_urgent=bool(count))


def calls_to_make(user, at):
    """Holders whom neither letter nor page has told; from T + 2 h who has not looked, too."""
    told = Event.objects.filter(reveal_version__gt=0, ends_at__gt=at, lead__isnull=False)
    lines, count, urgent = [], 0, False
    for event in told.order_by("starts_at"):
        found = call_list(event, at=at)
        count += found.count
        urgent = urgent or bool(found.pressing)
        words = [f"{len(found.pressing)} to telephone"] if found.pressing else []
        words += [f"{len(found.quiet)} with a ticket not opened yet"] if found.quiet else []
        if words:
            lines.append(Line(f"{event.title}: {', '.join(words)}", url_of_calls(event)))
    return Card(
        "calls",
        "Holders to telephone",
        count,
        _list_of(Event),
        lines=tuple(lines[:SHOWN]),
        is_urgent=urgent,
    )


def next_reveals(user, at):
    """The instants, and only for those with the permission whether there is something in the
    envelope.
    """
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
            is_set = reveal.has_place(event, by=user)
            words += ". The place is set." if is_set else ". The place is not set."
            urgent = urgent or not is_set and event.opens_at <= at + timedelta(days=3)
            if telling := radar.telling(event):
                words += f" {counted(telling, 'text')} may give it away: see its leak radar."
                urgent = True
        lines.append(Line(words, reverse("admin:events_event_reveal", args=[event.pk])))
    rest = ticker_rests_for(at) if lines else None
    return Card(
        "reveals",
        "Next reveal",
        secret.count(),
        _list_of(Event),
        words=f"The helper that sends letters has been silent for {in_words(rest)}. Call whoever "
        "looks after the server."
        if rest
        else "",
        lines=tuple(lines),
        is_urgent=urgent or rest is not None,
    )


def looks(user, at):
    """Who looked at a place, or had a hand in its reveal, since a director last said “read”."""
    new = new_looks()
    lines = tuple(
        Line(
            f"{look.who} {look.get_act_display()}: {look.event}, {exactly(look.at)}",
            url_of_looks(),
        )
        for look in new[:SHOWN]
    )
    return Card("looks", "Looks at places", new.count(), url_of_looks(), lines=lines)


def next_events(user, at):
    events = Event.objects.published(at).upcoming(at)
    soon = list(events[:SHOWN])
    offers = boxoffice.availabilities(soon, at=at)
    sold = chairs_sold(soon)
    lines = []
    for event in soon:
        left = offers[event.pk].left
        words = f"{event}: {sold[event.pk]} sold"
        words += (
            ", cancelled" if event.is_cancelled else f", {left} left" if left is not None else ""
        )
        lines.append(Line(words, _page_of(event)))
    return Card(
        "events",
        "Next events",
        events.count(),
        _list_of(Event, when="upcoming"),
        lines=tuple(lines),
    )


def unanswered_messages(user, at):
    messages = Message.objects.filter(answered_at__isnull=True)
    lines = tuple(
        Line(f"{message.name}: {message.about or message.text[:60]}", _page_of(message))
        for message in messages[:SHOWN]
    )
    return Card(
        "messages",
        "Unanswered messages",
        messages.count(),
        _list_of(Message, answered="no"),
        lines=lines,
    )


def waiting_lists(user, at):
    waiting = WaitlistEntry.objects.filter(
        left_at__isnull=True, offer__isnull=True, event__ends_at__gt=at
    )
    rows = (
        waiting.order_by("event__starts_at")
        .values("event__pk", "event__title")
        .annotate(parties=Count("pk"), chairs=Sum("party"))
    )
    lines = tuple(
        Line(
            f"{row['event__title']}: {counted(row['parties'], 'party,parties')}, "
            f"{counted(row['chairs'], 'chair')}",
            _list_of(WaitlistEntry, event__id__exact=row["event__pk"]),
        )
        for row in rows[:SHOWN]
    )
    return Card(
        "waiting",
        "Waiting lists",
        sum(r["parties"] for r in rows),
        _list_of(WaitlistEntry),
        lines=lines,
    )


def to_be_confirmed(user, at):
    questions = OpenQuestion.objects.filter(answered_at__isnull=True)
    lines = tuple(Line(str(question), _page_of(question)) for question in questions[:SHOWN])
    return Card(
        "questions",
        "To be confirmed",
        questions.count(),
        _list_of(OpenQuestion, answered="no"),
        lines=lines,
    )


def unpublished(user, at):
    """Drafts, and what will appear by itself, of the kinds this person works with."""
    lines, count = [], 0
    for model, permission in ((Event, "events"), (Post, "pages"), (Page, "pages")):
        if not user.has_perm(f"{permission}.change_{model._meta.model_name}"):
            continue
        is_draft = {"state": Event.State.DRAFT} if model is Event else {"is_draft": True}
        drafts = model.objects.filter(**is_draft)
        scheduled = model.objects.exclude(**is_draft).filter(publish_at__gt=at)
        count += drafts.count() + scheduled.count()
        lines += [Line(f"{item}: draft", _page_of(item)) for item in drafts[:SHOWN]]
        lines += [
            Line(f"{item}: appears {exactly(item.publish_at)}", _page_of(item))
            for item in scheduled[:SHOWN]
        ]
    return Card("unpublished", "Drafts and scheduled", count, "", lines=tuple(lines[: 2 * SHOWN]))


# In the order of their urgency; each with the permissions of which one is enough.
CARDS: tuple[tuple[Callable, tuple[str, ...]], ...] = (
    (open_tasks, ("orders.view_task",)),
    (undelivered_mail, ("post_office.view_email",)),
    (calls_to_make, ("events.view_revealnotice",)),
    (next_reveals, ("events.change_event",)),
    (looks, (SEEN,)),
    (unpaid_orders, ("orders.view_order",)),
    (unanswered_messages, ("pages.view_message",)),
    (waiting_lists, ("events.view_waitlistentry",)),
    (next_events, ("events.view_event",)),
    (to_be_confirmed, ("pages.view_openquestion",)),
    (unpublished, ("events.change_event", "pages.change_post")),
)


def cards_for(user, *, at: datetime) -> list[Card]:
    """The cards this person may see at an instant; those that press come first, empty ones
    last.
    """
    cards: Iterable[Card] = [
        card(user, at) for card, permissions in CARDS if any(map(user.has_perm, permissions))
    ]
    return sorted(cards, key=lambda card: (not card.is_urgent, card.count == 0))
