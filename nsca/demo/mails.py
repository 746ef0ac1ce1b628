"""Seeding writes a hundred letters; the mailbox of a demonstration should open on a few."""

from django.conf import settings
from post_office.models import STATUS, Email

from nsca.demo.people import MEMBER

VOLUNTEER = "door@demo.example"
TO_FILES = "django.core.mail.backends.filebased.EmailBackend"
TO_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def newest() -> int:
    """The last letter there is; those after it are the season's."""
    return Email.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def backend_of_reveals() -> str | None:
    """None: the site's own. Where mail really leaves, none does to addresses that lead nowhere."""
    return None if settings.OUTGOING_EMAIL_BACKEND == TO_FILES else TO_NOWHERE


def keep_few(*, after: int) -> None:
    """Count the season's letters as sent; only the demonstration's own member gets hers, and its
    volunteer the link to the door.
    """
    ours = Email.objects.filter(pk__gt=after, to__contains="@demo.example")
    if settings.OUTGOING_EMAIL_BACKEND == TO_FILES:
        ours = ours.exclude(to__contains=MEMBER).exclude(to__contains=VOLUNTEER)
    ours.update(status=STATUS.sent)
