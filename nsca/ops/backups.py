"""Archives of everything the site could not recover: the database, the media, the outbox.

An archive is one file, `nsca-<UTC>.tar.gz`: manifest.json first, then database.sqlite3 or
database.dump, then media/ and outbox/ (the attachments of waiting e-mails). The manifest says how
many rows each table had *in that very copy*, so that a restore is proven, not assumed. It contains
no keys: a key opens venues, and a copy of the database must not. With BACKUP_PUBLIC_KEY the
archive is encrypted, and `.age` is added to its name.
"""

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath

import psycopg
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from django.utils.crypto import salted_hmac
from psycopg import sql

from nsca.ops.backup_keys import SUFFIX, encrypt, recipients

MANIFEST = "manifest.json"
FOLDERS = {
    "media": "default",
    "outbox": "outbox",
}  # in the archive: the storage it comes from
TOOL_TIMEOUT = 60 * 60  # seconds for pg_dump or pg_restore; more means something is wrong


class NotRestorable(Exception):
    """A sentence: what an archive lacks, or what could not be done with it."""


def archives(folder):
    """The finished archives in `folder`, oldest first."""
    whole = Path(folder)
    return sorted([*whole.glob("nsca-*Z.tar.gz"), *whole.glob(f"nsca-*Z.tar.gz{SUFFIX}")])


