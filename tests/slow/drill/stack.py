"""The database, the web server and the tickers of the drill: started, killed, started again."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.serving import free_port, wait_for

ROOT = Path(__file__).resolve().parents[3]
TICKERS = 2
LEAD = timedelta(hours=24)
OUTSIDE = (
    "STRIPE_", "EMAIL_", "SENTRY_", "CACHE_", "AWS_", "S3_", "MEDIA_", "ALLOWED_", "DEFAULT_FROM",
    "VENUE_", "MAIL_", "ANYMAIL", "TRUSTED_", "ACCESS_LOG", "GUNICORN_",
)  # fmt: skip


class Unfit(Exception):
    """The night cannot run here; a sentence."""


class Database:
    """A new database on the server that DATABASE_URL names; gone at the end. Nothing that is
    there already is read or written.
    """

    def __init__(self, address: str):
        if not address.startswith("postgres"):
            raise Unfit("The drill needs PostgreSQL: DATABASE_URL=postgres://…")
        self.server = address
        self.name = f"nsca_drill_{secrets.token_hex(4)}"
        self.url = urlsplit(address)._replace(path=f"/{self.name}").geturl()

    def __enter__(self):
        try:
            self._say("CREATE DATABASE {}")
        except psycopg.OperationalError as error:
            raise Unfit("PostgreSQL does not answer.") from error
        return self

    def __exit__(self, *_):
        self._say("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _say(self, words):
        with psycopg.connect(self.server, autocommit=True, connect_timeout=5) as server:
            server.execute(sql.SQL(words).format(sql.Identifier(self.name)))

    def set_t(self, event: int, t: float) -> None:
        """Let T be at `t`: the evening is LEAD later."""
        starts_at = datetime.fromtimestamp(t, UTC) + LEAD
        with psycopg.connect(self.url) as ours:
            ours.execute(
                "UPDATE events_event SET starts_at = %s, ends_at = %s WHERE id = %s",
                [starts_at, starts_at + timedelta(hours=3), event],
            )

    def are_all_told(self, event: int) -> bool:
        """Whether the venue is published and no e-mail waits."""
        with psycopg.connect(self.url) as ours:
            total, waiting = ours.execute(
                "SELECT count(*), count(*) FILTER (WHERE state = 'queued') "
                "FROM events_revealmail WHERE event_id = %s",
                [event],
            ).fetchone()
        return total > 0 and waiting == 0


class Stack:
    """gunicorn with two workers, and the tickers; each a group of processes of its own."""

    def __init__(self, folder: Path, database: Database, *, mail_port: int):
        self.folder, self.port = folder, free_port()
        self.env = {
            name: value for name, value in os.environ.items() if not name.startswith(OUTSIDE)
        } | {
            "DJANGO_SETTINGS_MODULE": "nsca.settings",
            "DEBUG": "0",
            "DEMO": "1",  # plain http on this machine
            "SECRET_KEY": "only for this night, and gone with the folder it is kept in: 4f1d",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "VAR_DIR": str(folder),
            "DATABASE_URL": database.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "WEB_CONCURRENCY": "2",
        }
        self.running: list[subprocess.Popen] = []
        self.log = (folder / "log").open("ab")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.log.close()

    def prepare(self) -> None:
        """Tables, groups, assets (those of the project where they were made already)."""
        made = ROOT / "var" / "static"
        if made.is_dir():
            shutil.copytree(made, self.folder / "static")
        self._python("scripts/prepare.py", "tables", "assets")

    def guests(self) -> dict:
        return json.loads(self._python("-m", "tests.slow.drill.guests"))

    def report(self) -> dict:
        return json.loads(self._python("-m", "tests.slow.drill.guests", "report"))

    def start(self) -> None:
        """Web server and tickers; returns when pages are answered."""
        bind = ("-b", f"127.0.0.1:{self.port}", "--log-level", "warning")
        server = self._started("-m", "gunicorn", "-c", "deploy/gunicorn.py", *bind, "nsca.wsgi")
        for _ in range(TICKERS):
            self._started("manage.py", "tick", "--loop")
        try:
            wait_for(self.port, server)
        except RuntimeError as error:
            raise Unfit(str(error)) from error

    def kill(self) -> None:
        """kill -9, the workers' processes too; called from any thread."""
        dead, self.running = self.running, []
        for process in dead:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for process in dead:
            process.wait()

    def _started(self, *command) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.env, start_new_session=True,
            stdout=self.log, stderr=self.log,
        )  # fmt: skip
        self.running.append(process)
        return process

    def _python(self, *command) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Unfit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
        return done.stdout
