"""Nothing in a cached page depends on when, or by which worker, it was made.

A page that was made a while ago is handed out as if it were new: a clock in it is wrong by its
age, and two workers that make it differently give it two ETags. So every public page is made at
two instants of one lifetime and by two processes, and has the same bytes.
"""

import difflib
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as the_settings
from django.db import connection
from django.test import override_settings
from django.urls import Resolver404, get_resolver, resolve, reverse

from events.models import Event
from nsca.content import loader, reading
from nsca.demo import season
from nsca.lib.web.caching import content_changed
from tests.secrecy.addresses import MADE_FOR_ALL, patterns

ROOT = Path(__file__).resolve().parents[3]
AT = datetime(2027, 1, 12, 15, 0, tzinfo=UTC)  # a Tuesday, ten in the morning in Norfolk
LINK = re.compile(r"""["'>](?:%s)?(/[^"'<>\s#]*)""")
MAX_AGE = re.compile(r"max-age=(\d+)")
STRANGERS_SHARE = timedelta(seconds=1)  # events:tickets is made once for all of two seconds
# Without a public page in the season, and walked by the address all the same.
PASSED_OVER = {"pages:search", "media", "events:tickets"}


class Worker:
    """A process that makes pages: (path, instant) → (status, headers, body)."""

    def __init__(self, *, hash_seed: int):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nsca.one_worker", str(connection.settings_dict["NAME"])],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def make(self, wanted: list[tuple[str, datetime]]) -> dict[str, dict]:
        asked = [(path, at.isoformat()) for path, at in wanted]
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answers = json.loads(self.process.stdout.readline())
        return {path: answer for (path, _), answer in zip(wanted, answers, strict=True)}

    def dismiss(self):
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """Content and season, committed for other processes; taken away again at the end."""
    mails = override_settings(
        OUTGOING_EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"
    )
    with mails, django_db_blocker.unblock(), django_db_setup.keep():
        with time_machine.travel(AT, tick=False):
            loader.load(reading.all_items())
            season.seed(at=AT)
            content_changed()
        yield


@pytest.fixture(scope="module")
def workers(demonstration, django_db_blocker):
    with django_db_blocker.unblock():
        two = Worker(hash_seed=1), Worker(hash_seed=2)
    yield two
    for worker in two:
        worker.dismiss()


@pytest.fixture(scope="module")
def pages(workers, django_db_blocker):
    """Every public page that a visitor can come to, as one worker makes it AT."""
    with django_db_blocker.unblock():
        found: dict[str, dict] = {}
        ahead = {reverse(name) for name, _, takes in patterns() if not takes and _is_public(name)}
        ahead |= {"/", *(reverse("events:detail", args=[e.slug]) for e in Event.objects.all())}
        while ahead:
            made = workers[0].make([(path, AT) for path in sorted(ahead)])
            found |= made
            links = {link for page in made.values() for link in _links(page)}
            ahead = {link for link in links if link not in found and _is_public(_name_of(link))}
    return {
        path: page
        for path, page in found.items()
        if page["status"] == 200 and "public" in page["headers"]["Cache-Control"]
    }


def _is_public(name) -> bool:
    return name in MADE_FOR_ALL or name in _marked()


def _marked() -> set[str]:
    """The names of views that say of themselves that they are public."""

    def descend(resolver, spaces):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                inner = [*spaces, pattern.namespace] if pattern.namespace else spaces
                yield from descend(pattern, inner)
            elif getattr(pattern.callback, "is_public", False) and pattern.name:
                yield ":".join([*spaces, pattern.name])

    return set(descend(get_resolver(), []))


def _links(page) -> set[str]:
    if (
        "text" not in page["headers"]["Content-Type"]
        and "xml" not in page["headers"]["Content-Type"]
    ):
        return set()
    links = re.findall(LINK.pattern % re.escape(the_settings.SITE_URL), page["body"])
    return {link.replace("&amp;", "&") for link in links}


def _name_of(link) -> str:
    try:
        return resolve(link.partition("?")[0]).view_name
    except Resolver404:
        return ""


def _end_of(page) -> datetime:
    """The last second of its lifetime."""
    seconds = int(MAX_AGE.search(page["headers"]["Cache-Control"])[1])
    return AT + timedelta(seconds=max(0, min(seconds, 86_400) - 1))


def differences(some: dict[str, dict], others: dict[str, dict]) -> list[str]:
    """For each page that is not the same twice: which, and the first line that differs."""
    told = []
    for path, page in some.items():
        one, other = (_without_age(each) for each in (page, others[path]))
        if one != other:
            lines = difflib.unified_diff(one, other, lineterm="", n=0)
            changed = [
                line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")
            ]
            told.append("\n".join([path, *(line[:400] for line in changed[:2])]))
    return told


def _without_age(page) -> list[str]:
    headers = page["headers"] | {
        "Cache-Control": MAX_AGE.sub("max-age=", page["headers"]["Cache-Control"])
    }
    if policy := headers.get("Content-Security-Policy"):  # its order means nothing (CSP3 §2.2.1)
        headers["Content-Security-Policy"] = "; ".join(sorted(policy.split("; ")))
    heads = [f"{name}: {value}" for name, value in sorted(headers.items())]
    return [str(page["status"]), *page["body"].splitlines(), *heads]


def test_every_public_page_is_among_them(pages):
    walked = {_name_of(path) for path in pages}

    assert _marked() | MADE_FOR_ALL <= walked | PASSED_OVER


def test_the_countdown_is_not_wrong_by_the_age_of_its_page(workers, pages):
    later = workers[0].make([(path, _end_of(page)) for path, page in pages.items()])

    assert differences(pages, later) == []
    countdowns = [path for path, page in pages.items() if "<reveal-countdown" in page["body"]]
    clocks = [path for path, page in pages.items() if "<world-clock" in page["body"]]
    assert countdowns
    assert len(clocks) > 8


def test_two_workers_give_a_page_one_etag(workers, pages):
    theirs = workers[1].make([(path, AT) for path in pages])

    assert differences(pages, theirs) == []
    assert all(page["headers"]["ETag"] for path, page in pages.items() if _is_made_here(path))


def _is_made_here(path) -> bool:
    return _name_of(path) in _marked()


def test_what_strangers_share_for_a_moment_is_the_same_too(workers, demonstration, db):
    paths = [reverse("events:tickets", args=[event.slug]) for event in Event.objects.published(AT)]

    first = workers[0].make([(path, AT) for path in paths])
    later = workers[1].make([(path, AT + STRANGERS_SHARE) for path in paths])

    assert len(paths) > 5
    assert differences(first, later) == []


def test_a_page_that_differs_is_named_with_its_line():
    kept = {"Cache-Control": "public, max-age=60", "ETag": '"1"'}
    page = {"status": 200, "headers": kept, "body": "<p>\nIt is 3:00\n</p>"}
    older = page | {"headers": kept | {"Cache-Control": "public, max-age=1"}}
    other = page | {"body": "<p>\nIt is 3:01\n</p>"}

    assert differences({"/a/": page}, {"/a/": older}) == []
    assert differences({"/a/": page}, {"/a/": other}) == ["/a/\n-It is 3:00\n+It is 3:01"]