def write_archive(folder, *, at, prove=False):
    """Write the archive of the instant `at` into `folder` and return its path.

    The site keeps running. The file gets its name only when it is complete, and nobody else can
    read it. `prove`: restore it first, while it can still be read here. Raises NotRestorable if
    the database cannot be copied or does not come back as it was, and KeyUnusable.
    """
    is_encrypted = bool(recipients())  # report a wrong key before an hour of work
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"nsca-{at:%Y%m%dT%H%M%SZ}.tar.gz{SUFFIX if is_encrypted else ''}"
    workshop = folder / f".nsca-{secrets.token_hex(4)}"
    workshop.mkdir(mode=0o700)
    try:
        engine = engine_of_this_site()
        counts = engine.dump(workshop / engine.file)
        files = {
            f"{name}/{file}": digest
            for name, folder in local_folders().items()
            for file, digest in fingerprints(folder).items()
        }
        manifest = {
            "made_at": at.isoformat(),
            "engine": engine.name,
            "key": key_fingerprints()[0],
            "rows": counts,
            "files": files,
        }
        (workshop / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
        part = workshop / "archive"
        with tarfile.open(part, "w:gz", compresslevel=6) as archive:
            archive.add(workshop / MANIFEST, MANIFEST)
            archive.add(workshop / engine.file, engine.file)
            for name in files:
                folder_name, _, file = name.partition("/")
                archive.add(local_folders()[folder_name] / file, name)
        if prove:
            (workshop / "proof").mkdir()
            prove_archive(part, workshop / "proof")
        if is_encrypted:
            part, plain = workshop / f"archive{SUFFIX}", part
            encrypt(plain, part)
        part.chmod(0o600)
        flush(part)
        part.rename(path)
        flush(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return path


def prove_archive(path, workshop):
    """Restore `path` inside the empty folder `workshop`, compare it, and return its manifest.

    Raises NotRestorable with the first difference.
    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                unpack(archive, member, workshop)
    except (tarfile.TarError, EOFError, OSError) as broken:
        raise NotRestorable(f"The archive cannot be read to the end: {broken}.") from broken
    try:
        manifest = json.loads((workshop / MANIFEST).read_text())
    except (OSError, ValueError) as missing:
        raise NotRestorable("The archive has no manifest.") from missing
    engine = ENGINES[manifest["engine"]]
    compare("rows of", manifest["rows"], engine.restore_and_count(workshop / engine.file))
    restored = fingerprints(workshop)
    del restored[MANIFEST], restored[engine.file]
    compare("the file", manifest["files"], restored)
    if manifest["key"] not in key_fingerprints():
        raise NotRestorable(
            "The data is complete, but its venues were sealed with a key that is in none of "
            "VENUE_KEYS, SECRET_KEY and SECRET_KEY_FALLBACKS. They cannot be read."
        )
    return manifest


def unpack(archive, member, folder):
    """Extract one file below `folder`; refuse what our archives cannot contain.

    Not with extractall(), because its filters came with Python 3.11.4 and Debian 12 has 3.11.2.
    """
    name = PurePosixPath(member.name)
    if not member.isfile() or name.is_absolute() or ".." in name.parts:
        raise NotRestorable(f"The archive contains what no backup writes: {member.name}.")
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.extractfile(member) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


def compare(what, promised, found):
    """Raises NotRestorable naming the first of `promised` that `found` does not have."""
    for name in sorted(promised.keys() | found.keys()):
        if promised.get(name) != found.get(name):
            raise NotRestorable(
                f"{what} {name}: {promised.get(name, 'none')} written, "
                f"{found.get(name, 'none')} restored.".capitalize()
            )


class Sqlite:
    """One file, copied by SQLite's own online backup."""

    name = "sqlite"
    file = "database.sqlite3"

    def dump(self, target):
        source = connection.settings_dict["NAME"]
        with (
            closing(sqlite3.connect(source, timeout=20)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
        return self.restore_and_count(target)

    def restore_and_count(self, file):
        with closing(sqlite3.connect(file)) as copy:
            try:
                verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
                orphan = copy.execute("PRAGMA foreign_key_check").fetchone()
            except sqlite3.DatabaseError as broken:
                raise NotRestorable(f"SQLite cannot read the database: {broken}.") from broken
            if verdict != "ok" or orphan:
                raise NotRestorable(f"SQLite finds a fault in the database: {orphan or verdict}.")
            tables = copy.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            return {
                name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
                for (name,) in tables
            }


class Postgres:
    """pg_dump and pg_restore, which must be of the server's version or newer."""

    name = "postgresql"
    file = "database.dump"

    def dump(self, target):
        """Count the rows in the very snapshot that pg_dump writes."""
        with psycopg.connect(**address()) as counting:
            counting.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            snapshot = counting.execute("SELECT pg_export_snapshot()").fetchone()[0]
            counts = count_rows(counting)
            dumped = ["pg_dump", "--format=custom", "--compress=0", f"--snapshot={snapshot}"]
            tool(*dumped, f"--file={target}")
        return counts

    def restore_and_count(self, file):
        """Restore into a temporary database on the same server."""
        with scratch_database() as name:
            tool(
                *["pg_restore", "--single-transaction", "--no-owner", "--no-privileges"],
                *[f"--dbname={name}", str(file)],
            )
            with psycopg.connect(**{**address(), "dbname": name}) as restored:
                return count_rows(restored)


ENGINES = {engine.name: engine for engine in (Sqlite(), Postgres())}


def engine_of_this_site():
    return ENGINES[connection.vendor]


def address():
    """The connection's address, in psycopg's words."""
    given = connection.settings_dict
    words = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    words["PORT"] = "port"
    return {word: str(given[key]) for key, word in words.items() if given.get(key)}


def count_rows(database):
    tables = database.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    return {
        name: database.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
        ).fetchone()[0]
        for (name,) in tables
    }


@contextmanager
def scratch_database():
    name = f"nsca_restore_test_{secrets.token_hex(4)}"
    with psycopg.connect(**address(), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield name
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def tool(*command):
    """Run PostgreSQL's `command`; the password goes into the environment, never the arguments."""
    where = address()
    names = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"host": "PGHOST", "port": "PGPORT"}
    env = os.environ | {names[word]: value for word, value in where.items()}
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=TOOL_TIMEOUT, check=False
        )
    except FileNotFoundError as missing:
        raise NotRestorable(
            f"{command[0]} is missing: `apt-get install postgresql-client`."
        ) from missing
    if done.returncode:
        raise NotRestorable(f"{command[0]} failed: {done.stderr.strip()}")


def local_folders():
    """The folders to back up, by their names in the archive; not those kept by another service."""
    kept = {name: storages[alias] for name, alias in FOLDERS.items()}
    return {
        name: Path(storage.location)
        for name, storage in kept.items()
        if isinstance(storage, FileSystemStorage)
    }


def fingerprints(folder):
    """The SHA-256 of every file below `folder`, by its relative name."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def key_fingerprints():
    """Tell apart the keys that open sealed venues, newest first, without revealing any."""
    keys = [*settings.VENUE_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("nsca.ops.backups", "key", secret=key).hexdigest()[:12] for key in keys]


def flush(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
