"""The Monday e-mail: what needs each staff member this week, in five sentences.

It is due from Monday, 7:00 a.m. in Norfolk, and sent once a week: a ticker that was down sends it
until Wednesday night. It says what the admin's home page says to this person, counts and titles
only: no member's name, and nothing about whether a sealed event lacks something.
"""

from datetime import date, datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from membership.models import MondayMail, User
from nsca.desk.home import cards_for, todo_list
from nsca.lib.mail import mail
from nsca.lib.timing import NORFOLK

MORNING = 7  # o'clock
DAYS = 3  # Monday to Wednesday


def week_of(on: date) -> str:
    """ "2027-W18", as ISO 8601 counts them."""
    year, week, _day = on.isocalendar()
    return f"{year}-W{week:02}"


def is_due(at: datetime) -> bool:
    """Whether this week's e-mail may be sent at an instant (UTC)."""
    local = at.astimezone(NORFOLK)
    return local.weekday() < DAYS and (local.weekday() > 0 or local.hour >= MORNING)


def owed(at: datetime):
    """Staff who want it and haven't had it this week."""
    had = MondayMail.objects.filter(
        user=OuterRef("pk"), week=week_of(at.astimezone(NORFOLK).date())
    )
    staff = User.objects.working().filter(is_staff=True, monday_mail=True)
    return staff.exclude(email="").filter(~Exists(had)).order_by("pk")


def tick(at: datetime) -> int:
    """Put what is due into the outbox. Returns how many e-mails. Called by every ticker."""
    if not is_due(at):
        return 0
    return sum(_sent(user, at) for user in owed(at))


def _sent(user: User, at: datetime) -> bool:
    """Send one person's, once: the row and the e-mail in one transaction."""
    week = week_of(at.astimezone(NORFOLK).date())
    found = todo_list(cards_for(user, at=at))
    try:
        with transaction.atomic():
            MondayMail.objects.create(user=user, week=week, sent_at=at)
            if found.things:  # an e-mail that says "nothing" teaches people to ignore it
                mail.post(
                    "monday",
                    to=user.email,
                    to_name=user.name,
                    context={
                        "todo": found,
                        "name": user.get_short_name() if user.name else "",
                        "home_url": urljoin(settings.SITE_URL, reverse("admin:index")),
                        "stop_url": urljoin(settings.SITE_URL, reverse("admin:monday")),
                    },
                )
    except IntegrityError:  # another ticker was faster
        return False
    return bool(found.things)


def forget(at: datetime) -> None:
    """Delete the rows of weeks long past."""
    MondayMail.objects.filter(sent_at__lt=at - timedelta(days=60)).delete()
