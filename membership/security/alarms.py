"""What is rare is mailed to the directors: a colleague on a new device, ten refusals, a list of
everybody taken away.

Each alarm is paced, so that whoever provokes it cannot fill a mailbox and hide the next one in
it: one an hour of its kind and person (of refusals one a day), and MOST_A_DAY in all. The log has
every event.
"""

from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from membership.models import User
from membership.models.security import SecurityEvent
from nsca.lib.mail import mail
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.web.throttle import TooOften, spend

HOUR, DAY = 3600, 86_400  # seconds
MOST_A_DAY = 20
REFUSALS, WITHIN = 10, timedelta(hours=1)
NEARLY_ALL, FEW = 0.9, 20  # who takes nine tenths of a longer list has taken it


def directors():
    """Who hears of an alarm: active directors, and whoever may do everything."""
    may = Q(groups__name="director") | Q(is_superuser=True)
    return User.objects.working().filter(may, is_staff=True).distinct().order_by("pk")


def new_device(user: User, device: str, *, at: datetime) -> None:
    """A colleague signed in where they never did before: the directors and they themselves."""
    words = [
        f"{user.get_full_name()} signed in on {device}, for the first time on this device or from "
        "this network.",
        "If that is not what they did, end their sessions and call them.",
    ]
    _raise(f"device-{user.pk}", "A colleague signed in on a new device", words, at=at, also=user)


def tick(at: datetime) -> int:
    """Ten refusals within an hour, of one mailbox or from one network; how many such there are.

    Looked for by the ticker and not by the page that refuses: its work must not depend on whose
    address it is. One alarm a day for each.
    """
    refused = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.REFUSED)
    lately = refused.filter(at__gt=at - WITHIN, at__lte=at).order_by()
    count = 0
    for field, whose in (("mailbox", "of one person"), ("network", "from one network")):
        many = lately.exclude(**{field: ""}).values(field).annotate(times=Count("pk"))
        for row in many.filter(times__gte=REFUSALS):
            words = [
                f"{row['times']} codes {whose} were refused within an hour: somebody is guessing, "
                "or cannot read their mail.",
                "Nobody got in by them. The security log says when and of whom.",
            ]
            key = f"refused-{row[field]}"
            _raise(key, "Ten sign-in codes were refused", words, at=at, seconds=DAY)
            count += 1
    return count


def taken_away(user: User, what: str, count: int, whole: int, *, at: datetime) -> None:
    """A list of everybody left the site: all of it, or nearly."""
    if not count or count < whole * (1.0 if whole <= FEW else NEARLY_ALL):
        return
    words = [
        f"{user.get_full_name()} took a list of everybody away: {what}, {count} of {whole}.",
        "If you do not know what for, ask them.",
    ]
    _raise(f"export-{user.pk}", "A list of everybody was taken away", words, at=at)


def _raise(
    key: str,
    title: str,
    words: list[str],
    *,
    at: datetime,
    also: User | None = None,
    seconds: int = HOUR,
) -> None:
    try:
        spend("alarm", key, limit=1, seconds=seconds, at=at)
        spend("alarms", "all", limit=MOST_A_DAY, seconds=DAY, at=at)
    except TooOften:
        return
    to = [user.email for user in directors()] or [letterhead().email]
    to += [also.email] if also else []
    url = urljoin(settings.SITE_URL, reverse("admin:membership_securityevent_changelist"))
    for address in dict.fromkeys(filter(None, to)):
        context = {"title": title, "words": words, "at": at, "url": url}
        mail.post("security_alarm", to=address, context=context, urgent=True)
