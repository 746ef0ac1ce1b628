"""Everything that the site keeps, in one text: rows, sessions, caches, files, e-mails, logs."""

import base64
import logging
import os
import pickle
import subprocess
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from post_office.models import Attachment, Email

from nsca.lib.web import memory


def everything_stored() -> str:
    """What a thief would take, and what lies sealed in it, opened: no word of a venue hides."""
    bodies = Email.objects.values_list("message", "html_message", "headers")
    opened = [repr(body) for body in bodies]
    for paper in Attachment.objects.all():
        with paper.file.open() as file:
            opened.append(file.read().decode("latin-1"))
    return "\n".join([everything_taken(), *opened])


def everything_taken() -> str:
    """The whole database as a thief has it, in words, whatever the engine, with sessions and what
    is cached unpacked; what the workers keep in memory; what lies in files.
    """
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows.extend(
                str(bytes(value) if isinstance(value, memoryview) else value)
                for row in cursor.fetchall()
                for value in row
            )
        cursor.execute("SELECT value FROM nsca_cache")
        cached = [unpickled(base64.b64decode(value)) for (value,) in cursor.fetchall()]
    # Packed and signed in their table: nobody would find a word in it.
    sessions = [repr(session.get_decoded()) for session in Session.objects.all()]
    kept = [repr(page) for page in memory._pages.values()]
    return "\n".join([*rows, *cached, *sessions, *kept, *everything_in_files()])


def unpickled(raw: bytes) -> str:
    """What a cache of Django's wrote, in words."""
    return repr(pickle.loads(raw))  # noqa: S301 of our own cache


def files_of_the_database() -> bytes:
    """The database as a thief of the disk has it: its file and its journal, or what pg_dump says
    of a whole server's database.
    """
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        files = [Path(f"{name}{suffix}") for suffix in ("", "-wal", "-journal", "-shm")]
        return b"".join(file.read_bytes() for file in files if file.exists())
    there = connection.settings_dict
    env = os.environ | {"PGPASSWORD": there["PASSWORD"] or ""}
    where = ["-h", there["HOST"], "-p", str(there["PORT"] or 5432), "-U", there["USER"]]
    command = ["pg_dump", *where, there["NAME"]]
    return subprocess.run(command, env=env, check=True, capture_output=True).stdout


def everything_in_files() -> list[str]:
    """Pictures and their hidden data, attachments on their way, a demonstration's e-mails; and
    the name of each file.
    """
    found = []
    for folder in (settings.MEDIA_ROOT, settings.EMAIL_FILE_PATH, _outbox()):
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                found += [path.name, path.read_bytes().decode("latin-1")]
    return found


def _outbox() -> str:
    return settings.STORAGES["outbox"]["OPTIONS"]["location"]


class _Lines(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{self.format(record)} {record.args!r}")


DRAWING = ("PIL", "fontTools", "fpdf")  # their own talk while they draw, and much of it


@contextmanager
def all_logged(*quiet):
    """A list that fills with every line of the log, down to debugging, with the arguments it was
    made of and the stack that it shows. Of the loggers in `quiet` only what a site would log.
    """
    handler, root = _Lines(), logging.getLogger()
    others = [
        logger
        for logger in list(root.manager.loggerDict.values())
        if isinstance(logger, logging.Logger) and not logger.propagate
    ]
    levels = {logger: logger.level for logger in (root, *others)}
    for name in (*DRAWING, *quiet):
        levels[logging.getLogger(name)] = logging.getLogger(name).level
    for logger in (root, *others):  # the others do not hand their lines on
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    for name in (*DRAWING, *quiet):
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        for logger, level in levels.items():
            logger.removeHandler(handler)
            logger.setLevel(level)


class NoChance:
    """Stands in for `secrets` where tokens are made."""

    choice = staticmethod(lambda emails: emails[0])
    token_urlsafe = staticmethod(lambda size: "x" * size)


@contextmanager
def no_chance():
    """A form's own key, a code on a previewed ticket: random by intent, so here they are not."""
    with mock.patch("nsca.lib.secrets.codes.secrets", NoChance):
        yield
