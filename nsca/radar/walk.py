"""The ticker's part of the radar: walks the site a few seconds at a time, and writes the report.

Each address is asked of the real middleware and the real views, in this process, with the clock
standing a second before T. The viewer is written, the answer read, and everything undone in one
transaction: nothing of a walk stays, and gateways refuse to work within a transaction, so nothing
is sent. Slices are short and the database rests between two questions: a walk holds up neither
letters nor sales. A ticker that dies in the middle leaves a lease that runs out, and the next goes
on where it stood.
"""

import hashlib
import logging
import time
from collections import defaultdict
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.db.models import Q
from django.test import RequestFactory
from django.views.decorators.debug import sensitive_variables

from events.models import RadarReport
from events.night import findings, radar
from events.night.findings import Finding, Walked
from events.night.texts import all_texts
from events.night.viewers import KINDS, company
from events.night.words import Radar
from nsca.lib import clock
from nsca.lib.pdf_text import text_of
from nsca.lib.sealing import SealingError
from nsca.radar.addresses import Ask, plan

log = logging.getLogger(__name__)

SLICE = 3.0  # seconds of walking, then the ticker sees to its other work
REST = 0.5  # of the time that an answer took, for whoever else wants the database
LEASE = timedelta(minutes=2)  # outlives a slice by far
SECOND = timedelta(seconds=1)
SHOWN = 3  # addresses that a finding names
UNREAD = 20  # addresses that a report names
PLACES = 200  # where one kind of word was met
State = RadarReport.State
LABELS = {kind.name: kind.label for kind in KINDS}


def tick(at: datetime) -> None:
    """Read what was saved, and walk one slice of one report; called by every ticker."""
    radar.read_saved(at)
    report = _claimed(at)
    if report is None:
        return
    try:
        _slice(report, at)
    except PermissionDenied:
        _fail(report, "Who asked for it may not see the place any more.", at)
    except SealingError as error:
        _fail(report, str(error)[:300], at)


def _claimed(at: datetime) -> RadarReport | None:
    """One report to go on with, leased: of many tickers one walks it."""
    is_free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    waiting = RadarReport.objects.filter(is_free, state__in=(State.QUEUED, State.RUNNING))
    for pk in waiting.order_by("asked_at", "pk").values_list("pk", flat=True)[:5]:
        if waiting.filter(pk=pk).update(leased_until=at + LEASE, state=State.RUNNING):
            return RadarReport.objects.select_related("event", "asked_by").get(pk=pk)
    return None


def _fail(report: RadarReport, words: str, at: datetime) -> None:
    report.state, report.words, report.finished_at = State.FAILED, words, at
    report.leased_until = None
    report.save(update_fields=["state", "words", "finished_at", "leased_until"])


@sensitive_variables("looking")
def _slice(report: RadarReport, at: datetime) -> None:
    looking = radar.radar_for(report)
    if looking is None:
        _fail(
            report, "There is no place in the envelope yet, so there is nothing to look for.", at
        )
        return
    if not report.event.is_secret or report.event.is_cancelled:
        _fail(report, "The place of this event is no secret.", at)
        return
    asks, strange = plan(report.event, KINDS)
    walked = findings.walked(report)
    if walked.place != looking.digest():  # it begins, or the place is another one since
        report.step = 0
        walked = Walked(looking.digest())
        walked.unread = [f"{name}: nobody knows how to ask for this address." for name in strange]
    report.steps = len(asks)
    walker = Walker(report, walked, looking)
    began = time.monotonic()
    while report.step < len(asks) and time.monotonic() - began < SLICE:
        took = time.monotonic()
        walker.ask(asks[report.step])
        report.step += 1
        time.sleep(min(REST * (time.monotonic() - took), 0.1))
    if report.step >= len(asks):
        _finish(report, walked, looking, at)
        return
    findings.keep(report, walked, at=at)
    report.leased_until = None
    report.save(update_fields=["step", "steps", "sealed", "leased_until"])


