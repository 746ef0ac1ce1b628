"""Asks every address as one viewer at one instant, and keeps all that comes back."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import _TestState

from nsca.lib.web.caching import content_changed
from tests.pdf_text import streams, text_of
from tests.secrecy.addresses import addresses
from tests.secrecy.canaries import OTHER_VENUE, VENUE, found_in
from tests.secrecy.keeping import all_logged, everything_stored, no_chance
from tests.slow.machine.shop import undone

# What is different each time it is asked for, by intent, and means nothing.
RANDOM = [
    (re.compile(rb'(<input type="hidden" name="[a-z_-]+"[^>]* value=")[^"]{24,}'), rb"\1"),
    (re.compile(rb"nonce[-=]\"?[A-Za-z0-9+/=]+"), rb"nonce"),
    (re.compile(rb'"challenge": "[^"]+"'), rb""),  # of a passkey
    (re.compile(rb"\b[A-Z2-7]{32}\b|base64,[A-Za-z0-9+/=]+"), rb""),  # of an authenticator
]
OF_ONE_ANSWER = {"X-Request-ID", "Content-Length", "Cookie"}
# Each table that holds something of a venue, as it stands in SQL.
OF_THE_PLACE = ('"events_venue"', '"events_venuepicture"', '"events_formervenue"')


class Answer:
    """One answer. What it takes to compare two of them is worked out once."""

    def __init__(self, name, path, response, asked):
        self.name, self.path, self.status = name, path, response.status_code
        self.body = b"".join(response) if response.streaming else response.content
        self.headers = dict(response.headers)
        self.cookies = {name: morsel.value for name, morsel in response.cookies.items()}
        self.asked = asked  # the SQL of each query

    @cached_property
    def canaries(self) -> list[str]:
        """Canaries anywhere in the answer: headers, cookies, body, and what a PDF hides in
        streams.
        """
        heads = [*self.headers.values(), *self.cookies.values(), self.path]
        parts = ["\n".join(heads), self.body]
        if self.body.startswith(b"%PDF"):
            parts += [text_of(self.body), *streams(self.body)]
        return sorted({word for part in parts for word in found_in(part)})

    @cached_property
    def likeness(self) -> tuple:
        """The answer without what is random by intent: two of a kind are equal to the byte."""
        headers = {k: v for k, v in self.headers.items() if k not in OF_ONE_ANSWER}
        headers |= {
            f"cookie {name}": value
            for name, value in self.cookies.items()
            if "csrf" not in name and "session" not in name
        }
        parts = [repr(headers).encode(), self.body]
        for pattern, plain in RANDOM:
            parts = [pattern.sub(plain, part) for part in parts]
        return self.status, *(blake2b(part).digest() for part in parts), len(self.asked)


def walk(world, viewer, *, at, only=None) -> list[Answer]:
    """Every address once (or those whose path is in `only`), on a fresh browser. The clock stands
    still at `at`.

    A public page that somebody asked for before comes from the worker's memory, as it does on the
    site: it cannot depend on who asks (nsca.middleware.cache).
    """
    client = Client(raise_request_exception=False)
    answers = []
    with time_machine.travel(at, tick=False), uninstrumented(), untidied():
        if viewer.user is not None:
            client.force_login(viewer.user)
            client.get("/membership/")  # a session's first page notes when it began
        for address in addresses(world, viewer):
            if only is None or address.path in only:
                with queries() as asked:
                    response = client.get(address.path)
                answers.append(Answer(address.name, address.path, response, asked))
        assert (SESSION_KEY in client.session) is (viewer.user is not None), (
            "signed out on the way"
        )
    return answers


def start_afresh() -> None:
    """As a worker that was born this moment: what is made once and kept is made again, so that two
    walks can be compared to the query.
    """
    caches["pages"].clear()
    content_changed()  # the index of the search, the menu
    ContentType.objects.clear_cache()


@contextmanager
def queries():
    """A list that fills with the SQL of each query, without its values: those are written out by
    a query of their own on SQLite, and the walk asks thousands.
    """
    asked = []

    def note(execute, sql, params, many, context):
        # The content's version is asked at most once a second: chance, by the real clock.
        if "nsca_cache" not in sql:
            asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


@contextmanager
def untidied():
    """Without Python's search for rings of garbage, which hundreds of pages leave behind."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def uninstrumented():
    """Templates as in production: the test runner would copy each one's context."""
    instrumented = Template._render
    Template._render = _TestState.saved_data.template_render
    try:
        yield
    finally:
        Template._render = instrumented


@dataclass
class Walks:
    """The same walks with this place, with another and with none; and what was left behind."""

    ours: dict[str, list[Answer]]
    others: dict[str, list[Answer]]
    none: dict[str, list[Answer]]
    logged: str
    stored: str

    @property
    def all(self) -> Iterator[tuple[str, Answer]]:
        for walks in (self.ours, self.others, self.none):
            yield from ((name, answer) for name, answers in walks.items() for answer in answers)


def three_walks(world, names, *, at) -> Walks:
    """All viewers of these names, three times; the world is as before when it ends."""
    stored = []

    def walks(venue, only=None):
        with undone():  # one walk leaves nothing for the next: a sign-in is seen by staff
            world.put(venue)
            start_afresh()
            answers = {
                name: _light(walk(world, world.viewers[name], at=at, only=only and only[name]))
                for name in names
            }
            if venue is VENUE:
                stored.append(everything_stored())
        return answers

    # Each variable that a template does not find is a line, with a stack: a tenth of all work.
    with no_chance(), all_logged("django.template") as lines:
        ours = walks(VENUE)
        logged = "\n".join(lines)
        none = walks(None)
        # Where somebody is refused, with a venue and without, another venue is not tried.
        pages = {name: {a.path for a in ours[name] if a.status < 400} for name in names}
        others = walks(OTHER_VENUE, pages)
    return Walks(ours, others, none, logged, *stored)


def _light(answers):
    """Searched, and without their bodies: thousands of answers are kept."""
    for answer in answers:
        _ = answer.canaries, answer.likeness
        answer.body = b""
    return answers


def leaks(answers) -> list[str]:
    """One sentence for each answer that holds a canary."""
    return [f"{a.path} tells {a.canaries}" for a in answers if a.canaries]


def said_why(walks: dict[str, list[Answer]], judge) -> dict[str, list[str]]:
    """What a judge of answers finds wrong, by viewer; those of whom it finds nothing left out."""
    return {name: wrong for name, answers in walks.items() if (wrong := judge(answers))}


def touches_of_the_venue(answers) -> list[str]:
    """Queries that name a table of places: none may be made for an outsider before T."""
    return [
        f"{a.path}: {sql}"
        for a in answers
        for sql in a.asked
        if any(table in sql for table in OF_THE_PLACE)
    ]


def differing(some, others) -> set[str]:
    """The paths at which two walks differ by more than what is random by intent."""
    ours, theirs = ({a.path: a.likeness for a in walk} for walk in (some, others))
    return {path for path in {*ours, *theirs} if ours.get(path) != theirs.get(path)}
