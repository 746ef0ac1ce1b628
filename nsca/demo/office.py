"""The office's work: a draft, an unanswered message, and the newsletter's list."""

from django.db import transaction

from nsca.demo.days import Days, table
from nsca.demo.purchases import key_of
from pages.models import Message, Post, Subscriber


@transaction.atomic
def add(days: Days) -> None:
    data = table("office.toml")
    for spec in data["posts"]:
        Post.objects.get_or_create(
            slug=spec["slug"],
            defaults={
                "title": spec["title"],
                "summary": spec["summary"],
                "body": spec["body"],
                "is_draft": True,
                "publish_at": days.instant(spec["publish"]),
            },
        )
    for spec in data["messages"]:
        Message.objects.get_or_create(
            submission_key=key_of(f"message-{spec['name']}"),
            defaults={
                "name": spec["name"],
                "email": spec["email"],
                "about": spec["about"],
                "text": spec["text"].strip(),
                "received_at": days.instant(spec["received"]),
            },
        )
    for spec in data["subscribers"]:
        Subscriber.objects.get_or_create(
            email=spec["email"],
            defaults={
                "asked_at": days.instant(spec["asked"]),
                "confirmed_at": days.instant(spec["confirmed"]) if "confirmed" in spec else None,
            },
        )