class Walker:
    """Asks as somebody who exists for one question."""

    def __init__(self, report: RadarReport, walked: Walked, looking: Radar):
        self.report, self.walked, self.looking = report, walked, looking
        self.at = report.event.opens_at - SECOND
        self.read: dict[str, set[int]] = {}  # digests of answers that were read in this slice
        site = urlsplit(settings.SITE_URL)
        self.requests = RequestFactory(SERVER_NAME=site.hostname, HTTP_HOST=site.netloc)
        self.is_secure = site.scheme == "https"
        self.handler = BaseHandler()
        self.handler.load_middleware()

    @sensitive_variables()
    def ask(self, ask: Ask) -> None:
        """One address as one kind of viewer; what it tells is noted by the words' numbers."""
        kinds = [kind for kind in KINDS if kind.name == ask.kind]
        with company(self.report.event, kinds, at=self.at) as [somebody], _Quiet():
            pocket = {
                "ticket": somebody.ticket,
                "order": somebody.order,
                "wish": somebody.wish,
                "door": somebody.link.token if somebody.link else "",
            }
            if any(f"{{{word}}}" in ask.path and not link for word, link in pocket.items()):
                return  # nothing of that kind in this pocket
            path = ask.filled(pocket)
            request = self.requests.get(path, secure=self.is_secure)
            if somebody.user is not None:
                request._cached_user = somebody.user  # what the sign-in's middleware asks first
            with clock.standing_at(self.at):
                status, text = self._answer(request)
        told = self._numbers(text) | self.looking.numbers_in(ask.path)
        # The address itself may hold a word of the place: then it is called by its name.
        shown = ask.name if self.looking.numbers_in(ask.path) else ask.path
        # 400: the site does not answer to its own name, and nothing was read.
        if (status == 400 or status >= 500) and len(self.walked.unread) < UNREAD:
            self.walked.unread.append(f"{shown}, as {LABELS[ask.kind]}: an error.")
        for number in told:
            where = self.walked.seen.setdefault(str(number), [])
            if [ask.kind, shown] not in where and len(where) < PLACES:
                where.append([ask.kind, shown])

    @sensitive_variables()
    def _answer(self, request) -> tuple[int, str]:
        try:
            response = self.handler.get_response(request)
            body = b"".join(response) if response.streaming else response.content
        except Exception as error:  # noqa: BLE001 - one bad page must not end the walk
            log.warning("radar: an address fails: %s", type(error).__name__)
            return 500, ""
        kind = response.headers.get("Content-Type", "")
        if body.startswith(b"%PDF"):
            text = text_of(body)
        elif kind.startswith(("image/", "font/")):
            text = ""  # drawn from texts that are read where they stand
        else:
            text = body.decode("utf-8", "replace")
        cookies = " ".join(morsel.value for morsel in response.cookies.values())
        heads = " ".join(f"{name}: {value}" for name, value in response.headers.items())
        return response.status_code, f"{heads}\n{cookies}\n{text}"

    @sensitive_variables()
    def _numbers(self, text: str) -> set[int]:
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
        if digest not in self.read:
            self.read[digest] = self.looking.numbers_in(text)
        return self.read[digest]


class _Quiet:
    """A walk asks for what is refused a thousand times; that is no news for the log."""

    def __enter__(self):
        for name in ("django.request", "django.security"):
            logging.getLogger(name).addFilter(_is_of_a_visitor)

    def __exit__(self, *_):
        for name in ("django.request", "django.security"):
            logging.getLogger(name).removeFilter(_is_of_a_visitor)


def _is_of_a_visitor(record) -> bool:
    """Other threads of this process go on with their own work, and with their log."""
    return not clock.is_standing()


# --- The report ----------------------------------------------------------------------------------


@sensitive_variables("looking")
def _finish(report: RadarReport, walked: Walked, looking: Radar, at: datetime) -> None:
    explained = set()
    for text in all_texts():
        numbers = looking.numbers_in(text.text)
        if not numbers:
            continue
        explained |= numbers
        walked.findings.append(
            Finding(
                radar.sentence(text, looking, numbers),
                url=text.url,
                seen_by=_read_by(_where(walked, numbers)),
                about=radar.about(text.row),
            )
        )
    walked.findings += _unexplained(walked, looking, explained)
    walked.seen = {}
    findings.keep(report, walked, at=at)
    with transaction.atomic():
        findings.forget(report.event, at=at)
        RadarReport.objects.filter(event=report.event).exclude(pk=report.pk).delete()
        report.state, report.finished_at, report.leased_until = State.DONE, at, None
        report.save()


def _where(walked: Walked, numbers) -> list[list[str]]:
    return [pair for number in sorted(numbers) for pair in walked.seen.get(str(number), [])]


def _unexplained(walked: Walked, looking, explained) -> list[Finding]:
    """What a page tells and no text of ours holds: it is made by the code."""
    by_page = defaultdict(set)
    for number, pairs in walked.seen.items():
        if int(number) not in explained:
            for _kind, shown in pairs:
                by_page[shown].add(int(number))
    by_words = defaultdict(list)
    for shown, numbers in by_page.items():
        by_words[frozenset(numbers)].append(shown)
    return [
        Finding(
            f"{_list(pages)} tells {looking.in_words(numbers)}, and no text that staff write "
            "holds it: whoever looks after the site's code should see this.",
            seen_by=_read_by(_where(walked, numbers)),
        )
        for numbers, pages in by_words.items()
    ]


def _read_by(pairs) -> str:
    """ "Read by visitors and ticket holders, at /events/ and 3 more."; empty for none."""
    if not pairs:
        return ""
    kinds = list(dict.fromkeys(kind for kind, _ in pairs))
    people = [LABELS[kind] for kind in kinds]
    who = f"everybody, {people[0]} included" if "visitor" in kinds else _list(people)
    return f"Read by {who}, at {_list(list(dict.fromkeys(page for _, page in pairs)))}."


def _list(words: list[str]) -> str:
    """The first few in words: "a, b, c and 4 more"."""
    shown, rest = words[:SHOWN], len(words) - SHOWN
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last
