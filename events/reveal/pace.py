"""How fast e-mails may go out, and whether the mail server answers: shared by all tickers.

Kept in the database, so that any number of tickers is as polite as one. MAIL_PER_HOUR limits every
span of sixty minutes. When the mail server does not answer, one e-mail tries again after a pause,
not every e-mail in the outbox.
"""

import time
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from events.models import Departure, MailServer

HOUR = timedelta(hours=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=1)
MEASURED_LASTS = timedelta(days=30)  # an older figure says nothing about today's server
KEPT = 10  # one in so many of the hour's e-mails is for urgent ones: people must get in at T
RESERVED = 20  # and one in so many for codes that no stranger can ask for


def take(*, at: datetime, is_urgent: bool = False, is_reserved: bool = False) -> bool:
    """Whether one more e-mail may go out now; if so, count it."""
    limit = _limit(is_urgent, is_reserved)
    if limit is None:
        return True
    with transaction.atomic():
        _locked()
        Departure.objects.filter(at__lte=at - HOUR).delete()
        if Departure.objects.count() >= limit:
            return False
        Departure.objects.create(at=at)
    return True


def give_back(*, at: datetime) -> None:
    """Uncount an e-mail that did not reach the mail server."""
    if settings.MAIL_PER_HOUR:
        last = Departure.objects.filter(at=at).order_by("-pk").values("pk")[:1]
        Departure.objects.filter(pk__in=list(last.values_list("pk", flat=True))).delete()


def last_leaves_at(mails: int, *, at: datetime, known_at: datetime | None = None) -> datetime:
    """When the last of so many waiting e-mails goes out: at our pace or the mail server's,
    whichever is slower. `at` where neither is known. `known_at`: now, where `at` is in the future.
    """
    by_server = at + mails * timedelta(seconds=seconds_a_mail(at=known_at or at) or 0)
    return max(_last_by_the_hour(mails, at), by_server)


def _last_by_the_hour(mails: int, at: datetime) -> datetime:
    limit = _limit(is_urgent=False)
    if limit is None:
        return at
    left = list(
        Departure.objects.filter(at__gt=at - HOUR).order_by("at").values_list("at", flat=True)
    )
    for _ in range(mails):
        left.append(max(at, left[-limit] + HOUR) if len(left) >= limit else at)
    return left[-1] if mails else at


def an_hour() -> int | None:
    """How many e-mails that are not urgent may go out in an hour; None for no limit."""
    return _limit(is_urgent=False)


def _limit(is_urgent: bool, is_reserved: bool = False) -> int | None:
    limit = settings.MAIL_PER_HOUR
    if not limit or is_reserved:
        return limit or None
    return max(1, limit - limit // (RESERVED if is_urgent else KEPT))


# --- How fast it is ----------------------------------------------------------------------------


def took(seconds: float, *, at: datetime) -> None:
    """Note how many seconds the mail server took to accept an e-mail, from our first word."""
    with transaction.atomic():
        server = _locked()
        old = server.seconds_a_mail
        is_old = old is None or at - server.measured_at > MEASURED_LASTS
        server.seconds_a_mail = seconds if is_old else old + (seconds - old) / 5
        server.measured = 1 if is_old else server.measured + 1
        server.measured_at = at
        server.save(update_fields=["seconds_a_mail", "measured_at", "measured"])


@contextmanager
def timed(*, at: datetime):
    """Measure what is done inside; a failed e-mail says nothing about the pace."""
    began = time.monotonic()
    yield
    took(time.monotonic() - began, at=at)


def measured(*, at: datetime) -> MailServer | None:
    """What we know of the mail server's pace; None where no e-mail was measured lately."""
    since = at - MEASURED_LASTS
    return MailServer.objects.filter(measured__gt=0, measured_at__gte=since).first()


def seconds_a_mail(*, at: datetime) -> float | None:
    server = measured(at=at)
    return server.seconds_a_mail if server else None


# --- Whether it answers ------------------------------------------------------------------------


def is_silent(*, at: datetime) -> bool:
    """Whether the mail server did not answer a moment ago, and must not be asked yet."""
    return silent_until(at=at) is not None


def silent_until(*, at: datetime) -> datetime | None:
    """When to ask the mail server again after it did not answer; None where it may be
    asked now.
    """
    silent = MailServer.objects.filter(silent_until__gt=at)
    return silent.values_list("silent_until", flat=True).first()


def not_heard(*, at: datetime) -> int:
    """It did not answer, or refuses us for now: wait, longer each time; how often in a row."""
    with transaction.atomic():
        server = _locked()
        pause = min(FIRST_PAUSE * 2 ** min(server.silences, 8), LONGEST_PAUSE)
        server.silences, server.silent_until = server.silences + 1, at + pause
        server.save(update_fields=["silences", "silent_until"])
    return server.silences


def heard() -> None:
    """It accepted an e-mail."""
    MailServer.objects.filter(silences__gt=0).update(silences=0, silent_until=None)


def _locked() -> MailServer:
    MailServer.objects.get_or_create(pk=1)
    return MailServer.objects.select_for_update().get(pk=1)
