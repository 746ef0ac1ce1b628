"""Everything that a deployment has, each in its own process: database, gunicorn, ticker, proxy."""

import os
import ssl
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from bench.proxy import caddy
from bench.serving import free_port, gunicorn
from tests.fakes.smtp import Sink
from tests.fakes.stripe import SECRET, FakeStripe, fake_stripe
from tests.slow.drill.stack import OUTSIDE

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Stage:
    url: str  # https://localhost:…, as visitors see it
    env: dict[str, str]
    mail: Sink
    stripe: FakeStripe

    def run(self, *command) -> str:
        """One command of the site in a process of its own; what it said."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def seed(self) -> None:
        self.mail.emails.clear()
        self.run("-m", "tests.production.soiree")

    def reveal_at(self, seconds: float) -> None:
        """Let the venue be revealed so many seconds from now."""
        self.run("-m", "tests.production.soiree", "reveal", str(seconds))


@contextmanager
def stage():
    """Without DEMO and DEBUG, on the tests' own database; yields the Stage once it answers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nsca-stage-")))
        mail = stack.enter_context(Sink())
        stripe, api = stack.enter_context(fake_stripe())
        stripe.base = (
            "https://checkout.stripe.com"  # where the policy of the site lets a form lead
        )
        port = free_port()
        proxy = stack.enter_context(caddy(port, folder))
        env = {name: value for name, value in os.environ.items() if not name.startswith(OUTSIDE)}
        env |= {
            "DJANGO_SETTINGS_MODULE": "nsca.settings",
            "DEBUG": "0",
            "DEMO": "0",
            "SECRET_KEY": "only for this stage, gone with its folder: 8c1f0d6b2e94a735",
            "SITE_URL": f"https://localhost:{proxy}",
            "ALLOWED_HOSTS": "localhost",
            "VAR_DIR": str(folder),
            "DATABASE_URL": _database(),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "STRIPE_SECRET_KEY": "sk_test_stage",
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": api,
        }
        stripe.tls = ssl._create_unverified_context()  # the certificate is the proxy's own
        stripe.listen(f"https://localhost:{proxy}/stripe/webhook/", at_once=True)
        site = Stage(env["SITE_URL"], env, mail, stripe)
        # Where `make run` keeps them, so that they are made once.
        (folder / "static").symlink_to(ROOT / "var" / "static")
        (ROOT / "var" / "static").mkdir(parents=True, exist_ok=True)
        site.run("scripts/prepare.py", "assets")
        stack.enter_context(gunicorn("nsca.wsgi", env, port))
        stack.enter_context(_ticker(env))
        yield site


def _database() -> str:
    """The address of this test run's own database, whose tables are made already."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    who = ":".join(filter(None, (database["USER"], database["PASSWORD"])))
    where = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
    return f"postgres://{who}@{where}/{database['NAME']}"


@contextmanager
def _ticker(env):
    process = subprocess.Popen([sys.executable, "manage.py", "tick", "--loop"], cwd=ROOT, env=env)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)
