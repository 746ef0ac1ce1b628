"""Cards about messages, open questions and drafts on the admin's home page."""

from events.models import Event
from nsca.desk.home.cards import SHOWN, Card, Line, list_of, page_of
from nsca.lib.text.counting import counted
from nsca.lib.timing import exactly
from pages.models import Message, OpenQuestion, Page, Post


def unanswered_messages(user, at):
    messages = Message.objects.filter(answered_at__isnull=True)
    lines = tuple(
        Line(f"{message.name}: {message.about or message.text[:60]}", page_of(message))
        for message in messages[:SHOWN]
    )
    count = messages.count()
    return Card(
        "messages",
        "Unanswered messages",
        count,
        list_of(Message, answered="no"),
        lines=lines,
        todo=f"Answer {counted(count, 'message')}.",
        minutes=3,
    )


def to_be_confirmed(user, at):
    questions = OpenQuestion.objects.filter(answered_at__isnull=True)
    lines = tuple(Line(str(question), page_of(question)) for question in questions[:SHOWN])
    return Card(
        "questions",
        "To be confirmed",
        questions.count(),
        list_of(OpenQuestion, answered="no"),
        lines=lines,
    )


def unpublished(user, at):
    """Drafts and scheduled items of the kinds this person works with."""
    lines, count = [], 0
    for model, permission in ((Event, "events"), (Post, "pages"), (Page, "pages")):
        if not user.has_perm(f"{permission}.change_{model._meta.model_name}"):
            continue
        is_draft = {"state": Event.State.DRAFT} if model is Event else {"is_draft": True}
        drafts = model.objects.filter(**is_draft)
        scheduled = model.objects.exclude(**is_draft).filter(publish_at__gt=at)
        count += drafts.count() + scheduled.count()
        lines += [Line(f"{item}: draft", page_of(item)) for item in drafts[:SHOWN]]
        lines += [
            Line(f"{item}: appears {exactly(item.publish_at)}", page_of(item))
            for item in scheduled[:SHOWN]
        ]
    return Card("unpublished", "Drafts and scheduled", count, "", lines=tuple(lines[: 2 * SHOWN]))
