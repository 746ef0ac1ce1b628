"""What the site's search covers: public words only. No query here touches a venue."""

import html
import re

from django.urls import reverse
from django.utils.html import strip_tags

from cities.models import City, Welcome
from events.models import Event
from nsca.lib import timing
from pages.models import Page, Post
from pages.search.search import Document

_BLOCK_ENDS = re.compile(r"<(?:/(?:p|li|h[1-6]|blockquote|td|th|tr)|br\s*/?)>", re.IGNORECASE)


def plain(rich_text: str) -> str:
    """Rich text as one line of words."""
    return " ".join(html.unescape(strip_tags(_BLOCK_ENDS.sub(" ", rich_text))).split())


def cities():
    for city in City.objects.published().prefetch_related("milestones"):
        words = [f"{m.year} {m.date_text} {m.title}. {m.text}" for m in city.milestones.all()]
        yield Document(
            kind="city",
            title=city.name,
            url=city.get_absolute_url(),
            summary=city.summary,
            text=" ".join(
                [plain(city.story), city.known_for, city.shared_ground, city.languages, *words]
            ),
            names=" ".join([city.country, city.local_name, city.bond_words, city.greeting]),
            note=f"{city.bond_words}, {city.country}",
            boost=1.5,  # somebody who types a city's name wants the city
        )


def events():
    listed = Event.objects.exclude(state=Event.State.DRAFT).select_related("city")
    listed = listed.prefetch_related("ticket_types", "choices", "add_ons")
    for event in listed.defer("city__story"):
        note = f"{timing.long_day(event.starts_at)}, {event.area}"
        yield Document(
            kind="event",
            title=event.title,
            url=event.get_absolute_url(),
            summary=event.summary,
            text=" ".join(
                [
                    plain(event.body),
                    plain(event.bring),
                    *_revealed_on_its_page(event),
                ]
            ),
            names=" ".join(
                [event.city.name if event.city else "", event.area, event.hosted_by]
                + [event.get_kind_display(), str(timing.day_of(event.starts_at).year)]
            ),
            note=f"Canceled: {note}" if event.is_canceled else note,
            lang=event.title_lang,
            visible_from=event.publish_at,
            relevant_until=event.ends_at,
        )


def _revealed_on_its_page(event) -> list[str]:
    """What an event's own page says beside its story, with the labels it uses.

    A word that can be read there must not be corrected away. Nothing about its venue, and no hint.
    """
    facts = [
        ("Dress", event.dress),
        ("Supper", event.supper),
        ("If it rains", event.rain),
        ("Access, steps, seats, and rest rooms", event.access),
        ("Refunds if you can't come", plain(event.refund_policy)),
        ("", event.offline_note),
        ("", event.canceled_note),
    ]
    kinds = [(kind.name, kind.description) for kind in event.ticket_types.all() if kind.is_offered]
    suppers = [(choice.label, "") for choice in event.choices.all()]
    extras = [(each.name, each.description) for each in event.add_ons.all()]
    words = [(label, said) for label, said in facts if said] + kinds + suppers + extras
    return [f"{label} {said}" for label, said in words]


# The pages that are forms: what people come to the site to do.
DEEDS = (
    ("Join", "membership:join", "Become a member.", "membership dues member household"),
    ("Give", "membership:give", "Give once or every month.", "gift gifts fund honor"),
    ("Write to us", "pages:contact", "Send us a message.", "contact e-mail phone address office"),
    ("The newsletter", "pages:newsletter", "Get our news by e-mail.", "news subscribe mail"),
)


def deeds():
    for title, name, summary, names in DEEDS:
        yield Document(kind="deed", title=title, url=reverse(name), summary=summary, names=names)


def pages():
    for page in Page.objects.filter(is_draft=False):
        yield Document(
            kind="page",
            title=page.title,
            url=page.get_absolute_url(),
            summary=page.summary,
            text=plain(page.body),
            names=page.menu_title,
            visible_from=page.publish_at,
        )


def news():
    for post in Post.objects.filter(is_draft=False):
        yield Document(
            kind="news",
            title=post.title,
            url=post.get_absolute_url(),
            summary=post.summary,
            text=plain(post.body),
            note=timing.long_day(post.publish_at),
            visible_from=post.publish_at,
        )


def welcomes():
    for welcome in Welcome.objects.filter(city__is_published=True).select_related("city"):
        yield Document(
            kind="welcome",
            title=welcome.title,
            url=welcome.get_absolute_url(),
            text=plain(welcome.body),
            names=f"{welcome.city.name} {welcome.city.local_name} {welcome.language_name}",
            note=f"{welcome.city.name}, {welcome.language_name}",
            lang=welcome.lang,
        )
