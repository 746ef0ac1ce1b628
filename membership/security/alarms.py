"""E-mails directors about rare events: staff on a new device, ten refusals, a full export.

Alarms are limited, so that nobody can flood a mailbox and hide the next alarm: one an hour for
each kind and person (refusals: one a day), and MOST_A_DAY in all. The log has every event.
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
NEARLY_ALL, FEW = 0.9, 20  # nine tenths of a longer list count as all of it


def directors():
    """Who gets alarms: active directors and superusers."""
    may = Q(groups__name="director") | Q(is_superuser=True)
    return User.objects.working().filter(may, is_staff=True).distinct().order_by("pk")


def new_device(user: User, device: str, *, at: datetime) -> None:
    """Tell the directors and the user that staff signed in on a new device."""
    words = [
        f"{user.get_full_name()} signed in on {device}. The device or its network is new.",
        "If that wasn’t them, end their sessions and call them.",
    ]
    _raise(f"device-{user.pk}", "New device: a staff member signed in", words, at=at, also=user)


def tick(at: datetime) -> int:
    """Alarm about ten refusals an hour for one mailbox or network; return how many there are.

    The ticker does this, not the page that refuses: the page's work must not depend on whose
    address it is. One alarm a day for each.
    """
    refused = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.REFUSED)
    lately = refused.filter(at__gt=at - WITHIN, at__lte=at).order_by()
    count = 0
    for field, whose in (("mailbox", "for one address"), ("network", "from one network")):
        many = lately.exclude(**{field: ""}).values(field).annotate(times=Count("pk"))
        for row in many.filter(times__gte=REFUSALS):
            words = [
                f"{row['times']} codes {whose} were refused within an hour. Somebody is guessing "
                "or can’t read their e-mail.",
                "None of these codes let anybody in. The security log shows when, and for whom.",
            ]
            key = f"refused-{row[field]}"
            _raise(key, "Sign-in codes refused ten times in an hour", words, at=at, seconds=DAY)
            count += 1
    return count


def taken_away(user: User, what: str, count: int, whole: int, *, at: datetime) -> None:
    """Alarm about an export of (nearly) everybody."""
    if not count or count < whole * (1.0 if whole <= FEW else NEARLY_ALL):
        return
    words = [
        f"{user.get_full_name()} exported a full list: {what}, {count} of {whole}.",
        "If you don’t know why, ask them.",
    ]
    _raise(f"export-{user.pk}", "A full list was exported", words, at=at)


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
