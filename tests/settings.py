"""The site's own settings, as a demonstration has them, cut off from this machine's surroundings.

What a person has in the environment (keys, a mail server, a cache) must not reach a test, and
nothing a test writes may stay. DATABASE_URL alone is honored: it chooses the engine.
"""

import os
import tempfile
from pathlib import Path

OUTSIDE = ("STRIPE_", "EMAIL_", "SENTRY_", "CACHE_", "AWS_", "MEDIA_", "ALLOWED_", "DEFAULT_FROM")
for name in [name for name in os.environ if name.startswith(OUTSIDE)]:
    del os.environ[name]
os.environ |= {
    "SECRET_KEY": "a key for the tests, long enough to pass for one: 3b7f1c9d5e2a8046",
    "DEBUG": "0",
    "DEMO": "1",
    "SITE_URL": "http://testserver",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL")
    or os.environ.get("DATABASE_URL")
    or "sqlite:///:memory:",
}

from nsca.settings import *  # noqa: E402, F403 these are what is tested
from nsca.settings import DATABASES, STORAGES  # noqa: E402

SCRATCH = tempfile.TemporaryDirectory(prefix="nsca-tests-")  # gone with the process
MEDIA_ROOT = str(Path(SCRATCH.name) / "media")
EMAIL_FILE_PATH = str(Path(SCRATCH.name) / "mail")  # /demo/mail/ shows no other process's e-mails
# There and empty: WhiteNoise warns where there is none, and a test client reads all that is in it.
STATIC_ROOT = str(Path(SCRATCH.name) / "static")
os.mkdir(STATIC_ROOT)

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: connections to a shared memory database lock each other as no file does.
    # On a memory disk where there is one: every commit waits for the disk (synchronous=FULL).
    DISK = tempfile.TemporaryDirectory(
        prefix="nsca-tests-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    )
    DATABASES["default"]["TEST"] = {"NAME": f"{DISK.name}/nsca.sqlite3"}

# No fingerprints: they would need collectstatic before every run.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STORAGES["outbox"]["OPTIONS"] = {"location": str(Path(SCRATCH.name) / "outbox")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and only here

# Races of many threads are run against the database; tests/orders/payments has the lanes of a
# process in earnest.
PAYMENT_THREADS = 16
