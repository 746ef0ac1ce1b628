"""Pages and posts, published a day before NOON unless a test says otherwise."""

from datetime import timedelta

from nsca.lib.web.caching import content_changed
from pages.forms import new_ticket
from pages.models import Page, Post
from tests.factories import NOON

A_DAY = timedelta(days=1)


def make_page(path="history", **fields):
    fields.setdefault(
        "title", path.rpartition("/")[2].replace("-", " ").capitalize() or "About us"
    )
    fields.setdefault("body", "<p>What we are.</p>")
    fields.setdefault("publish_at", NOON - A_DAY)
    page = Page.objects.create(path=path, **fields)
    content_changed()
    return page


def make_post(slug="a-visit", **fields):
    fields.setdefault("title", slug.replace("-", " ").capitalize())
    fields.setdefault("summary", "They came by ship.")
    fields.setdefault("body", "<p>And stayed for dinner.</p>")
    fields.setdefault("is_draft", False)
    fields.setdefault("publish_at", NOON - A_DAY)
    post = Post.objects.create(slug=slug, **fields)
    content_changed()
    return post


def contact_form(**changes):
    """The contact form as a person fills it in, ten seconds after it was handed out."""
    ticket = new_ticket(at=NOON - timedelta(seconds=10), key=changes.pop("key", "one form"))
    return {
        "name": "Ada Ellery",
        "email": "ada@ellery.example",
        "about": "A spare room",
        "text": "We have a room for a student from Toulon.",
        "website": "",
        "ticket": ticket,
        **changes,
    }


def newsletter_form(**changes):
    ticket = new_ticket(at=NOON - timedelta(seconds=10))
    return {"email": "ada@ellery.example", "website": "", "ticket": ticket, **changes}
