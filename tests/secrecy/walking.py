"""Asks every address as one viewer at one instant, and keeps all that comes back."""

import re
from dataclasses import dataclass

import time_machine
from django.contrib.auth import SESSION_KEY
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nsca.lib import memory
from tests.secrecy.addresses import addresses
from tests.secrecy.canaries import found_in
from tests.secrecy.pdf_text import streams, text_of

# What is different each time it is asked for, by intent, and means nothing.
RANDOM = [
    (re.compile(rb'(<input type="hidden" name="[a-z_-]+"[^>]* value=")[^"]{24,}'), rb"\1"),
    (re.compile(rb"nonce[-=]\"?[A-Za-z0-9+/=]+"), rb"nonce"),
    (re.compile(rb'"challenge": "[^"]+"'), rb""),  # of a passkey
    (re.compile(rb"\b[A-Z2-7]{32}\b|base64,[A-Za-z0-9+/=]+"), rb""),  # of an authenticator
]
OF_ONE_ANSWER = {"X-Request-ID", "Content-Length", "Cookie"}


@dataclass
class Answer:
    name: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes
    asked: list[str]  # the SQL of each query

    @property
    def canaries(self) -> list[str]:
        """Canaries anywhere in the answer: headers, cookies, body, and what a PDF hides in
        streams.
        """
        parts = [*self.headers.values(), self.path, self.body]
        if self.body.startswith(b"%PDF"):
            parts += [text_of(self.body), *streams(self.body)]
        return sorted({word for part in parts for word in found_in(part)})

    @property
    def likeness(self) -> tuple:
        """The answer without what is random by intent: two of a kind are equal to the byte."""
        headers = {k: v for k, v in self.headers.items() if k not in OF_ONE_ANSWER}
        parts = [repr(headers).encode(), self.body]
        for pattern, plain in RANDOM:
            parts = [pattern.sub(plain, part) for part in parts]
        return self.status, *parts, len(self.asked)


def walk(world, viewer, *, at) -> list[Answer]:
    """Every address once, on a fresh browser. The clock stands still at `at`."""
    caches["pages"].clear()
    client = Client(raise_request_exception=False)
    answers = []
    with time_machine.travel(at, tick=False):
        if viewer.user is not None:
            client.force_login(viewer.user)
        for address in addresses(world, viewer):
            with CaptureQueriesContext(connection) as captured:
                response = client.get(address.path)
            body = b"".join(response) if response.streaming else response.content
            headers = dict(response.headers)
            cookies = {
                name: morsel.value
                for name, morsel in response.cookies.items()
                if "csrf" not in name and "session" not in name
            }
            headers["Cookie"] = repr(cookies)
            # The content's version is asked at most once a second: chance, by the real clock.
            asked = [query["sql"] for query in captured if "nsca_cache" not in query["sql"]]
            answers.append(
                Answer(address.name, address.path, response.status_code, headers, body, asked)
            )
        assert (SESSION_KEY in client.session) is (viewer.user is not None), (
            "signed out on the way"
        )
    return answers


def leaks(answers) -> list[str]:
    """One sentence for each answer that holds a canary."""
    return [f"{a.path} tells {a.canaries}" for a in answers if a.canaries]


def everything_stored() -> str:
    """The whole database in words, whatever the engine, and what the caches hold."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows.extend(
                str(bytes(value) if isinstance(value, memoryview) else value)
                for row in cursor.fetchall()
                for value in row
            )
    kept = [repr(page) for page in memory._pages.values()]
    return "\n".join(rows + kept)
