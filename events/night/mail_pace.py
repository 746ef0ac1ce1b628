"""How long it will take to e-mail everybody: the pre-flight's sentence.

Based on our last e-mails, where any were measured lately; else on a real connection to the mail
server, timing a few answers. That is a lower bound, and the sentence says so.
"""

import smtplib
import statistics
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection

from events.reveal import pace
from events.reveal.people import counted
from nsca.lib.timing import in_words

PATIENCE = 5  # seconds; somebody is waiting for the page
ANSWERS = 5  # for one e-mail on an open connection: sender, recipient, data, its end, and reset
ASKED = 3  # times; the middle one counts
NO_TIME = timedelta(minutes=1)


class NoAnswer(Exception):
    """The mail server could not be reached, or refused us."""


@dataclass(frozen=True)
class Outlook:
    """`takes`: the time from the first e-mail to the last. `words` say it, and why."""

    takes: timedelta
    words: str


def is_smtp() -> bool:
    return "smtp" in settings.OUTGOING_EMAIL_BACKEND


def seconds_an_answer() -> float:
    """How long the mail server takes to answer, on a connection of our own. Raises NoAnswer."""
    connection = get_connection(settings.OUTGOING_EMAIL_BACKEND, timeout=PATIENCE)
    took = []
    try:
        connection.open()
        for _ in range(ASKED):
            began = time.monotonic()
            connection.connection.noop()
            took.append(time.monotonic() - began)
    except (OSError, smtplib.SMTPException) as error:
        raise NoAnswer from error
    finally:
        connection.close()
    return statistics.median(took)


def outlook(mails: int, *, opens_at: datetime, at: datetime) -> Outlook:
    """How long so many e-mails take from T on, as far as known at `at` (UTC). Raises NoAnswer
    where the mail server did not answer.
    """
    start = max(at, opens_at)
    trip = seconds_an_answer() if is_smtp() else None
    by_the_hour = pace.last_leaves_at(mails, at=start, known_at=at) - start
    words = counted(mails, "e-mail")
    server = pace.measured(at=at)
    if server is not None:
        last = counted(server.measured, "e-mail")
        why = f"our last {last} took {_figure(server.seconds_a_mail)}"
        why += " each" if server.measured > 1 else ""
        return Outlook(by_the_hour, f"{words} will take {_about(by_the_hour)}: {why}{_limit()}.")
    if trip is not None:
        least = max(by_the_hour, mails * timedelta(seconds=ANSWERS * trip))
        why = f"the mail server answers in {_figure(trip)}, and an e-mail needs {ANSWERS} answers"
        return Outlook(
            least, f"{words} will take {_about(least)} or more: {why}{_limit()}. "
            "None of our e-mails was timed lately.",
        )  # fmt: skip
    if by_the_hour:
        return Outlook(by_the_hour, f"{words} will take {_about(by_the_hour)}{_limit()}.")
    return Outlook(
        by_the_hour,
        f"We don’t know how long {words} will take: none of our e-mails was timed lately.",
    )


def _limit() -> str:
    limit = pace.an_hour()
    return f"; MAIL_PER_HOUR allows {limit} an hour" if limit else ""


def _about(span: timedelta) -> str:
    if span < NO_TIME:
        return "less than a minute"
    return f"about {in_words(timedelta(minutes=round(span / NO_TIME)))}"


def _figure(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds:.2f} s"
