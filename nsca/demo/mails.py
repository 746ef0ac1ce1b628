"""Seeding writes a hundred e-mails; a demonstration's mailbox should start with a few."""

from django.conf import settings
from post_office.models import STATUS, Email

from nsca.demo.people import MEMBER

VOLUNTEER = "door@demo.example"
TO_FILES = "django.core.mail.backends.filebased.EmailBackend"
TO_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def newest() -> int:
    """The newest e-mail so far; those after it are the season's."""
    return Email.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def backend_of_reveals() -> str | None:
    """None means the site's own. On a site that really sends, samples' e-mails go nowhere."""
    return None if settings.OUTGOING_EMAIL_BACKEND == TO_FILES else TO_NOWHERE


def keep_few(*, after: int) -> None:
    """Mark the season's e-mails as sent, except the member's and the volunteer's door link."""
    ours = Email.objects.filter(pk__gt=after, to__contains="@demo.example")
    if settings.OUTGOING_EMAIL_BACKEND == TO_FILES:
        ours = ours.exclude(to__contains=MEMBER).exclude(to__contains=VOLUNTEER)
    ours.update(status=STATUS.sent)
